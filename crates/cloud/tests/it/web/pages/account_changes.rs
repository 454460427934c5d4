//! `/account/password`, `/account/email`, `/account/notices`, and the notices by mail about changes.

use cloud::db::mail::mailbox::Arrived;
use cloud::db::recorders;
use cloud::throttle::limits::{
    DEVICE_NOTICE_WAIT, EMAIL_CHANGE_SECONDS, EMAIL_CHANGES_PER_ACCOUNT, FAILED_PROOFS, HOUR,
    OBJECTION_SECONDS, PASSWORD_CHANGES, PROOF_SECONDS,
};
use futures_util::future::join_all;

use crate::support::authenticator::Authenticator;
use crate::support::browser::{Browser, Page, between};
use crate::support::{PASSWORD, TestCloud};

pub(super) const NEW_PASSWORD: &str = "four blue kettles sing";

pub(super) async fn changes_password(browser: &mut Browser, old: &str, new: &str) -> Page {
    let fields = [("old_password", old), ("password", new)];
    browser.post("/account/password", &fields).await
}

async fn asks_for(browser: &mut Browser, address: &str) -> Page {
    browser.post("/account/email", &[("email", address)]).await
}

/// The token behind `#` of the button in a mail.
pub(super) fn token_in<'a>(mail: &'a Arrived, path: &str) -> &'a str {
    between(&mail.body, &format!("{path}#"), "\n").trim()
}

async fn presses(cloud: &TestCloud, mail: &Arrived) -> Page {
    let token = token_in(mail, "/account/email/button");
    let mut anywhere = cloud.browser();
    anywhere
        .post("/account/email/button", &[("token", token)])
        .await
}

/// Ana, who asked for another address and pressed the button in the mail to it.
async fn moved(cloud: &TestCloud) -> Browser {
    let mut ana = cloud.person("ana").await;
    asks_for(&mut ana, "ana@new.example").await;
    let mail = cloud.nth_mail_to("ana@new.example", 1).await;
    let done = presses(cloud, &mail).await;
    assert_eq!(done.status, 200, "{}", done.body);
    ana
}

async fn address_of(browser: &mut Browser) -> String {
    let page = browser.get("/account").await;
    let (_, rest) = page.body.split_once(">Email</span> <span").unwrap();
    between(rest, ">", "<").to_owned()
}

#[tokio::test]
async fn asvs_6_2_3_changing_the_password_requires_the_old_one() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;

    let none = changes_password(&mut ana, "", NEW_PASSWORD).await;
    let wrong = changes_password(&mut ana, "gate lamp river mood", NEW_PASSWORD).await;
    let weak = changes_password(&mut ana, PASSWORD, "password1234").await;
    assert_eq!((none.status, wrong.status, weak.status), (422, 422, 422));
    assert_eq!(
        cloud
            .browser()
            .logs_in("ana", NEW_PASSWORD, false)
            .await
            .status,
        422
    );

    let done = changes_password(&mut ana, PASSWORD, NEW_PASSWORD).await;

    assert_eq!(
        done.location(),
        Some("/account?notice=password"),
        "{}",
        done.body
    );
    assert_eq!(
        cloud.browser().logs_in("ana", PASSWORD, false).await.status,
        422
    );
    assert_eq!(
        cloud
            .browser()
            .logs_in("ana", NEW_PASSWORD, false)
            .await
            .status,
        303
    );
}

#[tokio::test]
async fn the_old_password_serves_as_the_forms_step_up() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    cloud.clock.advance(PROOF_SECONDS);

    let form = ana.get("/account/password").await;
    let wrong = changes_password(&mut ana, "gate lamp river mood", NEW_PASSWORD).await;
    let done = changes_password(&mut ana, PASSWORD, NEW_PASSWORD).await;

    assert_eq!(form.status, 200, "{:?}", form.location());
    assert!(form.body.contains("name=\"old_password\"") && !form.body.contains("name=\"code\""));
    assert_eq!(wrong.status, 422);
    assert_eq!(done.location(), Some("/account?notice=password"));
    assert_eq!(
        ana.get("/account/email").await.status,
        200,
        "what was given counts as a proof"
    );
}

#[tokio::test]
async fn wrong_old_passwords_and_failed_step_ups_share_a_count() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    for n in 0..FAILED_PROOFS.free {
        let wrong = match n % 2 {
            0 => changes_password(&mut ana, "gate lamp river mood", NEW_PASSWORD).await,
            _ => ana.proves("gate lamp river mood", "").await,
        };
        assert_eq!(wrong.status, 422);
    }

    let right_but_early = changes_password(&mut ana, PASSWORD, NEW_PASSWORD).await;
    assert_eq!(right_but_early.status, 422);
    assert_eq!(ana.proves(PASSWORD, "").await.status, 422);

    cloud.clock.advance(HOUR);
    let done = changes_password(&mut ana, PASSWORD, NEW_PASSWORD).await;
    assert_eq!(done.status, 303, "{}", done.body);
}

#[tokio::test]
async fn asvs_7_5_1_changing_the_password_requires_a_recent_second_factor() {
    let cloud = TestCloud::start().await;
    let (mut ana, app, codes) = cloud.person_with_app("ana").await;
    let with = async |browser: &mut Browser, old: &str, code: &str| {
        let fields = [
            ("old_password", old),
            ("code", code),
            ("password", NEW_PASSWORD),
        ];
        browser.post("/account/password", &fields).await
    };
    let fresh = ana.get("/account/password").await.body;
    assert!(!fresh.contains("name=\"code\""), "{fresh}");
    cloud.clock.advance(PROOF_SECONDS);
    let stale = ana.get("/account/password").await.body;
    assert!(stale.contains("name=\"code\""), "{stale}");

    let mut answers = Vec::new();
    for (old, code) in [
        (PASSWORD, String::new()),
        (PASSWORD, app.wrong_code(&cloud)),
        ("gate lamp river mood", app.code(&cloud, 0)),
    ] {
        let refused = with(&mut ana, old, &code).await;
        assert_eq!(refused.status, 422, "{code}");
        answers.push(refused.body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "which of the two was wrong is not told");
    let done = with(&mut ana, PASSWORD, &app.code(&cloud, 0)).await;
    assert_eq!(
        done.location(),
        Some("/account?notice=password"),
        "{}",
        done.body
    );

    cloud.clock.advance(PROOF_SECONDS);
    let back = [
        ("old_password", NEW_PASSWORD),
        ("code", &*codes[0]),
        ("password", PASSWORD),
    ];
    assert_eq!(ana.post("/account/password", &back).await.status, 303);
    cloud.clock.advance(PROOF_SECONDS);
    let used_up = with(&mut ana, PASSWORD, &codes[0]).await;
    assert_eq!(used_up.status, 422, "a recovery code counts once");
}

#[tokio::test]
async fn a_passkey_replaces_the_code_but_not_the_old_password() {
    let cloud = TestCloud::start().await;
    let (mut ana, _, _) = cloud.person_with_app("ana").await;
    let mut phone = Authenticator::at(&cloud.state);
    ana.adds_passkey(&mut phone, "Phone").await;
    cloud.clock.advance(PROOF_SECONDS);
    let stale = ana.get("/account/password").await.body;
    assert!(stale.contains("/step-up?to=/account/password"), "{stale}");

    ana.steps_up_with(&mut phone).await;

    let form = ana.get("/account/password").await.body;
    assert!(!form.contains("name=\"code\""), "{form}");
    assert_eq!(
        changes_password(&mut ana, "", NEW_PASSWORD).await.status,
        422
    );
    let done = changes_password(&mut ana, PASSWORD, NEW_PASSWORD).await;
    assert_eq!(done.status, 303, "{}", done.body);
}

#[tokio::test]
async fn asvs_7_4_3_a_new_password_ends_other_sessions_and_earlier_links() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let mut other = cloud.browser();
    other.logs_in("ana", PASSWORD, false).await;
    let mut copied = ana.clone();
    asks_for(&mut ana, "ana@new.example").await;
    let pending = cloud.nth_mail_to("ana@new.example", 1).await;

    changes_password(&mut ana, PASSWORD, NEW_PASSWORD).await;

    assert!(ana.is_signed_in().await);
    assert!(!other.is_signed_in().await);
    assert!(
        !copied.is_signed_in().await,
        "this session has another token"
    );
    assert_eq!(
        presses(&cloud, &pending).await.status,
        404,
        "the change of address is dead"
    );
}

#[tokio::test]
async fn asvs_7_4_3_a_reset_ends_sessions_and_pending_address_changes() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    asks_for(&mut ana, "thief@new.example").await;
    let pending = cloud.nth_mail_to("thief@new.example", 1).await;

    cloud.resets_password("ana@example.org", NEW_PASSWORD).await;

    assert!(!ana.is_signed_in().await);
    assert_eq!(presses(&cloud, &pending).await.status, 404);
    assert_eq!(
        cloud.count("browsers").await,
        0,
        "no browser is known any more"
    );
}

#[tokio::test]
async fn asvs_7_5_1_changing_the_address_requires_a_recent_step_up() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    cloud.clock.advance(PROOF_SECONDS);
    let program = ana.clone().sending("accept", "application/json");

    for path in ["/account/email", "/account/data", "/account/deletion"] {
        let to = format!("/step-up?to={path}");
        assert_eq!(ana.get(path).await.location(), Some(&*to));
        assert_eq!(ana.post(path, &[]).await.location(), Some(&*to));
        assert_eq!(program.clone().post(path, &[]).await.status, 401, "{path}");
    }
    let others = ana.post("/account/sessions/end", &[]).await;
    assert_eq!(others.location(), Some("/step-up?to=/account/sessions"));
    assert_eq!(
        cloud
            .count("mailed_secrets WHERE purpose = 'new email'")
            .await,
        0
    );
}

#[tokio::test]
async fn an_address_changes_only_after_its_mailbox_confirms() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;

    let asked = asks_for(&mut ana, "Ana@New.example").await;
    assert_eq!(asked.location(), Some("/account/email"));
    let waits = ana.get("/account/email").await;
    assert!(waits.body.contains("Ana@new.example"), "{}", waits.body);
    assert_eq!(address_of(&mut ana).await, "ana@example.org");
    let mail = cloud.nth_mail_to("Ana@new.example", 1).await;
    assert!(
        mail.body.contains("ana"),
        "says whose account it is: {}",
        mail.body
    );
    let opened = cloud.browser().get("/account/email/button").await;
    assert_eq!(opened.status, 200, "opening changes nothing");
    assert_eq!(address_of(&mut ana).await, "ana@example.org");

    assert_eq!(presses(&cloud, &mail).await.status, 200);

    assert_eq!(address_of(&mut ana).await, "Ana@new.example");
    let mut again = cloud.browser();
    assert_eq!(
        again
            .logs_in("ana@new.example", PASSWORD, false)
            .await
            .status,
        303
    );
    assert_eq!(presses(&cloud, &mail).await.status, 404, "once");
}

#[tokio::test]
async fn asvs_6_3_7_old_and_new_address_are_notified() {
    let cloud = TestCloud::start().await;
    moved(&cloud).await;

    let old = cloud.nth_mail_to("ana@example.org", 2).await;
    let new = cloud.nth_mail_to("ana@new.example", 2).await;

    assert!(
        old.subject.contains("address") && old.body.contains("ana@new.example"),
        "{}",
        old.body
    );
    assert!(old.body.contains("/not-me#"), "{}", old.body);
    assert!(new.subject.contains("address"), "{}", new.subject);
    assert!(!new.body.contains("/not-me#"), "{}", new.body);
}

#[tokio::test]
async fn asvs_6_3_7_a_password_notice_names_its_origin_and_an_objection() {
    let cloud = TestCloud::start().await;
    let chrome =
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36";
    let mut ana = cloud.person("ana").await.sending("user-agent", chrome);

    changes_password(&mut ana, PASSWORD, NEW_PASSWORD).await;

    let mail = cloud.nth_mail_to("ana@example.org", 2).await;
    for words in [
        "Chrome on Android",
        "127.0.0.x",
        "24 November 2026",
        "/not-me#",
    ] {
        assert!(mail.body.contains(words), "{words}: {}", mail.body);
    }
    assert!(!mail.body.contains(NEW_PASSWORD));
}

#[tokio::test]
async fn the_old_address_can_undo_changes_for_a_week() {
    let cloud = TestCloud::start().await;
    let mut thief = moved(&cloud).await;
    let told = cloud.nth_mail_to("ana@example.org", 2).await;
    asks_for(&mut thief, "thief@other.example").await;
    let mail = cloud.nth_mail_to("thief@other.example", 1).await;
    presses(&cloud, &mail).await;
    changes_password(&mut thief, PASSWORD, NEW_PASSWORD).await;
    cloud.clock.advance(OBJECTION_SECONDS - 1);

    let token = token_in(&told, "/not-me");
    let done = cloud.browser().post("/not-me", &[("token", token)]).await;

    assert_eq!(done.status, 200, "{}", done.body);
    assert!(!thief.is_signed_in().await);
    assert_eq!(
        cloud
            .browser()
            .logs_in("ana", NEW_PASSWORD, false)
            .await
            .status,
        422,
        "locked"
    );
    let locked = cloud.nth_mail_to("ana@example.org", 3).await;
    assert!(
        locked.subject.contains("locked"),
        "told to the old address: {}",
        locked.subject
    );

    cloud
        .resets_password("ana@example.org", "owls under the red roof")
        .await;
    let mut ana = cloud.browser();
    ana.logs_in("ana", "owls under the red roof", false).await;
    assert_eq!(address_of(&mut ana).await, "ana@example.org");
}

#[tokio::test]
async fn a_not_me_link_works_once_within_its_week() {
    let cloud = TestCloud::start().await;
    moved(&cloud).await;
    let told = cloud.nth_mail_to("ana@example.org", 2).await;
    let token = token_in(&told, "/not-me").to_owned();
    cloud.clock.advance(OBJECTION_SECONDS);
    let late = cloud.browser().post("/not-me", &[("token", &token)]).await;
    assert_eq!(late.status, 404);

    let cloud = TestCloud::start().await;
    moved(&cloud).await;
    let told = cloud.nth_mail_to("ana@example.org", 2).await;
    let token = token_in(&told, "/not-me").to_owned();
    let copies = (0..200).map(|_| {
        let (mut anywhere, token) = (cloud.browser(), token.clone());
        async move { anywhere.post("/not-me", &[("token", &token)]).await.status }
    });
    let statuses = join_all(copies).await;
    assert_eq!(
        statuses.iter().filter(|status| **status == 200).count(),
        1,
        "{statuses:?}"
    );
}

#[tokio::test]
async fn a_taken_address_gets_the_same_page_but_another_mail() {
    let cloud = TestCloud::start().await;
    cloud.person("ben").await;
    let mut ana = cloud.person("ana").await;

    let taken = asks_for(&mut ana, "ben@example.org").await;
    let taken_page = ana.get("/account/email").await;
    let free = asks_for(&mut ana, "eva@example.org").await;
    let free_page = ana.get("/account/email").await;

    assert_eq!(
        (taken.status, taken.location()),
        (free.status, free.location())
    );
    let same = taken_page.body.replace("ben@example.org", "");
    assert_eq!(same, free_page.body.replace("eva@example.org", ""));
    let mail = cloud.nth_mail_to("ben@example.org", 2).await;
    assert!(
        !mail.body.contains("/account/email/button"),
        "{}",
        mail.body
    );
    assert!(!mail.body.contains("ana"), "nor who asked: {}", mail.body);
}

#[tokio::test]
async fn an_address_registered_in_the_meantime_stays_with_its_account() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    asks_for(&mut ana, "eva@example.org").await;
    let mail = cloud.nth_mail_to("eva@example.org", 1).await;
    let mut eva = cloud.browser();
    eva.asks_for_a_code(&cloud.state, "eva@example.org").await;
    let code = crate::support::code_in(&cloud.nth_mail_to("eva@example.org", 2).await.subject);
    eva.finishes(&code, "eva", PASSWORD).await;

    assert_eq!(presses(&cloud, &mail).await.status, 404);

    assert_eq!(address_of(&mut ana).await, "ana@example.org");
    assert_eq!(address_of(&mut eva).await, "eva@example.org");
}

#[tokio::test]
async fn only_the_newest_change_link_works_for_half_an_hour() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    asks_for(&mut ana, "one@new.example").await;
    let first = cloud.nth_mail_to("one@new.example", 1).await;
    asks_for(&mut ana, "two@new.example").await;
    let second = cloud.nth_mail_to("two@new.example", 1).await;

    assert_eq!(presses(&cloud, &first).await.status, 404);
    cloud.clock.advance(EMAIL_CHANGE_SECONDS);
    assert_eq!(presses(&cloud, &second).await.status, 404);
}

#[tokio::test]
async fn address_changes_are_limited_and_require_a_valid_address() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    for bad in [
        "",
        "ana",
        "ANA@example.org",
        "a@b.example\r\nBcc: c@d.example",
    ] {
        assert_eq!(asks_for(&mut ana, bad).await.status, 422, "{bad:?}");
    }
    for n in 0..EMAIL_CHANGES_PER_ACCOUNT.most {
        assert_eq!(
            asks_for(&mut ana, &format!("a{n}@new.example"))
                .await
                .status,
            303
        );
    }
    assert_eq!(asks_for(&mut ana, "more@new.example").await.status, 429);
}

#[tokio::test]
async fn only_device_notices_can_be_turned_off() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let page = ana.get("/account/notices").await;
    assert!(page.body.contains("checked disabled"), "{}", page.body);

    ana.post("/account/notices", &[]).await;

    let page = ana.get("/account/notices").await;
    assert!(!page.body.contains("value=\"1\" checked"), "{}", page.body);
    claims_and_releases(&cloud, &mut ana, 1).await;
    ana.post("/account/notices", &[("recorders", "1")]).await;
    claims_and_releases(&cloud, &mut ana, 2).await;
    cloud.clock.advance(DEVICE_NOTICE_WAIT);
    changes_password(&mut ana, PASSWORD, NEW_PASSWORD).await;
    let mails = [
        cloud.nth_mail_to("ana@example.org", 2).await,
        cloud.nth_mail_to("ana@example.org", 3).await,
    ];
    let mut subjects: Vec<&str> = mails.iter().map(|mail| mail.subject.as_str()).collect();
    subjects.sort_unstable();
    assert_eq!(
        subjects,
        [
            "A device was removed from your Peerview account",
            "Your Peerview password was changed"
        ]
    );
    let security = ana.post("/account/notices", &[("security", "1")]).await;
    assert_eq!(security.status, 400, "there is no such choice");
}

#[tokio::test]
async fn an_eleventh_password_change_in_a_day_is_refused() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let id = cloud.account_id("ana").await;
    for _ in 0..PASSWORD_CHANGES.most {
        let of_account = [(PASSWORD_CHANGES, &*id)];
        let spent = cloud.state.throttle.spend_beyond(&of_account).await;
        spent.unwrap().keep();
    }

    let refused = changes_password(&mut ana, PASSWORD, NEW_PASSWORD).await;

    assert_eq!(refused.status, 429, "{}", refused.body);
}

/// Gives Ana a recorder, which she takes out of her account.
pub(super) async fn claims_and_releases(cloud: &TestCloud, ana: &mut Browser, n: u8) {
    let db = &cloud.state.db;
    let account = cloud::db::accounts::find_by_login(db, "ana", "").await;
    let id = account.unwrap().unwrap().id;
    let serial = crate::support::wire::serial(n);
    recorders::register(db, serial.as_str(), "key", 1)
        .await
        .unwrap();
    recorders::claim(db, serial.as_str(), &id, "Home", 1)
        .await
        .unwrap();
    let gone = ana.post(&format!("/devices/{serial}/removal"), &[]).await;
    assert_eq!(gone.location(), Some("/devices"));
}
