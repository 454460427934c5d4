//! Rules of registration and log-in across pages: the order of steps, one winner among concurrent requests,
//! the cost of a flood, and that guessing locks no owner out.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use std::collections::BTreeSet;

use cloud::accounts::mailed_secret::{self, MailedSecret, Purpose, derivation};
use cloud::accounts::names::{Email, UserName};
use cloud::accounts::registration::{self, Finished, NewRegistration};
use cloud::accounts::session::sign_in::{self, Attempt, Outcome};
use cloud::accounts::{password::recovery, registration as flows};
use cloud::hasher::HashingPlace;
use cloud::mail::{self, Urgency};
use cloud::random::Random;
use cloud::throttle::limits;
use cloud::visitor::{Browser, Client};
use futures_util::future::join_all;
use zeroize::Zeroizing;

use crate::support::{ASKING, PASSWORD, TestCloud, button_in};

/// A browser that asks for the first time.
fn nobody() -> Browser {
    Browser {
        token: Random.token(),
        user_agent: String::new(),
        place: String::new(),
    }
}

fn client(n: u32) -> Client {
    Client(format!("10.{}.{}.1", n / 250, n % 250))
}

/// A flow whose mailbox is proven, begun by its own client.
async fn proven(cloud: &TestCloud, n: u32) -> MailedSecret {
    let address = format!("person{n}@example.org");
    let email = Email::parse(&address).unwrap();
    registration::begin(&cloud.state, &client(n), &email, &ASKING)
        .await
        .unwrap();
    let token = button_in(&cloud.nth_mail_to(&address, 1).await.body);
    let pressed = mailed_secret::press(&cloud.state, Purpose::Registration, &token, None)
        .await
        .unwrap();
    let flow = mailed_secret::find(&cloud.state, Purpose::Registration, &pressed.unwrap()).await;
    flow.unwrap().unwrap()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Ask,
    Look,
    Code,
    Press,
    FinishWithoutCode,
}

const STEPS: [Step; 5] = [
    Step::Ask,
    Step::Look,
    Step::Code,
    Step::Press,
    Step::FinishWithoutCode,
];

/// Every order of the five steps.
fn orders() -> Vec<Vec<Step>> {
    let mut all = vec![vec![]];
    for step in STEPS {
        all = all
            .iter()
            .flat_map(|order| {
                (0..=order.len()).map(move |place| {
                    let mut longer = order.clone();
                    longer.insert(place, step);
                    longer
                })
            })
            .collect();
    }
    all
}

/// Whether an order makes an account: the code after asking, or the button after asking and then
/// the rest; what was done before counts for nothing.
fn makes_account(order: &[Step]) -> bool {
    let at = |step| order.iter().position(|s| *s == step).unwrap();
    let by_code = at(Step::Ask) < at(Step::Code);
    let by_button =
        at(Step::Ask) < at(Step::Press) && at(Step::Press) < at(Step::FinishWithoutCode);
    by_code || by_button
}

#[tokio::test]
async fn asvs_2_3_1_registration_steps_must_be_done_in_order() {
    let cloud = TestCloud::start_with(|config| {
        config.demo = true;
        config.limits.mails_per_hour = 1_000_000;
        config.limits.mails_per_day = 1_000_000;
        config.limits.wrong_codes_per_day = 1_000_000;
    })
    .await;
    let orders = orders();
    assert_eq!(orders.len(), 120);
    for (n, order) in orders.iter().enumerate() {
        let before = cloud.count("accounts").await;
        walk(&cloud, n, order).await;
        let made = cloud.count("accounts").await - before;

        assert_eq!(made, i64::from(makes_account(order)), "{order:?}");
        cloud.clock.advance(86_400);
    }
}

async fn walk(cloud: &TestCloud, n: usize, order: &[Step]) {
    let (mut browser, name) = (cloud.browser(), format!("walker{n}"));
    let address = format!("{name}@example.org");
    let (mut code, mut token) = ("0000".to_owned(), "0".repeat(28));
    for step in order {
        let fields = [("user_name", name.as_str()), ("password", PASSWORD)];
        match step {
            Step::Ask => {
                browser.asks_for_a_code(&cloud.state, &address).await;
                let mail = cloud.nth_mail_to(&address, 1).await;
                code = mail.subject[..4].to_owned();
                token = button_in(&mail.body);
            }
            Step::Look => drop(browser.get("/register/finish").await),
            Step::Code => drop(browser.finishes(&code, &name, PASSWORD).await),
            Step::Press => {
                browser.post("/register/button", &[("token", &token)]).await;
            }
            Step::FinishWithoutCode => drop(browser.post("/register/finish", &fields).await),
        }
    }
}

#[tokio::test]
async fn asvs_2_3_4_one_of_fifty_parallel_registrations_gets_a_name() {
    let cloud = TestCloud::start_with_real_hashes().await;
    let mut flows = Vec::new();
    for n in 0..50 {
        flows.push(proven(&cloud, n).await);
    }

    let finishing = flows.iter().enumerate().map(|(n, flow)| {
        let wish = NewRegistration {
            code: String::new(),
            user_name: UserName::parse("ana").unwrap(),
            password: Zeroizing::new(PASSWORD.to_owned()),
        };
        let (state, client) = (&cloud.state, client(u32::try_from(n).unwrap()));
        async move { flows::finish(state, &client, flow, wish, &nobody()).await }
    });
    let finished = join_all(finishing).await;
    let n_made = finished
        .iter()
        .filter(|finished| matches!(finished, Ok(Finished::SignedIn(_))))
        .count();

    assert_eq!(n_made, 1);
    assert_eq!(cloud.count("accounts").await, 1);
}

#[tokio::test]
async fn asvs_2_4_1_a_distributed_flood_stays_within_the_mail_budget() {
    let cloud = TestCloud::start().await;
    let config = &cloud.state.config.limits;
    for n in 0..400 {
        let email = Email::parse(&format!("person{n}@example.org")).unwrap();
        let begun = registration::begin(&cloud.state, &client(n), &email, &ASKING).await;
        assert_eq!(begun.is_ok(), n < config.mails_per_hour * 4 / 5, "{n}");
    }

    let reserved = recovery::begin(&cloud.state, &client(999), "ana@example.org", &ASKING).await;

    assert!(reserved.is_ok(), "a fifth is kept for mails about security");
    let ordinary = i64::from(config.mails_per_hour) * 4 / 5;
    assert_eq!(cloud.count("outbox").await, ordinary + 1);
}

/// Somebody's turn to have a password compared.
async fn place(cloud: &TestCloud) -> HashingPlace {
    cloud.state.passwords.place().await.unwrap()
}

#[tokio::test]
async fn eight_addresses_and_ten_accounts_cannot_block_registration() {
    let cloud = TestCloud::start().await;
    let mut n_mailed = 0;
    for hour in 0..24 {
        for n in 0..8 * if hour < 6 { 16 } else { 2 } {
            let email = Email::parse(&format!("a{hour}.{n}@example.org")).unwrap();
            let login = format!("b{hour}.{n}@example.org");
            let from = client(n % 8);
            let begun = registration::begin(&cloud.state, &from, &email, &ASKING).await;
            let walk = recovery::begin(&cloud.state, &from, &login, &ASKING).await;
            n_mailed += u32::from(begun.is_ok()) + u32::from(walk.is_ok());
        }
        for account in 0..10 {
            // As many notices as the accounts of an attacker may bring about in an hour, of ten a day.
            let n_notices = if hour < 4 { limits::NOTICES.most } else { 1 };
            for _ in 0..n_notices {
                let spent = mail::spend_leaving(&cloud.state, Urgency::Security).await;
                assert!(spent.is_ok(), "hour {hour}, account {account}");
                spent.unwrap().keep();
            }
        }
        let (honest, from) = (format!("ana{hour}@example.net"), client(2_000 + hour));
        let email = Email::parse(&honest).unwrap();
        let begun = registration::begin(&cloud.state, &from, &email, &ASKING).await;
        let walk = recovery::begin(&cloud.state, &from, &honest, &ASKING).await;
        assert!(begun.is_ok(), "hour {hour}: {:?}", begun.err());
        assert!(walk.is_ok(), "hour {hour}: {:?}", walk.err());
        cloud.clock.advance(limits::HOUR);
    }
    assert!(n_mailed > 200, "the attack was real: {n_mailed}");
}

#[tokio::test]
async fn asvs_6_3_1_a_hundred_failures_by_strangers_lock_nobody_out() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let attempt = |password| Attempt {
        login: "ana",
        password,
        auto_login: false,
        browser_key: "",
    };
    for n in 0..limits::FAILED_LOGINS.shut {
        let n = u32::try_from(n).unwrap();
        let wrong = attempt("gate lamp river mood");
        let tried = sign_in::sign_in(
            &cloud.state,
            &client(n),
            &wrong,
            &nobody(),
            place(&cloud).await,
        )
        .await;
        assert!(matches!(tried, Ok(Outcome::Wrong)));
        cloud.clock.advance(limits::HOUR);
    }

    let right = attempt(PASSWORD);
    let elsewhere = sign_in::sign_in(
        &cloud.state,
        &client(500),
        &right,
        &nobody(),
        place(&cloud).await,
    )
    .await;
    ana.post("/logout", &[]).await;
    let at_home = ana.logs_in("ana", PASSWORD, false).await;

    assert!(
        matches!(elsewhere, Ok(Outcome::Wrong)),
        "the password is disabled"
    );
    assert_eq!(
        at_home.location(),
        Some("/devices"),
        "in the browser that she uses"
    );
}

#[tokio::test]
async fn asvs_6_4_1_codes_are_evenly_distributed_and_differ() {
    let cloud = TestCloud::start().await;
    let purpose = Purpose::Registration;
    let code = |n: u32| derivation::code(&cloud.state, purpose, "flow", &n.to_string()).unwrap();
    let mut counts = vec![0_u32; 10_000];
    let n_codes = 200_000;
    for n in 0..n_codes {
        counts[code(n).parse::<usize>().unwrap()] += 1;
    }

    let expected = f64::from(n_codes) / 10_000.0;
    let chi_square: f64 = counts
        .iter()
        .map(|n| (f64::from(*n) - expected).powi(2) / expected)
        .sum();
    // 9,999 degrees of freedom: mean 9,999, standard deviation 141; the key is random.
    assert!(
        (9_999.0 - 850.0..9_999.0 + 850.0).contains(&chi_square),
        "{chi_square}"
    );
}

#[tokio::test]
async fn asvs_6_5_4_reset_codes_have_forty_bits() {
    let cloud = TestCloud::start().await;
    let codes: BTreeSet<String> = (0..20_000)
        .map(|n: u32| {
            derivation::code(&cloud.state, Purpose::Recovery, "walk", &n.to_string()).unwrap()
        })
        .collect();

    assert_eq!(codes.len(), 20_000, "none twice among 20,000");
    assert!(
        codes
            .iter()
            .all(|code| code.len() == limits::RESET_CHARACTERS)
    );
    let per_year = 3 * limits::WRONG_CODES_PER_ADDRESS.free;
    assert_eq!(
        (limits::TRIES_PER_CODE, per_year),
        (3, 30),
        "0.3 % in the first year"
    );
    assert_eq!(cloud.state.config.limits.wrong_codes_per_day, 100);
}

#[tokio::test]
async fn asvs_6_5_5_a_code_and_its_link_expire_together() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();
    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    let mail = cloud.nth_mail_to("ana@example.org", 1).await;

    cloud.clock.advance(limits::CODE_SECONDS);
    let code = ana.finishes(&mail.subject[..4], "ana", PASSWORD).await;
    let token = button_in(&mail.body);
    let button = ana.post("/register/button", &[("token", &token)]).await;

    assert_eq!(limits::CODE_SECONDS, 1_800);
    assert_eq!((code.status, button.status), (422, 404));
    assert_eq!(cloud.count("accounts").await, 0);
}

#[tokio::test]
async fn asvs_15_4_2_only_three_of_two_hundred_parallel_guesses_count() {
    let cloud = TestCloud::start_with_real_hashes().await;
    let mut ana = cloud.browser();
    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    let code = cloud.code_for("ana@example.org").await;
    let flow = ana.cookie("flow").unwrap().to_owned();
    let flow = mailed_secret::find(&cloud.state, Purpose::Registration, &flow)
        .await
        .unwrap()
        .unwrap();

    let guesses = (0..200).map(|n| {
        let wish = NewRegistration {
            code: format!("{:04}", (code.parse::<u32>().unwrap() + 1 + n) % 10_000),
            user_name: UserName::parse("ana").unwrap(),
            password: Zeroizing::new(PASSWORD.to_owned()),
        };
        let (state, flow, client) = (&cloud.state, &flow, client(n));
        async move { registration::finish(state, &client, flow, wish, &nobody()).await }
    });
    join_all(guesses).await;
    let after = mailed_secret::find(
        &cloud.state,
        Purpose::Registration,
        ana.cookie("flow").unwrap(),
    )
    .await;

    assert_eq!(after.unwrap().unwrap().n_tries, limits::TRIES_PER_CODE);
    assert_eq!(
        ana.finishes(&code, "ana", PASSWORD).await.status,
        422,
        "used up"
    );
}

#[tokio::test]
async fn asvs_6_2_10_a_password_never_expires() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;

    cloud.clock.advance(5 * 365 * 86_400);

    assert_eq!(
        cloud.browser().logs_in("ana", PASSWORD, false).await.status,
        303
    );
}

#[tokio::test]
async fn asvs_6_2_9_a_one_megabyte_password_is_refused_before_hashing() {
    let cloud = TestCloud::start().await;
    let long = "w".repeat(1_000_000);
    let mut ana = cloud.browser();

    for (path, field) in [
        ("/login", "password"),
        ("/register/finish", "password"),
        ("/forgot/password", "password"),
    ] {
        let page = ana.post(path, &[("login", "ana"), (field, &long)]).await;
        assert_eq!(page.status, 413, "{path}");
    }
}
