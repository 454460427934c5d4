//! The account's pages in real browsers: what each changes, which sessions it ends, and what it leaves
//! behind.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::World;
use crate::support::person::{PASSWORD, Person};

const NEW_PASSWORD: &str = "four blue kettles sing";

#[tokio::test(flavor = "multi_thread")]
async fn the_old_address_can_undo_a_confirmed_address_change() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.has_account().await;
    ana.goes_to("/configuration").await;
    ana.browser.presses("My account ana").await;
    ana.browser.presses("Change email").await;
    ana.browser.types("New email", "ana@new.example").await;
    ana.browser.presses("Send the button").await;
    ana.browser
        .sees("Until you press it, nothing changes")
        .await;

    let button = ana
        .mailed_link("ana@new.example", "/account/email/button#")
        .await;
    ana.browser.goes_to(&button).await;
    assert!(
        !ana.browser.shows("Code from the link").await,
        "the script fills it in"
    );
    assert_eq!(ana.browser.path().await, "/account/email/button");
    ana.browser.presses("Use this address").await;
    ana.browser.presses("To my account").await;
    ana.browser.sees("ana@new.example").await;

    let objection = ana.mailed_link("ana@example.org", "/not-me#").await;
    let phone = world.person("Ana").await;
    phone.browser.goes_to(&objection).await;
    phone.browser.presses("Lock my account").await;
    phone.browser.sees("The account is locked").await;
    assert!(!ana.is_signed_in().await);
    ana.browser.types("User name / Email", "ana").await;
    ana.browser.types("Password", PASSWORD).await;
    ana.browser.presses("Login").await;
    ana.browser.sees("User name or password is wrong").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_browsers_session_can_be_ended_while_it_watches() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    let tablet = world.person("Ana").await;
    tablet.logs_in(true).await;
    tablet.goes_to("/live").await;
    tablet.browser.sees_moving_pictures(1).await;

    ana.goes_to("/account/sessions").await;
    ana.browser.presses("Log out Chrome on Linux").await;
    let ended = Instant::now();

    tablet.browser.waits_until_pictures_stand_still().await;
    // One second of it is how long they have to stand still to be believed.
    assert!(
        ended.elapsed() < Duration::from_secs(5),
        "{:?}",
        ended.elapsed()
    );
    assert!(!tablet.is_signed_in().await);
    assert!(ana.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn changing_the_password_signs_out_other_browsers() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.has_account().await;
    let tablet = world.person("Ana").await;
    tablet.logs_in(false).await;

    ana.goes_to("/account/password").await;
    ana.browser
        .types("Old password", "gate lamp river mood")
        .await;
    ana.browser.types("New password", NEW_PASSWORD).await;
    ana.browser.presses("Change password").await;
    ana.browser.sees("not right").await;
    ana.browser.types("Old password", PASSWORD).await;
    ana.browser.types("New password", NEW_PASSWORD).await;
    ana.browser.presses("Change password").await;
    ana.browser.sees("Your new password is set").await;

    assert!(!tablet.is_signed_in().await);
    assert!(ana.is_signed_in().await);
}

/// The key of each row in the browser's databases; pictures have none.
fn keys_in(stored: &Value) -> impl Iterator<Item = Option<&str>> {
    let bases = stored["databases"].as_array().expect("a list");
    let rows = bases.iter().flat_map(|base| base["rows"].as_array());
    rows.flatten().map(|row| row["publicKey"].as_str())
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_14_3_1_log_out_leaves_nothing_in_the_browser() {
    let world = World::new().await;
    let ana = used_everything(&world).await;
    let before = stored(&ana).await;
    assert!(
        before["databases"]
            .as_array()
            .is_some_and(|all| !all.is_empty()),
        "{before}"
    );

    ana.logs_out().await;

    let after = stored(&ana).await;
    assert_eq!(after["session"], json!([]), "{after}");
    // The page that logs in again keeps the one for a lost network, which is the same for everybody.
    let kept = after["caches"].as_array().expect("a list");
    assert!(kept.iter().all(|path| path == "/offline"), "{after}");
    assert_eq!(after["cookies"], json!(""), "{after}");
    assert_eq!(after["local"], json!([]), "{after}");
    // The page that logs in again may have made another key; it opens nothing before it has.
    let kept = after["databases"].to_string();
    for key in keys_in(&before).flatten() {
        assert!(!kept.contains(key), "{after}");
    }
    assert!(keys_in(&after).all(|key| key.is_some()), "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_14_3_3_a_browser_stores_no_secret_readable_by_scripts() {
    let world = World::new().await;
    let ana = used_everything(&world).await;

    let kept = stored(&ana).await;

    assert_eq!(kept["cookies"], json!(""), "cookies are HttpOnly: {kept}");
    assert_eq!(
        kept["exportable"],
        json!(0),
        "keys cannot be taken along: {kept}"
    );
    let text = kept.to_string();
    for secret in [PASSWORD, &ana.email(), world.recorder.code.as_str()] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

/// Ana with Auto-login, a choice of quality, and posters of cameras.
async fn used_everything(world: &World) -> Person {
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    ana.logs_out().await;
    ana.logs_in(true).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    ana
}

/// All that scripts of the page can read: names and values, rows of databases, cookies.
async fn stored(person: &Person) -> Value {
    person.browser.runs_until_done(STORED, vec![]).await
}

const STORED: &str = "
const done = arguments[arguments.length - 1];
const asked = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
let exportable = 0;
const plain = async (value) => {
  if (value instanceof CryptoKey && value.type === 'public')
    return (await crypto.subtle.exportKey('jwk', value)).x;
  if (value instanceof CryptoKey) { exportable += value.extractable ? 1 : 0; return value.type; }
  if (value && typeof value === 'object' && !(value instanceof Blob))
    return Object.fromEntries(
      await Promise.all(Object.entries(value).map(async ([name, one]) => [name, await plain(one)])));
  return String(value);
};
const rowsOf = async ({ name }) => {
  const base = await asked(indexedDB.open(name));
  const rows = [];
  for (const store of base.objectStoreNames)
    rows.push(...(await asked(base.transaction(store).objectStore(store).getAll())));
  base.close();
  return { name, rows: await Promise.all(rows.map(plain)) };
};
const cached = async () => {
  const opened = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const requests = await Promise.all(opened.map((cache) => cache.keys()));
  return requests.flat().map(({ url }) => new URL(url).pathname);
};
(async () => ({
  local: Object.entries(localStorage),
  session: Object.entries(sessionStorage),
  cookies: document.cookie,
  caches: await cached(),
  databases: await Promise.all((await indexedDB.databases()).map(rowsOf)),
}))().then((found) => done({ ...found, exportable }), (error) => done({ error: String(error) }));
";
