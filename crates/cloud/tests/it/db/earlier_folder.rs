//! A data folder that an earlier Peerview wrote is taken over whole: people stay signed in, recorders
//! connect, what was mailed stays good, and the audit log goes on.
//!
//! `earlier_folder/data` was written on 24 November 2026 by the Peerview of commit ed62d92, over its own
//! pages and sockets; `known.json` says what people had then: cookies, codes and links.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use std::path::{Path, PathBuf};

use cloud::accounts::factors::app_code::{Key, STEP_SECONDS};
use cloud::audit::chain;
use cloud::clock::TestClock;
use cloud::random::Random;
use data_encoding::BASE32_NOPAD;
use serde_json::Value;

use crate::support::browser::Browser;
use crate::support::wire::{Wire, serial};
use crate::support::{PASSWORD, TestCloud, button_in};

const NEW_PASSWORD: &str = "another lamp by the river";

struct Earlier {
    cloud: TestCloud,
    known: Value,
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

impl Earlier {
    /// Today's cloud on a copy of the folder, in the second in which the earlier one ended.
    async fn start() -> Earlier {
        let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/db/earlier_folder");
        let known = std::fs::read_to_string(stored.join("known.json")).unwrap();
        let known: Value = serde_json::from_str(&known).unwrap();
        let folder: PathBuf = std::env::temp_dir().join(format!("cloud-it-{}", Random.id()));
        copy(&stored.join("data"), &folder);
        let clock = TestClock::at(known["now"].as_i64().unwrap());
        let cloud = TestCloud::start_in(folder, None, clock, |config| {
            config.demo = true;
            // Recovery codes are compared at the cost that they were hashed with.
            config.limits.cheap_hashes = false;
        })
        .await;
        Earlier { cloud, known }
    }

    fn text(&self, name: &str) -> &str {
        self.known[name].as_str().unwrap()
    }

    /// Somebody's browser with the cookies that it had.
    fn browser_of(&self, name: &str) -> Browser {
        let mut browser = self.cloud.browser();
        for (name, value) in self.known[name].as_object().unwrap() {
            browser.takes_cookie(name, value.as_str().unwrap());
        }
        browser
    }
}

#[tokio::test]
async fn everybody_stays_signed_in_and_keeps_their_recorders() {
    let earlier = Earlier::start().await;

    let devices = earlier.browser_of("ana").get("/devices").await;
    let on_her_phone = earlier.browser_of("phone").get("/devices").await;
    let of_another = earlier.browser_of("ben").get("/devices").await;

    for page in [&devices, &on_her_phone] {
        assert_eq!(page.status, 200);
        assert!(page.body.contains("Shop"), "{}", page.body);
    }
    assert!(devices.body.contains("lang=\"de\""), "her language too");
    assert_eq!(of_another.status, 200);
    assert!(!of_another.body.contains("Shop"));
}

#[tokio::test]
async fn passwords_and_second_factors_remain_valid() {
    let earlier = Earlier::start().await;
    let steps = earlier.cloud.state.clock.now() / STEP_SECONDS;
    let key = BASE32_NOPAD.decode(earlier.text("ben_app_key").as_bytes());
    let key = Key::from_slice(&key.unwrap()).unwrap();
    let recovery_code = earlier.known["ben_recovery_codes"][0].as_str().unwrap();

    let ana = earlier
        .cloud
        .browser()
        .logs_in("ana", PASSWORD, false)
        .await;
    let mut half_in = earlier.browser_of("second_step");
    let with_app = half_in.types_code(&key.code(steps)).await;
    let mut other = earlier.cloud.at_second_step("ben").await;
    let with_recovery_code = other.types_code(recovery_code).await;

    assert_eq!(ana.location(), Some("/devices"));
    assert_eq!(with_app.location(), Some("/devices"), "{}", with_app.body);
    assert!(
        with_recovery_code.location().is_some(),
        "{}",
        with_recovery_code.body
    );
    assert!(other.is_signed_in().await);
}

#[tokio::test]
async fn a_recorder_connects_with_its_stored_key() {
    let earlier = Earlier::start().await;
    let wire = Wire::of(&earlier.cloud);
    let mut ana = earlier.browser_of("ana");

    let _agent = wire.agent(1).await;

    let page = ana.get(&format!("/devices/{}", serial(1))).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Front door"), "{}", page.body);
}

#[tokio::test]
async fn links_mailed_by_an_earlier_version_work_once() {
    let earlier = Earlier::start().await;
    let cloud = &earlier.cloud;
    let mut ana = cloud.browser();

    let carl = earlier
        .browser_of("carl")
        .finishes(earlier.text("carl_code"), "carl", PASSWORD)
        .await;
    let token = [("token", earlier.text("forgot_button"))];
    let pressed = ana.post("/forgot/button", &token).await;
    let again = cloud.browser().post("/forgot/button", &token).await;
    let set = ana
        .post("/forgot/password", &[("password", NEW_PASSWORD)])
        .await;
    let token = [("token", earlier.text("email_button"))];
    let confirmed = earlier
        .browser_of("dora")
        .post("/account/email/button", &token)
        .await;

    assert_eq!(carl.location(), Some("/devices"), "{}", carl.body);
    assert_eq!(
        pressed.location(),
        Some("/forgot/password"),
        "{}",
        pressed.body
    );
    assert_ne!(again.location(), Some("/forgot/password"));
    assert_eq!(
        set.location(),
        Some("/login?notice=password"),
        "{}",
        set.body
    );
    let ana = cloud.browser().logs_in("ana", NEW_PASSWORD, false).await;
    assert_eq!(ana.location(), Some("/devices"));
    assert!(confirmed.status < 400, "{}", confirmed.body);
    let dora = cloud
        .browser()
        .logs_in("dora@example.net", PASSWORD, false)
        .await;
    assert_eq!(dora.location(), Some("/devices"));
}

#[tokio::test]
async fn the_link_in_an_earlier_notice_still_locks_the_account() {
    let earlier = Earlier::start().await;
    let token = button_in(earlier.text("not_me"));

    let mut anywhere = earlier.cloud.browser();
    let page = anywhere.post("/not-me", &[("token", &token)]).await;

    assert!(page.status < 400, "{}", page.body);
    assert!(!earlier.browser_of("dora").is_signed_in().await);
}

#[tokio::test]
async fn the_audit_log_is_intact_and_continues() {
    let earlier = Earlier::start().await;
    let folder = earlier.cloud.state.config.data_dir.clone();
    let n_before = chain::read(&folder, |_| {}).unwrap().n_lines;

    earlier
        .cloud
        .browser()
        .logs_in("ana", PASSWORD, false)
        .await;
    earlier.cloud.state.audit.flush().await;

    let mut actions = Vec::new();
    let report = chain::read(&folder, |line| actions.push(line.what.clone())).unwrap();
    assert_eq!(report.problems, []);
    assert!(report.n_lines > n_before);
    assert!(actions.len() > 10, "{actions:?}");
}
