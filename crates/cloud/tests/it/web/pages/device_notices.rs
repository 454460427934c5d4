//! Notices by mail about devices: several in one, and never in the way of others.

use cloud::mail::{self, Urgency};
use cloud::throttle::limits::{DEVICE_NOTICE_WAIT, DEVICE_NOTICES_EVERY, HOUR};

use super::account_changes::{NEW_PASSWORD, changes_password, claims_and_releases};
use crate::support::{PASSWORD, TestCloud};

#[tokio::test]
async fn devices_removed_within_an_hour_send_one_mail() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;

    for n in 1..=3 {
        claims_and_releases(&cloud, &mut ana, n).await;
    }
    cloud.clock.advance(DEVICE_NOTICE_WAIT);
    let mail = cloud.nth_mail_to("ana@example.org", 2).await;
    claims_and_releases(&cloud, &mut ana, 4).await;
    cloud.clock.advance(DEVICE_NOTICES_EVERY - 1);
    cloud.mails_were_tried(2).await;
    let n_early = cloud.mails_to("ana@example.org").await.len();
    cloud.clock.advance(1);
    let next = cloud.nth_mail_to("ana@example.org", 3).await;

    assert_eq!(mail.subject, "The devices of your Peerview account changed");
    assert!(
        mail.body.contains("3 devices removed:\n- Home\n"),
        "{}",
        mail.body
    );
    assert!(!mail.body.contains("added:"), "{}", mail.body);
    assert_eq!(n_early, 2);
    assert_eq!(
        next.subject,
        "A device was removed from your Peerview account"
    );
}

#[tokio::test]
async fn security_notices_are_sent_while_device_notices_wait_for_budget() {
    let cloud = TestCloud::start_with(|config| {
        config.demo = true;
        config.limits.mails_per_hour = 10;
    })
    .await;
    let mut ana = cloud.person("ana").await;
    for _ in 0..3 {
        let spent = mail::spend_leaving(&cloud.state, Urgency::Security).await;
        spent.unwrap().keep();
    }

    claims_and_releases(&cloud, &mut ana, 1).await;
    cloud.clock.advance(DEVICE_NOTICE_WAIT);
    cloud.mails_were_tried(2).await;
    changes_password(&mut ana, PASSWORD, NEW_PASSWORD).await;
    let told = cloud.nth_mail_to("ana@example.org", 2).await;
    cloud.clock.advance(HOUR);
    let later = cloud.nth_mail_to("ana@example.org", 3).await;

    assert_eq!(told.subject, "Your Peerview password was changed");
    assert_eq!(
        later.subject,
        "A device was removed from your Peerview account"
    );
}
