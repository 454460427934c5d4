//! Claims: the agent decides about the code, the cloud about how often anybody may ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cloud::claims::{self, ASKED_IN_ALL, ClaimError, DAY, TRIES_PER_ACCOUNT, WRONG_PER_SERIAL};
use cloud::db::{counters, recorders};
use proto::rpc::code;
use tokio_util::task::AbortOnDropHandle;

use crate::wire::{Person, Wire, serial};

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

async fn claim(wire: &Wire, person: &Person, seed: u8, code: &str) -> Result<(), ClaimError> {
    claims::claim(
        &wire.state,
        &person.who,
        serial(seed).as_str(),
        code,
        "Shop",
    )
    .await
    .map(|_| ())
}

async fn owner(wire: &Wire, seed: u8) -> Option<String> {
    let found = recorders::find(&wire.state.db, serial(seed).as_str()).await;
    let recorder = found
        .expect("the database answers")
        .expect("the recorder has registered");
    recorder.account_id
}

#[tokio::test]
async fn the_right_code_makes_a_recorder_ones_own() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let (_agent, _) = answering_agent(&wire, 1).await;
    let mut viewer = wire.viewer(&ana).await;

    let typed = serial(1).as_str().to_lowercase().replace('-', " ");
    let claimed = claims::claim(&wire.state, &ana.who, &typed, "kqxwbd", "  Shop ")
        .await
        .unwrap();

    assert_eq!(claimed, serial(1));
    assert_eq!(owner(&wire, 1).await.as_deref(), Some("ana"));
    assert_eq!(viewer.wait_for("peerview/presence").await.1["name"], "Shop");
    assert!(matches!(
        claim(&wire, &ana, 1, RIGHT).await,
        Err(ClaimError::AlreadyYours)
    ));
}

#[tokio::test]
async fn wrong_unknown_foreign_and_offline_look_alike() {
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
async fn asvs_2_3_4_of_two_hundred_claims_at_once_one_gets_the_recorder() {
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
async fn what_is_no_serial_code_or_name_is_said_and_not_counted() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let (_agent, _) = answering_agent(&wire, 1).await;

    let serial = serial(1).to_string();
    for _ in 0..2 * TRIES_PER_ACCOUNT {
        let no_serial = claims::claim(&wire.state, &ana.who, "PV-1", RIGHT, "").await;
        assert!(matches!(no_serial, Err(ClaimError::NoSerial)));
        let no_code = claims::claim(&wire.state, &ana.who, &serial, "12345", "").await;
        assert!(matches!(no_code, Err(ClaimError::NoCode)));
        let no_name = claims::claim(&wire.state, &ana.who, &serial, RIGHT, "a\u{0}b").await;
        assert!(matches!(no_name, Err(ClaimError::NoName)));
        let turned = claims::claim(&wire.state, &ana.who, &serial, RIGHT, "Do\u{202e}or").await;
        assert!(matches!(turned, Err(ClaimError::NoName)));
    }

    claims::claim(&wire.state, &ana.who, &serial, RIGHT, "")
        .await
        .unwrap();
}

#[tokio::test]
async fn a_sixth_wrong_code_for_a_serial_asks_nobody() {
    let wire = Wire::start().await;
    let (_agent, n_asked) = answering_agent(&wire, 1).await;
    let (ana, ben) = (wire.person("ana").await, wire.person("ben").await);

    let wrong = (0..20).map(|n| claim(&wire, if n % 2 == 0 { &ana } else { &ben }, 1, WRONG));
    let outcomes = futures_util::future::join_all(wrong).await;

    let n_refused = outcomes
        .iter()
        .filter(|it| matches!(it, Err(ClaimError::Refused)))
        .count();
    assert_eq!(n_refused, usize::try_from(WRONG_PER_SERIAL).unwrap());
    assert_eq!(n_asked.load(Ordering::SeqCst), n_refused);
    assert!(matches!(
        claim(&wire, &ana, 1, RIGHT).await,
        Err(ClaimError::TooMany)
    ));
    assert_eq!(owner(&wire, 1).await, None);

    wire.clock.advance(DAY);
    claim(&wire, &ana, 1, RIGHT).await.unwrap();
}

#[tokio::test]
async fn an_unknown_serial_is_limited_like_a_known_one() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;

    let tries = (0..=WRONG_PER_SERIAL).map(|_| claim(&wire, &ana, 9, RIGHT));
    let outcomes = futures_util::future::join_all(tries).await;

    assert_eq!(
        outcomes
            .iter()
            .filter(|it| matches!(it, Err(ClaimError::TooMany)))
            .count(),
        1
    );
}

#[tokio::test]
async fn one_account_tries_twenty_times_a_day() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;

    let tries = (0..=u8::try_from(TRIES_PER_ACCOUNT).unwrap())
        .map(|n| claim(&wire, &ana, 100 + n % 32, WRONG));
    let outcomes = futures_util::future::join_all(tries).await;

    assert_eq!(
        outcomes
            .iter()
            .filter(|it| matches!(it, Err(ClaimError::TooMany)))
            .count(),
        1
    );
}

#[tokio::test]
async fn agents_are_asked_two_hundred_times_a_day_in_all() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let (_agent, n_asked) = answering_agent(&wire, 1).await;
    for _ in 0..ASKED_IN_ALL {
        counters::count(&wire.state.db, "claim.all", "", DAY, wire.state.clock.now())
            .await
            .unwrap();
    }

    assert!(matches!(
        claim(&wire, &ana, 1, RIGHT).await,
        Err(ClaimError::TooMany)
    ));

    assert_eq!(n_asked.load(Ordering::SeqCst), 0);
    wire.clock.advance(DAY);
    claim(&wire, &ana, 1, RIGHT).await.unwrap();
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
async fn a_shut_window_of_the_agent_is_too_many() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent(1).await;

    let (outcome, ()) = tokio::join!(claim(&wire, &ana, 1, RIGHT), async {
        let (id, _) = agent.wait_for("peerview/claim").await;
        agent.refuse(id, code::TOO_MANY).await;
    });

    assert!(matches!(outcome, Err(ClaimError::TooMany)));
    assert_eq!(owner(&wire, 1).await, None);
}

#[tokio::test]
async fn an_agent_that_goes_while_asked_gives_nothing_away() {
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
