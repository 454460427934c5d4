//! `peerview admin`, as the library has it: beside a running cloud, on the same folder.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use cloud::admin::{Admin, NotFound};
use cloud::audit::{Action, chain};
use cloud::clock::Clock;
use cloud::config::Config;
use cloud::db::{recorders, sql};

use crate::support::wire::{Wire, establish, serial};
use crate::support::{PASSWORD, TestCloud};

/// Somebody at this cloud's machine.
async fn desk(cloud: &TestCloud) -> Admin {
    let clock = Clock::Test(cloud.clock.clone());
    Admin::open_with_clock(cloud.state.config.clone(), clock)
        .await
        .unwrap()
}

#[tokio::test]
async fn people_are_listed_and_found_by_partial_name() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    cloud.person("Ben_1").await;
    let desk = desk(&cloud).await;

    let everybody = desk.people("").await.unwrap();
    let names: Vec<&str> = everybody.iter().map(|person| &*person.user_name).collect();
    let found = desk.people("EN_").await.unwrap();

    assert_eq!(names, ["ana", "Ben_1"]);
    assert_eq!(
        (found.len(), &*found[0].email, found[0].n_sessions),
        (1, "Ben_1@example.org", 1)
    );
    assert_eq!(
        desk.people(&everybody[0].id).await.unwrap()[0].user_name,
        "ana"
    );
    assert_eq!(desk.people("n%1").await.unwrap(), [], "% stands for itself");
}

#[tokio::test]
async fn people_are_locked_and_unlocked_by_name_address_or_id() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let desk = desk(&cloud).await;
    let id = desk.people("ana").await.unwrap().remove(0).id;

    desk.lock("ANA@example.org").await.unwrap();
    assert!(!ana.is_signed_in().await);
    assert!(desk.people("ana").await.unwrap()[0].locked_at.is_some());
    assert!(desk.unlock(&id).await.unwrap());

    assert_eq!(ana.logs_in("ana", PASSWORD, false).await.status, 303);
    let nobody = desk.lock("eva").await.unwrap_err();
    assert!(nobody.is::<NotFound>() && nobody.to_string().contains("`eva`"));
}

#[tokio::test]
async fn asvs_7_4_5_an_operator_ends_sessions_and_sockets_within_two_seconds() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    establish(&mut viewer, &mut agent, 1).await;
    let clock = Clock::Test(wire.clock.clone());
    let desk = Admin::open_with_clock(wire.state.config.clone(), clock)
        .await
        .unwrap();

    assert_eq!(desk.end_sessions("ana").await.unwrap(), 1);
    wire.clock.advance(1);

    assert_eq!(viewer.close_code().await, 4_401);
    agent.wait_for("close").await;
}

#[tokio::test]
async fn asvs_6_4_6_an_operators_reset_only_sends_a_mail() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let desk = desk(&cloud).await;

    assert_eq!(desk.start_reset("ana").await.unwrap(), "ana@example.org");
    cloud.clock.advance(1);

    let mail = cloud.nth_mail_to("ana@example.org", 2).await;
    assert!(
        mail.subject.contains("new Peerview password"),
        "{}",
        mail.subject
    );
    assert!(ana.is_signed_in().await);
    assert_eq!(
        cloud.browser().logs_in("ana", PASSWORD, false).await.status,
        303
    );
}

#[tokio::test]
async fn an_operator_releases_a_recorder_and_ends_its_calls() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    establish(&mut viewer, &mut agent, 1).await;
    let clock = Clock::Test(wire.clock.clone());
    let desk = Admin::open_with_clock(wire.state.config.clone(), clock)
        .await
        .unwrap();
    assert_eq!(
        desk.recorders().await.unwrap()[0].owner.as_deref(),
        Some("ana")
    );

    desk.release(serial(1).as_str()).await.unwrap();
    wire.clock.advance(1);

    agent.wait_for("close").await;
    let free = recorders::find(&wire.state.db, serial(1).as_str())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(free.account_id, None);
    for unknown in [serial(1).as_str(), "PV-nonsense"] {
        assert!(desk.release(unknown).await.unwrap_err().is::<NotFound>());
    }
}

#[tokio::test]
async fn an_operator_lists_and_resets_the_limits_of_somebody() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    for _ in 0..7 {
        cloud
            .browser()
            .logs_in("ana", "gate lamp river mood", false)
            .await;
    }
    assert_eq!(
        cloud.browser().logs_in("ana", PASSWORD, false).await.status,
        422,
        "she has to wait"
    );
    let desk = desk(&cloud).await;

    let kinds = desk.limits().await.unwrap();
    assert!(
        kinds
            .iter()
            .any(|kind| kind.limit == "failed log-ins in a row" && kind.n_shut == 1)
    );
    let counted = desk.limits_of("ana").await.unwrap();
    let failures = counted
        .iter()
        .find(|counted| counted.limit == "failed log-ins in a row");
    assert!(failures.unwrap().shut_until > cloud.state.clock.now());
    let of_client = desk.limits_of("127.0.0.1").await.unwrap();
    assert!(
        of_client
            .iter()
            .any(|counted| counted.limit.starts_with("failed log-ins per client"))
    );
    assert_eq!(desk.reset_limits_of("ana").await.unwrap(), counted);

    assert_eq!(
        cloud.browser().logs_in("ana", PASSWORD, false).await.status,
        303
    );
    assert_eq!(desk.limits_of("ana").await.unwrap(), []);
    assert!(
        desk.reset_limit("no such limit")
            .await
            .unwrap_err()
            .is::<NotFound>()
    );
}

#[tokio::test]
async fn failed_mails_are_listed_and_retried() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let put_back = "UPDATE outbox SET sent_at = NULL, failed_at = 1, last_error = '550 no'";
    let put_back = sql::query(put_back).execute(cloud.state.db.writer());
    put_back.await.unwrap();
    let desk = desk(&cloud).await;

    let mails = desk.mails().await.unwrap();
    assert_eq!(
        (mails.len(), &*mails[0].recipient, &*mails[0].letter),
        (1, "ana@example.org", "Code")
    );
    assert_eq!((mails[0].next_at, &*mails[0].last_error), (None, "550 no"));
    let mut attempts = cloud.state.mail_attempts.subscribe();
    assert_eq!(desk.retry_mails(Some(&mails[0].id)).await.unwrap(), 1);
    cloud.clock.advance(1);

    attempts.changed().await.unwrap();
    assert_eq!(desk.mails().await.unwrap(), []);
    assert!(
        desk.retry_mails(Some("none"))
            .await
            .unwrap_err()
            .is::<NotFound>()
    );
}

#[tokio::test]
async fn every_command_is_logged_with_its_operator() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let desk = desk(&cloud).await;

    desk.run("eva (1000)", "people lock", desk.lock("ana"))
        .await
        .unwrap();
    desk.run("eva (1000)", "people lock", desk.lock("nobody"))
        .await
        .unwrap_err();

    let mut lines = Vec::new();
    chain::read(&cloud.state.config.data_dir, |line| {
        lines.push(line.clone())
    })
    .unwrap();
    let of_eva = lines
        .iter()
        .filter(|line| line.operator.as_deref() == Some("eva (1000)"));
    let seen: Vec<_> = of_eva
        .map(|line| (&*line.what, format!("{:?}", line.outcome)))
        .collect();
    let admin = Action::AdminActed.name();
    let expected = [("account.lock", "Ok"), (admin, "Ok"), (admin, "Failed")];
    assert_eq!(
        seen,
        expected.map(|(what, outcome)| (what, outcome.to_owned()))
    );
}

#[tokio::test]
async fn a_folder_without_a_cloud_is_refused_and_left_alone() {
    let folder = std::env::temp_dir().join(format!("cloud-none-{}", cloud::random::Random.id()));
    let config = Config {
        data_dir: folder.clone(),
        ..Config::default()
    };

    let error = Admin::open(config).await.err().unwrap();

    assert!(
        error.to_string().contains("not the data folder of a cloud"),
        "{error}"
    );
    assert!(!folder.exists());
}

#[tokio::test]
async fn only_the_clouds_own_user_runs_commands_in_its_folder() {
    let cloud = TestCloud::start().await;
    let folder = &cloud.state.config.data_dir;
    let ours = rustix::process::geteuid().as_raw();
    if ours != 0 {
        // Only root can give a folder away, and only root could write into a foreign one.
        assert!(std::os::unix::fs::chown(folder, Some(ours + 1), None).is_err());
        return;
    }
    std::os::unix::fs::chown(folder, Some(65_534), None).unwrap();

    let error = Admin::open(cloud.state.config.clone()).await.err().unwrap();

    std::os::unix::fs::chown(folder, Some(0), None).unwrap();
    assert!(
        error.to_string().contains("run this as that user"),
        "{error}"
    );
}
