//! `/forgot`: a new password by mail.

use cloud::accounts::mailed_secret::{self, Purpose};
use cloud::db::sql;
use cloud::throttle::limits::{DAY, HOUR, RESET_SECONDS, RESETS_PER_NAME, TRIES_PER_RESET};
use futures_util::future::join_all;

use crate::support::browser::Browser;
use crate::support::{PASSWORD, TestCloud, button_in};

const NEW: &str = "window bread stone north";

/// Somebody who asked for a mail, and that mail. The first one was the code of the registration.
async fn asked(cloud: &TestCloud, login: &str, address: &str, n: usize) -> (Browser, String) {
    let mut browser = cloud.browser();
    let page = browser.sends_forgot(&cloud.state, login).await;
    assert_eq!(page.location(), Some("/forgot/code"), "{}", page.body);
    (browser, cloud.nth_mail_to(address, n).await.body)
}

/// The line of a mail that is a code.
fn code_in(body: &str) -> String {
    let is_code = |line: &&str| line.len() == 8 && line.bytes().all(|b| b.is_ascii_alphanumeric());
    let line = body.lines().map(str::trim).find(is_code);
    line.unwrap_or_else(|| panic!("no code in {body}"))
        .to_owned()
}

async fn types(browser: &mut Browser, code: &str) -> Option<String> {
    let page = browser.post("/forgot/code", &[("code", code)]).await;
    page.location().map(str::to_owned)
}

async fn sets(browser: &mut Browser, password: &str) -> Option<String> {
    let page = browser
        .post("/forgot/password", &[("password", password)])
        .await;
    page.location().map(str::to_owned)
}

async fn presses(browser: &mut Browser, token: &str) -> crate::support::browser::Page {
    browser.post("/forgot/button", &[("token", token)]).await
}

#[tokio::test]
async fn a_mailed_code_resets_the_password_and_ends_every_session() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;

    let (mut browser, mail) = asked(&cloud, "ana@example.org", "ana@example.org", 2).await;
    let code = code_in(&mail);
    let spaced = format!(" {}-{} ", code[..4].to_lowercase(), &code[4..]);
    assert_eq!(
        types(&mut browser, &spaced).await.as_deref(),
        Some("/forgot/password")
    );
    let form = browser.get("/forgot/password").await;
    let done = sets(&mut browser, NEW).await;

    assert!(form.body.contains("value=\"ana\"") && form.status == 200);
    assert_eq!(done.as_deref(), Some("/login?notice=password"));
    assert!(!browser.is_signed_in().await, "nobody signs in by mail");
    assert!(!ana.is_signed_in().await, "signed out everywhere");
    assert_eq!(
        cloud.browser().logs_in("ana", PASSWORD, false).await.status,
        422
    );
    assert_eq!(cloud.browser().logs_in("ana", NEW, false).await.status, 303);
    let told = cloud.nth_mail_to("ana@example.org", 3).await.subject;
    assert_eq!(told, "Your Peerview password was changed");
}

#[tokio::test]
async fn a_reset_by_user_name_does_not_reveal_the_address() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;

    let (mut browser, mail) = asked(&cloud, " ANA ", "ana@example.org", 2).await;
    let page = browser.get("/forgot/code").await;
    let token = button_in(&mail);
    let pressed = presses(&mut browser, &token).await;

    assert!(page.body.contains("ANA") && !page.body.contains("ana@example.org"));
    assert_eq!(pressed.location(), Some("/forgot/password"));
    assert_eq!(
        sets(&mut browser, NEW).await.as_deref(),
        Some("/login?notice=password")
    );
}

#[tokio::test]
async fn a_reset_link_works_only_in_the_browser_using_it() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let (mut thief, mail) = asked(&cloud, "ana", "ana@example.org", 2).await;
    let (token, mut ana) = (button_in(&mail), cloud.browser());

    let looked = ana.get("/forgot/button").await;
    let again = ana.get("/forgot/button").await;
    let pressed = presses(&mut ana, &token).await;
    let second_click = presses(&mut ana, &token).await;
    let elsewhere = presses(&mut cloud.browser(), &token).await;

    assert_eq!(
        (looked.status, again.status),
        (200, 200),
        "mail scanners may look"
    );
    assert_eq!(pressed.location(), Some("/forgot/password"));
    assert_eq!(second_click.location(), Some("/forgot/password"));
    assert_eq!(elsewhere.status, 404);
    assert_eq!(
        types(&mut thief, &code_in(&mail)).await.as_deref(),
        Some("/forgot")
    );
    assert_eq!(sets(&mut thief, NEW).await.as_deref(), Some("/forgot"));
    assert_eq!(
        sets(&mut ana, NEW).await.as_deref(),
        Some("/login?notice=password")
    );
    assert_eq!(
        sets(&mut ana, PASSWORD).await.as_deref(),
        Some("/forgot"),
        "once"
    );
}

#[tokio::test]
async fn reset_codes_and_links_expire_after_half_an_hour() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let (mut early, first) = asked(&cloud, "ana", "ana@example.org", 2).await;
    let (mut late, second) = asked(&cloud, "ana", "ana@example.org", 3).await;

    cloud.clock.advance(RESET_SECONDS - 1);
    let in_time = types(&mut early, &code_in(&first)).await;
    cloud.clock.advance(1);

    assert_eq!(in_time.as_deref(), Some("/forgot/password"));
    assert_eq!(
        types(&mut late, &code_in(&second)).await.as_deref(),
        Some("/forgot")
    );
    assert_eq!(presses(&mut late, &button_in(&second)).await.status, 404);
}

#[tokio::test]
async fn asvs_6_6_2_wrong_or_foreign_reset_codes_never_work() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    cloud.person("ben").await;
    let (mut ana, mail) = asked(&cloud, "ana", "ana@example.org", 2).await;
    let (mut ben, _) = asked(&cloud, "ben", "ben@example.org", 2).await;
    let code = code_in(&mail);

    assert_eq!(types(&mut ben, &code).await, None, "another walk's cookie");
    for _ in 0..TRIES_PER_RESET {
        assert_eq!(types(&mut ana, "ZZZZZZZZ").await, None);
    }

    assert_eq!(types(&mut ana, &code).await, None);
    assert_eq!(
        presses(&mut ana, &button_in(&mail)).await.status,
        303,
        "the way out"
    );
}

#[tokio::test]
async fn known_and_unknown_logins_get_the_same_pages() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let mut pages = Vec::new();
    for login in ["ana@example.org", "eva@example.org", "ana", "eva"] {
        let mut browser = cloud.browser();
        let first = browser.sends_forgot(&cloud.state, login).await;
        let second = browser.get("/forgot/code").await;
        let wrong = browser.post("/forgot/code", &[("code", "0")]).await;
        let name = &login[..3];
        pages.push((
            (first.status, first.location().map(str::to_owned)),
            second.body.replace(name, "NAME"),
            (wrong.status, wrong.body.replace(name, "NAME")),
        ));
    }

    assert_eq!(pages[0], pages[1]);
    assert_eq!(pages[2], pages[3]);
    let told = cloud.nth_mail_to("eva@example.org", 1).await.subject;
    assert_eq!(told, "There is no Peerview account for this address");
    assert_eq!(
        cloud.count("mailed_secrets WHERE purpose = 'reset'").await,
        4,
        "a row for each, whoever it is"
    );
    let links = "mailed_secrets WHERE token_hash IS NOT NULL";
    assert_eq!(cloud.count(links).await, 5, "and a link for each");
}

#[tokio::test]
async fn a_new_password_must_follow_the_password_policy() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let (mut ana, mail) = asked(&cloud, "ana", "ana@example.org", 2).await;
    types(&mut ana, &code_in(&mail)).await;

    let page = ana
        .post("/forgot/password", &[("password", "password1234")])
        .await;

    assert_eq!(page.status, 422);
    assert!(page.body.contains("password-error"));
    assert_eq!(
        sets(&mut ana, NEW).await.as_deref(),
        Some("/login?notice=password")
    );
}

#[tokio::test]
async fn a_reset_ends_the_wait_after_failed_log_ins() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    for _ in 0..6 {
        cloud
            .browser()
            .logs_in("ana", "gate lamp river mood", false)
            .await;
    }
    let (mut ana, mail) = asked(&cloud, "ana", "ana@example.org", 2).await;

    types(&mut ana, &code_in(&mail)).await;
    sets(&mut ana, NEW).await;

    assert_eq!(cloud.browser().logs_in("ana", NEW, false).await.status, 303);
}

#[tokio::test]
async fn the_last_reset_link_lasts_a_day_when_mails_stop() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let mut last = String::new();
    for n in 0..RESETS_PER_NAME.most {
        last = asked(
            &cloud,
            "ana",
            "ana@example.org",
            2 + usize::try_from(n).unwrap(),
        )
        .await
        .1;
    }

    cloud.clock.advance(2 * RESET_SECONDS);
    let refused = cloud.browser().sends_forgot(&cloud.state, "ana").await;
    cloud.clock.advance(DAY - 2 * RESET_SECONDS - 1);
    let mut ana = cloud.browser();
    let pressed = presses(&mut ana, &button_in(&last)).await;

    assert_eq!(refused.status, 429);
    assert!(refused.body.contains("button in the newest mail"));
    assert_eq!(pressed.location(), Some("/forgot/password"));
}

#[tokio::test]
async fn asvs_6_3_8_forgot_password_does_not_link_names_to_addresses() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let most = usize::try_from(RESETS_PER_NAME.most).unwrap();
    let (mut answers, mut n_open) = (Vec::new(), 0);
    for login in ["ana", "ana@example.org", "eva", "eva@example.org"] {
        for _ in 0..=most {
            let mut browser = cloud.browser();
            answers.push(browser.sends_forgot(&cloud.state, login).await.status);
            let secret = browser.cookie("reset").unwrap();
            let walk = mailed_secret::find(&cloud.state, Purpose::Recovery, secret)
                .await
                .unwrap();
            n_open += usize::from(walk.is_some_and(|walk| walk.account_id.is_some()));
        }
        cloud.clock.advance(HOUR);
    }

    let expected: Vec<u16> = [vec![303; most], vec![429]].concat();
    assert_eq!(answers, expected.repeat(4));
    let resets = cloud.mails_to("ana@example.org").await.len() - 1;
    assert_eq!(resets, most, "no more than five in a day, by either name");
    assert_eq!(n_open, most, "no code is right that was never mailed");
}

#[tokio::test]
async fn asvs_6_5_1_parallel_reset_codes_and_passwords_count_once() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let (ana, mail) = asked(&cloud, "ana", "ana@example.org", 2).await;
    let (code, token) = (code_in(&mail), button_in(&mail));

    let presses = join_all((0..200).map(|_| {
        let (mut browser, token) = (cloud.browser(), token.clone());
        async move { presses(&mut browser, &token).await.status }
    }));
    let n_pressed = presses
        .await
        .into_iter()
        .filter(|status| *status == 303)
        .count();
    let codes = join_all((0..200).map(|_| {
        let (mut browser, code) = (ana.clone(), code.clone());
        async move { types(&mut browser, &code).await }
    }));
    let n_proven = codes
        .await
        .into_iter()
        .filter(|to| to.as_deref() == Some("/forgot/password"));

    assert_eq!(n_pressed, 1);
    assert_eq!(n_proven.count(), 0, "the button ended the walk of the code");
}

#[tokio::test]
async fn the_database_holds_no_reset_code_or_link() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let (_, mail) = asked(&cloud, "ana", "ana@example.org", 2).await;
    let (code, token) = (code_in(&mail), button_in(&mail));

    let letters: Vec<String> = sql::query_scalar("SELECT letter FROM outbox")
        .fetch_all(cloud.state.db.reader())
        .await
        .unwrap();
    let stored: Vec<String> = sql::query_scalar("SELECT token_hash FROM mailed_secrets")
        .fetch_all(cloud.state.db.reader())
        .await
        .unwrap();

    assert_eq!(token.len(), 28, "140 bits");
    assert!(
        letters
            .iter()
            .all(|letter| !letter.contains(&token) && !letter.contains(&code))
    );
    assert!(!stored.contains(&token));
}
