//! Operator warnings: operators get them by mail, once a day, in their language; nobody else does.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use cloud::admin::Admin;
use cloud::audit::{Action, FILE, chain};
use cloud::clock::Clock;
use cloud::db::sql;
use cloud::language::{self, Language};
use cloud::mail::letter::LetterSecret;
use cloud::mail::letters::operator_warning::Alarm;
use cloud::mail::{self, Letter, OperatorWarning};
use cloud::operator_warnings;
use cloud::throttle::limits::{DAY, MAILS_STUCK, MINUTE, RELAY_GONE};
use proto::joining::proof::JoinSecret;

use crate::support::TestCloud;

/// A cloud that Ana runs and Ben uses.
async fn run_by_ana() -> TestCloud {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    cloud.person("ben").await;
    let clock = Clock::Test(cloud.clock.clone());
    let desk = Admin::open_with_clock(cloud.state.config.clone(), clock)
        .await
        .unwrap();
    desk.set_operator("ana", true).await.unwrap();
    cloud
}

#[tokio::test]
async fn a_warning_is_mailed_to_operators_once_a_day() {
    let cloud = run_by_ana().await;

    assert!(
        operator_warnings::raise(&cloud.state, OperatorWarning::StrongMode)
            .await
            .unwrap()
    );
    assert!(
        !operator_warnings::raise(&cloud.state, OperatorWarning::StrongMode)
            .await
            .unwrap()
    );
    let mail = cloud.nth_mail_to("ana@example.org", 2).await;
    // Two codes and the alarm: a mail on its way would be a day late, and cause another alarm.
    cloud.mails_were_tried(3).await;
    cloud.clock.advance(DAY);
    assert!(
        operator_warnings::raise(&cloud.state, OperatorWarning::StrongMode)
            .await
            .unwrap()
    );
    cloud.nth_mail_to("ana@example.org", 3).await;

    assert!(mail.subject.contains("wrong codes"), "{}", mail.subject);
    assert!(
        mail.body.contains("to everybody who runs it"),
        "{}",
        mail.body
    );
    assert_eq!(cloud.mails_to("ben@example.org").await.len(), 1);
    cloud.state.audit.flush().await;
    let mut n_noted = 0;
    chain::read(&cloud.state.config.data_dir, |line| {
        n_noted += i32::from(line.what == Action::AlarmRaised.name());
    })
    .unwrap();
    assert_eq!(n_noted, 2);
}

#[tokio::test]
async fn a_changed_audit_log_warns_operators_at_once() {
    let cloud = run_by_ana().await;
    cloud.state.audit.flush().await;
    let path = cloud.state.config.data_dir.join(FILE);
    let whole = std::fs::read_to_string(&path).unwrap();
    let cut = whole.trim_end().rsplit_once('\n').unwrap().0;
    std::fs::write(&path, format!("{cut}\n")).unwrap();

    cloud.browser().logs_in("eva", "nothing right", false).await;

    let mail = cloud.nth_mail_to("ana@example.org", 2).await;
    assert_eq!(mail.subject, "The audit log was changed");
    assert!(
        mail.body.contains("peerview admin audit verify"),
        "{}",
        mail.body
    );
}

#[tokio::test]
async fn an_unwritable_audit_log_warns_operators() {
    let cloud = run_by_ana().await;
    cloud.state.audit.flush().await;
    let path = cloud.state.config.data_dir.join(FILE);
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();

    cloud.browser().logs_in("eva", "nothing right", false).await;

    let mail = cloud.nth_mail_to("ana@example.org", 2).await;
    assert_eq!(mail.subject, "The audit log cannot be written");
}

#[tokio::test]
async fn a_relay_that_stays_away_warns_operators() {
    let cloud = run_by_ana().await;
    let secret = JoinSecret::parse("0123456789abcdef0123456789abcdef").unwrap();
    let now = cloud.state.clock.now();
    let relays = cloud.state.relays.clone();
    relays.expect(vec![("north".to_owned(), secret)], now);
    let watching = cloud::relays::watch(cloud.state.state().clone(), relays);
    let watching = tokio::spawn(watching);

    cloud.clock.advance(RELAY_GONE + 2 * MINUTE);

    let mail = cloud.nth_mail_to("ana@example.org", 2).await;
    assert_eq!(mail.subject, "A relay is gone");
    assert!(mail.body.contains("10 minutes"), "{}", mail.body);
    watching.abort();
}

#[tokio::test]
async fn stuck_mails_warn_operators_after_a_wait() {
    let cloud = run_by_ana().await;
    let now = cloud.state.clock.now();
    // As if the mail server had refused it for now, until tomorrow.
    let mut tx = cloud.state.db.begin().await.unwrap();
    mail::put(
        &cloud.state,
        &mut tx,
        "eva@example.org",
        &Letter::Known,
        now + DAY,
    )
    .await
    .unwrap();
    let waits = "UPDATE outbox SET attempts = 3, run_at = $1 WHERE recipient = 'eva@example.org'";
    let waits = sql::query(waits).bind(now + DAY).execute(&mut tx);
    assert_eq!(waits.await.unwrap().rows_affected(), 1);
    tx.commit().await.unwrap();

    cloud.clock.advance(MAILS_STUCK - 1);
    assert_eq!(cloud.mails_to("ana@example.org").await.len(), 1);
    cloud.clock.advance(MINUTE + 1);

    let mail = cloud.nth_mail_to("ana@example.org", 2).await;
    assert_eq!(mail.subject, "Mails are not being sent");
    assert!(mail.body.contains("more than 10 minutes"), "{}", mail.body);
}

#[tokio::test]
async fn every_operator_warning_exists_in_every_language() {
    let cloud = TestCloud::start().await;
    let mut letters: Vec<Letter> = OperatorWarning::ALL
        .map(|alarm| Letter::Alarm(Alarm { alarm }))
        .into();
    letters.push(Letter::SetUp);
    for letter in letters {
        let in_language = |language| {
            language::speaking(language, || {
                letter.write(&cloud.state, LetterSecret::default(), (0, None))
            })
            .unwrap()
        };
        let english = in_language(Language::default());
        for language in Language::ALL.into_iter().skip(1) {
            let written = in_language(language);
            assert_ne!(written.subject, english.subject, "{language:?}");
            assert_ne!(written.text, english.text, "{language:?}");
            assert!(written.html.contains(language.code()));
        }
    }
}
