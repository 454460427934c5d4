//! Where I am signed in, lock, download, delete: `/account/sessions`, `/account/lock`, `/not-me`,
//! `/account/data`, `/account/deletion`; and the notices about log-ins.

use cloud::audit::{Action, Actor, Event};
use cloud::config::ClientAddresses;
use cloud::throttle::limits::{
    DAY, DOWNLOADS_PER_ACCOUNT, FURTHER_NOTICES_EVERY, KNOWN_BROWSER, MINUTE, NOTICES, NOTICES_DAY,
};
use serde_json::Value;

use super::account_changes::token_in;
use crate::support::browser::{Browser, between};
use crate::support::{PASSWORD, PATIENCE, TestCloud, button_in};

/// Tells the page's script that the browser forgets everything.
const FORGETS: &str = "<meta name=\"forgets\">";
const WRONG: &str = "gate lamp river mood";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// Identifiers of the sessions that a page offers to end.
async fn offered(browser: &mut Browser) -> Vec<String> {
    let page = browser.get("/account/sessions").await.body;
    let forms = page.split("action=\"/account/sessions/").skip(1);
    let ids = forms.filter_map(|rest| rest.split_once("/end\"").map(|(id, _)| id.to_owned()));
    ids.filter(|id| !id.contains('"')).collect()
}

#[tokio::test]
async fn asvs_7_5_2_sessions_are_listed_in_detail_and_can_be_ended() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    cloud.clock.advance(3_600);
    let mut other = cloud.browser().sending("user-agent", FIREFOX);
    other.logs_in("ana", PASSWORD, true).await;

    let page = ana.get("/account/sessions").await.body;
    for words in [
        "Firefox on Linux",
        "From 127.0.0.x",
        "24 November 2026, 04:03 UTC",
        "24 November 2026, 05:03 UTC",
        "This browser",
        "Auto-login",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let ids = offered(&mut ana).await;
    assert_eq!(ids.len(), 1, "this one ends by logging out");
    let ended = ana
        .post(&format!("/account/sessions/{}/end", ids[0]), &[])
        .await;

    assert_eq!(ended.location(), Some("/account/sessions"));
    assert!(!other.is_signed_in().await);
    assert!(ana.is_signed_in().await);
}

#[tokio::test]
async fn asvs_7_4_3_all_other_sessions_can_be_ended_at_once() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let mut others = [cloud.browser(), cloud.browser()];
    for other in &mut others {
        other.logs_in("ana", PASSWORD, false).await;
    }
    let mut ended = cloud.state.ended_sessions.subscribe();

    ana.post("/account/sessions/end", &[]).await;

    for other in &mut others {
        assert!(!other.is_signed_in().await);
        let heard = tokio::time::timeout(PATIENCE, ended.recv()).await;
        heard.unwrap().unwrap();
    }
    assert!(ana.is_signed_in().await);
    assert!(offered(&mut ana).await.is_empty());
}

#[tokio::test]
async fn asvs_7_4_4_every_page_after_log_in_offers_log_out() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    for path in [
        "/devices",
        "/live",
        "/configuration",
        "/account",
        "/help",
        "/menu",
    ] {
        let page = ana.get(path).await;
        assert!(page.body.contains("action=\"/logout\""), "{path}");
    }
}

#[tokio::test]
async fn asvs_6_3_5_a_log_in_from_a_new_browser_is_notified() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    ana.post("/logout", &[]).await;
    ana.logs_in("ana", PASSWORD, false).await;

    let mut other = cloud.browser().sending("user-agent", FIREFOX);
    other.logs_in("ana", PASSWORD, false).await;
    other.post("/logout", &[]).await;
    other.logs_in("ana", PASSWORD, false).await;

    let mail = cloud.nth_mail_to("ana@example.org", 2).await;
    assert_eq!(mail.subject, "New login to your Peerview account");
    for words in ["new browser", "Firefox on Linux", "127.0.0.x", "/not-me#"] {
        assert!(mail.body.contains(words), "{words}: {}", mail.body);
    }
    assert_eq!(cloud.count("outbox").await, 2, "the code and this one");
}

#[tokio::test]
async fn asvs_6_3_5_a_log_in_after_half_a_year_is_notified() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;

    // By then every browser of the account is forgotten.
    cloud.clock.advance(KNOWN_BROWSER + DAY);
    cloud.browser().logs_in("ana", PASSWORD, false).await;

    let mail = cloud.nth_mail_to("ana@example.org", 2).await;
    assert!(mail.body.contains("/not-me#"), "{}", mail.body);
}

#[tokio::test]
async fn asvs_6_3_5_a_log_in_after_failures_is_always_notified() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    for _ in 0..3 {
        cloud.browser().logs_in("ana", WRONG, false).await;
    }

    ana.logs_in("ana", PASSWORD, false).await;

    let mail = cloud.nth_mail_to("ana@example.org", 2).await;
    assert!(mail.body.contains("after 3 wrong ones"), "{}", mail.body);
}

#[tokio::test]
async fn log_in_notices_are_limited_without_limiting_log_ins() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    for _ in 0..NOTICES.most + 7 {
        assert_eq!(
            cloud.browser().logs_in("ana", PASSWORD, false).await.status,
            303
        );
    }
    // The code of her registration, five notices, and one about the rest.
    assert_eq!(cloud.count("outbox").await, 1 + NOTICES.most + 1);
    cloud.clock.advance(MINUTE);
    let words = "7 more logins or changes";
    let rest = cloud.mail_that_says("ana@example.org", words).await;
    assert_eq!(button_in(&rest.body).len(), 28, "it locks the account, too");
}

#[tokio::test]
async fn a_day_of_repeated_changes_does_not_flood_the_mailbox() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let before = cloud.count("outbox").await;

    for _ in 0..24 * 6 {
        cloud.browser().logs_in("ana", PASSWORD, false).await;
        cloud.clock.advance(10 * MINUTE);
    }

    let n = cloud.count("outbox").await - before;
    let together = DAY / FURTHER_NOTICES_EVERY + 1;
    assert!(n <= NOTICES_DAY.most + together, "{n}");
}

#[tokio::test]
async fn noise_does_not_delay_the_notice_of_a_new_password() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    for _ in 0..NOTICES.most + 3 {
        cloud.browser().logs_in("ana", PASSWORD, false).await;
    }

    let changed = [
        ("old_password", PASSWORD),
        ("password", "four blue kettles sing"),
    ];
    ana.post("/account/password", &changed).await;

    cloud
        .mail_that_says(
            "ana@example.org",
            "The password of your account was changed",
        )
        .await;
}

#[tokio::test]
async fn locking_an_account_lasts_until_a_password_reset() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let mut thief = cloud.browser();
    thief.logs_in("ana", PASSWORD, false).await;
    let asked = ana.get("/account/lock").await;
    assert_eq!(asked.status, 200);
    assert!(!asked.body.contains(FORGETS), "{}", asked.body);
    assert!(thief.is_signed_in().await, "asking changes nothing");

    let locked = ana.post("/account/lock", &[]).await;

    assert_eq!(locked.status, 200);
    assert!(locked.set_cookie("session").unwrap().contains("Max-Age=0"));
    assert_eq!(
        locked.header("clear-site-data"),
        Some("\"cache\", \"storage\"")
    );
    assert!(locked.body.contains(FORGETS), "{}", locked.body);
    assert!(!thief.is_signed_in().await);
    assert_eq!(
        cloud.browser().logs_in("ana", PASSWORD, false).await.status,
        422
    );
    let mail = cloud.nth_mail_to("ana@example.org", 3).await;
    assert!(mail.body.contains("/forgot"), "{}", mail.body);

    cloud
        .resets_password("ana@example.org", "four blue kettles sing")
        .await;
    let back = cloud
        .browser()
        .logs_in("ana", "four blue kettles sing", false)
        .await;
    assert_eq!(back.status, 303);
}

#[tokio::test]
async fn the_not_me_link_in_a_mail_locks_the_account() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let mut thief = cloud.browser();
    thief.logs_in("ana", PASSWORD, false).await;
    let mail = cloud.nth_mail_to("ana@example.org", 2).await;
    let mut phone = cloud.browser();
    let opened = phone.get("/not-me").await;
    assert!(
        opened.body.contains("Lock my account</button>"),
        "{}",
        opened.body
    );
    assert!(thief.is_signed_in().await, "opening changes nothing");

    let token = token_in(&mail, "/not-me");
    let backwards: String = token.chars().rev().collect();
    for wrong in [&backwards, &token[1..], &format!("{token}0")] {
        let refused = phone.post("/not-me", &[("token", wrong)]).await;
        assert_eq!(refused.status, 404, "{wrong}");
    }
    assert!(thief.is_signed_in().await);
    // As somebody copies it off a screen by hand.
    let (begin, end) = token.split_at(14);
    let typed = format!(" {begin} {end}").to_lowercase().replace('0', "o");
    let done = phone.post("/not-me", &[("token", &typed)]).await;

    assert_eq!(done.status, 200, "{}", done.body);
    assert!(!thief.is_signed_in().await);
    assert_eq!(
        cloud.browser().logs_in("ana", PASSWORD, false).await.status,
        422
    );
}

#[tokio::test]
async fn asvs_14_2_1_no_url_of_the_cloud_contains_a_secret() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    cloud.browser().logs_in("ana", PASSWORD, false).await;
    let mail = cloud.nth_mail_to("ana@example.org", 2).await;
    let token = token_in(&mail, "/not-me");

    // Browsers keep what stands behind # to themselves; in the path or query it is nothing.
    assert!(
        token.len() >= 28,
        "more than 128 bits of 32 characters: {token}"
    );
    for path in [
        format!("/not-me/{token}"),
        format!("/account/email/button/{token}"),
    ] {
        assert_eq!(cloud.browser().get(&path).await.status, 404, "{path}");
    }
    for route in cloud::web::list(&cloud.state) {
        assert!(
            !route.path.contains("{token}"),
            "{} holds a secret",
            route.path
        );
    }
}

#[tokio::test]
async fn the_data_export_is_complete_and_holds_no_secret() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let db = &cloud.state.db;
    let account = cloud::db::accounts::find_by_login(db, "ana", "").await;
    let account = account.unwrap().unwrap();
    let serial = crate::support::wire::serial(1);
    cloud::db::recorders::register(db, serial.as_str(), "key", 1)
        .await
        .unwrap();
    cloud::db::recorders::claim(db, serial.as_str(), &account.id, "Home", 1)
        .await
        .unwrap();

    let page = ana.post("/account/data", &[]).await;

    assert_eq!(page.header("content-type"), Some("application/json"));
    let disposition = page.header("content-disposition").unwrap();
    assert!(disposition.starts_with("attachment"), "{disposition}");
    let data: Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!(data["account"]["user_name"], "ana");
    assert_eq!(data["account"]["email"], "ana@example.org");
    assert_eq!(data["recorders"][0]["name"], "Home");
    assert_eq!(data["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(data["mails"][0]["kind"], "Code");
    let token = ana.cookie("session").unwrap();
    let hash = cloud::accounts::session::token::hash(token);
    for secret in [token, &hash, &account.password_hash, "nonce", "argon2"] {
        assert!(!page.body.contains(secret), "{secret}: {}", page.body);
    }
    let mail = cloud.nth_mail_to("ana@example.org", 2).await;
    assert!(mail.subject.contains("downloaded"), "{}", mail.subject);
}

#[tokio::test]
async fn the_data_export_includes_only_ones_own_audit_lines() {
    let cloud = TestCloud::start_with(|config| {
        config.demo = true;
        config.audit.client_addresses = ClientAddresses::Full;
    })
    .await;
    let mut ana = cloud.person("ana").await;
    cloud.person("ben").await;
    let id = cloud.account_id("ana").await;
    let ben = cloud.account_id("ben").await;
    cloud.clock.advance(60);
    cloud.browser().logs_in("ana", WRONG, false).await;
    let operator = Actor::on_this_machine("root".to_owned(), "people lock".to_owned());
    let event = Event::done(Action::AdminActed).account(&id);
    operator
        .scope(async { cloud.state.audit.note(event) })
        .await;

    let file = ana.post("/account/data", &[]).await;
    let again = ana.post("/account/data", &[]).await;

    let data: Value = serde_json::from_str(&file.body).unwrap();
    assert_eq!(data["log"]["is_whole"], true);
    let events = data["log"]["events"].as_array().unwrap();
    let of = |what: &str| -> &Value {
        let found = events.iter().find(|event| event["what"] == what);
        found.unwrap_or_else(|| panic!("{what}: {events:?}"))
    };
    assert_eq!(of("register.finish")["outcome"], "ok");
    let failed = of("login");
    assert_eq!(failed["outcome"], "denied");
    assert_eq!(failed["subject"], "wrong");
    assert_eq!(
        failed["place"], "127.0.0.0/24",
        "the network whatever is kept"
    );
    assert_eq!(failed["where"], "POST /login");
    assert_eq!(failed["at"], cloud.state.clock.now());
    assert_eq!(failed["by_operator"], false);
    assert_eq!(of("admin")["by_operator"], true);
    let secrets = [ben.as_str(), "root", "127.0.0.1", "\"hash\"", "\"prev\""];
    for secret in secrets {
        assert!(!file.body.contains(secret), "{secret}: {}", file.body);
    }
    assert!(
        again.body.contains("data.take"),
        "the download before is in it"
    );
}

#[tokio::test]
async fn an_unreadable_audit_log_does_not_prevent_the_data_export() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    cloud.state.audit.flush().await;
    let log = cloud.state.config.data_dir.join(cloud::audit::FILE);
    std::fs::remove_file(&log).unwrap();
    std::fs::create_dir(&log).unwrap();

    let file = ana.post("/account/data", &[]).await;

    let data: Value = serde_json::from_str(&file.body).unwrap();
    assert_eq!(data["account"]["user_name"], "ana");
    assert_eq!(data["log"]["is_whole"], false);
}

#[tokio::test]
async fn data_exports_are_limited_and_their_contents_are_explained() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let page = ana.get("/account/data").await.body;
    assert!(
        page.contains("what the log says about your account"),
        "{page}"
    );

    for _ in 0..DOWNLOADS_PER_ACCOUNT.most {
        assert_eq!(ana.post("/account/data", &[]).await.status, 200);
    }
    let refused = ana.post("/account/data", &[]).await;

    assert_eq!(refused.status, 429, "{}", refused.body);
}

#[tokio::test]
async fn deleting_an_account_requires_typing_the_user_name() {
    let cloud = TestCloud::start().await;
    cloud.person("ben").await;
    let mut ana = cloud.person("Ana").await;
    assert_eq!(ana.get("/account/deletion").await.status, 200);
    for wrong in ["", "ben", "Ana Berg", "anna"] {
        let kept = ana.post("/account/deletion", &[("user_name", wrong)]).await;
        assert_eq!(kept.status, 422, "{wrong}");
        assert_eq!(kept.header("clear-site-data"), None);
        assert!(!kept.body.contains(FORGETS), "{}", kept.body);
    }
    assert_eq!(cloud.count("accounts").await, 2);

    let gone = ana
        .post("/account/deletion", &[("user_name", " ana ")])
        .await;

    assert_eq!(gone.status, 200);
    assert!(gone.body.contains(FORGETS), "{}", gone.body);
    assert_eq!(
        gone.header("clear-site-data"),
        Some("\"cache\", \"storage\"")
    );
    assert!(ana.cookie("session").is_none() && ana.cookie("browser").is_none());
    assert_eq!(cloud.count("accounts").await, 1);
    assert!(
        gone.body.contains("Your account is deleted"),
        "{}",
        gone.body
    );
    assert!(gone.body.contains("in nobody’s list"), "{}", gone.body);
    assert_eq!(between(&gone.body, "<h1>", "</h1>"), "Account deleted");
}
