//! Claims: the agent decides about the code, the cloud about how often anybody may ask.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cloud::accounts::bot_check::captcha;
use cloud::accounts::bot_check::proof_of_work::{self, For, WorkPurpose, Worker};
use cloud::audit::{FILE, chain};
use cloud::claims::{self, Claim, ClaimError};
use cloud::db::{recorders, sql};
use cloud::throttle::EVERYBODY;
use cloud::throttle::limits::{
    CLAIMS, CLAIMS_PER_ACCOUNT, CLAIMS_PER_SERIAL, DAY, DEVICE_CHANGES, DEVICE_NOTICE_WAIT,
    DEVICE_NOTICES_EVERY, Limit, WAIT_WITHOUT_WORK,
};
use futures_util::future::join_all;
use proto::rpc::code;
use tokio_util::task::AbortOnDropHandle;

use crate::support::wire::{Person, Wire, serial};

const RIGHT: &str = "KQXWBD";
const WRONG: &str = "AAAAAA";

/// An agent that answers claims, and how many it was asked.
async fn answering_agent(wire: &Wire, seed: u8) -> (AbortOnDropHandle<()>, Arc<AtomicUsize>) {
    let mut agent = wire.agent(seed).await;
    let n_asked = Arc::new(AtomicUsize::new(0));
    let counting = n_asked.clone();
    let task = tokio::spawn(async move {
        loop {
            let (id, claim) = agent.wait_for("peerview/claim").await;
            counting.fetch_add(1, Ordering::SeqCst);
            if claim["code"] == RIGHT {
                agent.answer(id, serde_json::json!({})).await;
            } else {
                agent.refuse(id, code::FORBIDDEN).await;
            }
        }
    });
    (AbortOnDropHandle::new(task), n_asked)
}

#[tokio::test]
async fn a_recorder_without_typed_name_is_called_as_on_site() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    for (seed, told) in (0..).zip([" Shop\u{202e} ", "\u{0}", ""]) {
        let mut agent = wire.agent(seed).await;
        tokio::spawn(async move {
            let (id, _) = agent.wait_for("peerview/claim").await;
            agent.answer(id, serde_json::json!({ "name": told })).await;
        });
        let serial = serial(seed);
        let typed = typed(serial.as_str(), RIGHT, "");
        claims::claim(&wire.state, &ana.who, &typed).await.unwrap();
        let known = recorders::find(&wire.state.db, serial.as_str()).await;
        let names = ["Shop", serial.as_str(), serial.as_str()];
        assert_eq!(known.unwrap().unwrap().name, names[usize::from(seed)]);
    }
}

async fn claim(wire: &Wire, person: &Person, seed: u8, code: &str) -> Result<(), ClaimError> {
    claim_with(wire, person, seed, code, "", "").await
}

/// [`claim`] with the id of a form and the work that it asked for.
async fn claim_with(
    wire: &Wire,
    person: &Person,
    seed: u8,
    code: &str,
    form_id: &str,
    work: &str,
) -> Result<(), ClaimError> {
    let serial = serial(seed);
    let typed = Claim {
        serial: serial.as_str(),
        code,
        name: "Shop",
        form_id,
        work,
    };
    claims::claim(&wire.state, &person.who, &typed)
        .await
        .map(|_| ())
}

fn typed<'a>(serial: &'a str, code: &'a str, name: &'a str) -> Claim<'a> {
    Claim {
        serial,
        code,
        name,
        ..Claim::default()
    }
}

/// What a browser with scripts sends along.
async fn worked(wire: &Wire, person: &Person, form_id: &str) -> String {
    let wanted = For {
        worker: Worker::Account(&person.who.account_id),
        purpose: WorkPurpose::Claim,
        form_id,
        age: captcha::age(&wire.state, form_id).expect("the form is good"),
        other_way: false,
    };
    let set = proof_of_work::set(&wire.state, &wanted).await.unwrap();
    proof_of_work::solve(&set).unwrap()
}

async fn count_up(wire: &Wire, limit: Limit, whom: &str, n: i64) {
    for _ in 0..n {
        let spent = wire.state.throttle.spend_beyond(&[(limit, whom)]).await;
        spent.unwrap().keep();
    }
}

/// Wrong codes that count for everybody.
async fn n_counted(wire: &Wire) -> i64 {
    let n = wire.state.throttle.n_spent(CLAIMS, EVERYBODY).await;
    n.unwrap()
}

async fn owner(wire: &Wire, seed: u8) -> Option<String> {
    let found = recorders::find(&wire.state.db, serial(seed).as_str()).await;
    let recorder = found
        .expect("the database answers")
        .expect("the recorder has registered");
    recorder.account_id
}

#[tokio::test]
async fn the_right_code_claims_a_recorder() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let (_agent, _) = answering_agent(&wire, 1).await;
    let mut viewer = wire.viewer(&ana).await;

    let serial_text = serial(1).as_str().to_lowercase().replace('-', " ");
    let asked = typed(&serial_text, "kqxwbd", "  Shop ");
    let claimed = claims::claim(&wire.state, &ana.who, &asked).await.unwrap();

    assert_eq!(claimed, serial(1));
    assert_eq!(owner(&wire, 1).await.as_deref(), Some("ana"));
    assert_eq!(viewer.wait_for("peerview/presence").await.1["name"], "Shop");
    assert!(matches!(
        claim(&wire, &ana, 1, RIGHT).await,
        Err(ClaimError::AlreadyYours)
    ));
}

#[tokio::test]
async fn wrong_unknown_foreign_and_offline_claims_get_one_answer() {
    let wire = Wire::start().await;
    let (ana, ben) = (wire.person("ana").await, wire.person("ben").await);
    let (_wrong, _) = answering_agent(&wire, 1).await;
    let (_foreign, n_asked) = answering_agent(&wire, 2).await;
    wire.own(&ben, 2, "His").await;
    drop(wire.agent(3).await);
    wire.until(|state| !state.links.is_online(serial(3).as_str()))
        .await;

    for (seed, code) in [(1, WRONG), (2, RIGHT), (3, RIGHT), (9, RIGHT)] {
        let before = tokio::time::Instant::now();
        let refusal = claim(&wire, &ana, seed, code).await.unwrap_err();
        assert!(matches!(refusal, ClaimError::Refused), "{seed}: {refusal}");
        assert!(
            before.elapsed() >= claims::REFUSAL_TIME,
            "{seed} answered sooner"
        );
    }
    assert_eq!(owner(&wire, 2).await.as_deref(), Some("ben"));
    assert_eq!(
        n_asked.load(Ordering::SeqCst),
        0,
        "an owned recorder's agent is not even asked"
    );
}

#[tokio::test]
async fn asvs_2_3_4_one_of_two_hundred_parallel_claims_succeeds() {
    let wire = Wire::start().await;
    let (_agent, _) = answering_agent(&wire, 1).await;
    let mut people = Vec::new();
    for n in 0..10 {
        people.push(wire.person(&format!("person{n}")).await);
    }

    // As many as one account may try in a day, of each of ten people.
    let tries = (0..200).map(|n| claim(&wire, &people[n % 10], 1, RIGHT));
    let outcomes = futures_util::future::join_all(tries).await;

    let n_claimed = outcomes.iter().filter(|it| it.is_ok()).count();
    let owner = owner(&wire, 1).await;
    let n_owned = people
        .iter()
        .filter(|it| Some(&it.who.account_id) == owner.as_ref());
    assert_eq!((n_claimed, n_owned.count()), (1, 1));
}

#[tokio::test]
async fn malformed_claim_fields_are_reported_and_not_counted() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let (_agent, _) = answering_agent(&wire, 1).await;

    let serial = serial(1).to_string();
    for _ in 0..2 * CLAIMS_PER_ACCOUNT.most {
        let no_serial = claims::claim(&wire.state, &ana.who, &typed("PV-1", RIGHT, "")).await;
        assert!(matches!(no_serial, Err(ClaimError::NoSerial)));
        let no_code = claims::claim(&wire.state, &ana.who, &typed(&serial, "12345", "")).await;
        assert!(matches!(no_code, Err(ClaimError::NoCode)));
        let no_name = claims::claim(&wire.state, &ana.who, &typed(&serial, RIGHT, "a\u{0}b")).await;
        assert!(matches!(no_name, Err(ClaimError::NoName)));
        let turned = claims::claim(
            &wire.state,
            &ana.who,
            &typed(&serial, RIGHT, "Do\u{202e}or"),
        )
        .await;
        assert!(matches!(turned, Err(ClaimError::NoName)));
    }

    claims::claim(&wire.state, &ana.who, &typed(&serial, RIGHT, ""))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_sixth_wrong_code_for_a_serial_is_not_forwarded() {
    let wire = Wire::start().await;
    let (_agent, n_asked) = answering_agent(&wire, 1).await;
    let (ana, ben) = (wire.person("ana").await, wire.person("ben").await);

    let wrong = (0..20).map(|n| claim(&wire, if n % 2 == 0 { &ana } else { &ben }, 1, WRONG));
    let outcomes = futures_util::future::join_all(wrong).await;

    let n_refused = outcomes
        .iter()
        .filter(|it| matches!(it, Err(ClaimError::Refused)))
        .count();
    assert_eq!(n_refused, usize::try_from(CLAIMS_PER_SERIAL.most).unwrap());
    assert_eq!(n_asked.load(Ordering::SeqCst), n_refused);
    assert!(matches!(
        claim(&wire, &ana, 1, RIGHT).await,
        Err(ClaimError::TooMany(Some(1..)))
    ));
    assert_eq!(owner(&wire, 1).await, None);

    wire.clock.advance(DAY);
    claim(&wire, &ana, 1, RIGHT).await.unwrap();
}

#[tokio::test]
async fn unknown_and_known_serials_have_the_same_limit() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;

    let tries = (0..=CLAIMS_PER_SERIAL.most).map(|_| claim(&wire, &ana, 9, RIGHT));
    let outcomes = futures_util::future::join_all(tries).await;

    assert_eq!(
        outcomes
            .iter()
            .filter(|it| matches!(it, Err(ClaimError::TooMany(_))))
            .count(),
        1
    );
}

#[tokio::test]
async fn one_account_may_try_twenty_claims_a_day() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;

    let tries = (0..=u8::try_from(CLAIMS_PER_ACCOUNT.most).unwrap())
        .map(|n| claim(&wire, &ana, 100 + n % 32, WRONG));
    let outcomes = futures_util::future::join_all(tries).await;

    assert_eq!(
        outcomes
            .iter()
            .filter(|it| matches!(it, Err(ClaimError::TooMany(_))))
            .count(),
        1
    );
}

#[tokio::test]
async fn claims_over_the_budget_require_work_or_a_wait() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let (_one, n_asked) = answering_agent(&wire, 1).await;
    let (_other, _) = answering_agent(&wire, 2).await;
    count_up(&wire, CLAIMS, EVERYBODY, CLAIMS.most - 1).await;
    assert!(!claims::asks_for_work(&wire.state, "ana").await.unwrap());
    count_up(&wire, CLAIMS, EVERYBODY, 1).await;
    let (form, other_form) = (captcha::new(&wire.state), captcha::new(&wire.state));

    let without = claim(&wire, &ana, 1, RIGHT).await;
    let early = claim_with(&wire, &ana, 1, RIGHT, &form, "").await;
    assert!(matches!(without, Err(ClaimError::Work)), "{without:?}");
    assert!(matches!(early, Err(ClaimError::TooEarly(20))), "{early:?}");
    assert_eq!(n_asked.load(Ordering::SeqCst), 0);

    wire.clock.advance(1);
    let work = worked(&wire, &ana, &form).await;
    let foreign = claim_with(&wire, &ana, 1, RIGHT, &other_form, &work).await;
    assert!(matches!(foreign, Err(ClaimError::Work)), "{foreign:?}");
    claim_with(&wire, &ana, 1, RIGHT, &form, &work)
        .await
        .unwrap();
    wire.clock.advance(WAIT_WITHOUT_WORK - 1);
    let used = claim_with(&wire, &ana, 2, RIGHT, &form, "").await;
    assert!(matches!(used, Err(ClaimError::Work)), "a form is good once");
    claim_with(&wire, &ana, 2, RIGHT, &other_form, "")
        .await
        .unwrap();
    wire.clock.advance(DAY);
    assert!(!claims::asks_for_work(&wire.state, "ana").await.unwrap());
}

#[tokio::test]
async fn wrong_guesses_increase_the_work_and_wait_of_claims() {
    let wire = Wire::start().await;
    let (ana, eve) = (wire.person("ana").await, wire.person("eve").await);
    count_up(&wire, CLAIMS, EVERYBODY, CLAIMS.most).await;
    count_up(&wire, CLAIMS_PER_ACCOUNT, "eve", 12).await;
    let form = captcha::new(&wire.state);
    let bits = async |person: &Person| {
        let wanted = For {
            worker: Worker::Account(&person.who.account_id),
            purpose: WorkPurpose::Claim,
            form_id: &form,
            age: 1,
            other_way: false,
        };
        proof_of_work::bits(&wire.state, &wanted).await.unwrap()
    };

    let waits = [
        claims::wait_without_work(&wire.state, "ana").await.unwrap(),
        claims::wait_without_work(&wire.state, "eve").await.unwrap(),
    ];

    let least = wire.state.config.limits.work_bits;
    assert_eq!((bits(&ana).await, bits(&eve).await), (least + 1, least + 4));
    assert_eq!(waits, [20, 160]);
}

/// Every code that eight accounts may try a day with 30 agents of their own, which know better.
async fn attack(wire: &Wire, thieves: &[Person]) {
    let tries = (0..150_u8).map(|n| claim(wire, &thieves[usize::from(n / 20)], 1 + n % 30, WRONG));
    for outcome in join_all(tries).await {
        assert!(matches!(outcome, Err(ClaimError::Refused)), "{outcome:?}");
    }
}

#[tokio::test]
async fn throwaway_accounts_cannot_block_add_device() {
    let wire = Wire::start().await;
    let (ana, mut thieves, mut agents) = (wire.person("ana").await, Vec::new(), Vec::new());
    for n in 0..8 {
        thieves.push(wire.person(&format!("thief{n}")).await);
    }
    for seed in 1..=30 {
        agents.push(answering_agent(&wire, seed).await);
    }

    attack(&wire, &thieves).await;
    assert_eq!(
        n_counted(&wire).await,
        0,
        "agents of today cost nobody work"
    );
    let (_hers, _) = answering_agent(&wire, 31).await;
    claim(&wire, &ana, 31, RIGHT).await.unwrap();

    wire.clock.advance(DAY);
    attack(&wire, &thieves).await;
    assert_eq!(n_counted(&wire).await, 150);
    count_up(&wire, CLAIMS, EVERYBODY, 50).await;
    let (_new, _) = answering_agent(&wire, 32).await;
    let form = captcha::new(&wire.state);
    wire.clock.advance(1);
    let work = worked(&wire, &ana, &form).await;
    claim_with(&wire, &ana, 32, RIGHT, &form, &work)
        .await
        .unwrap();
}

#[tokio::test]
async fn an_unanswered_claim_does_not_count_towards_work() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent(1).await;
    wire.clock.advance(DAY);

    let (_, ()) = tokio::join!(claim(&wire, &ana, 1, RIGHT), async {
        let (id, _) = agent.wait_for("peerview/claim").await;
        agent.refuse(id, code::TOO_MANY).await;
    });

    assert_eq!(n_counted(&wire).await, 0);
}

async fn changes_of(wire: &Wire, account: &str) -> i64 {
    let n = wire.state.throttle.n_spent(DEVICE_CHANGES, account).await;
    n.unwrap()
}

#[tokio::test]
async fn only_successful_claims_and_releases_count_as_device_changes() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let (_agent, _) = answering_agent(&wire, 1).await;

    claim(&wire, &ana, 1, WRONG).await.unwrap_err();
    claim(&wire, &ana, 9, RIGHT).await.unwrap_err();
    claims::release(&wire.state, &ana.who, &serial(1))
        .await
        .unwrap();
    assert_eq!(changes_of(&wire, "ana").await, 0);
    claim(&wire, &ana, 1, RIGHT).await.unwrap();
    assert!(
        claims::release(&wire.state, &ana.who, &serial(1))
            .await
            .unwrap()
    );

    assert_eq!(changes_of(&wire, "ana").await, 2);
}

#[tokio::test]
async fn device_changes_need_work_after_100_and_stop_at_300() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let (_agent, _) = answering_agent(&wire, 1).await;
    count_up(&wire, DEVICE_CHANGES, "ana", DEVICE_CHANGES.most).await;

    let free = claim(&wire, &ana, 1, RIGHT).await;
    let form = captcha::new(&wire.state);
    wire.clock.advance(2 * WAIT_WITHOUT_WORK);
    claim_with(&wire, &ana, 1, RIGHT, &form, "").await.unwrap();
    count_up(&wire, DEVICE_CHANGES, "ana", 199).await;
    let removed = claims::release(&wire.state, &ana.who, &serial(1)).await;

    assert!(matches!(free, Err(ClaimError::Work)), "{free:?}");
    assert!(
        matches!(removed, Err(ClaimError::TooManyChanges)),
        "{removed:?}"
    );
    wire.clock.advance(DAY);
    assert!(
        claims::release(&wire.state, &ana.who, &serial(1))
            .await
            .unwrap()
    );
}

/// Letters in the outbox, and when each may leave.
async fn letters(wire: &Wire) -> Vec<(String, i64)> {
    sql::query_as("SELECT letter, run_at FROM outbox ORDER BY run_at")
        .fetch_all(wire.state.db.reader())
        .await
        .unwrap()
}

#[tokio::test]
async fn thirty_one_devices_added_in_a_minute_send_one_mail() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agents = Vec::new();
    for seed in 1..=31 {
        agents.push(answering_agent(&wire, seed).await);
    }
    let now = wire.state.clock.now();

    let names: Vec<String> = (1..=31).map(|seed| format!("Door {seed}")).collect();
    let serials: Vec<_> = (1..=31).map(serial).collect();
    let asked: Vec<_> = (0..31)
        .map(|n| typed(serials[n].as_str(), RIGHT, &names[n]))
        .collect();
    for asked in &asked {
        claims::claim(&wire.state, &ana.who, asked).await.unwrap();
    }

    let letters = letters(&wire).await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    let (letter, run_at) = &letters[0];
    assert_eq!(*run_at, now + DEVICE_NOTICE_WAIT);
    assert!(letter.contains("\"n_added\":31"), "{letter}");
    for name in names {
        assert!(letter.contains(&format!("\"{name}\"")), "{name}: {letter}");
    }
}

#[tokio::test]
async fn many_claim_and_remove_cycles_send_one_mail() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let (_agent, _) = answering_agent(&wire, 1).await;
    let now = wire.state.clock.now();
    let size = || {
        let path = wire.state.config.data_dir.join(FILE);
        std::fs::metadata(path).unwrap().len()
    };
    wire.state.audit.flush().await;
    let before = size();

    let mut n_done = 0;
    for _ in 0..130 {
        if claim(&wire, &ana, 1, RIGHT).await.is_ok() {
            n_done += 1;
            claims::release(&wire.state, &ana.who, &serial(1))
                .await
                .unwrap();
        }
    }
    wire.clock.advance(60);
    wire.state.audit.flush().await;

    assert_eq!(n_done, DEVICE_CHANGES.most / 2);
    let mails = letters(&wire).await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].0.contains("\"n_removed\":50"), "{}", mails[0].0);
    assert!(size() - before < 6_000, "{} bytes", size() - before);
    let mut n_told = 0;
    chain::read(&wire.state.config.data_dir, |line| {
        if line.what == "recorder.release" {
            n_told += line.n.unwrap_or(1);
        }
    })
    .unwrap();
    assert_eq!(n_told, 50, "none is missing");

    // The next ones wait for their hour.
    wire.clock.advance(DAY);
    for _ in 0..2 {
        claim(&wire, &ana, 1, RIGHT).await.unwrap();
        claims::release(&wire.state, &ana.who, &serial(1))
            .await
            .unwrap();
    }
    let mails = letters(&wire).await;
    assert_eq!(mails.len(), 2, "{mails:?}");
    assert!(mails[1].1 >= now + DEVICE_NOTICES_EVERY);
}

#[tokio::test]
async fn claims_that_succeed_use_up_no_tries() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agents = Vec::new();

    for seed in 1..=30 {
        agents.push(answering_agent(&wire, seed).await);
        claim(&wire, &ana, seed, RIGHT).await.unwrap();
    }

    assert_eq!(
        recorders::of_account(&wire.state.db, "ana")
            .await
            .unwrap()
            .len(),
        30
    );
}

#[tokio::test]
async fn an_agents_closed_claim_window_is_reported_as_too_many() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent(1).await;

    let (outcome, ()) = tokio::join!(claim(&wire, &ana, 1, RIGHT), async {
        let (id, _) = agent.wait_for("peerview/claim").await;
        agent.refuse(id, code::TOO_MANY).await;
    });

    assert!(matches!(outcome, Err(ClaimError::TooMany(_))));
    assert_eq!(owner(&wire, 1).await, None);
}

#[tokio::test]
async fn an_agent_that_disconnects_during_a_claim_gives_no_recorder() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent(1).await;

    let (outcome, ()) = tokio::join!(claim(&wire, &ana, 1, RIGHT), async move {
        agent.wait_for("peerview/claim").await;
        drop(agent);
    });

    assert!(matches!(outcome, Err(ClaimError::Refused)));
    assert_eq!(owner(&wire, 1).await, None);
}
