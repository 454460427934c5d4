//! Self-contained tokens: ids of captchas, relay credentials, proofs of keys. Each is valid only for its
//! kind, its time and its audience.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use cloud::calls::ice::turn_secret;
use data_encoding::BASE64URL_NOPAD;
use proto::identity::Serial;
use proto::key::{RecorderKey, RegisterProof};
use proto::turn_credential::{CredentialError, Role, mint, verify};
use serde_json::{Value, json};

use crate::support::{START, TestCloud};

const NONCE: &str = "n0nce";
const HOST: &str = "cloud.example.org";
const NOW: u64 = START as u64;

fn key() -> RecorderKey {
    RecorderKey::from_bytes([7; 32])
}

fn serial() -> Serial {
    Serial::from_random([5; 13])
}

/// The id of the picture on Register, fresh.
async fn picture_id(cloud: &TestCloud) -> String {
    cloud.browser().get("/register").await.captcha().to_owned()
}

async fn picture_status(cloud: &TestCloud, id: &str) -> u16 {
    cloud
        .browser()
        .download(&format!("/captcha/{id}.png"))
        .await
        .0
}

#[tokio::test]
async fn asvs_9_1_1_a_changed_token_is_refused() {
    let cloud = TestCloud::start().await;
    let id = picture_id(&cloud).await;
    assert_eq!(picture_status(&cloud, &id).await, 200);

    for at in (0..id.len()).step_by(5) {
        let other = if id.as_bytes()[at] == b'A' { 'B' } else { 'A' };
        let changed: String = id
            .char_indices()
            .map(|(n, c)| if n == at { other } else { c })
            .collect();
        assert_eq!(
            picture_status(&cloud, &changed).await,
            404,
            "{changed} for {id}"
        );
    }
    let secret = turn_secret(&cloud.state.secrets);
    let credential = mint(&secret, "call", Role::Viewer, NOW, 600).unwrap();
    let later = credential
        .username
        .replacen(|c: char| c.is_ascii_digit(), "9", 1);
    assert_ne!(later, credential.username);
    let password = credential.password.reveal();
    assert!(verify(&secret, &credential.username, password, NOW).is_ok());
    assert_eq!(
        verify(&secret, &later, password, NOW).err(),
        Some(CredentialError::WrongPassword)
    );
}

/// A proof of the recorder's key, with its fields changed.
fn proof(change: impl FnOnce(&mut Value)) -> String {
    let proof = key().prove(&serial(), NONCE, HOST, NOW);
    let encoded = proof.strip_prefix("Peerview ").unwrap();
    let mut fields: Value =
        serde_json::from_slice(&BASE64URL_NOPAD.decode(encoded.as_bytes()).unwrap()).unwrap();
    change(&mut fields);
    format!(
        "Peerview {}",
        BASE64URL_NOPAD.encode(fields.to_string().as_bytes())
    )
}

#[test]
fn asvs_9_1_2_a_proof_cannot_choose_its_algorithm() {
    assert!(RegisterProof::check(&proof(|_| {}), NONCE, HOST).is_ok());

    for (name, value) in [
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("signature", json!("")),
        ("signature", json!(null)),
        ("signature", json!("AAAA")),
        ("key", json!("")),
        // The key of order one, under which the empty signature would hold.
        ("key", json!(BASE64URL_NOPAD.encode(&[0; 32]))),
    ] {
        let changed = proof(|fields| fields[name] = value.clone());
        assert!(
            RegisterProof::check(&changed, NONCE, HOST).is_err(),
            "{name}: {value}"
        );
    }
}

#[tokio::test]
async fn asvs_9_2_1_tokens_expire_exactly_on_time() {
    let cloud = TestCloud::start().await;
    let secret = turn_secret(&cloud.state.secrets);
    let credential = mint(&secret, "call", Role::Agent, NOW, 600).unwrap();
    let password = credential.password.reveal();

    assert!(verify(&secret, &credential.username, password, NOW + 599).is_ok());
    assert_eq!(
        verify(&secret, &credential.username, password, NOW + 600).err(),
        Some(CredentialError::Expired)
    );
    let id = picture_id(&cloud).await;
    cloud.clock.advance(299);
    assert_eq!(picture_status(&cloud, &id).await, 200);
    cloud.clock.advance(1);
    assert_eq!(picture_status(&cloud, &id).await, 404);
}

#[tokio::test]
async fn asvs_9_2_2_a_token_of_one_kind_is_refused_as_another() {
    let cloud = TestCloud::start().await;
    let ana = cloud.person("ana").await;
    let mut ben = cloud.browser();
    ben.asks_for_a_code(&cloud.state, "ben@example.org").await;
    let secret = turn_secret(&cloud.state.secrets);
    let credential = mint(&secret, "call", Role::Viewer, NOW, 600).unwrap();
    let session = ana.cookie("session").unwrap().to_owned();
    let tokens = [
        ("a registration", ben.cookie("flow").unwrap().to_owned()),
        ("a picture", picture_id(&cloud).await),
        ("a relay user name", credential.username.clone()),
        ("a relay password", credential.password.reveal().to_owned()),
        ("a key's proof", key().prove(&serial(), NONCE, HOST, NOW)),
    ];

    for (kind, token) in &tokens {
        let mut visitor = cloud.browser();
        visitor.takes_cookie("session", token);
        assert!(!visitor.is_signed_in().await, "{kind} signs in");
        let api = cloud
            .browser()
            .sending("authorization", &format!("Bearer {token}"));
        assert_ne!(
            api.clone().get("/devices").await.status,
            200,
            "{kind} is a bearer"
        );
        if *kind != "a picture" {
            let path = token.replace(['/', '+', '=', ' ', ':'], "");
            assert_eq!(
                picture_status(&cloud, &path).await,
                404,
                "{kind} is a picture"
            );
        }
        if *kind != "a relay password" {
            assert!(
                verify(&secret, &credential.username, token, NOW).is_err(),
                "{kind}"
            );
        }
        assert!(
            RegisterProof::check(token, "other", HOST).is_err(),
            "{kind}"
        );
    }
    assert!(verify(&secret, &credential.username, &session, NOW).is_err());
    assert!(ana.clone().is_signed_in().await, "the real one does");
}

#[test]
fn asvs_9_2_3_a_token_is_valid_for_its_audience_only() {
    let proof = key().prove(&serial(), NONCE, HOST, NOW);
    assert!(RegisterProof::check(&proof, NONCE, HOST).is_ok());
    assert!(RegisterProof::check(&proof, NONCE, "evil.example.org").is_err());
    assert!(RegisterProof::check(&proof, "another socket", HOST).is_err());

    let secret = proto::turn_credential::Secret::new(*b"north");
    let viewer = mint(&secret, "call-1", Role::Viewer, NOW, 600).unwrap();
    for (from, to) in [("call-1", "call-2"), ("viewer", "agent")] {
        let other = viewer.username.replace(from, to);
        assert!(
            verify(&secret, &other, viewer.password.reveal(), NOW).is_err(),
            "{other}"
        );
    }
}
