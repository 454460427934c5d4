//! The forms of somebody who is signed in: each is sent two hundred times at once, and afterwards
//! every table has exactly as many rows more or fewer as one copy makes.

use std::collections::BTreeMap;

use cloud::throttle::limits::{DOWNLOADS_PER_ACCOUNT, NOTICES, PROOF_SECONDS, TESTS_PER_ACCOUNT};

use super::{COPIES, all_at_once, n_going_to};
use crate::support::authenticator::Authenticator;
use crate::support::browser::Page;
use crate::support::matrix::TwoPeople;
use crate::support::{PASSWORD, TestCloud, catalog};

const NEW: &str = "window bread stone north";
/// Recovery codes of one set.
const N_CODES: i64 = 10;
/// Tables that only note that something was tried, tell other processes, or hold mails that left.
const NOTES: [&str; 3] = ["counters", "orders", "mailbox"];

/// How many rows each table has.
async fn sizes(cloud: &TestCloud) -> BTreeMap<String, i64> {
    let mut sizes = BTreeMap::new();
    for table in catalog::tables(&cloud.state.db).await {
        if !NOTES.contains(&table.as_str()) {
            let n = cloud.count(Box::leak(table.clone().into_boxed_str())).await;
            sizes.insert(table, n);
        }
    }
    sizes
}

/// Sends Ana's form so often at once, and compares what it did with what one copy does.
async fn is_done_once(
    people: &TwoPeople,
    path: &str,
    fields: &[(&str, &str)],
    one_does: &[(&str, i64)],
) -> Vec<Page> {
    // What time removes is gone before.
    let trimmed = cloud::purge::trim(&people.cloud.state).await;
    trimmed.expect("rows are removed");
    let before = sizes(&people.cloud).await;
    let pages = all_at_once(&people.ana, path, fields).await;
    let after = sizes(&people.cloud).await;
    let done = after
        .iter()
        .map(|(table, n)| (table.as_str(), n - before[table]));
    let done: BTreeMap<&str, i64> = done.filter(|(_, more)| *more != 0).collect();
    assert_eq!(done, one_does.iter().copied().collect(), "{path}");
    for page in &pages {
        let is_told = [200, 303, 401, 404, 409, 422, 429].contains(&page.status);
        let may_come_again = page.status == 503 && page.header("retry-after").is_some();
        assert!(is_told || may_come_again, "{path}: {}", page.status);
    }
    pages
}

/// How many of them show a page that says it is done.
fn n_done(pages: &[Page]) -> usize {
    let done = pages.iter().filter(|page| page.status == 200);
    done.count()
}

#[tokio::test]
async fn asvs_2_3_4_a_repeated_choice_is_stored_once() {
    let people = TwoPeople::meet().await;
    let device = format!("/devices/{}", people.serial);
    let passkey = people.filled("/account/passkeys/{id}");

    let pages = is_done_once(&people, "/language", &[("language", "de")], &[]).await;
    assert_eq!(n_going_to(&pages, "/"), COPIES);
    let pages = is_done_once(&people, &device, &[("name", "Our shop")], &[]).await;
    assert_eq!(n_going_to(&pages, &device), COPIES);
    is_done_once(&people, &passkey, &[("name", "Blue key")], &[]).await;
    // The box is not ticked.
    is_done_once(&people, "/account/notices", &[], &[("muted_notices", 1)]).await;

    let mut ana = people.ana.clone();
    assert!(ana.get("/devices").await.body.contains("Our shop"));
    assert!(ana.get("/account/passkeys").await.body.contains("Blue key"));
}

#[tokio::test]
async fn asvs_2_3_4_parallel_arrangements_leave_one_row_each() {
    let people = TwoPeople::meet().await;
    let cameras = format!("/devices/{}/cameras", people.serial);
    let camera = format!("{cameras}/1");
    let kept = r#"{"order":[],"favourites":["a/1"],"views":[]}"#;

    let pages = is_done_once(&people, &cameras, &[("hide", "1")], &[("arrangements", 1)]).await;
    assert_eq!(n_going_to(&pages, &format!("{cameras}#camera-1")), COPIES);
    let named = [("name", "Gate"), ("place", "1"), ("shown", "1")];
    is_done_once(&people, &camera, &named, &[]).await;
    is_done_once(&people, "/devices/order", &[("up", &people.serial)], &[]).await;
    let fields = [("arrangement", kept)];
    is_done_once(
        &people,
        "/live/arrangement",
        &fields,
        &[("live_arrangements", 1)],
    )
    .await;

    let page = people.ana.clone().get("/live").await.body;
    assert!(page.contains("Gate") && page.contains("a/1"), "{page}");
}

#[tokio::test]
async fn asvs_2_3_2_parallel_test_calls_stay_within_their_limit() {
    let people = TwoPeople::meet().await;

    let pages = is_done_once(&people, "/help/connection", &[], &[]).await;

    let n_opened = n_done(&pages);
    let most = usize::try_from(TESTS_PER_ACCOUNT.most).expect("a number");
    assert!((1..=most).contains(&n_opened), "{n_opened}");
}

#[tokio::test]
async fn asvs_2_3_4_a_repeated_removal_happens_and_is_mailed_once() {
    let people = TwoPeople::meet().await;
    let device = format!("/devices/{}/removal", people.serial);
    let passkey = people.filled("/account/passkeys/{id}/removal");
    let session = people.filled("/account/sessions/{id}/end");

    let told = [("outbox", 1), ("mailed_secrets", 1)];
    let pages = is_done_once(&people, &device, &[], &told).await;
    assert_eq!(n_going_to(&pages, "/devices"), 1);
    let one_does = [("passkeys", -1), ("outbox", 1)];
    let pages = is_done_once(&people, &passkey, &[], &one_does).await;
    assert_eq!(n_going_to(&pages, "/account/passkeys"), 1);
    let pages = is_done_once(&people, &session, &[], &[("sessions", -1)]).await;
    assert_eq!(n_going_to(&pages, "/account/sessions"), 1);
}

#[tokio::test]
async fn asvs_2_3_4_repeated_session_endings_end_each_session_once() {
    let people = TwoPeople::meet().await;

    let one_does = [("sessions", -1), ("outbox", 1), ("mailed_secrets", 1)];
    is_done_once(&people, "/account/sessions/end", &[], &one_does).await;
    assert!(people.ana.clone().is_signed_in().await);
    let pages = is_done_once(&people, "/logout", &[], &[("sessions", -1)]).await;
    assert_eq!(n_going_to(&pages, "/login"), COPIES);
}

#[tokio::test]
async fn asvs_2_3_4_a_repeated_step_up_succeeds_once() {
    let mut people = TwoPeople::meet_at(TestCloud::start_with_real_hashes().await).await;
    people.cloud.clock.advance(PROOF_SECONDS);
    let typed = [("to", "/account"), ("password", PASSWORD), ("code", "")];

    is_done_once(&people, "/step-up/options", &[], &[]).await;
    let pages = is_done_once(&people, "/step-up", &typed, &[]).await;
    assert!(n_going_to(&pages, "/account") >= 1);
    assert!(n_going_to(&pages, "/account") < COPIES, "the token changes");

    people.ana = people.cloud.browser();
    people.ana.logs_in("ana", PASSWORD, false).await;
    is_done_once(&people, "/account/passkeys/options", &[], &[]).await;
}

#[tokio::test]
async fn asvs_2_3_2_parallel_data_exports_stay_within_their_daily_limit() {
    let people = TwoPeople::meet().await;
    let most = DOWNLOADS_PER_ACCOUNT.most;

    let before = people.cloud.count("mailed_secrets").await;
    let pages = all_at_once(&people.ana, "/account/data", &[]).await;
    let told = people.cloud.count("mailed_secrets").await - before;

    // The log-in before was told too; what follows the hour's last notice is told in one mail later.
    assert_eq!(told, NOTICES.most - 1);
    assert_eq!(n_done(&pages), usize::try_from(most).unwrap());
    assert!(pages.iter().any(|page| page.status == 429));
}

#[tokio::test]
async fn asvs_2_3_4_a_repeated_passkey_registration_adds_one_passkey() {
    let people = TwoPeople::meet().await;
    let mut ana = people.ana.clone();
    let mut phone = Authenticator::at(&people.cloud.state);

    let (options, ceremony) = ana.ceremony("/account/passkeys/options").await;
    let credential = phone.makes(&options);
    let fields = [
        ("name", "Second"),
        ("ceremony", &*ceremony),
        ("credential", &*credential),
    ];
    let one_does = [("passkeys", 1), ("used_ceremonies", 1), ("outbox", 1)];
    let pages = is_done_once(&people, "/account/passkeys", &fields, &one_does).await;
    assert_eq!(n_going_to(&pages, "/account/passkeys"), 1);

    people.cloud.clock.advance(PROOF_SECONDS);
    let (options, ceremony) = ana.ceremony("/step-up/options").await;
    let credential = phone.signs(&options);
    let fields = [
        ("to", "/account"),
        ("ceremony", &*ceremony),
        ("credential", &*credential),
    ];
    let one_does = [("used_ceremonies", 1)];
    let pages = is_done_once(&people, "/step-up/passkey", &fields, &one_does).await;
    assert_eq!(n_going_to(&pages, "/account"), 1);
}

#[tokio::test]
async fn asvs_2_3_4_a_second_factor_is_turned_on_and_off_once() {
    let people = TwoPeople::meet_at(TestCloud::start_with_real_hashes().await).await;
    let (cloud, mut ana) = (&people.cloud, people.ana.clone());

    let one_does = [
        ("second_factors", 1),
        ("recovery_codes", N_CODES),
        ("outbox", 1),
    ];
    let pages = is_done_once(&people, "/account/second-factor/on", &[], &one_does).await;
    assert_eq!(n_done(&pages), 1, "the codes are shown once");
    is_done_once(
        &people,
        "/account/second-factor/app/new",
        &[],
        &[("app_keys", 1)],
    )
    .await;
    let (_, page) = ana.sets_up_app(cloud, "ana").await;
    assert_eq!(page.location(), Some("/account/second-factor"));
    let one_does = [
        ("second_factors", -1),
        ("app_keys", -1),
        ("recovery_codes", -N_CODES),
        ("outbox", 1),
    ];
    is_done_once(&people, "/account/second-factor/off", &[], &one_does).await;
}

#[tokio::test]
async fn asvs_2_3_4_a_repeated_app_confirmation_counts_once() {
    let people = TwoPeople::meet_at(TestCloud::start_with_real_hashes().await).await;
    let (cloud, mut ana) = (&people.cloud, people.ana.clone());
    ana.post("/account/second-factor/app/new", &[]).await;
    let app = ana.reads_key(cloud, "ana").await;
    let code = app.code(cloud, 0);

    let one_does = [
        ("second_factors", 1),
        ("recovery_codes", N_CODES),
        ("outbox", 1),
    ];
    let fields = [("code", &*code)];
    let pages = is_done_once(&people, "/account/second-factor/app", &fields, &one_does).await;
    assert_eq!(n_done(&pages), 1, "the codes are shown once");
}

#[tokio::test]
async fn asvs_2_3_4_every_new_recovery_code_set_is_mailed_about() {
    let cloud = TestCloud::start_with_real_hashes().await;
    let (ana, _, old) = cloud.person_with_app("ana").await;
    let before = cloud.count("outbox").await;

    let pages = all_at_once(&ana, "/account/second-factor/codes", &[]).await;

    let told = usize::try_from(cloud.count("outbox").await - before).unwrap();
    assert!(n_done(&pages) >= 1);
    assert_eq!(n_done(&pages), told);
    assert_eq!(cloud.count("recovery_codes").await, N_CODES);
    let mut at_step = cloud.at_second_step("ana").await;
    assert_eq!(at_step.types_code(&old[0]).await.status, 422);
}

#[tokio::test]
async fn asvs_2_3_4_repeated_password_and_address_changes_happen_once() {
    let mut people = TwoPeople::meet_at(TestCloud::start_with_real_hashes().await).await;
    let fields = [("email", "ana@new.example")];

    let one_does = [("mailed_secrets", 1), ("outbox", 1)];
    let pages = is_done_once(&people, "/account/email", &fields, &one_does).await;
    assert!(n_going_to(&pages, "/account/email") >= 1);
    let mail = people.cloud.nth_mail_to("ana@new.example", 1).await;
    let token = crate::support::button_in(&mail.body);
    let one_does = [("mailed_secrets", 1), ("outbox", 2)];
    let fields = [("token", &*token)];
    let pages = is_done_once(&people, "/account/email/button", &fields, &one_does).await;
    assert_eq!(n_done(&pages), 1);

    let fields = [("old_password", PASSWORD), ("password", NEW)];
    // The other session ends, and the browsers that were known.
    let one_does = [("sessions", -1), ("outbox", 1), ("mailed_secrets", 1)];
    let pages = is_done_once(&people, "/account/password", &fields, &one_does).await;
    assert_eq!(n_going_to(&pages, "/account?notice=password"), 1);
    people.ana = people.cloud.browser();
    assert_eq!(people.ana.logs_in("ana", NEW, false).await.status, 303);
}

#[tokio::test]
async fn asvs_2_3_4_repeated_locks_and_deletions_happen_once() {
    let people = TwoPeople::meet().await;
    let one_does = [("sessions", -2), ("browsers", -2), ("outbox", 1)];
    is_done_once(&people, "/account/lock", &[], &one_does).await;

    let fields = [("user_name", "ben")];
    let pages = all_at_once(&people.ben, "/account/deletion", &fields).await;

    assert!(n_done(&pages) >= 1);
    assert!(pages.iter().all(|page| page.status < 500));
    assert_eq!(people.cloud.count("accounts").await, 1);
    people.cloud.nth_mail_to("ben@example.org", 2).await;
    let mails = people.cloud.mails_to("ben@example.org").await;
    assert_eq!(mails.len(), 2, "his code, and one goodbye");
}
