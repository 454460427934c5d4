//! What strangers may leave in the database: new recorders, their cameras, and rows of every kind.

#![expect(clippy::unwrap_used, reason = "a failing helper fails its test")]

use cloud::claims::{self, Claim};
use cloud::db::{bot_check::works, counters, recorders, sql, upkeep::overflow};
use cloud::purge;
use cloud::throttle::limits::{
    DAY, FAILED_LOGINS_PER_NAME, NEW_RECORDERS_PER_CLIENT, UNCLAIMED_RECORDERS, UNCLAIMED_SECONDS,
};
use futures_util::future::join_all;
use proto::identity::Serial;
use proto::key::RecorderKey;
use proto::rpc::{RpcError, code};
use serde_json::{Value, json};

use crate::support::shows;
use crate::support::wire::{Wire, key, serial};

const RIGHT: &str = "KQXWBD";

/// A recorder that no other test of this file knows.
fn newcomer(n: usize) -> (RecorderKey, Serial) {
    let digits = [n % 32, n / 32 % 32, n / 1_024];
    let mut random = [9; 13];
    for (place, digit) in digits.into_iter().enumerate() {
        random[place] = u8::try_from(digit).unwrap();
    }
    let mut seed = [200; 32];
    seed[..8].copy_from_slice(&n.to_be_bytes());
    (RecorderKey::from_bytes(seed), Serial::from_random(random))
}

/// Registers without any work and tells as many cameras as one message holds.
async fn tries(wire: &Wire, n: usize) -> Result<Value, RpcError> {
    let (key, serial) = newcomer(n);
    let mut socket = wire.link().await;
    let outcome = socket.register_agent(&key, &serial).await;
    if outcome.is_ok() {
        let cameras: Vec<Value> = (0..190)
            .map(|id| json!({"id": id.to_string(), "name": "x".repeat(64), "isOnline": true}))
            .collect();
        socket.cameras(json!(cameras)).await;
        // Whatever was told is dealt with before this is answered.
        socket.request("close", json!({"session": "x"})).await.ok();
    }
    outcome
}

async fn scalar(wire: &Wire, text: &'static str) -> i64 {
    sql::query_scalar(text)
        .fetch_one(wire.state.db.reader())
        .await
        .unwrap()
}

async fn is_known(wire: &Wire, serial: &Serial) -> bool {
    recorders::find(&wire.state.db, serial.as_str())
        .await
        .unwrap()
        .is_some()
}

#[tokio::test]
async fn three_hundred_new_serials_from_one_address_leave_twenty_rows() {
    let wire = Wire::start().await;
    let (known_key, known) = newcomer(900);
    let mut first = wire.link().await;
    first.register_agent(&known_key, &known).await.unwrap();
    drop(first);
    wire.until(|state| state.links.n_online() == 0).await;

    let mut outcomes = Vec::new();
    for start in (0..300).step_by(30) {
        outcomes.extend(join_all((start..start + 30).map(|n| tries(&wire, n))).await);
    }

    let n_rows = scalar(&wire, "SELECT COUNT(*) FROM recorders").await;
    let n_bytes = scalar(
        &wire,
        "SELECT CAST(SUM(LENGTH(serial) + LENGTH(public_key) + LENGTH(cameras)) AS BIGINT) FROM recorders",
    )
    .await;
    shows(&format!(
        "300 new serials leave {n_rows} rows, {n_bytes} bytes"
    ));
    // A count that is refunded may keep one that came at the same moment out.
    assert!(n_rows <= NEW_RECORDERS_PER_CLIENT.most, "{n_rows}");
    assert!(n_bytes < 2_500, "{n_bytes}");
    let refusals: Vec<RpcError> = outcomes.into_iter().filter_map(Result::err).collect();
    assert!(refusals.len() >= 280);
    for refusal in refusals {
        assert_eq!(refusal.code, code::TOO_MANY);
        assert!(refusal.work().is_some(), "{refusal}");
    }

    // Meanwhile a known recorder comes back as ever, and an honest new one after its work.
    let mut back = wire.link().await;
    back.register_agent(&known_key, &known).await.unwrap();
    let (key, serial) = newcomer(901);
    let mut honest = wire.link().await;
    let (bits, registered) = honest.registers_with_work(&key, &serial).await;
    registered.unwrap();
    assert!(bits > 0 && is_known(&wire, &serial).await);
}

#[tokio::test]
async fn proof_of_work_for_new_recorders_doubles_within_the_window() {
    let wire = Wire::start().await;
    let mut asked = Vec::new();
    for n in 0..62 {
        let (key, serial) = newcomer(n);
        let (bits, registered) = wire.link().await.registers_with_work(&key, &serial).await;
        registered.unwrap();
        asked.push(bits);
    }
    assert_eq!([asked[19], asked[20], asked[39], asked[40]], [0, 4, 4, 5]);
    assert_eq!([asked[59], asked[60], asked[61]], [5, 6, 6]);

    wire.clock.advance(DAY);
    assert!(tries(&wire, 100).await.is_ok());
}

#[tokio::test]
async fn insufficient_or_foreign_proof_of_work_is_refused() {
    let wire = Wire::start().await;
    for n in 0..20 {
        tries(&wire, n).await.unwrap();
    }
    let (key, serial) = newcomer(20);
    let mut socket = wire.link().await;
    let challenge = socket.challenge().await;
    let authorization = key.prove(&serial, &challenge.nonce, &challenge.host, 0);

    let mut refusal = None;
    for work in [vec![], vec![0; 16], vec![1; 15], vec![u64::MAX; 17]] {
        let params = json!({"authorization": authorization, "peerview/work": work});
        refusal = socket.request("register", params).await.err();
        assert!(
            refusal
                .as_ref()
                .is_some_and(|refusal| refusal.work().is_some())
        );
    }
    let params = json!({"authorization": authorization});
    let last = socket.request("register", params).await.unwrap_err();

    assert_eq!(refusal.unwrap().code, code::TOO_MANY);
    assert_eq!(last.code, code::UNAVAILABLE, "four times and no more");
    assert!(!is_known(&wire, &serial).await);
}

#[tokio::test]
async fn unclaimed_recorders_are_deleted_after_thirty_offline_days() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let _online = wire.agent(1).await.keep_alive();
    drop(wire.agent(2).await);
    drop(wire.agent_of(&ana, 3).await);
    drop(wire.agent_of(&ana, 4).await);
    wire.until(|state| state.links.n_online() == 1).await;
    claims::release(&wire.state, &ana.who, &serial(4))
        .await
        .unwrap();

    wire.clock.advance(UNCLAIMED_SECONDS - 10);
    purge::purge(&wire.state).await.unwrap();
    assert!(is_known(&wire, &serial(2)).await);
    wire.clock.advance(UNCLAIMED_SECONDS + 20);
    purge::purge(&wire.state).await.unwrap();

    let mut known = Vec::new();
    for seed in 1..=4 {
        known.push(is_known(&wire, &serial(seed)).await);
    }
    assert_eq!(known, [true, false, true, false]);
    // The key went with the row: the serial is whoever's comes first.
    let mut other = wire.link().await;
    other.register_agent(&key(7), &serial(2)).await.unwrap();
}

#[tokio::test]
async fn the_longest_unseen_of_too_many_unclaimed_recorders_are_deleted() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    drop(wire.agent_of(&ana, 3).await);
    let _online = wire.agent(1).await.keep_alive();
    wire.until(|state| state.links.n_online() == 1).await;
    for text in [
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20050)
         INSERT INTO recorders (serial, public_key, first_seen_at, last_seen_at)
         SELECT 'X' || i, 'k', i, 1700000000 + i FROM n",
        "UPDATE recorders SET last_seen_at = 5 WHERE serial NOT LIKE 'X%'",
    ] {
        sql::query(text)
            .execute(wire.state.db.writer())
            .await
            .unwrap();
    }

    purge::trim(&wire.state).await.unwrap();

    let unclaimed = "SELECT COUNT(*) FROM recorders WHERE account_id IS NULL";
    assert_eq!(scalar(&wire, unclaimed).await, UNCLAIMED_RECORDERS);
    assert!(is_known(&wire, &serial(1)).await && is_known(&wire, &serial(3)).await);
    let oldest = "SELECT MIN(first_seen_at) FROM recorders WHERE serial LIKE 'X%'";
    assert_eq!(scalar(&wire, oldest).await, 52);
}

#[tokio::test]
async fn cameras_are_stored_only_once_a_recorder_is_claimed() {
    let wire = Wire::start().await;
    let (ana, ben) = (wire.person("ana").await, wire.person("ben").await);
    let mut agent = wire.agent(1).await;
    let cameras = json!([{"id": "1", "name": "Front door", "isOnline": true}]);
    agent.cameras(cameras.clone()).await;
    let answering = tokio::spawn(async move {
        for _ in 0..2 {
            let (id, _) = agent.wait_for("peerview/claim").await;
            agent.answer(id, json!({})).await;
            let (id, _) = agent.wait_for("peerview/cameras").await;
            agent.answer(id, json!({"cameras": cameras})).await;
        }
        agent
    });
    assert_eq!(stored(&wire).await, "[]");

    for (person, name) in [(&ana, "Home"), (&ben, "Shop")] {
        let mut viewer = wire.viewer(person).await;
        let serial_text = serial(1).to_string();
        let typed = Claim {
            serial: &serial_text,
            code: RIGHT,
            name,
            ..Claim::default()
        };
        claims::claim(&wire.state, &person.who, &typed)
            .await
            .unwrap();
        let shown = loop {
            let (_, presence) = viewer.wait_for("peerview/presence").await;
            if presence["cameras"] != json!([]) {
                break presence;
            }
        };
        assert_eq!(shown["cameras"][0]["name"], "Front door", "{name}");
        claims::release(&wire.state, &person.who, &serial(1))
            .await
            .unwrap();
        assert_eq!(stored(&wire).await, "[]", "of nobody's recorder");
    }
    drop(answering.await.unwrap());
}

async fn stored(wire: &Wire) -> String {
    let row = recorders::find(&wire.state.db, serial(1).as_str()).await;
    row.unwrap().unwrap().cameras
}

#[tokio::test]
async fn tables_filled_by_strangers_keep_the_newest_rows() {
    let wire = Wire::start().await;
    for n in 0..30 {
        works::hand_in(&wire.state.db, &format!("work {n:02}"), 9_000_000_000 + n)
            .await
            .unwrap();
    }

    overflow::trim(&wire.state.db, 10).await.unwrap();

    assert_eq!(scalar(&wire, "SELECT COUNT(*) FROM works").await, 10);
    let oldest = "SELECT MIN(expires_at) FROM works";
    assert_eq!(scalar(&wire, oldest).await, 9_000_000_020);
}

#[tokio::test]
async fn counters_of_typed_names_are_deleted_after_their_window() {
    let wire = Wire::start().await;
    let counted = async |name: &str| {
        let of_name = [(FAILED_LOGINS_PER_NAME, name)];
        let spent = wire.state.throttle.spend_beyond(&of_name).await;
        spent.unwrap().keep();
    };
    let count = "SELECT COUNT(*) FROM counters WHERE kind = 'failed log-ins per name, day'";
    for name in ["ana", "ben", "ben", "eve"] {
        counted(name).await;
    }
    wire.clock.advance(DAY - 1);
    purge::purge(&wire.state).await.unwrap();
    assert_eq!(scalar(&wire, count).await, 3);

    let kind = FAILED_LOGINS_PER_NAME.kind;
    counters::purge_kind(&wire.state.db, kind, 0, 1)
        .await
        .unwrap();
    let left = wire
        .state
        .throttle
        .n_spent(FAILED_LOGINS_PER_NAME, "ben")
        .await;
    assert_eq!((left.unwrap(), scalar(&wire, count).await), (2, 1));

    wire.clock.advance(1);
    purge::purge(&wire.state).await.unwrap();
    assert_eq!(scalar(&wire, count).await, 0);
}
