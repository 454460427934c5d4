//! The first start of a new cloud: `peerview cloud` and its first account.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::admin::{admin, text};
use crate::support::fresh_cloud::FreshCloud;
use crate::support::person::PASSWORD;

#[tokio::test(flavor = "multi_thread")]
async fn the_set_up_link_creates_the_first_account_once() {
    let cloud = FreshCloud::new().await;
    let ana = cloud.person("Ana").await;
    let (_, token) = cloud.link.split_once('#').expect("a token behind #");
    let file = std::fs::metadata(cloud.data_dir().join("set-up-link")).expect("the file");
    assert_eq!(file.permissions().mode() & 0o777, 0o600);

    ana.goes_to("/register").await;
    ana.browser.sees("This cloud has no account yet").await;
    ana.browser.goes_to(&cloud.link).await;
    let address = ana.browser.runs("return location.href", vec![]).await;
    assert!(!address.to_string().contains(token), "{address}");
    assert!(!ana.browser.shows("Set-up code").await, "it is filled in");
    ana.browser.types("User name", "ana").await;
    ana.browser.types("Email", "ana@example.org").await;
    ana.browser.types("Password", PASSWORD).await;
    ana.browser.presses("Finish").await;

    ana.browser.sees("You run this cloud").await;
    assert_eq!(ana.browser.path().await, "/account/second-factor");
    ana.browser.goes_to(&cloud.link).await;
    ana.browser.sees("This cloud is set up").await;
    let n_told = cloud.process.output().matches(token).count();
    assert_eq!(n_told, 0, "under systemd standard output is the journal");
    let kept = cloud.data_dir().join("set-up-link");
    assert!(!kept.exists(), "it is of no use any more");
    let list = admin(&cloud.data_dir(), &["people", "list", "--json"]).await;
    let people: Value = serde_json::from_slice(&list.stdout).expect("JSON");
    assert_eq!(people[0]["is_operator"], true, "{}", text(&list));
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_16_4_3_audit_events_also_go_to_the_process_log() {
    let cloud = FreshCloud::new().await;

    let show = admin(&cloud.data_dir(), &["audit", "show", "--json"]).await;
    let lines: Value = serde_json::from_slice(&show.stdout).expect("JSON");

    assert_eq!(lines[0]["what"], "cloud.start", "{}", text(&show));
    let shipped = cloud.process.says_with("\"target\":\"audit\"").await;
    let shipped: Value = serde_json::from_str(&shipped).expect("a JSON line");
    assert_eq!(shipped["fields"]["what"], "cloud.start", "{shipped}");
    assert_eq!(shipped["fields"]["subject"], lines[0]["subject"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_16_2_2_logs_are_in_utc_in_any_time_zone() {
    let cloud = FreshCloud::new().await;

    let shipped = cloud.process.says_with("\"target\":\"audit\"").await;
    let shipped: Value = serde_json::from_str(&shipped).expect("a JSON line");
    let show = admin(&cloud.data_dir(), &["audit", "show", "--json"]).await;
    let lines: Value = serde_json::from_slice(&show.stdout).expect("JSON");

    for time in [&shipped["timestamp"], &lines[0]["time"]] {
        let time = time.as_str().expect("a time");
        assert!(time.ends_with('Z'), "{time}");
        let time: jiff::Timestamp = time.parse().expect("RFC 3339");
        let age = jiff::Timestamp::now().as_second() - time.as_second();
        assert!((0..300).contains(&age), "Tokyo is nine hours away: {age}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_setup_link_can_be_recreated_on_the_machine() {
    let cloud = FreshCloud::new().await;

    let made = admin(&cloud.data_dir(), &["set-up-link", "--json"]).await;

    let made: Value = serde_json::from_slice(&made.stdout).expect("JSON");
    let link = made["link"].as_str().expect("a link");
    assert!(link.contains("/setup#") && link != cloud.link, "{link}");
}
