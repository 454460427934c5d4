//! `/renewal`: Auto-login without a secret that outlives the browser.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use cloud::accounts::session::renewal::message;
use cloud::throttle::limits::{
    AUTO_LOGIN_IDLE, AUTO_LOGIN_LIFE, DAY, FAILED_RENEWALS_PER_CLIENT, HOUR, NONCE_SECONDS,
    RENEWAL_GRACE, RENEWED_SECONDS,
};
use data_encoding::BASE64URL_NOPAD;
use futures_util::future::join_all;

use crate::support::browser::{Browser, Page, between};
use crate::support::{PASSWORD, TestCloud};

/// What WebCrypto does in a browser: a key that signs and cannot be read out.
struct Key(EcdsaKeyPair);

impl Key {
    fn new() -> Key {
        Key(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    fn public(&self) -> String {
        BASE64URL_NOPAD.encode(self.0.public_key().as_ref())
    }

    fn sign(&self, text: &str) -> String {
        let signature = self.0.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        BASE64URL_NOPAD.encode(signature.as_ref())
    }
}

/// Ana's phone: Auto-login, with a key.
async fn phone(cloud: &TestCloud, key: &Key) -> Browser {
    cloud.person("ana").await;
    logs_in(cloud, key).await
}

async fn logs_in(cloud: &TestCloud, key: &Key) -> Browser {
    let mut browser = cloud.browser();
    let fields = [
        ("login", "ana"),
        ("password", PASSWORD),
        ("auto_login", "1"),
        ("browser_key", &key.public()),
    ];
    let page = browser.post("/login", &fields).await;
    assert_eq!(page.location(), Some("/devices"), "{}", page.body);
    browser
}

async fn nonce(browser: &mut Browser) -> String {
    let asked = browser.get("/renewal").await;
    assert_eq!(asked.status, 200, "{}", asked.body);
    between(&asked.body, "\"nonce\":\"", "\"").to_owned()
}

async fn sends(browser: &mut Browser, nonce: &str, signature: &str) -> Page {
    let fields = [("nonce", nonce), ("signature", signature)];
    browser.post("/renewal", &fields).await
}

async fn renews(browser: &mut Browser, key: &Key) -> Page {
    let nonce = nonce(browser).await;
    sends(browser, &nonce, &key.sign(&message(&nonce))).await
}

#[tokio::test]
async fn no_auto_login_cookie_signs_in_after_a_browser_restart() {
    let cloud = TestCloud::start().await;
    let key = Key::new();
    let mut ana = phone(&cloud, &key).await;

    ana.restarts();

    assert_eq!(ana.cookie("session"), None);
    assert!(
        !ana.is_signed_in().await,
        "the cookie that stays signs nobody in"
    );
    assert_eq!(renews(&mut ana, &key).await.status, 204);
    assert!(ana.is_signed_in().await);
}

#[tokio::test]
async fn an_expired_token_is_renewed_on_the_requested_page() {
    let cloud = TestCloud::start().await;
    let key = Key::new();
    let mut ana = phone(&cloud, &key).await;
    cloud.clock.advance(RENEWED_SECONDS);

    for path in ["/devices", "/", "/login", "/live"] {
        let page = ana.get(path).await;
        assert_eq!(page.status, 401, "{path}");
        assert!(page.body.contains("js/renewal.js"), "{path}: {}", page.body);
        assert!(
            page.body.contains("/login?again=1"),
            "without scripts: {path}"
        );
    }
    assert_eq!(ana.get("/login?again=1").await.status, 200);
    let sent = ana.post("/devices", &[]).await;
    assert_eq!((sent.status, sent.location()), (303, Some("/devices/new")));

    renews(&mut ana, &key).await;

    assert_eq!(ana.get("/devices").await.status, 200);
}

#[tokio::test]
async fn a_token_expires_after_fifteen_minutes_despite_use() {
    let cloud = TestCloud::start().await;
    let key = Key::new();
    let mut ana = phone(&cloud, &key).await;

    for _ in 0..14 {
        cloud.clock.advance(60);
        assert!(ana.is_signed_in().await);
    }
    cloud.clock.advance(60);

    assert!(!ana.is_signed_in().await);
}

#[tokio::test]
async fn asvs_7_3_1_auto_login_ends_after_thirty_unused_days() {
    let cloud = TestCloud::start().await;
    let key = Key::new();
    let mut ana = phone(&cloud, &key).await;

    cloud.clock.advance(AUTO_LOGIN_IDLE - 1);
    assert_eq!(renews(&mut ana, &key).await.status, 204);
    cloud.clock.advance(AUTO_LOGIN_IDLE - 1);
    assert_eq!(renews(&mut ana, &key).await.status, 204);
    cloud.clock.advance(AUTO_LOGIN_IDLE);

    assert_eq!(renews(&mut ana, &key).await.status, 401);
    assert_eq!(ana.get("/devices").await.location(), Some("/login"));
}

#[tokio::test]
async fn asvs_7_3_2_auto_login_ends_after_180_days() {
    let cloud = TestCloud::start().await;
    let key = Key::new();
    let mut ana = phone(&cloud, &key).await;
    for _ in 0..(AUTO_LOGIN_LIFE / (20 * DAY) - 1) {
        cloud.clock.advance(20 * DAY);
        assert_eq!(renews(&mut ana, &key).await.status, 204);
    }

    cloud.clock.advance(20 * DAY);

    assert_eq!(renews(&mut ana, &key).await.status, 401);
}

#[tokio::test]
async fn a_replaced_token_works_for_a_short_grace_period() {
    let cloud = TestCloud::start().await;
    let key = Key::new();
    let mut ana = phone(&cloud, &key).await;
    let mut on_its_way = ana.clone();

    renews(&mut ana, &key).await;

    assert_ne!(ana.cookie("session"), on_its_way.cookie("session"));
    assert!(on_its_way.is_signed_in().await);
    cloud.clock.advance(RENEWAL_GRACE);
    assert!(!on_its_way.is_signed_in().await);
    assert!(ana.is_signed_in().await);
    assert_eq!(
        cloud.count("sessions").await,
        2,
        "with the one that registered"
    );
}

#[tokio::test]
async fn only_the_original_key_renews_a_session() {
    let cloud = TestCloud::start().await;
    let (key, other) = (Key::new(), Key::new());
    let mut ana = phone(&cloud, &key).await;
    ana.restarts();
    let good = nonce(&mut ana).await;

    for (what, nonce, signature) in [
        ("another key", good.clone(), other.sign(&message(&good))),
        ("another text", good.clone(), key.sign(&good)),
        ("nothing", good.clone(), String::new()),
        ("no base64url", good.clone(), "%%%%".to_owned()),
        ("no nonce", String::new(), key.sign(&message(""))),
        (
            "a nonce of one's own",
            "A".repeat(54),
            key.sign(&message(&"A".repeat(54))),
        ),
    ] {
        assert_eq!(
            sends(&mut ana, &nonce, &signature).await.status,
            401,
            "{what}"
        );
    }
    for index in [0, 20, good.len() - 2] {
        let mut changed = good.clone().into_bytes();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let page = sends(&mut ana, &changed, &key.sign(&message(&changed))).await;
        assert_eq!(page.status, 401, "byte {index}");
    }

    assert_eq!(
        sends(&mut ana, &good, &key.sign(&message(&good)))
            .await
            .status,
        204
    );
}

#[tokio::test]
async fn a_renewal_nonce_works_two_minutes_in_its_own_browser() {
    let cloud = TestCloud::start().await;
    let key = Key::new();
    let mut ana = phone(&cloud, &key).await;
    let mut tablet = logs_in(&cloud, &key).await;
    let of_tablet = nonce(&mut tablet).await;
    let of_phone = nonce(&mut ana).await;

    assert_eq!(
        sends(&mut ana, &of_tablet, &key.sign(&message(&of_tablet)))
            .await
            .status,
        401
    );
    cloud.clock.advance(NONCE_SECONDS);
    assert_eq!(
        sends(&mut ana, &of_phone, &key.sign(&message(&of_phone)))
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn asvs_6_7_2_parallel_copies_of_a_signature_renew_once() {
    let cloud = TestCloud::start().await;
    let key = Key::new();
    let mut ana = phone(&cloud, &key).await;
    let nonce = nonce(&mut ana).await;
    let signature = key.sign(&message(&nonce));

    let copies = (0..200).map(|_| {
        let (mut ana, nonce, signature) = (ana.clone(), nonce.clone(), signature.clone());
        async move { sends(&mut ana, &nonce, &signature).await.status }
    });
    let statuses = join_all(copies).await;

    let n_renewed = statuses.iter().filter(|status| **status == 204).count();
    assert_eq!(n_renewed, 1, "{statuses:?}");
}

#[tokio::test]
async fn no_key_renews_a_session_after_log_out() {
    let cloud = TestCloud::start().await;
    let key = Key::new();
    let mut ana = phone(&cloud, &key).await;

    ana.post("/logout", &[]).await;

    assert_eq!(renews(&mut ana, &key).await.status, 401);
    assert_eq!(ana.get("/devices").await.location(), Some("/login"));
}

#[tokio::test]
async fn no_key_is_stored_without_auto_login() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let key = Key::new();
    let mut ana = cloud.browser();
    let public = key.public();
    let fields = [
        ("login", "ana"),
        ("password", PASSWORD),
        ("browser_key", &public),
    ];
    ana.post("/login", &fields).await;

    ana.restarts();

    assert_eq!(renews(&mut ana, &key).await.status, 401);
}

#[tokio::test]
async fn only_wrong_renewal_signatures_are_limited() {
    let cloud = TestCloud::start().await;
    let key = Key::new();
    let mut ana = phone(&cloud, &key).await;
    for _ in 0..FAILED_RENEWALS_PER_CLIENT.most {
        assert_eq!(sends(&mut ana, "x", "y").await.status, 401);
    }
    assert_eq!(sends(&mut ana, "x", "y").await.status, 429);
    cloud.clock.advance(HOUR);

    for _ in 0..=FAILED_RENEWALS_PER_CLIENT.most {
        assert_eq!(renews(&mut ana, &key).await.status, 204);
    }
}
