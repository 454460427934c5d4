//! A mail server that is down, slow, or refuses: pages answer as usual and reveal nothing, mails wait on
//! disk, and each is sent once when the server works again.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use cloud::accounts::deletion;
use cloud::config::Encryption;
use cloud::db::{accounts, sql};
use cloud::mail::refusals;
use cloud::throttle::limits::{DAY, FIRST_MAILS_PER_DOMAIN, MAILS_PER_DOMAIN};

use crate::support::smtp::{SmtpServer, free_port, settings};
use crate::support::{PASSWORD, TestCloud, code_in};

/// How long the cloud waits for a mail server; a page that waited with it would take as long.
const TIMEOUT: Duration = Duration::from_secs(1);

/// A cloud in which Ana has an account, and the port of its mail server, which is away just now.
async fn cloud_with_ana(encryption: Encryption) -> (TestCloud, u16) {
    let port = free_port();
    let mut server = SmtpServer::start(port, "plain").await;
    let cloud = TestCloud::start_with(|config| {
        config.mail = settings(port, Encryption::None);
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await;
    let mut ana = cloud.browser();
    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    let code = code_in(server.next().await.header("Subject"));
    assert_eq!(ana.finishes(&code, "ana", PASSWORD).await.status, 303);
    server.stop().await;
    let cloud = cloud
        .restart(|config| {
            config.mail = settings(port, encryption);
            config.mail.timeout_seconds = TIMEOUT.as_secs();
            config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
        })
        .await;
    (cloud, port)
}

/// Registers an address from its own network; gives what a stranger can see, and how long it took.
async fn registers(cloud: &TestCloud, n: usize, address: &str) -> ((u16, String, usize), Duration) {
    let from = format!("198.51.100.{n}");
    let mut browser = cloud.browser().sending("x-forwarded-for", &from);
    browser.get("/register").await;
    let started = Instant::now();
    let page = browser.sends_register(&cloud.state, address).await;
    let took = started.elapsed();
    let location = page.location().unwrap_or_default().to_owned();
    ((page.status, location, page.headers.len()), took)
}

/// Registers while the server has `mode`, then mends it; every mail comes once, within a minute.
async fn survives(mode: Option<&str>, encryption: Encryption) {
    let (cloud, port) = cloud_with_ana(encryption).await;
    let faulty = match mode {
        Some(mode) => Some(SmtpServer::start(port, mode).await),
        None => None,
    };
    let people = ["ana@example.org", "ben@example.org", "eva@example.org"];
    let mut seen = Vec::new();
    let mut times = Vec::new();
    for (n, address) in people.into_iter().enumerate() {
        let (page, took) = registers(&cloud, n, address).await;
        seen.push(page);
        times.push(took);
    }
    cloud.mails_were_tried(1).await;

    // The fastest, because a busy machine slows one, and the mail server would slow all three.
    assert!(
        times.iter().any(|took| *took < TIMEOUT),
        "{mode:?}: {times:?}"
    );
    assert!(
        seen.iter().all(|page| *page == seen[0]),
        "{mode:?}: {seen:?}"
    );
    if let Some(faulty) = faulty {
        faulty.stop().await;
    }
    // The worker may be in the middle of a try with the faulty server; mended means plain for it.
    let mut server = SmtpServer::start(port, "plain").await;
    if encryption != Encryption::None {
        return;
    }
    let mut recipients = BTreeSet::new();
    let mut ids = BTreeSet::new();
    cloud.clock.advance(60);
    for _ in people {
        let mail = server.next().await;
        recipients.insert(mail.envelope_to[0].clone());
        ids.insert(mail.header("Message-ID").to_owned());
    }
    assert_eq!(recipients, people.map(str::to_owned).into());
    assert_eq!(ids.len(), people.len());

    // What comes next is the next mail, not one of these again.
    registers(&cloud, 9, "zoe@example.org").await;
    assert_eq!(server.next().await.envelope_to, ["zoe@example.org"]);
}

#[tokio::test]
async fn an_unreachable_mail_server_delays_only_mails() {
    survives(None, Encryption::None).await;
}

#[tokio::test]
async fn a_silent_mail_server_delays_only_mails() {
    survives(Some("hang"), Encryption::None).await;
}

#[tokio::test]
async fn a_disconnecting_mail_server_delays_only_mails() {
    survives(Some("slam"), Encryption::None).await;
}

#[tokio::test]
async fn a_temporarily_refusing_mail_server_delays_only_mails() {
    survives(Some("later"), Encryption::None).await;
}

#[tokio::test]
async fn asvs_12_3_1_an_untrusted_mail_server_gets_no_mail() {
    survives(Some("starttls"), Encryption::Starttls).await;
}

/// The reason of the only mail that failed.
async fn failure(cloud: &TestCloud) -> String {
    text_of(
        cloud,
        "SELECT last_error FROM outbox WHERE failed_at IS NOT NULL",
    )
    .await
}

async fn text_of(cloud: &TestCloud, sql: &'static str) -> String {
    sql::query_scalar(sql)
        .fetch_one(cloud.state.db.reader())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_unknown_mailbox_gets_no_mail_for_a_day() {
    let port = free_port();
    let server = SmtpServer::start(port, "unknown").await;
    let cloud =
        TestCloud::start_with(|config| config.mail = settings(port, Encryption::None)).await;
    cloud
        .browser()
        .asks_for_a_code(&cloud.state, "typo@example.org")
        .await;
    cloud.mails_were_tried(1).await;
    let refused = refusals::list(&cloud.state, 10).await.unwrap();
    assert!(failure(&cloud).await.contains("5.1.1"));
    assert_eq!((refused.len(), refused[0].n), (1, 1));
    assert_eq!(refused[0].address_shown, "t…@example.org");

    server.stop().await;
    let mut server = SmtpServer::start(port, "plain").await;
    cloud
        .browser()
        .asks_for_a_code(&cloud.state, "Typo@example.org")
        .await;
    cloud
        .browser()
        .asks_for_a_code(&cloud.state, "ben@example.org")
        .await;
    assert_eq!(server.next().await.envelope_to, ["ben@example.org"]);

    cloud.clock.advance(DAY);
    cloud
        .browser()
        .asks_for_a_code(&cloud.state, "typo@example.org")
        .await;
    assert_eq!(server.next().await.envelope_to, ["typo@example.org"]);
    cloud.mails_were_tried(4).await;
    assert!(refusals::list(&cloud.state, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_policy_refusal_does_not_count_against_the_address() {
    let port = free_port();
    let _server = SmtpServer::start(port, "policy").await;
    let cloud =
        TestCloud::start_with(|config| config.mail = settings(port, Encryption::None)).await;
    cloud
        .browser()
        .asks_for_a_code(&cloud.state, "ana@example.org")
        .await;

    cloud.mails_were_tried(1).await;

    assert!(failure(&cloud).await.contains("5.7.1"));
    assert!(refusals::list(&cloud.state, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn requests_for_many_mails_delay_only_themselves() {
    let cloud = TestCloud::start_with(|config| {
        config.demo = true;
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
        config.limits.mails_per_hour = 1_000;
        config.limits.mails_per_day = 1_000;
    })
    .await;
    let n_networks = 8;
    let most = MAILS_PER_DOMAIN.most + n_networks * FIRST_MAILS_PER_DOMAIN.most;

    for n in 0..=most {
        // As many as one client may ask for, of several networks.
        let from = format!("198.51.{}.1", n % n_networks);
        let mut browser = cloud.browser().sending("x-forwarded-for", &from);
        let page = browser
            .sends_register(&cloud.state, &format!("p{n}@example.org"))
            .await;
        assert_eq!(page.status, 303, "{n}: {}", page.body);
    }
    cloud
        .mails_were_tried(u64::try_from(most).unwrap() + 1)
        .await;

    assert_eq!(cloud.count("mailbox").await, most);
    let waiting = "SELECT last_error FROM outbox WHERE sent_at IS NULL";
    assert!(text_of(&cloud, waiting).await.contains("domain"));
    let mut honest = cloud.browser().sending("x-forwarded-for", "203.0.113.1");
    for address in ["ana@example.org", "ana@example.net"] {
        honest.sends_register(&cloud.state, address).await;
        cloud.nth_mail_to(address, 1).await;
    }
}

#[tokio::test]
async fn asvs_1_3_11_no_address_injects_a_header_or_a_recipient() {
    let port = free_port();
    let mut server = SmtpServer::start(port, "plain").await;
    let cloud = TestCloud::start_with(|config| {
        config.mail = settings(port, Encryption::None);
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await;
    let bad = [
        "ana@example.org\r\nBcc: eve@example.net",
        "ana@example.org\nSubject: hello",
        "\"ana\r\nBcc: eve\"@example.net",
        "ana@example.org, eve@example.net",
        "ana@example.org> RCPT TO:<eve@example.net",
        "Ana <ana@example.org>",
    ];
    for (n, address) in bad.into_iter().enumerate() {
        let (page, _) = registers(&cloud, n, address).await;
        assert_eq!(page.0, 422, "{address:?}");
    }

    registers(&cloud, 99, "ben@example.org").await;
    let mail = server.next().await;

    assert_eq!(mail.envelope_to, ["ben@example.org"]);
    assert_eq!(cloud.count("outbox").await, 1);
    for name in ["bcc", "cc", "reply-to"] {
        let found = mail
            .headers
            .iter()
            .any(|(key, _)| key.eq_ignore_ascii_case(name));
        assert!(!found, "{name}: {:?}", mail.headers);
    }
}

#[tokio::test]
async fn deleting_an_account_deletes_its_mail_refusals() {
    let (cloud, port) = cloud_with_ana(Encryption::None).await;
    let _server = SmtpServer::start(port, "unknown").await;
    registers(&cloud, 1, "ana@example.org").await;
    cloud.mails_were_tried(1).await;
    assert_eq!(refusals::list(&cloud.state, 10).await.unwrap().len(), 1);
    let account = accounts::find_by_login(&cloud.state.db, "ana", "").await;
    let account = account.unwrap().unwrap();

    assert!(deletion::delete(&cloud.state, &account).await.unwrap());
    cloud.mails_were_tried(2).await;

    assert!(refusals::list(&cloud.state, 10).await.unwrap().is_empty());
    assert_eq!(cloud.count("outbox").await, 0);
}

#[tokio::test]
async fn failed_attempts_use_up_none_of_a_domains_share() {
    let port = free_port();
    let server = SmtpServer::start(port, "later").await;
    let cloud =
        TestCloud::start_with(|config| config.mail = settings(port, Encryption::None)).await;
    let address = "ana@example.org";
    cloud.browser().asks_for_a_code(&cloud.state, address).await;
    let most = u64::try_from(MAILS_PER_DOMAIN.most).unwrap();
    cloud.mails_were_tried(1).await;
    for n in 2..=most / 8 {
        cloud.clock.advance(60);
        cloud.mails_were_tried(n).await;
    }

    // The clock stands still, so no further attempt has begun.
    assert_eq!(share_of(&cloud, "example.org").await, 0);

    server.stop().await;
    let mut server = SmtpServer::start(port, "plain").await;
    cloud.clock.advance(60);
    assert_eq!(server.next().await.envelope_to, [address]);
}

/// Mails of this machine's network that count against a domain in this hour.
async fn share_of(cloud: &TestCloud, domain: &str) -> i64 {
    let (kind, whom) = (FIRST_MAILS_PER_DOMAIN.kind, format!("127.0.0.x {domain}"));
    let key = cloud.state.throttle.key(kind, &whom);
    sql::query_scalar("SELECT n FROM counters WHERE kind = $1 AND key = $2")
        .bind(kind)
        .bind(key)
        .fetch_one(cloud.state.db.reader())
        .await
        .unwrap()
}
