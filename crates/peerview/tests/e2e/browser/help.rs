//! Help and App lock: what only a browser shows of them. The connection test sends real packets over the relay.

use serde_json::{Value, json};

use super::accessibility::Walk;
use crate::support::World;
use crate::support::person::Person;

/// Makes every way over UDP lead to a port where nobody answers, as a firewall does that drops UDP.
const WITHOUT_UDP: &str = "
const Real = RTCPeerConnection;
const dead = (url) => url.startsWith('stun:') || url.endsWith('=udp') ? url.replace(/:\\d+(?=\\?|$)/, ':9') : url;
window.RTCPeerConnection = function (config) {
  const iceServers = config.iceServers.map((server) => ({ ...server, urls: [server.urls].flat().map(dead) }));
  return new Real({ ...config, iceServers });
};";

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

#[tokio::test(flavor = "multi_thread")]
async fn the_connection_test_shows_what_a_network_allows() {
    let world = World::for_the_network().await;
    let ana = world.person_who_accepts_the_certificate("Ana").await;
    ana.has_account().await;
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
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    ana.goes_to("/configuration").await;
    ana.browser.presses("App lock").await;
    ana.browser.types("New PIN", "2580").await;
    ana.browser.types("PIN again", "2580").await;
    ana.browser.presses("Turn on").await;
    ana.browser.sees("App lock is on.").await;

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

    leaves_for_long(&ana, "/live").await;
    for left in ["4 tries", "3 tries", "2 tries", "1 try left"] {
        ana.browser.types("PIN", "1111").await;
        ana.browser.presses("Open").await;
        ana.browser.sees(left).await;
    }
    ana.browser.types("PIN", "1111").await;
    ana.browser.presses("Open").await;
    ana.browser.sees("Forgot password").await;
    assert!(!ana.is_signed_in().await);
    let kept = "return localStorage.length";
    assert_eq!(ana.browser.runs(kept, vec![]).await, json!(0));
}

/// Opens a page an hour after the app was left.
async fn leaves_for_long(ana: &Person, page: &str) {
    ana.goes_to("/offline").await;
    let script = "localStorage.setItem('peerview.lock.left', String(Date.now() - 3_600_000));
        Storage.prototype.setItem = () => {}";
    ana.browser.runs(script, vec![]).await;
    ana.goes_to(page).await;
}
