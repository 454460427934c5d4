//! Requests that were not tries are refunded, whatever happens to them afterwards.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use cloud::accounts::mailed_secret::{self, Purpose, derivation};
use cloud::accounts::names::{Email, UserName};
use cloud::accounts::registration::{self, Finished, NewRegistration};
use cloud::accounts::{Refusal, factors, password::recovery};
use cloud::random::Random;
use cloud::throttle::EVERYBODY;
use cloud::throttle::limits::{CODE_SETS, Limit, WRONG_CODES, WRONG_CODES_PER_CLIENT};
use cloud::visitor::{Browser, Client};
use zeroize::Zeroizing;

use crate::support::{ASKING, PASSWORD, TestCloud};

fn here() -> Client {
    Client::of([192, 0, 2, 7].into())
}

fn browser() -> Browser {
    Browser {
        token: Random.token(),
        user_agent: String::new(),
        place: String::new(),
    }
}

/// Tries at codes that this client, its network and everybody have spent.
async fn wrong_codes(cloud: &TestCloud) -> [i64; 3] {
    let n = async |limit: Limit, whom: &str| {
        let n = cloud.state.throttle.n_spent(limit, whom).await;
        n.unwrap()
    };
    [
        n(WRONG_CODES_PER_CLIENT, &here().0).await,
        n(WRONG_CODES_PER_CLIENT, &here().network()).await,
        n(WRONG_CODES, EVERYBODY).await,
    ]
}

#[tokio::test]
async fn a_registration_code_sent_twice_counts_as_right() {
    let cloud = TestCloud::start().await;
    let email = Email::parse("ana@example.org").unwrap();
    let secret = registration::begin(&cloud.state, &here(), &email, &ASKING).await;
    let flow = mailed_secret::find(&cloud.state, Purpose::Registration, &secret.unwrap()).await;
    let flow = flow.unwrap().unwrap();
    let finishes = async |code: &str| {
        let wish = NewRegistration {
            code: code.to_owned(),
            user_name: UserName::parse("ana").unwrap(),
            password: Zeroizing::new(PASSWORD.to_owned()),
        };
        let finished = registration::finish(&cloud.state, &here(), &flow, wish, &browser()).await;
        finished.unwrap()
    };
    let code = derivation::code(&cloud.state, flow.purpose, &flow.id, &flow.nonce).unwrap();
    let wrong = if code == "0000" { "0001" } else { "0000" };

    assert!(matches!(finishes(wrong).await, Finished::WrongCode));
    assert_eq!(wrong_codes(&cloud).await, [1, 1, 1]);
    assert!(matches!(finishes(&code).await, Finished::SignedIn(_)));
    assert!(matches!(finishes(&code).await, Finished::Done));

    assert_eq!(wrong_codes(&cloud).await, [1, 1, 1]);
}

#[tokio::test]
async fn a_reset_code_sent_twice_counts_as_right() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let before = wrong_codes(&cloud).await;
    let secret = recovery::begin(&cloud.state, &here(), "ana", &ASKING).await;
    let walk = mailed_secret::find(&cloud.state, Purpose::Recovery, &secret.unwrap()).await;
    let walk = walk.unwrap().unwrap();
    let code = derivation::code(&cloud.state, walk.purpose, &walk.id, &walk.nonce).unwrap();

    for _ in 0..2 {
        let is_right = mailed_secret::prove(&cloud.state, &here(), &walk, &code).await;
        assert!(is_right.unwrap());
    }

    assert_eq!(wrong_codes(&cloud).await, before);
}

#[tokio::test]
async fn a_busy_machine_refunds_a_recovery_code_renewal() {
    let cloud = TestCloud::start().await;
    cloud.person_with_app("ben").await;
    let id = cloud.account_id("ben").await;
    let before = cloud.state.throttle.n_spent(CODE_SETS, &id).await.unwrap();
    let mut held = Vec::new();
    while let Ok(place) = cloud.state.passwords.place().await {
        held.push(place);
    }

    let renewed = factors::renew_codes(&cloud.state, &id).await;

    assert!(matches!(renewed, Err(Refusal::Overloaded(_))));
    let after = cloud.state.throttle.n_spent(CODE_SETS, &id).await.unwrap();
    assert_eq!(after, before);
}
