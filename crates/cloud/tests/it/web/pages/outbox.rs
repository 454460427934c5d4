//! Mail through a real mail server.

use cloud::config::Encryption;
use cloud::db::sql;
use cloud::throttle::limits::CODE_SECONDS;

use crate::support::smtp::{SmtpServer, free_port, settings};
use crate::support::{PASSWORD, TestCloud, code_in};

async fn state_of_mails(cloud: &TestCloud) -> Vec<(Option<i64>, Option<i64>, i64, String)> {
    sql::query_as("SELECT sent_at, failed_at, attempts, last_error FROM outbox ORDER BY created_at")
        .fetch_all(cloud.state.db.reader())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_mail_says_who_requested_it_from_where_and_when() {
    const CHROME: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
                          Chrome/131.0.0.0 Mobile Safari/537.36";
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;

    // Whoever has an account hears it, too.
    for address in ["ben@example.org", "ana@example.org"] {
        let mut phone = cloud.browser().sending("user-agent", CHROME);
        phone.asks_for_a_code(&cloud.state, address).await;
        let mail = cloud
            .mail_that_says(address, "from Chrome on Android")
            .await;
        assert!(mail.body.contains("at 127.0.0.x."), "{}", mail.body);
        assert!(mail.body.contains(" UTC, from "), "{}", mail.body);
    }
}

#[tokio::test]
async fn the_code_from_a_real_mail_creates_an_account() {
    let port = free_port();
    let mut server = SmtpServer::start(port, "plain").await;
    let cloud =
        TestCloud::start_with(|config| config.mail = settings(port, Encryption::None)).await;
    let mut ana = cloud.browser();

    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    let mail = server.next().await;
    let code = code_in(mail.header("Subject"));
    let done = ana.finishes(&code, "ana", PASSWORD).await;

    assert_eq!(done.location(), Some("/devices"));
    assert_eq!(mail.envelope_to, ["ana@example.org"]);
    assert_eq!(mail.envelope_from, "cloud@example.org");
    assert_eq!(mail.header("From"), "Peerview <cloud@example.org>");
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert!(
        mail.header("Message-ID").ends_with("@127.0.0.1>"),
        "{}",
        mail.header("Message-ID")
    );
    assert!(mail.text.contains(&code) && mail.html.contains(&code));
    assert!(mail.text.contains("Never tell this code") && mail.text.contains("30 minutes"));
}

#[tokio::test]
async fn mail_is_sent_over_starttls_with_authentication() {
    sends_over("starttls", Encryption::Starttls).await;
}

#[tokio::test]
async fn mail_is_sent_over_tls_with_authentication() {
    sends_over("tls", Encryption::Tls).await;
}

async fn sends_over(mode: &str, encryption: Encryption) {
    let port = free_port();
    let mut server = SmtpServer::start(port, mode).await;
    let cloud = TestCloud::start_with(|config| {
        config.mail = settings(port, encryption);
        config.mail.ca_file = server.certificate();
        config.mail.user = "cloud".to_owned();
        config.mail.password = "opensesame".to_owned();
    })
    .await;

    cloud
        .browser()
        .asks_for_a_code(&cloud.state, "ana@example.org")
        .await;
    let mail = server.next().await;

    assert!(mail.tls);
    assert_eq!(mail.user, "cloud");
}

#[tokio::test]
async fn no_mail_is_sent_to_an_untrusted_certificate() {
    let port = free_port();
    let _server = SmtpServer::start(port, "starttls").await;
    let cloud =
        TestCloud::start_with(|config| config.mail = settings(port, Encryption::Starttls)).await;

    cloud
        .browser()
        .asks_for_a_code(&cloud.state, "ana@example.org")
        .await;
    cloud.mails_were_tried(1).await;

    let (sent_at, failed_at, _, error) = state_of_mails(&cloud).await.remove(0);
    assert_eq!(
        (sent_at, failed_at),
        (None, None),
        "it waits until somebody mends that"
    );
    assert!(error.to_lowercase().contains("certificate"), "{error}");
}

#[tokio::test]
async fn a_wrong_mail_password_loses_no_mail() {
    let port = free_port();
    let server = SmtpServer::start(port, "starttls").await;
    let cloud = TestCloud::start_with(|config| {
        config.mail = settings(port, Encryption::Starttls);
        config.mail.ca_file = server.certificate();
        config.mail.user = "cloud".to_owned();
        config.mail.password = "wrong".to_owned();
    })
    .await;

    cloud
        .browser()
        .asks_for_a_code(&cloud.state, "ana@example.org")
        .await;
    cloud.mails_were_tried(1).await;

    let (sent_at, failed_at, _, error) = state_of_mails(&cloud).await.remove(0);
    assert_eq!((sent_at, failed_at), (None, None));
    assert!(error.contains("535") && !error.contains("wrong"), "{error}");
}

#[tokio::test]
async fn mail_waits_while_the_server_is_down() {
    let port = free_port();
    let cloud =
        TestCloud::start_with(|config| config.mail = settings(port, Encryption::None)).await;
    let mut ana = cloud.browser();

    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    cloud.mails_were_tried(1).await;
    let mut server = SmtpServer::start(port, "plain").await;
    cloud.clock.advance(60);
    let mail = server.next().await;

    let code = code_in(mail.header("Subject"));
    assert_eq!(ana.finishes(&code, "ana", PASSWORD).await.status, 303);
    cloud.mails_were_tried(2).await;
    assert_eq!(state_of_mails(&cloud).await.len(), 1);
}

#[tokio::test]
async fn an_expired_code_is_never_sent() {
    let port = free_port();
    let cloud =
        TestCloud::start_with(|config| config.mail = settings(port, Encryption::None)).await;
    cloud
        .browser()
        .asks_for_a_code(&cloud.state, "ana@example.org")
        .await;
    cloud.mails_were_tried(1).await;

    let mut server = SmtpServer::start(port, "plain").await;
    cloud.clock.advance(CODE_SECONDS);
    cloud
        .browser()
        .asks_for_a_code(&cloud.state, "ben@example.org")
        .await;
    let first_mail = server.next().await;

    assert_eq!(
        first_mail.envelope_to,
        ["ben@example.org"],
        "the older one would have come first"
    );
    let (sent_at, failed_at, n, error) = state_of_mails(&cloud).await.remove(0);
    assert!(sent_at.is_none() && failed_at.is_some() && n == 1);
    assert!(error.contains("expired"), "{error}");
}

#[tokio::test]
async fn a_mail_is_retried_unchanged_after_a_busy_server() {
    let port = free_port();
    let mut server = SmtpServer::start(port, "busy").await;
    let cloud =
        TestCloud::start_with(|config| config.mail = settings(port, Encryption::None)).await;
    cloud
        .browser()
        .asks_for_a_code(&cloud.state, "ana@example.org")
        .await;
    cloud.mails_were_tried(1).await;
    let message_id: String = sql::query_scalar("SELECT message_id FROM outbox")
        .fetch_one(cloud.state.db.reader())
        .await
        .unwrap();

    cloud.clock.advance(10);
    let mail = server.next().await;

    assert_eq!(mail.header("Message-ID"), message_id);
}

#[tokio::test]
async fn a_refused_mail_is_abandoned_with_its_reason() {
    let port = free_port();
    let _server = SmtpServer::start(port, "refuse").await;
    let cloud =
        TestCloud::start_with(|config| config.mail = settings(port, Encryption::None)).await;
    cloud
        .browser()
        .asks_for_a_code(&cloud.state, "ana@example.org")
        .await;
    cloud.mails_were_tried(1).await;

    let (sent_at, failed_at, _, error) = state_of_mails(&cloud).await.remove(0);
    assert!(sent_at.is_none() && failed_at.is_some());
    assert!(error.contains("550"), "{error}");
}

#[tokio::test]
async fn a_silent_mail_server_delays_no_page() {
    let port = free_port();
    let _server = SmtpServer::start(port, "hang").await;
    let cloud = TestCloud::start_with(|config| {
        config.mail = settings(port, Encryption::None);
        config.mail.timeout_seconds = 1;
    })
    .await;

    cloud
        .browser()
        .asks_for_a_code(&cloud.state, "ana@example.org")
        .await;
    assert_eq!(cloud.browser().get("/login").await.status, 200);
    cloud.mails_were_tried(1).await;

    assert_eq!(state_of_mails(&cloud).await[0].0, None);
}

#[tokio::test]
async fn unsent_mail_is_sent_after_a_restart() {
    let port = free_port();
    let mut cloud =
        TestCloud::start_with(|config| config.mail = settings(port, Encryption::None)).await;
    cloud
        .browser()
        .asks_for_a_code(&cloud.state, "ana@example.org")
        .await;
    cloud.mails_were_tried(1).await;
    cloud.stop().await;

    cloud.clock.advance(60);
    let mut server = SmtpServer::start(port, "plain").await;
    let _cloud = cloud
        .restart(|config| config.mail = settings(port, Encryption::None))
        .await;

    assert_eq!(server.next().await.envelope_to, ["ana@example.org"]);
}
