//! A scan of the listener with OpenSSL, which knows the old versions and suites that rustls refuses.

use std::net::SocketAddr;

use cloud::audit::chain;
use cloud::audit::{Action, Outcome};
use tokio::process::Command;

use super::authority::Authority;
use crate::support::{PATIENCE, TestCloud};

/// Tries a handshake; gives protocol and suite when it succeeds.
async fn handshake(addr: SocketAddr, flags: &[&str]) -> Option<String> {
    let mut command = Command::new("openssl");
    command
        .args(["s_client", "-connect", &addr.to_string()])
        .args(flags)
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output())
        .await
        .unwrap()
        .expect("run scripts/setup-tests.sh: it installs openssl");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text
        .lines()
        .find(|line| line.starts_with("New, "))
        .unwrap_or_default();
    assert!(text.contains("CONNECTED"), "{text}");
    (!line.contains("(NONE)") && !line.is_empty()).then(|| line.to_owned())
}

#[tokio::test]
async fn asvs_12_1_1_only_tls_1_2_and_1_3_are_supported() {
    let authority = Authority::new();
    let cloud = TestCloud::start_with(|config| authority.set(config)).await;

    for (flag, is_spoken) in [
        ("-tls1", false),
        ("-tls1_1", false),
        ("-tls1_2", true),
        ("-tls1_3", true),
    ] {
        let lowest = ["-cipher", "ALL:@SECLEVEL=0", flag];
        let spoken = handshake(cloud.addr, &lowest).await;

        assert_eq!(spoken.is_some(), is_spoken, "{flag}: {spoken:?}");
    }
}

#[tokio::test]
async fn asvs_16_3_4_a_failed_handshake_is_logged() {
    let authority = Authority::new();
    let cloud = TestCloud::start_with(|config| authority.set(config)).await;
    let old = ["-cipher", "ALL:@SECLEVEL=0", "-tls1"];
    assert_eq!(handshake(cloud.addr, &old).await, None);

    let is_noted = async {
        let mut seen = Vec::new();
        while seen.is_empty() {
            cloud.state.audit.flush().await;
            chain::read(&cloud.state.config.data_dir, |line| {
                if line.what == Action::TlsFailed.name() {
                    seen.push((line.outcome, line.subject.clone(), line.client.clone()));
                }
            })
            .unwrap();
        }
        seen
    };
    let mut seen = tokio::time::timeout(PATIENCE, is_noted).await.unwrap();

    let (outcome, why, client) = seen.remove(0);
    assert_eq!((outcome, why.as_deref()), (Outcome::Denied, Some("failed")));
    assert!(client.is_some_and(|client| client.starts_with("127.0.0.")));
}

#[tokio::test]
async fn asvs_12_1_2_every_cipher_suite_has_forward_secrecy_and_aead() {
    let authority = Authority::new();
    let cloud = TestCloud::start_with(|config| authority.set(config)).await;
    let suites = Command::new("openssl")
        .args(["ciphers", "-tls1_2", "ALL:@SECLEVEL=0"])
        .output()
        .await
        .unwrap();
    let suites = String::from_utf8(suites.stdout).unwrap();
    let mut accepted = Vec::new();
    let mut n_tried = 0;

    for suite in suites
        .trim()
        .split(':')
        .filter(|suite| !suite.starts_with("TLS_"))
    {
        n_tried += 1;
        let flags = ["-tls1_2", "-cipher", &format!("{suite}:@SECLEVEL=0")];
        if handshake(cloud.addr, &flags).await.is_some() {
            accepted.push(suite);
        }
    }

    assert!(n_tried > 30, "{suites}");
    assert!(!accepted.is_empty());
    for suite in accepted {
        let is_good =
            suite.starts_with("ECDHE-") && (suite.contains("GCM") || suite.contains("CHACHA20"));
        assert!(is_good, "{suite}");
    }
}
