//! `/setup`: the first account of a cloud.

use std::sync::atomic::Ordering;

use cloud::accounts::names::{Email, UserName};
use cloud::accounts::registration::setup::{self, FirstAccount};
use cloud::audit::{Action, Outcome, chain};
use cloud::config::{Encryption, MailConfig};
use cloud::throttle::limits::SETUP_SECONDS;
use futures_util::future::join_all;
use zeroize::Zeroizing;

use crate::support::browser::{Browser, Page};
use crate::support::factor::unknown_browser;
use crate::support::smtp::{SmtpServer, free_port, settings};
use crate::support::{PASSWORD, TestCloud};

/// A cloud that nobody has set up yet.
async fn fresh() -> TestCloud {
    fresh_with(MailConfig::default()).await
}

async fn fresh_with(mail: MailConfig) -> TestCloud {
    let cloud = TestCloud::start_with(|config| config.mail = mail).await;
    cloud.state.is_set_up.store(false, Ordering::Relaxed);
    cloud
}

/// What stands behind `#` in a new link.
async fn code(cloud: &TestCloud) -> String {
    let link = setup::new_link(&cloud.state).await.unwrap().unwrap();
    let (page, code) = link.split_once('#').unwrap();
    assert_eq!(page, format!("{}setup", cloud.state.public_url));
    code.to_owned()
}

async fn sets_up(browser: &mut Browser, code: &str, name: &str) -> Page {
    let email = format!("{name}@example.org");
    let fields = [
        ("code", code),
        ("user_name", name),
        ("email", &email),
        ("password", PASSWORD),
    ];
    browser.post("/setup", &fields).await
}

#[tokio::test]
async fn the_printed_link_creates_the_first_account_once() {
    let port = free_port();
    let mut server = SmtpServer::start(port, "plain").await;
    let cloud = fresh_with(settings(port, Encryption::None)).await;
    let (first, second) = (code(&cloud).await, code(&cloud).await);
    let mut ana = cloud.browser();

    let page = ana.get("/setup").await;
    let done = sets_up(&mut ana, &first, "ana").await;

    assert_eq!(page.status, 200);
    assert!(page.body.contains("name=\"code\""), "{}", page.body);
    assert_eq!(done.location(), Some("/devices"), "{}", done.body);
    let next = ana.get("/devices").await;
    assert_eq!(
        next.location(),
        Some("/account/second-factor"),
        "whoever runs the cloud needs a second factor"
    );
    let mail = server.next().await;
    assert_eq!(mail.envelope_to, ["ana@example.org"]);
    assert!(mail.header("Subject").contains("can send mail"));
    for used in [&first, &second] {
        let again = sets_up(&mut cloud.browser(), used, "eva").await;
        assert_eq!(again.status, 404, "closed for ever");
    }
    assert!(setup::new_link(&cloud.state).await.unwrap().is_none());
    assert_eq!(cloud.count("accounts").await, 1);
}

#[tokio::test]
async fn asvs_6_3_2_there_are_no_default_accounts_before_set_up() {
    let cloud = fresh().await;
    let mut eva = cloud.browser();

    assert_eq!(cloud.count("accounts").await, 0);
    assert_eq!(eva.get("/register").await.location(), Some("/setup"));
    let posted = eva.post("/register", &[("email", "eva@example.org")]).await;
    assert_eq!(posted.location(), Some("/setup"));
    let admin = eva.logs_in("admin", "admin", false).await;
    assert_eq!(admin.status, 422);

    sets_up(&mut cloud.browser(), &code(&cloud).await, "ana").await;
    assert_eq!(eva.get("/register").await.status, 200);
}

#[tokio::test]
async fn a_wrong_or_expired_set_up_code_creates_no_account() {
    let cloud = fresh().await;
    let old = code(&cloud).await;
    cloud.clock.advance(SETUP_SECONDS);
    let mut eva = cloud.browser();

    for bad in ["", "x", &old] {
        let page = sets_up(&mut eva, bad, "eva").await;
        assert_eq!(page.status, 422);
        assert!(page.body.contains("older than 24 hours"), "{}", page.body);
        assert!(page.body.contains("value=\"eva\""));
        assert!(!page.body.contains(PASSWORD));
    }

    assert_eq!(cloud.count("accounts").await, 0);
    cloud.state.audit.flush().await;
    let mut denied = 0;
    chain::read(&cloud.state.config.data_dir, |line| {
        let is_denied = line.outcome == Outcome::Denied && line.what == Action::SetUp.name();
        denied += i32::from(is_denied);
    })
    .unwrap();
    assert_eq!(denied, 2, "an empty field is not a try");
    cloud::accounts::session::expiry::purge(&cloud.state)
        .await
        .unwrap();
    assert_eq!(cloud.count("mailed_secrets").await, 0);
}

#[tokio::test]
async fn every_field_is_checked_before_the_setup_link_is_used() {
    let cloud = fresh().await;
    let code = code(&cloud).await;
    let mut ana = cloud.browser();
    let fields = [
        ("code", &*code),
        ("user_name", "x"),
        ("email", "nobody"),
        ("password", "short"),
    ];

    let page = ana.post("/setup", &fields).await;

    assert_eq!(page.status, 422);
    for id in ["user-name-error", "email-error", "password-error"] {
        assert!(page.body.contains(&format!("id=\"{id}\"")), "{id}");
    }
    assert_eq!(
        sets_up(&mut ana, &code, "ana").await.location(),
        Some("/devices")
    );
}

#[tokio::test]
async fn asvs_15_4_2_parallel_set_up_links_create_one_account() {
    let cloud = TestCloud::start_with(|config| config.limits.cheap_hashes = false).await;
    cloud.state.is_set_up.store(false, Ordering::Relaxed);
    let mut codes = Vec::new();
    for _ in 0..4 {
        codes.push(code(&cloud).await);
    }

    let tries = (0..200).map(|n| {
        let wish = FirstAccount {
            code: Zeroizing::new(codes[n % 4].clone()),
            user_name: UserName::parse(&format!("ana{n}")).unwrap(),
            email: Email::parse(&format!("ana{n}@example.org")).unwrap(),
            password: Zeroizing::new(PASSWORD.to_owned()),
        };
        let state = cloud.state.clone();
        async move {
            let made = setup::finish(&state, wish, &unknown_browser()).await;
            usize::from(matches!(made, Ok(Some(_))))
        }
    });
    let n_made: usize = join_all(tries).await.into_iter().sum();

    assert_eq!((n_made, cloud.count("accounts").await), (1, 1));
}

#[tokio::test]
async fn the_demo_has_no_set_up() {
    let cloud = TestCloud::start().await;
    cloud.state.is_set_up.store(false, Ordering::Relaxed);

    assert!(setup::new_link(&cloud.state).await.unwrap().is_none());
    assert_eq!(cloud.browser().get("/register").await.status, 200);
    assert_eq!(cloud.browser().get("/setup").await.status, 404);
}
