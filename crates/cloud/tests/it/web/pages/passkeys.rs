//! Passkeys: `/account/passkeys`, `/login/passkey`, and as a second step.

use std::collections::BTreeSet;

use cloud::accounts::factors::passkeys::{self, CeremonyPurpose};
use cloud::db::sql;
use cloud::throttle::limits::{CEREMONY_SECONDS, PASSKEYS_PER_ACCOUNT, PROOF_SECONDS};
use cloud::visitor::Client;
use futures_util::future::join_all;

use crate::support::authenticator::Authenticator;
use crate::support::browser::{Browser, between};
use crate::support::factor::unknown_browser;
use crate::support::{PASSWORD, TestCloud};

async fn with_passkey(cloud: &TestCloud, name: &str) -> (Browser, Authenticator) {
    let mut browser = cloud.person(name).await;
    let mut phone = Authenticator::at(&cloud.state);
    let page = browser.adds_passkey(&mut phone, "Phone").await;
    assert_eq!(page.location(), Some("/account/passkeys"), "{}", page.body);
    (browser, phone)
}

async fn stored(cloud: &TestCloud, column: &'static str) -> String {
    let text = format!("SELECT {column} FROM passkeys ORDER BY added_at DESC LIMIT 1 /* a test */");
    sql::query_scalar(Box::leak(text.into_boxed_str()))
        .fetch_one(cloud.state.db.reader())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_passkey_logs_in_without_a_name_or_password() {
    let cloud = TestCloud::start().await;
    let (_, mut phone) = with_passkey(&cloud, "ana").await;
    let mut browser = cloud.browser();

    let page = browser.signs_with(&mut phone, "/login/passkey").await;

    assert_eq!(page.location(), Some("/devices"), "{}", page.body);
    assert!(browser.is_signed_in().await);
    assert!(!page.set_cookie("session").unwrap().contains("Max-Age"));
    let mail = cloud.nth_mail_to("ana@example.org", 2).await;
    assert!(mail.subject.contains("passkey"), "{}", mail.subject);
}

#[tokio::test]
async fn passkey_options_require_a_discoverable_key_and_user_verification() {
    let cloud = TestCloud::start().await;
    let (mut ana, _) = with_passkey(&cloud, "ana").await;

    let (made, _) = ana.ceremony("/account/passkeys/options").await;
    let (asked, _) = cloud.browser().ceremony("/login/passkey/options").await;

    let selection = &made["authenticatorSelection"];
    assert_eq!(selection["residentKey"], "required");
    assert_eq!(selection["userVerification"], "required");
    assert_eq!(made["attestation"], "none");
    assert_eq!(made["excludeCredentials"].as_array().unwrap().len(), 1);
    assert_eq!(made["rp"]["id"], "localhost");
    assert_ne!(
        made["user"]["id"],
        cloud.account_id("ana").await,
        "nothing to look up"
    );
    assert_eq!(asked["userVerification"], "required");
    assert_eq!(asked["allowCredentials"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn asvs_6_7_2_every_challenge_is_unique_and_long_enough() {
    let cloud = TestCloud::start().await;
    let mut seen = BTreeSet::new();
    for _ in 0..20_000 {
        let options = passkeys::options(&cloud.state, CeremonyPurpose::LogIn, "").unwrap();
        let challenge = options["publicKey"]["challenge"].as_str().unwrap();
        assert!(challenge.len() * 6 >= 128, "{challenge}");
        seen.insert(challenge.to_owned());
    }

    assert_eq!(seen.len(), 20_000);
    assert_eq!(
        cloud.count("used_ceremonies").await,
        0,
        "what strangers start costs no row"
    );
}

#[tokio::test]
async fn asvs_6_5_1_parallel_copies_of_a_signature_make_one_session() {
    let cloud = TestCloud::start().await;
    let (_, mut phone) = with_passkey(&cloud, "ana").await;
    let (options, ceremony) = cloud.browser().ceremony("/login/passkey/options").await;
    let credential = phone.signs(&options);
    let sessions = cloud.count("sessions").await;

    let wanted = passkeys::LogIn {
        signed: passkeys::Signed {
            ceremony: &ceremony,
            credential: &credential,
            whom: "",
        },
        auto_login: false,
        browser_key: "",
    };
    let answers = (0..200).map(|n| {
        let (state, client, wanted) = (&cloud.state, Client(format!("10.0.0.{n}")), &wanted);
        async move {
            let browser = unknown_browser();
            let answer = passkeys::log_in(state, &client, wanted, &browser).await;
            answer.unwrap().is_some()
        }
    });
    let n_right = join_all(answers)
        .await
        .into_iter()
        .filter(|right| *right)
        .count();

    assert_eq!(n_right, 1);
    assert_eq!(cloud.count("sessions").await, sessions + 1);
}

#[tokio::test]
async fn a_passkey_ceremony_lasts_five_minutes_for_one_purpose() {
    let cloud = TestCloud::start().await;
    let (mut ana, mut phone) = with_passkey(&cloud, "ana").await;
    let mut ben = cloud.person("ben").await;
    let mut browser = cloud.browser();

    let (options, ceremony) = browser.ceremony("/login/passkey/options").await;
    let credential = phone.signs(&options);
    let (make, adding) = ana.ceremony("/account/passkeys/options").await;
    let made = phone.makes(&make);
    assert_eq!(
        ben.sends_passkey("Mine", &adding, &made).await.status,
        422,
        "another session"
    );
    assert_eq!(
        ana.sends_passkey("Mine", &ceremony, &made).await.status,
        422,
        "a log-in"
    );
    let fields = [("ceremony", &*adding), ("credential", &*credential)];
    assert_eq!(
        browser.post("/login/passkey", &fields).await.status,
        422,
        "an addition"
    );

    cloud.clock.advance(CEREMONY_SECONDS - 1);
    assert_eq!(ana.sends_passkey("Mine", &adding, &made).await.status, 303);
    cloud.clock.advance(1);
    let fields = [("ceremony", &*ceremony), ("credential", &*credential)];
    assert_eq!(
        browser.post("/login/passkey", &fields).await.status,
        422,
        "too late"
    );
}

#[tokio::test]
async fn invalid_passkey_signatures_sign_nobody_in() {
    let cloud = TestCloud::start().await;
    let (_, mut phone) = with_passkey(&cloud, "ana").await;
    let mut browser = cloud.browser();
    let ours = phone.origin.clone();

    phone.origin = "https://evil.example".to_owned();
    let elsewhere = browser.signs_with(&mut phone, "/login/passkey").await;
    phone.origin = "http://127.0.0.1:1".to_owned();
    let other_port = browser.signs_with(&mut phone, "/login/passkey").await;
    phone.origin = ours;
    phone.verifies = false;
    let unverified = browser.signs_with(&mut phone, "/login/passkey").await;
    phone.verifies = true;
    let mut unknown = Authenticator::at(&cloud.state);
    let (options, _) = cloud
        .person("eva")
        .await
        .ceremony("/account/passkeys/options")
        .await;
    unknown.makes(&options);
    let never_added = browser.signs_with(&mut unknown, "/login/passkey").await;

    for page in [elsewhere, other_port, unverified, never_added] {
        assert_eq!(page.status, 422);
        assert!(page.set_cookie("session").is_none());
    }
    for (ceremony, credential) in [("", ""), ("v1.AAAA", "{}"), ("x", "[1,2"), ("", "\0")] {
        let fields = [("ceremony", ceremony), ("credential", credential)];
        assert_eq!(browser.post("/login/passkey", &fields).await.status, 422);
    }
    assert_eq!(
        browser
            .signs_with(&mut phone, "/login/passkey")
            .await
            .status,
        303,
        "and the passkey still works"
    );
}

#[tokio::test]
async fn a_cloned_security_key_is_detected_by_its_counter() {
    let cloud = TestCloud::start().await;
    let (_, mut key) = with_passkey(&cloud, "ana").await;
    key.counts_from(7);
    assert_eq!(
        cloud
            .browser()
            .signs_with(&mut key, "/login/passkey")
            .await
            .status,
        303
    );
    assert_eq!(
        cloud
            .browser()
            .signs_with(&mut key, "/login/passkey")
            .await
            .status,
        303
    );

    key.counts_from(7);
    let copy = cloud.browser().signs_with(&mut key, "/login/passkey").await;

    assert_eq!(copy.status, 422);
}

#[tokio::test]
async fn asvs_6_7_1_a_passkey_changed_in_the_database_is_refused() {
    let cloud = TestCloud::start().await;
    let (_, mut phone) = with_passkey(&cloud, "ana").await;
    let whole = stored(&cloud, "credential").await;
    let mut changed = whole.clone().into_bytes();
    changed[40] = if changed[40] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).unwrap();

    for (credential, status) in [(&changed, 422), (&whole, 303)] {
        sql::query("UPDATE passkeys SET credential = $1")
            .bind(credential)
            .execute(cloud.state.db.writer())
            .await
            .unwrap();
        let page = cloud
            .browser()
            .signs_with(&mut phone, "/login/passkey")
            .await;
        assert_eq!(page.status, status);
    }

    // A passkey of Eva's, moved to Ana's account, is nobody's.
    let (_, mut evas) = with_passkey(&cloud, "eva").await;
    sql::query("UPDATE passkeys SET account_id = $1")
        .bind(cloud.account_id("ana").await)
        .execute(cloud.state.db.writer())
        .await
        .unwrap();
    let moved = cloud
        .browser()
        .signs_with(&mut evas, "/login/passkey")
        .await;
    assert_eq!(moved.status, 422);
}

#[tokio::test]
async fn a_passkey_completes_only_its_own_accounts_second_step() {
    let cloud = TestCloud::start().await;
    let (mut ana, mut phone) = with_passkey(&cloud, "ana").await;
    let (_, mut evas) = with_passkey(&cloud, "eva").await;
    let codes = ana.post("/account/second-factor/on", &[]).await;
    assert!(codes.body.contains("id=\"codes\""), "{}", codes.body);

    let mut browser = cloud.at_second_step("ana").await;
    let foreign = browser.signs_with(&mut evas, "/login/factor/passkey").await;
    let own = browser
        .signs_with(&mut phone, "/login/factor/passkey")
        .await;
    let mut direct = cloud.browser();
    let one_step = direct.signs_with(&mut phone, "/login/passkey").await;

    assert_eq!((foreign.status, own.location()), (422, Some("/devices")));
    assert_eq!(
        one_step.location(),
        Some("/devices"),
        "counts as both factors"
    );
}

#[tokio::test]
async fn passkeys_are_renamed_and_removed_by_their_owner_only() {
    let cloud = TestCloud::start().await;
    let (mut ana, mut phone) = with_passkey(&cloud, "ana").await;
    let mut ben = cloud.person("ben").await;
    let id = stored(&cloud, "id").await;
    let path = format!("/account/passkeys/{id}");

    assert_eq!(ben.post(&path, &[("name", "Mine")]).await.status, 404);
    assert_eq!(ben.post(&format!("{path}/removal"), &[]).await.status, 404);
    for bad in ["", "  ", "a\u{7}b", &"x".repeat(41)] {
        assert_eq!(
            ana.post(&path, &[("name", bad)]).await.status,
            422,
            "{bad:?}"
        );
    }
    ana.post(&path, &[("name", " <b>Ana’s phone</b> ")]).await;
    let list = ana.get("/account/passkeys").await.body;
    assert!(
        list.contains("&#60;b&#62;Ana’s phone") && !list.contains("<b>Ana"),
        "{list}"
    );

    assert_eq!(ana.post(&format!("{path}/removal"), &[]).await.status, 303);
    let page = cloud
        .browser()
        .signs_with(&mut phone, "/login/passkey")
        .await;
    assert_eq!(page.status, 422);
    assert!(!ana.get("/account/passkeys").await.body.contains(&id));
}

#[tokio::test]
async fn removing_the_last_passkey_turns_off_a_passkey_only_factor() {
    let cloud = TestCloud::start().await;
    let (mut ana, _) = with_passkey(&cloud, "ana").await;
    ana.post("/account/second-factor/on", &[]).await;
    let removal = format!("/account/passkeys/{}/removal", stored(&cloud, "id").await);

    ana.post(&removal, &[]).await;
    let login = cloud.browser().logs_in("ana", PASSWORD, false).await;

    assert_eq!(login.location(), Some("/devices"));
    let (mut ben, _, _) = cloud.person_with_app("ben").await;
    ben.adds_passkey(&mut Authenticator::at(&cloud.state), "Phone")
        .await;
    let removal = format!("/account/passkeys/{}/removal", stored(&cloud, "id").await);
    ben.post(&removal, &[]).await;
    cloud.at_second_step("ben").await;
}

#[tokio::test]
async fn an_account_never_has_more_than_twenty_passkeys() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let mut phone = Authenticator::at(&cloud.state);
    for n in 2..PASSKEYS_PER_ACCOUNT {
        let page = ana.adds_passkey(&mut phone, &format!("Key {n}")).await;
        assert_eq!(page.status, 303, "{n}");
    }

    let mut made = Vec::new();
    for _ in 0..6 {
        let (options, ceremony) = ana.ceremony("/account/passkeys/options").await;
        made.push((ceremony, phone.makes(&options)));
    }
    let sends = made.iter().map(|(ceremony, credential)| {
        let mut tab = ana.clone();
        async move {
            tab.sends_passkey("One more", ceremony, credential)
                .await
                .status
        }
    });
    let statuses = join_all(sends).await;

    assert_eq!(
        statuses.iter().filter(|status| **status == 303).count(),
        2,
        "{statuses:?}"
    );
    assert_eq!(cloud.count("passkeys").await, PASSKEYS_PER_ACCOUNT);
}

#[tokio::test]
async fn passkeys_are_not_offered_at_an_ip_address() {
    let cloud = TestCloud::start_with(|config| {
        config.demo = true;
        config.public_url = Some("https://192.0.2.7".parse().unwrap());
    })
    .await;
    let mut browser = cloud.browser().sending("origin", "https://192.0.2.7");

    assert!(!browser.get("/login").await.body.contains("<passkey-form"));
    assert_eq!(
        browser.post("/login/passkey/options", &[]).await.status,
        404
    );
    assert!(passkeys::home(&cloud.state).is_none());
}

#[tokio::test]
async fn the_passkey_list_shows_names_and_times() {
    let cloud = TestCloud::start().await;
    let (mut ana, mut phone) = with_passkey(&cloud, "ana").await;
    cloud
        .browser()
        .signs_with(&mut phone, "/login/passkey")
        .await;

    let page = ana.get("/account/passkeys").await.body;

    assert_eq!(between(&page, "data-host=\"", "\""), "localhost");
    assert!(page.contains("Phone"), "{page}");
    assert_eq!(page.matches("<local-time").count(), 2, "added and used");
}

#[tokio::test]
async fn a_passkey_can_be_used_for_a_step_up() {
    let cloud = TestCloud::start().await;
    let (mut ana, mut phone) = with_passkey(&cloud, "ana").await;
    let (mut eva, mut evas) = with_passkey(&cloud, "eva").await;
    cloud.clock.advance(PROOF_SECONDS);
    assert_eq!(ana.post("/account/passkeys/options", &[]).await.status, 303);

    let foreign = ana.steps_up_with(&mut evas).await;
    let (options, ceremony) = eva.ceremony("/step-up/options").await;
    let stolen = [
        ("ceremony", ceremony),
        ("credential", phone.signs(&options)),
    ];
    let stolen = stolen
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let other_session = ana.post("/step-up/passkey", &stolen).await;
    let own = ana.steps_up_with(&mut phone).await;

    assert_eq!((foreign.status, other_session.status), (422, 422));
    assert_eq!(own.location(), Some("/account/passkeys"));
    ana.ceremony("/account/passkeys/options").await;
}
