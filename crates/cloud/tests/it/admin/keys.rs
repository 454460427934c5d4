//! Where secrets are stored, that algorithms can be changed, and what happens when a secret is damaged.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use std::os::unix::fs::PermissionsExt;

use cloud::config::LimitsConfig;
use cloud::hasher::Hasher;
use cloud::random::Random;
use cloud::secrets::Secrets;
use zeroize::Zeroizing;

use crate::support::{PASSWORD, TestCloud};

fn password(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_owned())
}

fn mode(path: &std::path::Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn hasher(cloud: &TestCloud, passes: u32) -> Hasher {
    let cost = LimitsConfig {
        password_memory_kib: 19 * 1024,
        password_passes: passes,
        ..LimitsConfig::default()
    };
    Hasher::new(&cloud.state.secrets, &cost).unwrap()
}

#[tokio::test]
async fn asvs_13_3_1_secrets_are_in_files_only_their_owner_reads() {
    let cloud = TestCloud::start().await;
    let folder = &cloud.state.config.data_dir;

    assert_eq!(mode(folder), 0o700);
    assert_eq!(mode(&folder.join("server.key")), 0o600);
    let mut config = cloud.state.config.clone();
    config.mail.password = "the mail server's".to_owned();
    let shown = format!("{config:?} {:?}", cloud.state.secrets);
    assert!(!shown.contains("the mail server's"), "{shown}");
}

#[tokio::test]
async fn asvs_11_2_2_a_password_hash_is_verified_at_its_own_cost() {
    let cloud = TestCloud::start().await;
    let earlier = hasher(&cloud, 2).hash(password(PASSWORD)).await.unwrap();

    let dearer = hasher(&cloud, 3);

    assert!(earlier.contains(",t=2,"), "{earlier}");
    assert!(
        dearer
            .hash(password(PASSWORD))
            .await
            .unwrap()
            .contains(",t=3,")
    );
    assert!(
        dearer
            .place()
            .await
            .unwrap()
            .verify(password(PASSWORD), Some(earlier.clone()))
            .await
            .unwrap()
    );
    assert!(
        !dearer
            .place()
            .await
            .unwrap()
            .verify(password("another"), Some(earlier))
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn asvs_11_2_5_a_damaged_password_hash_admits_nobody() {
    let cloud = TestCloud::start().await;
    let hasher = hasher(&cloud, 2);
    let whole = hasher.hash(password(PASSWORD)).await.unwrap();
    assert!(
        hasher
            .place()
            .await
            .unwrap()
            .verify(password(PASSWORD), Some(whole.clone()))
            .await
            .unwrap()
    );

    let without_tag = whole.rsplit_once('$').unwrap().0.to_owned();
    for damaged in [
        String::new(),
        "$".to_owned(),
        PASSWORD.to_owned(),
        without_tag.clone(),
        format!("{without_tag}$"),
        whole[..whole.len() - 2].to_owned(),
        whole.replace("argon2id", "argon2d"),
        whole.replace("argon2id", "plain"),
        whole.replace("m=19456", "m=0"),
        whole.replace("m=19456", "m=4294967295"),
        whole.replace("v=19", "v=16"),
    ] {
        for typed in [PASSWORD, ""] {
            let checked = hasher
                .place()
                .await
                .unwrap()
                .verify(password(typed), Some(damaged.clone()))
                .await;
            assert_ne!(checked, Ok(true), "{damaged} lets {typed:?} in");
        }
    }
}

#[tokio::test]
async fn asvs_11_2_5_a_damaged_server_key_prevents_the_start() {
    let folder = std::env::temp_dir().join(format!("cloud-key-{}", Random.id()));
    std::fs::create_dir_all(&folder).unwrap();
    for damaged in [&b""[..], &[1; 31], &[1; 33]] {
        std::fs::write(folder.join("server.key"), damaged).unwrap();

        let error = Secrets::load_or_make(&folder, Random)
            .unwrap_err()
            .to_string();

        assert!(
            error.contains("damaged") && error.contains("server.key"),
            "{error}"
        );
        assert_eq!(
            std::fs::read(folder.join("server.key")).unwrap(),
            damaged,
            "it is kept"
        );
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn asvs_4_4_1_https_pages_use_wss_sockets_only() {
    let cloud = TestCloud::start_with(|config| {
        config.public_url = Some("https://cloud.example.org".parse().unwrap());
    })
    .await;

    let page = cloud.browser().get("/login").await;
    let policy = page.header("content-security-policy").unwrap();

    assert!(
        policy.contains("connect-src 'self' wss://cloud.example.org;"),
        "{policy}"
    );
    assert!(!policy.contains(" ws://"), "{policy}");
    for url in [
        "http://cloud.example.org",
        "http://192.0.2.1",
        "ws://cloud.example.org",
    ] {
        let mut config = cloud.state.config.clone();
        config.public_url = Some(url.parse().unwrap());
        assert!(config.check().is_err(), "{url} is taken");
    }
}
