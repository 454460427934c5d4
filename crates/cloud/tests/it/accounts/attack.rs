//! Thirty days of attack on the short codes, with a clock that a test moves: an attacker who knows
//! this source, has a hundred thousand addresses of clients, and passes every picture and every
//! piece of work. What the limits let through is counted and printed beside what they promise.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use std::fmt::Write;

use cloud::accounts::mailed_secret::{self, Purpose};
use cloud::accounts::names::{Email, UserName};
use cloud::accounts::registration::{self, Finished, NewRegistration};
use cloud::db::sql;
use cloud::random::Random;
use cloud::throttle::limits::WRONG_CODES_PER_ADDRESS;
use cloud::visitor::{Browser, Client};
use zeroize::Zeroizing;

use crate::support::{ASKING, PASSWORD, TestCloud, button_in, shows};

const DAYS: i64 = 30;
const DAY: i64 = 86_400;
const CLIENTS: u32 = 100_000;
const ADDRESSES: u32 = 100_000;
/// Wrong codes that everybody together may type in a day.
const BUDGET: i64 = 100;
/// What the attacker starts in a day: enough to use every budget up.
const STARTS_PER_DAY: u32 = 40;

/// How somebody picks whom to attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    /// The same address, for ever.
    OneVictim,
    /// One flow for each of many addresses.
    ManyOnce,
    /// The same fifty addresses, flow after flow.
    StartOver,
}

#[derive(Debug, Default)]
struct Outcome {
    /// Tries that were compared with a code.
    compared: i64,
    /// The most in one day.
    most_in_a_day: i64,
    /// The most for one address.
    most_of_an_address: i64,
    hits: i64,
    honest_done: i64,
    honest_steps: i64,
}

#[tokio::test]
async fn asvs_6_6_3_thirty_days_of_guessing_stay_within_documented_limits() {
    for plan in [Plan::OneVictim, Plan::ManyOnce, Plan::StartOver] {
        let outcome = attack(plan).await;
        report(plan, &outcome);

        assert!(outcome.most_in_a_day <= BUDGET, "{outcome:?}");
        assert!(outcome.most_of_an_address <= 10, "{outcome:?}");
        let expected = outcome.compared as f64 / 10_000.0;
        let spread = 3.0 * expected.sqrt() + 1.0;
        assert!(
            (outcome.hits as f64 - expected).abs() <= spread,
            "{outcome:?}"
        );
        assert_eq!(outcome.honest_done, DAYS / 5, "honest people get in");
        assert!(
            outcome.honest_steps <= DAYS / 5,
            "with one more step at most"
        );
        if plan == Plan::OneVictim {
            assert_eq!(outcome.compared, 10, "a pause of 30 days after ten");
        } else {
            assert!(
                outcome.compared > BUDGET * 3,
                "the attack was real: {outcome:?}"
            );
        }
    }
}

async fn attack(plan: Plan) -> Outcome {
    let cloud = TestCloud::start_with(|config| {
        config.demo = true;
        config.limits.mails_per_hour = 1_000_000;
        config.limits.mails_per_day = 1_000_000;
    })
    .await;
    let mut outcome = Outcome::default();
    let mut before = 0;
    for day in 0..DAYS {
        for n in 0..STARTS_PER_DAY {
            walk(&cloud, plan, n, &mut outcome).await;
        }
        let now = compared(&cloud).await;
        outcome.most_in_a_day = outcome.most_in_a_day.max(now - before);
        before = now;
        if day % 5 == 0 {
            honest(&cloud, day, &mut outcome).await;
        }
        cloud.clock.advance(DAY);
    }
    outcome.compared = before;
    outcome.most_of_an_address = most_of_an_address(&cloud).await;
    outcome
}

/// One flow of the attacker: three different guesses, from a new client each.
async fn walk(cloud: &TestCloud, plan: Plan, n: u32, outcome: &mut Outcome) {
    let victim = match plan {
        Plan::OneVictim => 0,
        Plan::ManyOnce => Random.u32() % ADDRESSES,
        Plan::StartOver => n % 50,
    };
    let email = Email::parse(&format!("victim{victim}@example.org")).unwrap();
    let begun = registration::begin(&cloud.state, &client(), &email, &ASKING).await;
    let Ok(secret) = begun else {
        return;
    };
    let first = Random.u32() % 10_000;
    for guess in 0..3 {
        let flow = mailed_secret::find(&cloud.state, Purpose::Registration, &secret)
            .await
            .unwrap();
        let Some(flow) = flow else { return };
        let wish = wish(&format!("{:04}", (first + guess) % 10_000), &Random.id());
        let browser = nobody();
        let tried = registration::finish(&cloud.state, &client(), &flow, wish, &browser).await;
        if let Ok(Finished::SignedIn(_)) = tried {
            outcome.hits += 1;
        }
    }
}

/// Somebody who wants an account, and types the code or presses the button.
async fn honest(cloud: &TestCloud, day: i64, outcome: &mut Outcome) {
    let (name, mut browser) = (format!("honest{day}"), cloud.browser());
    let address = format!("{name}@example.com");
    browser.asks_for_a_code(&cloud.state, &address).await;
    let mail = cloud.nth_mail_to(&address, 1).await;
    let fields = [("user_name", name.as_str()), ("password", PASSWORD)];
    let done = if mail.subject.starts_with(|c: char| c.is_ascii_digit()) {
        browser.finishes(&mail.subject[..4], &name, PASSWORD).await
    } else {
        outcome.honest_steps += 1;
        let token = button_in(&mail.body);
        browser.post("/register/button", &[("token", &token)]).await;
        browser.post("/register/finish", &fields).await
    };
    outcome.honest_done += i64::from(done.location() == Some("/devices"));
}

/// A browser that asks for the first time.
fn nobody() -> Browser {
    Browser {
        token: Random.token(),
        user_agent: String::new(),
        place: String::new(),
    }
}

/// One of a botnet's hundred thousand.
fn client() -> Client {
    let n = Random.u32() % CLIENTS;
    Client(format!("10.{}.{}.{}", n >> 16, n >> 8 & 0xff, n & 0xff))
}

fn wish(code: &str, name: &str) -> NewRegistration {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    NewRegistration {
        code: code.to_owned(),
        user_name: UserName::parse(&format!("m{name}")).unwrap(),
        password: Zeroizing::new(PASSWORD.to_owned()),
    }
}

/// Tries that reached a comparison: every one was counted for its address.
async fn compared(cloud: &TestCloud) -> i64 {
    sql::query_scalar("SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM counters WHERE kind = $1")
        .bind(WRONG_CODES_PER_ADDRESS.kind)
        .fetch_one(cloud.state.db.reader())
        .await
        .unwrap()
}

async fn most_of_an_address(cloud: &TestCloud) -> i64 {
    sql::query_scalar("SELECT COALESCE(MAX(n), 0) FROM counters WHERE kind = $1")
        .bind(WRONG_CODES_PER_ADDRESS.kind)
        .fetch_one(cloud.state.db.reader())
        .await
        .unwrap()
}

fn report(plan: Plan, outcome: &Outcome) {
    let per_month = outcome.compared as f64 / 10_000.0;
    let mut figures = format!("30 days, {plan:?}:");
    for (what, measured, promised) in [
        ("guesses compared", outcome.compared as f64, "-"),
        ("in the worst day", outcome.most_in_a_day as f64, "100"),
        (
            "for the worst address",
            outcome.most_of_an_address as f64,
            "10 in 30 days",
        ),
        (
            "hits expected of them",
            per_month,
            "0.001 for one victim, 0.3 of all",
        ),
        ("hits", outcome.hits as f64, "within 3 sigma"),
        (
            "honest people who registered",
            outcome.honest_done as f64,
            "6 of 6",
        ),
        (
            "of them with the button",
            outcome.honest_steps as f64,
            "one step more",
        ),
    ] {
        write!(
            figures,
            "\n  {what:<30}{measured:>8.3}   promised: {promised}"
        )
        .unwrap();
    }
    shows(&figures);
}
