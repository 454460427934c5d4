//! Two hundred copies of one form at the same moment have the effect of one: here the forms of people
//! who are not signed in, in `account` the others, and in `every_form` a check that none is missing.

mod account;
mod every_form;

use cloud::accounts::bot_check::captcha;
use cloud::throttle::limits::{FAILED_LOGINS_PER_CLIENT, HOUR, SEND_AGAIN_WAITS};
use futures_util::future::join_all;

use crate::support::authenticator::Authenticator;
use crate::support::browser::{Browser, Page};
use crate::support::{PASSWORD, TestCloud, button_in};

const COPIES: usize = 200;
const NEW: &str = "window bread stone north";

async fn all_at_once(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Vec<Page> {
    at_once(COPIES, browser, path, fields).await
}

/// Sends the same form so often at once, from one browser.
async fn at_once(n: usize, browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Vec<Page> {
    let copies = (0..n).map(|_| {
        let mut copy = browser.clone();
        async move { copy.post(path, fields).await }
    });
    join_all(copies).await
}

fn n_going_to(pages: &[Page], place: &str) -> usize {
    let there = pages.iter().filter(|page| page.location() == Some(place));
    there.count()
}

/// Opens a form and does what its page asks for; gives the fields besides the first.
async fn opened(cloud: &TestCloud, path: &str) -> (Browser, [String; 3]) {
    let mut browser = cloud.browser();
    let id = browser.get(path).await.captcha().to_owned();
    let letters = captcha::answer(&cloud.state, &id);
    let work = browser.works(path, &id).await;
    (browser, [id, letters, work])
}

async fn asked_at_once(cloud: &TestCloud, path: &str, field: &str, value: &str) -> Vec<Page> {
    let (browser, [id, letters, work]) = opened(cloud, path).await;
    let fields = [
        (field, value),
        ("captcha", &id),
        ("letters", &letters),
        ("work", &work),
    ];
    all_at_once(&browser, path, &fields).await
}

#[tokio::test]
async fn asvs_2_3_4_a_repeated_enter_email_form_sends_one_mail() {
    let cloud = TestCloud::start().await;

    let pages = asked_at_once(&cloud, "/register", "email", "ana@example.org").await;

    assert!(n_going_to(&pages, "/register/finish") >= 1);
    assert_eq!(cloud.count("mailed_secrets").await, 1);
    assert_eq!(cloud.count("outbox").await, 1);
}

#[tokio::test]
async fn asvs_2_3_4_a_repeated_send_again_form_sends_one_mail() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();
    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    cloud.clock.advance(SEND_AGAIN_WAITS[0]);

    let pages = all_at_once(&ana, "/register/code", &[]).await;

    assert!(pages.iter().any(|page| page.status == 200));
    assert_eq!(cloud.count("outbox").await, 2, "the first and one more");
}

#[tokio::test]
async fn asvs_2_3_4_a_repeated_forgot_password_form_sends_one_mail() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let before = cloud.count("outbox").await;

    let pages = asked_at_once(&cloud, "/forgot", "login", "ana").await;

    assert!(n_going_to(&pages, "/forgot/code") >= 1);
    assert_eq!(
        cloud.count("mailed_secrets WHERE purpose = 'reset'").await,
        1
    );
    assert_eq!(cloud.count("outbox").await, before + 1);
}

#[tokio::test]
async fn asvs_2_3_4_a_repeated_new_password_form_sets_one_password() {
    let cloud = TestCloud::start_with_real_hashes().await;
    cloud.person("ana").await;
    let mut ana = cloud.browser();
    ana.sends_forgot(&cloud.state, "ana").await;
    let mail = cloud.nth_mail_to("ana@example.org", 2).await;
    let code = mail
        .body
        .lines()
        .map(str::trim)
        .find(|line| line.len() == 8 && line.bytes().all(|b| b.is_ascii_alphanumeric()));
    let before = cloud.count("outbox").await;

    let double_click = at_once(2, &ana, "/forgot/code", &[("code", code.unwrap())]).await;
    let proven = all_at_once(&ana, "/forgot/code", &[("code", code.unwrap())]).await;
    let set = all_at_once(&ana, "/forgot/password", &[("password", NEW)]).await;

    assert_eq!(n_going_to(&double_click, "/forgot/password"), 2);
    assert_eq!(n_going_to(&proven, "/forgot/password"), COPIES);
    assert!(n_going_to(&set, "/login?notice=password") >= 1);
    assert_eq!(cloud.count("outbox").await, before + 1, "one notice");
    assert_eq!(cloud.browser().logs_in("ana", NEW, false).await.status, 303);
    let token = button_in(&mail.body);
    let late = ana.post("/forgot/button", &[("token", &token)]).await;
    assert_eq!(late.status, 404, "the button ends with the code");
}

#[tokio::test]
async fn asvs_15_4_2_parallel_wrong_passwords_are_all_counted() {
    let cloud = TestCloud::start_with_real_hashes().await;
    cloud.person("ana").await;
    let wrong = [("login", "ana"), ("password", "gate lamp river mood")];

    let pages = all_at_once(&cloud.browser(), "/login", &wrong).await;
    let right = cloud.browser().logs_in("ana", PASSWORD, false).await;

    assert_eq!(n_going_to(&pages, "/devices"), 0);
    // 503: there was no place in the queue, and nothing was compared.
    let is_turned_back = |page: &&Page| {
        [429, 503].contains(&page.status) || page.body.contains("answer the picture too")
    };
    let n_let_through = COPIES - pages.iter().filter(is_turned_back).count();
    let most = usize::try_from(FAILED_LOGINS_PER_CLIENT.most).unwrap();
    assert!(n_let_through <= most, "{n_let_through} of {most}");
    assert_ne!(right.location(), Some("/devices"), "the account waits");
    cloud.clock.advance(FAILED_LOGINS_PER_CLIENT.window + HOUR);
    let later = cloud.browser().logs_in("ana", PASSWORD, false).await;
    assert_eq!(later.location(), Some("/devices"));
}

#[tokio::test]
async fn asvs_2_3_4_a_repeated_log_in_form_makes_one_session() {
    let cloud = TestCloud::start_with_real_hashes().await;
    cloud.person("ana").await;
    let before = cloud.count("sessions").await;
    let right = [("login", "ana"), ("password", PASSWORD)];

    let mut browser = cloud.browser();
    browser.get("/login").await;
    let pages = all_at_once(&browser, "/login", &right).await;

    assert!(n_going_to(&pages, "/devices") >= 1);
    assert_eq!(cloud.count("sessions").await, before + 1);
}

#[tokio::test]
async fn asvs_2_3_4_a_repeated_second_step_signature_makes_one_session() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let mut phone = Authenticator::at(&cloud.state);
    ana.adds_passkey(&mut phone, "Phone").await;
    ana.post("/account/second-factor/on", &[]).await;
    let mut at_step = cloud.at_second_step("ana").await;
    let before = cloud.count("sessions").await;

    let options = all_at_once(&at_step, "/login/passkey/options", &[]).await;
    let (options, ceremony) = {
        assert!(options.iter().all(|page| page.status == 200));
        at_step.ceremony("/login/passkey/options").await
    };
    let credential = phone.signs(&options);
    let fields = [("ceremony", &*ceremony), ("credential", &*credential)];
    let pages = all_at_once(&at_step, "/login/factor/passkey", &fields).await;

    assert_eq!(n_going_to(&pages, "/devices"), 1);
    assert_eq!(cloud.count("sessions").await, before + 1);
    assert_eq!(
        cloud.count("used_ceremonies").await,
        2,
        "one was the addition"
    );
}
