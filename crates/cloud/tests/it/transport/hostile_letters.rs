//! Every name and address that a mail repeats, made to look like header lines, encoded words or the
//! end of a part: read as the raw bytes that a mail server takes.

use cloud::config::Encryption;
use cloud::mail::letters::confirm_email::ConfirmEmail;
use cloud::mail::notice::{Notice, Told};
use cloud::mail::{self, Letter};
use cloud::throttle::limits::{DAY, MAIL_SECONDS};
use cloud::visitor::Browser;
use cloud::visitor::Seen;
use data_encoding::BASE64;

use crate::support::TestCloud;
use crate::support::smtp::{Mail, SmtpServer, free_port, settings};

/// What people, recorders and browsers call themselves.
fn hostile_names() -> Vec<String> {
    [
        "Shop\r\nBcc: eve@example.net",
        "Shop\nX-Injected: yes\n\nno body of ours",
        "Shop\rSubject: another",
        "\r\n.\r\nMAIL FROM:<eve@example.net>",
        "=?utf-8?q?Shop=0D=0ABcc:_eve@example.net?=",
        "=?utf-8?b?U2hvcA0KQmNjOiBldmVAZXhhbXBsZS5uZXQ=?=",
        "Garagentür 門 🚪 \u{202e}gnp",
        "--boundary--\r\nContent-Type: text/html\r\n\r\n<script>",
        "\0\u{7f}\u{1b}[2J",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain(["x".repeat(5_000), "ü".repeat(5_000), "x y ".repeat(2_000)])
    .collect()
}

/// Every letter that repeats what somebody chose.
fn letters(name: &str) -> Vec<Letter> {
    let browser = Browser {
        token: String::new(),
        user_agent: name.to_owned(),
        place: name.to_owned(),
    };
    let notices = [
        Notice::NewEmail(name.to_owned()),
        Notice::RecorderAdded(name.to_owned()),
        Notice::RecorderRemoved(name.to_owned()),
        Notice::NewBrowser,
    ];
    let notices = notices.map(|notice| {
        Letter::Notice(Told {
            notice,
            seen: Some(Seen::from(&browser)),
            objection: None,
        })
    });
    let confirm = Letter::ConfirmEmail(ConfirmEmail {
        nonce: "nonce".to_owned(),
        user_name: name.to_owned(),
    });
    notices.into_iter().chain([confirm]).collect()
}

/// The names of the header lines of a mail, as they stand in its bytes.
fn header_names(raw: &str) -> Vec<String> {
    let (head, _) = raw.split_once("\r\n\r\n").expect("a head and a body");
    let lines = head
        .split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']));
    lines
        .map(|line| {
            line.split(':')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase()
        })
        .collect()
}

fn raw(mail: &Mail) -> String {
    String::from_utf8(BASE64.decode(mail.raw.as_bytes()).unwrap()).expect("a mail is ASCII")
}

async fn send(cloud: &TestCloud, letter: &Letter) {
    let mut tx = cloud.state.db.begin().await.unwrap();
    let expires_at = cloud.state.clock.now() + MAIL_SECONDS;
    let put = mail::put(&cloud.state, &mut tx, "ana@example.org", letter, expires_at);
    put.await.unwrap();
    tx.commit().await.unwrap();
    cloud.state.outbox_filled.notify_one();
}

#[tokio::test]
async fn asvs_1_3_11_no_name_injects_a_header_part_or_recipient() {
    let port = free_port();
    let mut server = SmtpServer::start(port, "plain").await;
    let cloud =
        TestCloud::start_with(|config| config.mail = settings(port, Encryption::None)).await;
    let mut expected = Vec::new();
    for letter in letters("Shop") {
        send(&cloud, &letter).await;
        let mail = server.next().await;
        expected.push((header_names(&raw(&mail)), mail.header("Subject").to_owned()));
    }

    for name in hostile_names() {
        for (letter, (names, subject)) in letters(&name).iter().zip(&expected) {
            send(&cloud, letter).await;
            let mail = server.next().await;

            let raw = raw(&mail);
            assert!(raw.is_ascii(), "{name:?}");
            assert_eq!(&header_names(&raw), names, "{name:?}");
            assert_eq!(mail.header("Subject"), subject, "{name:?}");
            assert_eq!(mail.header("To"), "ana@example.org", "{name:?}");
            assert_eq!(mail.envelope_to, ["ana@example.org"], "{name:?}");
            let longest = raw.split("\r\n").map(str::len).max().unwrap();
            assert!(longest <= 998, "{name:?}: a line of {longest}");
            assert!(!raw.replace("\r\n", "").contains(['\r', '\n']), "{name:?}");
            assert!(!mail.text.is_empty() && !mail.html.is_empty(), "{name:?}");
            assert!(!mail.html.contains("<script>"), "{name:?}");
        }
    }
}

#[tokio::test]
async fn an_invalid_stored_address_is_abandoned_and_gets_no_mail() {
    let port = free_port();
    let mut server = SmtpServer::start(port, "plain").await;
    let cloud =
        TestCloud::start_with(|config| config.mail = settings(port, Encryption::None)).await;
    let mut tx = cloud.state.db.begin().await.unwrap();
    let expires_at = cloud.state.clock.now() + MAIL_SECONDS;
    for address in [
        "ana@example.org\r\nBcc: eve@example.net",
        "ana@example.org>\r\nRCPT TO:<eve@example.net",
        "ana@example.org, eve@example.net",
    ] {
        let letter = Letter::PasswordChanged;
        let put = mail::put(&cloud.state, &mut tx, address, &letter, expires_at);
        put.await.unwrap();
    }
    tx.commit().await.unwrap();
    cloud.state.outbox_filled.notify_one();
    cloud.mails_were_tried(3).await;

    cloud.clock.advance(DAY);
    send(&cloud, &Letter::PasswordChanged).await;

    assert_eq!(server.next().await.envelope_to, ["ana@example.org"]);
}

#[tokio::test]
async fn a_permanently_refused_mail_is_tried_once() {
    let port = free_port();
    let server = SmtpServer::start(port, "refuse").await;
    let cloud =
        TestCloud::start_with(|config| config.mail = settings(port, Encryption::None)).await;
    let mut browser = cloud.browser();
    let page = browser
        .sends_register(&cloud.state, "ana@example.org")
        .await;
    assert_eq!(page.status, 303, "{}", page.body);
    cloud.mails_were_tried(1).await;

    for _ in 0..5 {
        cloud.clock.advance(10 * 60);
    }
    server.stop().await;
    let mut server = SmtpServer::start(port, "plain").await;
    cloud
        .browser()
        .asks_for_a_code(&cloud.state, "ben@example.org")
        .await;

    assert_eq!(server.next().await.envelope_to, ["ben@example.org"]);
    cloud.mails_were_tried(2).await;
    let tried = *cloud.state.mail_attempts.borrow();
    assert_eq!(tried, 2, "Ana's once, and Ben's");
}
