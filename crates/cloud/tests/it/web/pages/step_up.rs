//! `/step-up`: the password once more before something sensitive.

use cloud::db::recorders;
use cloud::db::sql;
use cloud::throttle::limits::PROOF_SECONDS;

use crate::support::browser::{Browser, Page};
use crate::support::{PASSWORD, TestCloud};

const REMOVAL: &str = "/devices/PV-0123-4567-89ABZ/removal";

async fn proves(browser: &mut Browser, to: &str, password: &str) -> Page {
    browser
        .post("/step-up", &[("to", to), ("password", password)])
        .await
}

/// Ana with a recorder of her own.
async fn owner(cloud: &TestCloud) -> Browser {
    let ana = cloud.person("ana").await;
    let db = &cloud.state.db;
    let account = cloud::db::accounts::find_by_login(db, "ana", "").await;
    let id = account.unwrap().unwrap().id;
    let serial = "PV-0123-4567-89ABZ";
    recorders::register(db, serial, "key", 1).await.unwrap();
    assert!(recorders::claim(db, serial, &id, "Home", 1).await.unwrap());
    ana
}

#[tokio::test]
async fn asvs_7_5_3_removing_a_recorder_requires_a_recent_step_up() {
    let cloud = TestCloud::start().await;
    let mut ana = owner(&cloud).await;
    cloud.clock.advance(PROOF_SECONDS - 1);
    assert_eq!(ana.get(REMOVAL).await.status, 200, "logging in is a proof");

    cloud.clock.advance(1);

    for page in [ana.get(REMOVAL).await, ana.post(REMOVAL, &[]).await] {
        let to = format!("/step-up?to={REMOVAL}");
        assert_eq!((page.status, page.location()), (303, Some(to.as_str())));
    }
    let program = ana.clone().sending("accept", "application/json");
    assert_eq!(program.clone().post(REMOVAL, &[]).await.status, 401);
    assert_eq!(ana.get("/devices").await.status, 200, "the rest goes on");

    let back = proves(&mut ana, REMOVAL, PASSWORD).await;
    assert_eq!((back.status, back.location()), (303, Some(REMOVAL)));
    assert_eq!(ana.post(REMOVAL, &[]).await.location(), Some("/devices"));
}

#[tokio::test]
async fn asvs_7_2_4_a_step_up_replaces_the_session_token() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let mut thief = ana.clone();

    proves(&mut ana, "/account", PASSWORD).await;

    assert!(!thief.is_signed_in().await);
    assert!(ana.is_signed_in().await);
    assert_eq!(cloud.count("sessions").await, 1);
}

#[tokio::test]
async fn five_wrong_step_up_passwords_delay_the_right_one() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    cloud.clock.advance(PROOF_SECONDS);
    for _ in 0..5 {
        let wrong = proves(&mut ana, REMOVAL, "gate lamp river mood").await;
        assert_eq!(wrong.status, 422);
        assert!(!wrong.body.contains("gate lamp"), "never sent back");
    }

    let too_soon = proves(&mut ana, REMOVAL, PASSWORD).await;
    let other = cloud.browser().logs_in("ana", PASSWORD, false).await;
    cloud.clock.advance(30);

    assert_eq!(too_soon.status, 422);
    assert_eq!(other.status, 303, "logging in has a count of its own");
    assert_eq!(proves(&mut ana, REMOVAL, PASSWORD).await.status, 303);
}

#[tokio::test]
async fn parallel_guesses_are_counted_before_they_are_compared() {
    let cloud = TestCloud::start_with_real_hashes().await;
    let ana = cloud.person("ana").await;

    let guesses = (0..20).map(|_| {
        let mut ana = ana.clone();
        async move {
            proves(&mut ana, "/account", "gate lamp river mood")
                .await
                .status
        }
    });
    futures_util::future::join_all(guesses).await;

    let n: i64 = sql::query_scalar("SELECT n FROM counters WHERE kind = 'failed proofs in a row'")
        .fetch_one(cloud.state.db.reader())
        .await
        .unwrap();
    assert_eq!(n, 5, "the rest came too soon and was not compared");
}

#[tokio::test]
async fn asvs_3_7_2_a_step_up_redirects_within_this_site_only() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    for to in [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
    ] {
        let page = proves(&mut ana, to, PASSWORD).await;
        assert_eq!(page.location(), Some("/account"), "{to}");
    }
    let page = ana.get("/step-up?to=%2F%2Fevil.example").await;
    assert!(!page.body.contains("evil.example"), "{}", page.body);
}
