//! Help and App lock: what only a browser shows of them. The connection test sends real packets over the relay.

use serde_json::{Value, json};
use tokio::process::Command;

use super::accessibility::Walk;
use crate::support::World;
use crate::support::authenticator::Reader;
use crate::support::folder::Folder;
use crate::support::person::Person;

/// Makes every way over UDP lead to a port where nobody answers, as a firewall does that drops UDP.
const WITHOUT_UDP: &str = "
const Real = RTCPeerConnection;
const dead = (url) => url.startsWith('stun:') || url.endsWith('=udp') ? url.replace(/:\\d+(?=\\?|$)/, ':9') : url;
window.RTCPeerConnection = function (config) {
  const iceServers = config.iceServers.map((server) => ({ ...server, urls: [server.urls].flat().map(dead) }));
  return new Real({ ...config, iceServers });
};";

/// What stands for the program in the folder of downloads.
const PROGRAM: &[u8] = b"#!/bin/sh\n";

/// Presses Copy beside the command for a Raspberry Pi in a browser that forbids it, and gives what is selected then.
const SELECTS: &str = "
const done = arguments[arguments.length - 1];
const box = [...document.querySelectorAll('copy-text')].find((it) => it.textContent.includes('peerview-arm64'));
box.closest('details').open = true;
navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
box.querySelector('button').click();
const look = () => getSelection().toString() ? done(getSelection().toString()) : setTimeout(look, 10);
look();";

const OPENS_ALL: &str = "for (const it of document.querySelectorAll('details')) it.open = true";

const READS_CLIPBOARD: &str = "
const done = arguments[arguments.length - 1];
navigator.clipboard.readText().then(done, (error) => done(String(error)));";

/// The state of each line of the connection test.
async fn lines(ana: &Person) -> Value {
    let script = "return Object.fromEntries([...document.querySelectorAll('[data-line]')]
        .map((line) => [line.dataset.line, line.dataset.state ?? '']))";
    ana.browser.runs(script, vec![]).await
}

async fn tests_until(ana: &Person, words: &str) {
    ana.browser.presses("Start the test").await;
    ana.browser.sees(words).await;
}

/// Copies the command for a Raspberry Pi from Help, and runs it up to where it asks for a password.
async fn copies_what_installs_the_program(ana: &Person) {
    let browser = &ana.browser;
    ana.goes_to("/help").await;
    let selected = browser.runs_until_done(SELECTS, vec![]).await;
    let command = selected.as_str().unwrap_or_default();
    let rights = json!({"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]});
    browser.devtools("Browser.grantPermissions", rights).await;
    let focus = json!({"enabled": true});
    browser
        .devtools("Emulation.setFocusEmulationEnabled", focus)
        .await;
    ana.goes_to("/help").await;
    browser.runs(OPENS_ALL, vec![]).await;
    browser.presses(&format!("Copy: {command}")).await;
    browser.sees("Copied").await;
    let copied = browser.runs_until_done(READS_CLIPBOARD, vec![]).await;
    assert_eq!(copied, selected);
    let (fetching, installing) = command.split_once(" && sudo ").expect("two steps");
    assert_eq!(installing, "install peerview-arm64 /usr/local/bin/peerview");
    let folder = Folder::new("fetched");
    let mut shell = Command::new("sh");
    shell.args(["-c", fetching]).current_dir(folder.path());
    let ran = shell.output().await.expect("there is a shell");
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{ran:?}");
    assert!(said.contains("peerview-arm64: OK"), "{said}");
    let fetched = std::fs::read(folder.path().join("peerview-arm64"));
    assert_eq!(fetched.expect("it was fetched"), PROGRAM);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_connection_test_shows_what_a_network_allows() {
    let downloads = Folder::new("downloads");
    std::fs::write(downloads.path().join("peerview-arm64"), PROGRAM).expect("a file");
    let world = World::for_the_network_with(downloads.path()).await;
    let ana = world.person_who_accepts_the_certificate("Ana").await;
    ana.has_account().await;
    copies_what_installs_the_program(&ana).await;
    ana.goes_to("/help").await;
    ana.browser.presses("Connection test").await;

    tests_until(&ana, "This network is fine.").await;

    let found = lines(&ana).await;
    for line in ["cloud", "v4", "udp", "tcp", "tls"] {
        assert_eq!(found[line], "ok", "{found} {}", ana.browser.text().await);
    }
    let times = "return document.querySelectorAll('[data-state=ok] [data-result]').length
        - [...document.querySelectorAll('[data-state=ok] [data-result]')].filter((one) => / \\d+ ms$/.test(one.textContent)).length";
    // IPv4 and IPv6 have no round trip of their own.
    let n_without = ana.browser.runs(times, vec![]).await;
    assert!(n_without.as_u64() <= Some(2), "{n_without}");
    let shown = ana.browser.text().await;
    assert!(
        !shown.contains("127.0.0.1\n") && !shown.contains(".local"),
        "{shown}"
    );
    let mut walk = Walk::new(&ana);
    walk.looks("/help/connection").await;
    walk.ends(1);

    ana.goes_to("/help/connection").await;
    ana.browser.runs(WITHOUT_UDP, vec![]).await;
    tests_until(&ana, "Allow outgoing UDP to").await;
    let found = lines(&ana).await;
    assert_eq!(
        (&found["udp"], &found["v4"]),
        (&json!("blocked"), &json!("blocked"))
    );
    assert_eq!(
        (&found["tcp"], &found["nat"]),
        (&json!("ok"), &json!("none"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_lock_shows_nothing_before_the_pin() {
    let world = World::new().await;
    let mut ana = world.person("Ana").await;
    ana.comes_by_name();
    let reader = ana.browser.gets_fingerprint_reader().await;
    ana.owns(&world.recorder).await;
    ana.goes_to("/account/passkeys").await;
    ana.browser.types("Name of the passkey", "Phone").await;
    ana.browser.presses("Add a passkey").await;
    ana.browser.sees("Not used yet").await;
    ana.goes_to("/configuration").await;
    ana.browser.presses("App lock").await;
    turns_the_lock_on(&ana).await;

    leaves_for_long(&ana, "/devices").await;
    ana.browser.sees("PIN forgotten").await;
    let shown = ana.browser.text().await;
    assert!(!shown.contains("Home"), "{shown}");
    ana.browser.types("PIN", "1111").await;
    ana.browser.presses("Open").await;
    ana.browser.sees("4 tries left").await;
    ana.browser.types("PIN", "2580").await;
    ana.browser.presses("Open").await;
    ana.browser.sees("Home").await;
    assert_eq!(ana.browser.path().await, "/devices");

    opens_with_the_finger(&ana, &reader).await;

    leaves_for_long(&ana, "/live").await;
    // A phone without a network keeps its session, and with it the lock.
    let no_network = "globalThis.fetch = () => Promise.reject(new TypeError());
        HTMLFormElement.prototype.submit = () => document.body.append('Nothing was sent')";
    ana.browser.runs(no_network, vec![]).await;
    ana.browser.presses("PIN forgotten: log out").await;
    ana.browser.sees("Nothing was sent").await;
    ana.goes_to("/live").await;
    ana.browser.sees("PIN forgotten").await;
    uses_up_the_tries(&ana, "Open").await;

    // In the settings five wrong ones do the same.
    ana.logs_in(false).await;
    ana.goes_to("/configuration/lock").await;
    turns_the_lock_on(&ana).await;
    uses_up_the_tries(&ana, "Turn off").await;
}

async fn turns_the_lock_on(ana: &Person) {
    ana.browser.types("New PIN", "2580").await;
    ana.browser.types("PIN again", "2580").await;
    ana.browser.presses("Turn on").await;
    ana.browser.sees("App lock is on.").await;
}

/// Types wrong PINs until this browser is signed out and has forgotten everything.
async fn uses_up_the_tries(ana: &Person, button: &str) {
    for left in ["4 tries", "3 tries", "2 tries", "1 try left"] {
        ana.browser.types("PIN", "1111").await;
        ana.browser.presses(button).await;
        ana.browser.sees(left).await;
    }
    ana.browser.types("PIN", "1111").await;
    ana.browser.presses(button).await;
    ana.browser.sees("Forgot password").await;
    assert!(!ana.is_signed_in().await);
    let kept = "return localStorage.length";
    assert_eq!(ana.browser.runs(kept, vec![]).await, json!(0));
}

/// Lets the passkey open the lock, too, and opens it with the finger: another one does not.
async fn opens_with_the_finger(ana: &Person, reader: &Reader) {
    ana.goes_to("/configuration/lock").await;
    ana.browser.types("PIN", "1111").await;
    ana.browser.presses("Open with a passkey too").await;
    ana.browser.sees("4 tries left").await;
    ana.browser.types("PIN", "2580").await;
    ana.browser.presses("Open with a passkey too").await;
    ana.browser.sees("A passkey opens it, too").await;
    ana.browser.has_right_finger(reader, false).await;
    leaves_for_long(ana, "/devices").await;
    ana.browser.presses("Use a passkey").await;
    ana.browser.sees("The passkey was not used").await;
    let shown = ana.browser.text().await;
    assert!(!shown.contains("Home"), "{shown}");
    ana.browser.has_right_finger(reader, true).await;
    ana.browser.presses("Use a passkey").await;
    ana.browser.sees("Home").await;
    assert_eq!(ana.browser.path().await, "/devices");
    ana.browser.has_right_finger(reader, false).await;
}

/// Opens a page an hour after the app was left.
async fn leaves_for_long(ana: &Person, page: &str) {
    ana.goes_to("/offline").await;
    let script = "localStorage.setItem('peerview.lock.left', String(Date.now() - 3_600_000));
        Storage.prototype.setItem = () => {}";
    ana.browser.runs(script, vec![]).await;
    ana.goes_to(page).await;
}
