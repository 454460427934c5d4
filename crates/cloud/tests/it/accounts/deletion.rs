//! Deleting an account: nothing about it is left in any table, and its recorders are free.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use cloud::accounts::deletion;
use cloud::db::{Db, accounts, recorders, sql};
use cloud::throttle::limits::{self, HOUR, Limit};

use crate::support::wire::{Wire, establish, serial};
use crate::support::{PASSWORD, TestCloud, catalog, not};

#[tokio::test]
async fn deleting_an_account_leaves_no_rows_in_any_table() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    leaves_rows_everywhere(&cloud).await;
    let account = accounts::find_by_login(&cloud.state.db, "ana", "").await;
    let account = account.unwrap().unwrap();
    let words = [account.id.as_str(), "ana", "ana@example.org", PASSWORD];
    let before = tables_that_name(&cloud.state.db, &words).await;
    for table in [
        "accounts",
        "sessions",
        "mailed_secrets",
        "outbox",
        "recorders",
    ] {
        assert!(
            before.iter().any(|found| found.starts_with(table)),
            "{table}: {before:?}"
        );
    }

    assert_eq!(counted(&cloud, &account.id).await, [1, 1]);

    assert!(deletion::delete(&cloud.state, &account).await.unwrap());
    cloud.nth_mail_to("ana@example.org", 3).await;

    assert!(!ana.is_signed_in().await);
    assert_eq!(counted(&cloud, &account.id).await, [0, 0]);
    cloud.clock.advance(HOUR + 1);
    cloud::accounts::session::expiry::purge(&cloud.state)
        .await
        .unwrap();
    let mut left = tables_that_name(&cloud.state.db, &words).await;
    // The demo's page of mails stands for everybody's own mailboxes, which we do not empty.
    left.retain(|found| !found.starts_with("mailbox"));
    assert_eq!(left, [""; 0]);
    assert!(
        !deletion::delete(&cloud.state, &account).await.unwrap(),
        "it is gone"
    );
}

#[tokio::test]
async fn deleting_an_account_leaves_no_counters() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let state = &cloud.state;
    let account = accounts::find_by_login(&state.db, "ana", "").await;
    let account = account.unwrap().unwrap();
    let kinds = [
        "failed log-ins in a row",
        "failed proofs in a row",
        "wrong app codes in a row",
        "wrong recovery codes in a row",
        "factor alarms per account, day",
        "recovery code sets per account, day",
    ];
    let before = cloud.count("counters").await;
    for kind in kinds {
        let limit = Limit {
            kind,
            ..limits::CODE_SETS
        };
        let spent = state.throttle.spend_beyond(&[(limit, &account.id)]).await;
        spent.unwrap().keep();
    }
    assert_eq!(cloud.count("counters").await, before + 6);

    assert!(deletion::delete(state, &account).await.unwrap());

    assert_eq!(cloud.count("counters").await, before);
}

#[tokio::test]
async fn deleting_an_account_ends_its_calls_and_frees_its_recorders() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    establish(&mut viewer, &mut agent, 1).await;
    let account = accounts::find(&wire.state.db, "ana")
        .await
        .unwrap()
        .unwrap();

    deletion::delete(&wire.state, &account).await.unwrap();

    agent.wait_for("close").await;
    let free = recorders::find(&wire.state.db, serial(1).as_str()).await;
    let free = free.unwrap().unwrap();
    assert_eq!((free.account_id, free.name.as_str()), (None, ""));
}

#[tokio::test]
async fn every_account_table_is_emptied_by_deletion() {
    let cloud = TestCloud::start().await;
    let db = &cloud.state.db;
    let tables = catalog::tables_of_accounts(db).await;
    for (table, on_delete) in &tables {
        let goes = ["CASCADE", "SET NULL"].contains(&on_delete.as_str());
        assert!(goes, "{table}.account_id says nothing about ON DELETE");
    }
    assert!(
        tables.len() >= 3,
        "sessions, mailed secrets and recorders at least"
    );
}

/// What an account tried and changed, by counters whose keys say nothing.
async fn counted(cloud: &TestCloud, account_id: &str) -> [i64; 2] {
    let read = async |limit| cloud.state.throttle.n_spent(limit, account_id).await;
    [
        read(limits::CLAIMS_PER_ACCOUNT).await.unwrap(),
        read(limits::DEVICE_CHANGES).await.unwrap(),
    ]
}

/// Rows about Ana in every table that a person's doings reach.
async fn leaves_rows_everywhere(cloud: &TestCloud) {
    let state = &cloud.state;
    recorders::register(&state.db, "PV-1", "key", 1)
        .await
        .unwrap();
    let id: String = sql::query_scalar("SELECT id FROM accounts")
        .fetch_one(state.db.reader())
        .await
        .unwrap();
    recorders::claim(&state.db, "PV-1", &id, "Ana's home", 2)
        .await
        .unwrap();
    for limit in [limits::CLAIMS_PER_ACCOUNT, limits::DEVICE_CHANGES] {
        let spent = state.throttle.spend_beyond(&[(limit, &id)]).await;
        spent.unwrap().keep();
    }
    cloud.browser().sends_forgot(state, "ana@example.org").await;
    cloud
        .browser()
        .logs_in("ana", "gate lamp river mood", false)
        .await;
    cloud.clock.advance(601);
    let mut again = cloud.browser();
    again.asks_for_a_code(state, "ANA@example.org").await;
    again.finishes(&not("0000"), "ana2", PASSWORD).await;
    cloud.nth_mail_to("ANA@example.org", 1).await;
    cloud.nth_mail_to("ana@example.org", 2).await;
}

/// `table: row` of every row in which one of the words stands.
async fn tables_that_name(db: &Db, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for table in catalog::tables(db).await {
        let columns = catalog::columns(db, &table).await;
        for row in catalog::rows_as_text(db, &table, &columns).await {
            let row = row.to_lowercase();
            if words.iter().any(|word| names(&row, &word.to_lowercase())) {
                found.push(format!("{table}: {row}"));
            }
        }
    }
    found
}

/// Whether a word stands in a text on its own: random identifiers hold every short word now and then.
fn names(text: &str, word: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "-_".contains(c));
    text.match_indices(word).any(|(start, found)| {
        let (before, after) = (&text[..start], &text[start + found.len()..]);
        !is_part(before.chars().next_back()) && !is_part(after.chars().next())
    })
}
