//! Locked accounts: nobody signs in, it looks like a wrong password, and open sockets close.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use cloud::accounts::session::lock::{self, By};
use cloud::db::accounts;
use cloud::orders::{self, Order};
use cloud::throttle::limits::DAY;

use crate::support::wire::{Wire, establish};
use crate::support::{PASSWORD, TestCloud};

async fn id_of(cloud: &TestCloud, name: &str) -> String {
    let account = accounts::find_by_login(&cloud.state.db, name, "").await;
    account.unwrap().unwrap().id
}

#[tokio::test]
async fn asvs_7_4_2_locking_an_account_ends_all_its_sessions() {
    let cloud = TestCloud::start().await;
    let mut phone = cloud.person("ana").await;
    let mut laptop = cloud.browser();
    laptop.logs_in("ana", PASSWORD, true).await;
    let mut ben = cloud.person("ben").await;

    let locked = lock::lock(&cloud.state, &id_of(&cloud, "ana").await, By::Operator).await;

    assert!(locked.unwrap());
    assert!(!phone.is_signed_in().await && !laptop.is_signed_in().await);
    assert!(ben.is_signed_in().await, "nobody else is");
}

#[tokio::test]
async fn a_locked_account_answers_like_a_wrong_password() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let wrong = cloud
        .browser()
        .logs_in("ana", "gate lamp river mood", false)
        .await;

    lock::lock(&cloud.state, &id_of(&cloud, "ana").await, By::Operator)
        .await
        .unwrap();
    let locked = cloud.browser().logs_in("ana", PASSWORD, false).await;

    assert_eq!((locked.status, &locked.body), (wrong.status, &wrong.body));
    assert!(locked.set_cookie("session").is_none());
}

#[tokio::test]
async fn unlocking_restores_the_password_but_no_session() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let id = id_of(&cloud, "ana").await;
    lock::lock(&cloud.state, &id, By::Operator).await.unwrap();

    assert!(lock::unlock(&cloud.state, &id).await.unwrap());
    assert!(
        !lock::unlock(&cloud.state, &id).await.unwrap(),
        "once is enough"
    );

    assert!(!ana.is_signed_in().await);
    assert_eq!(ana.logs_in("ana", PASSWORD, false).await.status, 303);
}

#[tokio::test]
async fn a_password_reset_lifts_only_the_owners_own_lock() {
    for (by, opens) in [(By::Person, true), (By::Operator, false)] {
        let cloud = TestCloud::start().await;
        let mut ana = cloud.person("ana").await;
        let id = id_of(&cloud, "ana").await;
        lock::lock(&cloud.state, &id, by).await.unwrap();

        let mut tx = cloud.state.db.begin().await.unwrap();
        lock::lift_by_reset(&mut tx, &id).await.unwrap();
        tx.commit().await.unwrap();

        let page = ana.logs_in("ana", PASSWORD, false).await;
        assert_eq!(page.status == 303, opens, "{by:?}");
    }
}

#[tokio::test]
async fn an_owners_lock_does_not_replace_an_operators_lock() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let id = id_of(&cloud, "ana").await;
    lock::lock(&cloud.state, &id, By::Operator).await.unwrap();

    lock::lock(&cloud.state, &id, By::Person).await.unwrap();

    let account = accounts::find(&cloud.state.db, &id).await.unwrap().unwrap();
    assert_eq!(account.locked_by.as_deref(), Some("operator"));
    let nobody = lock::lock(&cloud.state, "nobody", By::Person).await;
    assert!(!nobody.unwrap());
}

#[tokio::test]
async fn sockets_close_when_another_process_ends_their_session() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    establish(&mut viewer, &mut agent, 1).await;
    // What another process does: the rows, and nothing in our memory.
    let mut tx = wire.state.db.begin().await.unwrap();
    let ended = cloud::db::accounts::sessions::delete_all(&mut tx, "ana")
        .await
        .unwrap();
    let order = Order::SessionsEnded(ended);
    orders::put(&wire.state, &mut tx, &order).await.unwrap();
    tx.commit().await.unwrap();

    wire.clock.advance(1);

    assert_eq!(viewer.close_code().await, 4_401);
}

#[tokio::test]
async fn orders_are_executed_once_and_then_deleted() {
    let cloud = TestCloud::start().await;
    let mut ended = cloud.state.ended_sessions.subscribe();
    let mut tx = cloud.state.db.begin().await.unwrap();
    let order = Order::SessionsEnded(vec!["one".to_owned()]);
    orders::put(&cloud.state, &mut tx, &order).await.unwrap();
    tx.commit().await.unwrap();

    cloud.clock.advance(1);
    assert_eq!(ended.recv().await.unwrap(), "one");
    cloud.clock.advance(1);
    cloud.clock.advance(DAY);
    cloud::accounts::session::expiry::purge(&cloud.state)
        .await
        .unwrap();

    assert!(ended.try_recv().is_err(), "not a second time");
    assert_eq!(cloud.count("orders").await, 0);
}
