//! `/register/button`: the button of a registration's mail.

use cloud::throttle::limits::{
    CODE_SECONDS, CODES_PER_ADDRESS_SHORT, DAY, PROVEN_SECONDS, WRONG_CODES_PER_ADDRESS,
};
use futures_util::future::join_all;

use crate::support::browser::{Browser, Page};
use crate::support::{PASSWORD, TestCloud, button_in, not};

async fn presses(browser: &mut Browser, token: &str) -> Page {
    browser.post("/register/button", &[("token", token)]).await
}

async fn finishes_without_code(browser: &mut Browser, name: &str) -> Page {
    let fields = [("user_name", name), ("password", PASSWORD)];
    browser.post("/register/finish", &fields).await
}

/// Asks for a code and gives the button of its mail, the `n`th to this address.
async fn button_of(cloud: &TestCloud, address: &str, n: usize) -> (Browser, String) {
    let mut browser = cloud.browser();
    browser.asks_for_a_code(&cloud.state, address).await;
    (
        browser,
        button_in(&cloud.nth_mail_to(address, n).await.body),
    )
}

#[tokio::test]
async fn a_mailed_link_with_an_escaped_hash_redirects_correctly() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;

    for page in cloud::web::escaped_link::PAGES {
        let answer = ana.get(&format!("{page}%23ABCD1234")).await;
        let meant = format!("{page}#ABCD1234");
        assert_eq!((answer.status, answer.location()), (303, Some(&*meant)));
    }
    assert_eq!(ana.get("/login%23ABCD1234").await.status, 404);
    let mut ben = cloud.browser();
    let claim = ben.get("/devices/new%23PV-0000-0000-00000%3aKQXWBD").await;
    assert_eq!(
        claim.location(),
        Some("/devices/new#PV-0000-0000-00000:KQXWBD")
    );
}

#[tokio::test]
async fn a_mailed_link_registers_in_the_browser_that_opens_it() {
    let cloud = TestCloud::start().await;
    let (mut laptop, token) = button_of(&cloud, "ana@example.org", 1).await;
    let mut phone = cloud.browser();

    let looked = phone.get("/register/button").await;
    let pressed = presses(&mut phone, &token).await;
    let form = phone.get("/register/finish").await;
    let on_laptop = laptop.get("/register/finish").await;
    let done = finishes_without_code(&mut phone, "ana").await;

    assert_eq!(looked.status, 200);
    assert_eq!(pressed.location(), Some("/register/finish"));
    assert!(form.body.contains("is confirmed") && !form.body.contains("id=\"code\""));
    assert_eq!(
        on_laptop.location(),
        Some("/register"),
        "the other flow has ended"
    );
    assert_eq!(done.location(), Some("/devices"), "{}", done.body);
}

#[tokio::test]
async fn opening_a_mailed_link_does_not_use_it_up() {
    let cloud = TestCloud::start().await;
    let (_, token) = button_of(&cloud, "ana@example.org", 1).await;
    let mut ana = cloud.browser();
    for _ in 0..3 {
        ana.get("/register/button").await;
    }

    let first = presses(&mut ana.clone(), &token).await;
    let second = presses(&mut ana, &token).await;
    let elsewhere = presses(&mut cloud.browser(), &token).await;

    assert_eq!(first.location(), Some("/register/finish"));
    assert_eq!(
        second.location(),
        Some("/register/finish"),
        "a double click"
    );
    assert_eq!(elsewhere.status, 404);
    assert_eq!(
        finishes_without_code(&mut ana, "ana").await.location(),
        Some("/devices")
    );
}

#[tokio::test]
async fn a_mailed_link_and_its_form_last_half_an_hour() {
    let cloud = TestCloud::start().await;
    let (_, early) = button_of(&cloud, "ana@example.org", 1).await;
    let (_, late) = button_of(&cloud, "ben@example.org", 1).await;
    let mut ana = cloud.browser();

    cloud.clock.advance(CODE_SECONDS - 1);
    assert_eq!(presses(&mut ana, &early).await.status, 303);
    cloud.clock.advance(1);
    assert_eq!(presses(&mut cloud.browser(), &late).await.status, 404);
    cloud.clock.advance(PROVEN_SECONDS - 1);

    assert_eq!(
        finishes_without_code(&mut ana, "ana").await.status,
        422,
        "too late"
    );
    assert_eq!(cloud.count("accounts").await, 0);
}

#[tokio::test]
async fn the_last_mailed_link_lasts_a_day_when_mails_stop() {
    let cloud = TestCloud::start().await;
    let mut tokens = Vec::new();
    for n in 1..=CODES_PER_ADDRESS_SHORT.most {
        let (_, token) = button_of(&cloud, "ana@example.org", usize::try_from(n).unwrap()).await;
        tokens.push(token);
        cloud.clock.advance(1);
    }

    let refused = cloud
        .browser()
        .sends_register(&cloud.state, "ana@example.org")
        .await;
    cloud.clock.advance(DAY - 2);

    assert_eq!(refused.status, 429);
    assert_eq!(presses(&mut cloud.browser(), &tokens[0]).await.status, 404);
    assert_eq!(presses(&mut cloud.browser(), &tokens[1]).await.status, 303);
}

#[tokio::test]
async fn too_many_wrong_codes_switch_an_address_to_links_only() {
    let cloud = TestCloud::start().await;
    let mut n_wrong = 0;
    let mut n_mails = 0;
    while n_wrong < WRONG_CODES_PER_ADDRESS.free {
        let mut stranger = cloud.browser();
        stranger
            .asks_for_a_code(&cloud.state, "ana@example.org")
            .await;
        n_mails += 1;
        let code = cloud.nth_mail_to("ana@example.org", n_mails).await.subject[..4].to_owned();
        for _ in 0..3.min(WRONG_CODES_PER_ADDRESS.free - n_wrong) {
            stranger.finishes(&not(&code), "mallory", PASSWORD).await;
            n_wrong += 1;
        }
        cloud.clock.advance(6 * 3_600);
    }

    let (mut ana, token) = button_of(&cloud, "ana@example.org", n_mails + 1).await;
    let mail = cloud.nth_mail_to("ana@example.org", n_mails + 1).await;
    let page = ana.get("/register/finish").await;

    assert_eq!(mail.subject, "Go on with your Peerview registration");
    assert!(
        page.body.contains("Press the button in the mail"),
        "{}",
        page.body
    );
    assert_eq!(presses(&mut ana, &token).await.status, 303);
    assert_eq!(
        finishes_without_code(&mut ana, "ana").await.location(),
        Some("/devices")
    );
}

#[tokio::test]
async fn strong_mode_accepts_mailed_links_but_no_short_codes() {
    let cloud = TestCloud::start_with(|config| {
        config.demo = true;
        config.limits.wrong_codes_per_day = 3;
    })
    .await;
    let (mut ana, anas) = button_of(&cloud, "ana@example.org", 1).await;
    let anas_code = cloud.code_for("ana@example.org").await;
    for name in ["eve1", "eve2"] {
        let address = format!("{name}@example.org");
        let mut eve = cloud.browser();
        eve.asks_for_a_code(&cloud.state, &address).await;
        let wrong = not(&cloud.code_for(&address).await);
        for _ in 0..2 {
            eve.finishes(&wrong, name, PASSWORD).await;
        }
    }

    let refused = ana.finishes(&anas_code, "ana", PASSWORD).await;
    let (_, bens) = button_of(&cloud, "ben@example.org", 1).await;
    let bens_mail = cloud.nth_mail_to("ben@example.org", 1).await;
    cloud.clock.advance(DAY);
    let (mut later, _) = button_of(&cloud, "cleo@example.org", 1).await;
    let code = cloud.code_for("cleo@example.org").await;

    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("Press the button in the mail"));
    assert_eq!(bens_mail.subject, "Go on with your Peerview registration");
    assert_eq!((anas.len(), bens.len()), (28, 28));
    assert_eq!(
        later.finishes(&code, "cleo", PASSWORD).await.status,
        303,
        "a day later"
    );
}

#[tokio::test]
async fn asvs_6_5_1_parallel_uses_of_a_mailed_link_count_once() {
    let cloud = TestCloud::start().await;
    let (_, token) = button_of(&cloud, "ana@example.org", 1).await;

    let presses = join_all((0..200).map(|_| {
        let (mut browser, token) = (cloud.browser(), token.clone());
        async move { presses(&mut browser, &token).await.status }
    }));
    let n_pressed = presses
        .await
        .into_iter()
        .filter(|status| *status == 303)
        .count();

    assert_eq!(n_pressed, 1);
    assert_eq!(cloud.count("mailed_secrets").await, 2);
}

#[tokio::test]
async fn a_double_click_on_get_verification_code_sends_one_mail() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();
    let page = ana.get("/register").await;
    let id = page.captcha().to_owned();
    let letters = cloud::accounts::bot_check::captcha::answer(&cloud.state, &id);
    let work = ana.works("/register", &id).await;
    let fields = [
        ("email", "ana@example.org"),
        ("captcha", id.as_str()),
        ("letters", letters.as_str()),
        ("work", work.as_str()),
    ];

    let first = ana.post("/register", &fields).await;
    let second = ana.post("/register", &fields).await;

    assert_eq!((first.status, second.status), (303, 303));
    assert_eq!(cloud.count("outbox").await, 1);
}
