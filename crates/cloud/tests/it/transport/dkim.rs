//! DKIM signatures of mails, verified by independent implementations.

use std::path::Path;
use std::process::Stdio;

use cloud::config::Encryption;
use cloud::mail::dkim::{DkimKey, DkimKeyKind, Signer};
use cloud::random::Random;
use data_encoding::BASE64;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::support::TestCloud;
use crate::support::smtp::{Mail, SmtpServer, free_port, settings};

/// What python3-dkim says about a mail.
async fn verdict(bytes: &[u8], (name, text): &(String, String)) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/dkim_verify.py");
    let mut checker = Command::new("/usr/bin/python3")
        .arg(script)
        .args([name, text])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("run scripts/setup-tests.sh: it installs python3-dkim");
    checker
        .stdin
        .take()
        .unwrap()
        .write_all(bytes)
        .await
        .unwrap();
    let output = checker.wait_with_output().await.unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A signed mail that went through a mail server, and the DNS record of its key.
async fn signed_mail(kind: DkimKeyKind) -> (Mail, (String, String)) {
    let port = free_port();
    let mut server = SmtpServer::start(port, "plain").await;
    let key_file = std::env::temp_dir().join(format!("dkim-{}.pem", Random.id()));
    std::fs::write(
        &key_file,
        DkimKey::generate(kind).unwrap().to_pem().unwrap(),
    )
    .unwrap();
    let mut mail_settings = settings(port, Encryption::None);
    mail_settings.dkim_key_file = key_file.clone();
    let signer = Signer::new(&mail_settings).unwrap().unwrap();
    let cloud = TestCloud::start_with(|config| config.mail = mail_settings).await;

    cloud
        .browser()
        .asks_for_a_code(&cloud.state, "ana@example.org")
        .await;
    let mail = server.next().await;

    std::fs::remove_file(key_file).unwrap();
    (mail, signer.dns_record().unwrap())
}

#[tokio::test]
async fn an_independent_verifier_accepts_our_dkim_signatures() {
    for kind in [DkimKeyKind::Rsa, DkimKeyKind::Ed25519] {
        let (mail, record) = signed_mail(kind).await;
        let bytes = BASE64.decode(mail.raw.as_bytes()).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();

        assert_eq!(record.0, "peerview._domainkey.example.org");
        assert_eq!(verdict(&bytes, &record).await, "right", "{kind:?}\n{text}");
        for altered in [
            text.replacen("Subject: ", "Subject: X", 1),
            text.replacen("\r\n\r\n", "\r\n\r\nX", 1),
            format!("Subject: another\r\n{text}"),
        ] {
            assert_ne!(altered, text);
            assert_eq!(verdict(altered.as_bytes(), &record).await, "wrong");
        }
    }
}

#[tokio::test]
async fn mails_have_headers_of_automatic_mail() {
    let (mail, _) = signed_mail(DkimKeyKind::Ed25519).await;

    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert_eq!(mail.header("X-Auto-Response-Suppress"), "All");
    assert_eq!(mail.header("List-Id"), "Account mail <account.example.org>");
}
