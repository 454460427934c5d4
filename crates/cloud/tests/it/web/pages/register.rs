//! `/register`: Enter Email.

use cloud::accounts::mailed_secret::{Purpose, derivation};
use cloud::db::sql;
use cloud::throttle::limits::{CODES_PER_ADDRESS_SHORT, CODES_PER_CLIENT, HOUR, MINUTE};

use crate::support::browser::Browser;
use crate::support::{PASSWORD, TestCloud};

/// What differs between two answers to the same request.
fn without_cookie(page: &crate::support::browser::Page) -> (u16, Vec<(String, String)>, String) {
    let mut headers: Vec<_> = page
        .headers
        .iter()
        .filter(|(name, _)| *name != "date")
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    for (name, value) in &mut headers {
        if name == "set-cookie" {
            // The secret is random; everything else of the line must agree, its length too.
            let secret = value.split(['=', ';']).nth(1).unwrap().to_owned();
            assert_eq!(secret.len(), 43);
            *value = value.replace(&secret, "secret");
        }
    }
    (page.status, headers, page.body.clone())
}

#[tokio::test]
async fn a_mailed_code_creates_an_account() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();

    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    let finish = ana.get("/register/finish").await;
    let code = cloud.code_for("ana@example.org").await;
    let done = ana.finishes(&code, "Ana", PASSWORD).await;

    assert!(finish.body.contains("ana@example.org") && finish.body.contains("30:00"));
    assert_eq!((done.status, done.location()), (303, Some("/devices")));
    assert!(ana.is_signed_in().await);
    assert_eq!(cloud.count("accounts").await, 1);
}

/// The digits as an input method for Chinese or Japanese writes them.
fn wide(code: &str) -> String {
    let wide = |digit: char| char::from_u32(u32::from(digit) + 0xfee0).unwrap();
    code.chars().map(wide).collect()
}

#[tokio::test]
async fn a_code_is_accepted_with_blanks_and_wide_digits() {
    let cloud = TestCloud::start().await;
    for (name, written) in [
        ("ana", (|code| format!(" {code}\n")) as fn(&str) -> String),
        ("ben", |code| format!("{} {}", &code[..2], &code[2..])),
        ("cem", wide),
    ] {
        let mut browser = cloud.browser();
        let address = format!("{name}@example.org");
        browser.asks_for_a_code(&cloud.state, &address).await;
        let code = cloud.code_for(&address).await;

        let done = browser.finishes(&written(&code), name, PASSWORD).await;

        assert_eq!(done.location(), Some("/devices"), "{name}: {}", done.body);
    }
}

#[tokio::test]
async fn the_code_field_does_not_truncate_input() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();
    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;

    let page = ana.get("/register/finish").await;

    let field = page.body.split("<input id=\"code\"").nth(1).unwrap();
    let field = field.split('>').next().unwrap();
    assert!(
        field.contains("maxlength=\"64\"") && !field.contains("pattern"),
        "{field}"
    );
}

#[tokio::test]
async fn known_and_unknown_addresses_get_the_same_answers() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let (mut known, mut unknown) = (cloud.browser(), cloud.browser());

    let first = without_cookie(&known.sends_register(&cloud.state, "ana@example.org").await);
    let second = without_cookie(
        &unknown
            .sends_register(&cloud.state, "ben@example.org")
            .await,
    );
    assert_eq!(first, second);

    let page = |page: crate::support::browser::Page, name: &str| page.body.replace(name, "NAME");
    assert_eq!(
        page(known.get("/register/finish").await, "ana"),
        page(unknown.get("/register/finish").await, "ben")
    );
    let code = cloud.code_for("ben@example.org").await;
    let wrong = crate::support::not(&code);
    let known_wrong = known.finishes(&wrong, "newname", PASSWORD).await;
    let unknown_wrong = unknown.finishes(&wrong, "newname", PASSWORD).await;
    assert_eq!((known_wrong.status, unknown_wrong.status), (422, 422));
    assert_eq!(page(known_wrong, "ana"), page(unknown_wrong, "ben"));
}

#[tokio::test]
async fn an_address_with_an_account_gets_another_mail() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;

    cloud
        .browser()
        .asks_for_a_code(&cloud.state, "ANA@example.org")
        .await;
    let mail = cloud.nth_mail_to("ANA@example.org", 1).await;

    assert_eq!(mail.subject, "You already have a Peerview account");
    assert!(mail.body.contains("/forgot") && !mail.body.contains("verification code"));
}

#[tokio::test]
async fn no_registration_code_works_for_an_address_with_an_account() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let mut stranger = cloud.browser();
    stranger
        .asks_for_a_code(&cloud.state, "ana@example.org")
        .await;
    let (id, nonce): (String, String) =
        sql::query_as("SELECT id, nonce FROM mailed_secrets WHERE is_decoy = TRUE")
            .fetch_one(cloud.state.db.reader())
            .await
            .unwrap();
    let would_be = derivation::code(&cloud.state, Purpose::Registration, &id, &nonce).unwrap();

    let done = stranger.finishes(&would_be, "mallory", PASSWORD).await;

    assert_eq!(done.status, 422);
    assert_eq!(cloud.count("accounts").await, 1);
}

#[tokio::test]
async fn asvs_2_2_1_an_invalid_address_is_reported_and_not_stored() {
    let cloud = TestCloud::start().await;
    for address in [
        "",
        "ana",
        "ana@localhost",
        "a\0na@example.org",
        "ana@example.org\r\nBcc: b@example.org",
        "😀@x.org",
        "ana@ex\u{202e}ample.org",
    ] {
        let page = cloud.browser().sends_register(&cloud.state, address).await;

        assert_eq!(page.status, 422, "{address:?}");
        assert!(
            page.body.contains("aria-describedby=\"email-error\""),
            "{}",
            page.body
        );
    }
    assert_eq!(
        (
            cloud.count("outbox").await,
            cloud.count("mailed_secrets").await
        ),
        (0, 0)
    );
}

#[tokio::test]
async fn wrong_captcha_letters_send_nothing_and_keep_the_address() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();
    let captcha = ana.get("/register").await.captcha().to_owned();

    let work = ana.works("/register", &captcha).await;
    let fields = [
        ("email", "ana@example.org"),
        ("captcha", captcha.as_str()),
        ("letters", "0000"),
        ("work", &work),
    ];
    let page = ana.post("/register", &fields).await;

    assert_eq!(page.status, 422);
    assert!(page.body.contains("value=\"ana@example.org\"") && page.body.contains("letters-error"));
    assert_eq!(page.captcha(), captcha, "the picture stays for another try");
    assert_eq!(cloud.count("outbox").await, 0);
}

#[tokio::test]
async fn a_new_captcha_keeps_the_typed_address() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();
    let captcha = ana.get("/register").await.captcha().to_owned();

    let fields = [
        ("email", "ana@example.org"),
        ("captcha", captcha.as_str()),
        ("new_picture", "1"),
    ];
    let page = ana.post("/register", &fields).await;

    assert_eq!(page.status, 200);
    assert_ne!(page.captcha(), captcha);
    assert!(page.body.contains("value=\"ana@example.org\""));
}

#[tokio::test]
async fn one_address_gets_two_codes_in_ten_minutes() {
    let cloud = TestCloud::start().await;
    let most = CODES_PER_ADDRESS_SHORT.most;
    for _ in 0..most {
        cloud
            .browser()
            .asks_for_a_code(&cloud.state, "ana@example.org")
            .await;
    }

    let refused = cloud
        .browser()
        .sends_register(&cloud.state, "ana@example.org")
        .await;
    cloud.clock.advance(10 * MINUTE);
    let later = cloud
        .browser()
        .sends_register(&cloud.state, "ana@example.org")
        .await;

    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (429, Some("600"))
    );
    assert!(
        refused.body.contains("10 minutes")
            && refused.body.contains("button in the newest mail")
            && refused.body.contains("value=\"ana@example.org\"")
    );
    assert_eq!(later.status, 303);
}

#[tokio::test]
async fn a_client_gets_at_most_fifteen_codes_an_hour() {
    let cloud = TestCloud::start().await;
    for n in 0..CODES_PER_CLIENT.last() {
        cloud
            .browser()
            .asks_for_a_code(&cloud.state, &format!("person{n}@example.org"))
            .await;
    }

    let refused = cloud
        .browser()
        .sends_register(&cloud.state, "onemore@example.org")
        .await;
    cloud.clock.advance(HOUR);
    let later = cloud
        .browser()
        .sends_register(&cloud.state, "onemore@example.org")
        .await;

    assert_eq!((refused.status, later.status), (429, 303));
}

#[tokio::test]
async fn all_mails_together_stay_within_a_budget() {
    let cloud = TestCloud::start_with(|config| {
        config.demo = true;
        config.limits.mails_per_hour = 5;
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await;
    let from = |n: u8| {
        let network = format!("198.51.{n}.1");
        cloud.browser().sending("x-forwarded-for", &network)
    };
    let mut statuses = Vec::new();
    for n in 0..5 {
        let page = from(n)
            .sends_register(&cloud.state, &format!("p{n}@example.org"))
            .await;
        statuses.push(page.status);
    }

    assert_eq!(
        statuses,
        [303, 303, 303, 303, 429],
        "a fifth is kept for mails about security"
    );
    let mut security = Vec::new();
    for n in 0..2 {
        let login = format!("p{n}@example.org");
        let page = from(n).sends_forgot(&cloud.state, &login).await;
        security.push(page.status);
    }
    assert_eq!(security, [303, 429]);
}

#[tokio::test]
async fn a_spoofed_client_address_is_ignored() {
    let cloud = TestCloud::start().await;
    for n in 0..CODES_PER_CLIENT.last() {
        let mut browser = cloud
            .browser()
            .sending("x-forwarded-for", &format!("192.0.2.{n}"));
        browser
            .asks_for_a_code(&cloud.state, &format!("person{n}@example.org"))
            .await;
    }

    let mut browser: Browser = cloud.browser().sending("x-forwarded-for", "192.0.2.77");
    let refused = browser
        .sends_register(&cloud.state, "onemore@example.org")
        .await;

    assert_eq!(refused.status, 429);
}
