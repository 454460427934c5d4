//! `/account/second-factor`: code app and recovery codes.

use cloud::accounts::factors::app_code::STEP_SECONDS;
use cloud::db::sql;
use cloud::throttle::limits::{CODE_SETS, DAY, OFFER_SECONDS, PROOF_SECONDS};

use crate::support::factor::codes_on;
use crate::support::{PASSWORD, TestCloud};

#[tokio::test]
async fn an_app_counts_only_after_its_code_was_typed() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    ana.post("/account/second-factor/app/new", &[]).await;

    let wrong = ana
        .post("/account/second-factor/app", &[("code", "000000")])
        .await;
    let before = cloud.browser().logs_in("ana", PASSWORD, false).await;
    let (_, shown) = ana.sets_up_app(&cloud, "ana").await;
    let after = cloud.browser().logs_in("ana", PASSWORD, false).await;

    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("code-error"), "{}", wrong.body);
    assert_eq!(before.location(), Some("/devices"));
    assert_eq!(codes_on(&shown).len(), 10);
    assert_eq!(after.location(), Some("/login/factor"));
    // What to do if that was not you.
    cloud.mail_that_says("ana@example.org", "/forgot").await;
}

#[tokio::test]
async fn only_the_owner_can_load_an_apps_qr_code() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    assert_eq!(ana.get("/account/second-factor/app.svg").await.status, 404);
    ana.post("/account/second-factor/app/new", &[]).await;

    let picture = ana.get("/account/second-factor/app.svg").await;
    let mut ben = cloud.person("ben").await;

    assert_eq!(picture.header("content-type"), Some("image/svg+xml"));
    assert_eq!(picture.header("cache-control"), Some("no-store"));
    assert!(picture.body.starts_with("<svg ") && !picture.body.contains("script"));
    assert_eq!(ben.get("/account/second-factor/app.svg").await.status, 404);
    let stranger = cloud.browser().get("/account/second-factor/app.svg").await;
    assert_eq!(stranger.location(), Some("/login"));
}

#[tokio::test]
async fn an_unconfirmed_app_key_expires_after_half_an_hour() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    ana.post("/account/second-factor/app/new", &[]).await;

    cloud.clock.advance(OFFER_SECONDS - 1);
    ana.proves(PASSWORD, "").await;
    assert_eq!(ana.get("/account/second-factor/app").await.status, 200);
    cloud.clock.advance(1);

    assert_eq!(
        ana.get("/account/second-factor/app").await.location(),
        Some("/account/second-factor")
    );
    let late = ana
        .post("/account/second-factor/app", &[("code", "000000")])
        .await;
    assert_eq!(late.location(), Some("/account/second-factor"));
}

#[tokio::test]
async fn a_confirmed_new_app_replaces_the_old_one() {
    let cloud = TestCloud::start().await;
    let (mut ana, old, codes) = cloud.person_with_app("ana").await;
    ana.post("/account/second-factor/app/new", &[]).await;
    let mut before = cloud.at_second_step("ana").await;
    assert_eq!(before.types_code(&old.code(&cloud, 0)).await.status, 303);

    let (new, page) = ana.sets_up_app(&cloud, "ana").await;
    cloud.clock.advance(STEP_SECONDS);

    assert_eq!(
        page.location(),
        Some("/account/second-factor"),
        "no new codes"
    );
    let mut after = cloud.at_second_step("ana").await;
    assert_eq!(after.types_code(&old.code(&cloud, 0)).await.status, 422);
    assert_eq!(after.types_code(&new.code(&cloud, 0)).await.status, 303);
    let mut lost = cloud.at_second_step("ana").await;
    assert_eq!(lost.types_code(&codes[9]).await.status, 303);
}

#[tokio::test]
async fn asvs_6_4_4_a_recovery_code_replaces_a_lost_phone_once() {
    let cloud = TestCloud::start().await;
    let (mut ana, _, codes) = cloud.person_with_app("ana").await;

    let mut first = cloud.at_second_step("ana").await;
    let typed = codes[0].to_lowercase().replace('-', " ");
    assert_eq!(first.types_code(&typed).await.location(), Some("/devices"));
    let mut second = cloud.at_second_step("ana").await;
    assert_eq!(second.types_code(&codes[0]).await.status, 422, "used up");

    cloud
        .mail_that_says("ana@example.org", "recovery code")
        .await;
    let page = ana.get("/account/second-factor").await;
    assert!(page.body.contains(" 9 "), "{}", page.body);
}

#[tokio::test]
async fn new_recovery_codes_replace_the_old_ones() {
    let cloud = TestCloud::start().await;
    let (mut ana, _, old) = cloud.person_with_app("ana").await;

    let page = ana.post("/account/second-factor/codes", &[]).await;
    let new = codes_on(&page);

    assert!(old.iter().all(|code| !new.contains(code)));
    let mut lost = cloud.at_second_step("ana").await;
    assert_eq!(lost.types_code(&old[1]).await.status, 422);
    assert_eq!(lost.types_code(&new[1]).await.status, 303);
    assert_eq!(cloud.count("recovery_codes").await, 10);
}

#[tokio::test]
async fn new_recovery_code_sets_are_limited() {
    let cloud = TestCloud::start().await;
    let (mut ana, _, _) = cloud.person_with_app("ana").await;
    for _ in 1..CODE_SETS.most {
        assert_eq!(
            ana.post("/account/second-factor/codes", &[]).await.status,
            200
        );
    }

    let refused = ana.post("/account/second-factor/codes", &[]).await;
    cloud.clock.advance(DAY);
    let mut ana = cloud.at_second_step("ana").await;

    assert_eq!(refused.status, 429);
    assert_eq!(ana.get("/login/factor").await.status, 200);
}

#[tokio::test]
async fn asvs_6_5_2_recovery_codes_are_stored_as_salted_password_hashes() {
    let cloud = TestCloud::start().await;
    let (_, _, codes) = cloud.person_with_app("ana").await;
    cloud.person_with_app("ben").await;

    let hashes: Vec<String> = sql::query_scalar("SELECT code_hash FROM recovery_codes")
        .fetch_all(cloud.state.db.reader())
        .await
        .unwrap();
    let salts: Vec<String> = sql::query_scalar("SELECT code_salt FROM second_factors")
        .fetch_all(cloud.state.db.reader())
        .await
        .unwrap();

    assert_eq!((hashes.len(), salts.len()), (20, 2));
    assert_ne!(salts[0], salts[1]);
    for salt in &salts {
        let (cost, salt) = salt.split_once('$').unwrap();
        assert!(cost.starts_with("m="), "{cost}");
        assert_eq!(salt.len(), 22, "128 bits");
    }
    for code in &codes {
        let code = code.replace('-', "");
        assert_eq!(code.len() * 5, 80, "bits");
        assert!(
            hashes
                .iter()
                .all(|hash| hash.len() == 43 && !hash.contains(&code))
        );
    }
}

#[tokio::test]
async fn asvs_11_2_1_app_keys_are_encrypted_in_the_database() {
    let cloud = TestCloud::start().await;
    let (_, app, _) = cloud.person_with_app("ana").await;
    cloud.person("ben").await;
    let (ana, ben) = (cloud.account_id("ana").await, cloud.account_id("ben").await);

    let sealed: String = sql::query_scalar("SELECT sealed_key FROM app_keys")
        .fetch_one(cloud.state.db.reader())
        .await
        .unwrap();
    assert!(sealed.starts_with("v1."), "{sealed}");

    // Somebody who can write to the database moves Ben's key over Ana's.
    cloud.person_with_app("eva").await;
    sql::query(
        "UPDATE app_keys SET sealed_key = (SELECT k.sealed_key FROM app_keys k WHERE k.account_id <> $1)
         WHERE account_id = $1",
    )
    .bind(&ana)
    .execute(cloud.state.db.writer())
    .await
    .unwrap();
    let mut browser = cloud.at_second_step("ana").await;
    assert_eq!(browser.types_code(&app.code(&cloud, 0)).await.status, 422);
    assert_ne!(ana, ben);
}

#[tokio::test]
async fn turning_off_the_second_factor_deletes_its_data() {
    let cloud = TestCloud::start().await;
    let (mut ana, _, _) = cloud.person_with_app("ana").await;

    let page = ana.post("/account/second-factor/off", &[]).await;

    assert_eq!(page.location(), Some("/account/second-factor"));
    let login = cloud.browser().logs_in("ana", PASSWORD, false).await;
    assert_eq!(login.location(), Some("/devices"));
    for table in ["second_factors", "app_keys", "recovery_codes"] {
        assert_eq!(cloud.count(table).await, 0, "{table}");
    }
    ana.post("/account/second-factor/off", &[]).await;
    // The code, the app, the log-in from another browser, and this, once.
    cloud.nth_mail_to("ana@example.org", 4).await;
    let mails = cloud.mails_to("ana@example.org").await;
    let told = mails.iter().filter(|mail| mail.subject.contains("off"));
    assert_eq!((told.count(), mails.len()), (1, 4));
}

#[tokio::test]
async fn recovery_codes_require_a_second_factor() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;

    for path in ["/account/second-factor/codes", "/account/second-factor/on"] {
        let page = ana.post(path, &[]).await;
        assert_eq!(page.location(), Some("/account/second-factor"), "{path}");
    }
    assert_eq!(cloud.count("second_factors").await, 0);
}

#[tokio::test]
async fn asvs_6_3_3_operators_must_set_up_a_second_factor_first() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    sql::query("UPDATE accounts SET is_operator = 1")
        .execute(cloud.state.db.writer())
        .await
        .unwrap();

    for path in ["/devices", "/live", "/configuration", "/call"] {
        let page = ana.get(path).await;
        assert_eq!(page.location(), Some("/account/second-factor"), "{path}");
    }
    let page = ana.get("/account/second-factor").await;
    assert!(page.body.contains("note warn"), "{}", page.body);
    ana.sets_up_app(&cloud, "ana").await;

    assert_eq!(ana.get("/devices").await.status, 200);
    ana.post("/account/second-factor/off", &[]).await;
    assert_eq!(ana.get("/devices").await.status, 303, "and none without it");
}

#[tokio::test]
async fn asvs_7_5_1_changing_the_second_factor_requires_a_step_up() {
    let cloud = TestCloud::start().await;
    let (mut ana, app, codes) = cloud.person_with_app("ana").await;
    cloud.clock.advance(PROOF_SECONDS);

    for path in ["off", "on", "codes", "app", "app/new"] {
        let page = ana
            .post(&format!("/account/second-factor/{path}"), &[])
            .await;
        let location = page.location().unwrap_or_default();
        assert!(
            location.starts_with("/step-up?to=/account/second-factor"),
            "{path}: {location}"
        );
    }
    for path in ["options", "x/removal", "x"] {
        let page = ana
            .post(&format!("/account/passkeys/{path}"), &[("name", "x")])
            .await;
        let location = page.location().unwrap_or_default();
        assert!(
            location.starts_with("/step-up?to=/account/passkeys"),
            "{path}: {location}"
        );
    }

    let page = ana.get("/step-up?to=/account/second-factor").await.body;
    assert!(page.contains("name=\"code\""), "{page}");
    assert_eq!(
        ana.proves(PASSWORD, "").await.status,
        422,
        "the password alone"
    );
    assert_eq!(
        ana.proves(PASSWORD, &app.wrong_code(&cloud)).await.status,
        422
    );
    assert_eq!(
        ana.proves("gate lamp river mood", &app.code(&cloud, 0))
            .await
            .status,
        422
    );
    assert_eq!(ana.proves(PASSWORD, &app.code(&cloud, 0)).await.status, 303);
    assert_eq!(
        ana.proves(PASSWORD, &app.code(&cloud, 0)).await.status,
        422,
        "once"
    );
    assert_eq!(ana.proves(PASSWORD, &codes[0]).await.status, 303);
    assert_eq!(
        ana.post("/account/second-factor/codes", &[]).await.status,
        200
    );
}
