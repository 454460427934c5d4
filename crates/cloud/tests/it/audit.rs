//! The audit log: it contains what people and strangers do, cannot be changed unnoticed, and blocks nobody.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use cloud::accounts::session::lock::{self, By};
use cloud::audit::chain::{self, Report};
use cloud::audit::{Action, Event, FILE, Line, Outcome};
use cloud::throttle::limits::MINUTE;

use crate::support::authenticator::Authenticator;
use crate::support::{PASSWORD, TestCloud, button_in, not};

fn folder(cloud: &TestCloud) -> PathBuf {
    cloud.state.config.data_dir.clone()
}

/// Every line there is, once all is written.
async fn lines(cloud: &TestCloud) -> Vec<Line> {
    cloud.state.audit.flush().await;
    let mut lines = Vec::new();
    let report = chain::read(&folder(cloud), |line| lines.push(line.clone())).unwrap();
    assert_eq!(report.problems, []);
    lines
}

async fn of_kind(cloud: &TestCloud, what: Action) -> Vec<Line> {
    let mut lines = lines(cloud).await;
    lines.retain(|line| line.what == what.name());
    lines
}

/// Its start is noted by now.
async fn is_serving(cloud: &TestCloud) {
    assert_eq!(cloud.browser().get("/login").await.status, 200);
}

#[tokio::test]
async fn asvs_16_3_1_every_sign_in_attempt_is_logged_with_its_outcome() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let id = cloud.account_id("ana").await;
    cloud
        .browser()
        .logs_in("ana", "gate lamp river mood", false)
        .await;
    cloud.browser().logs_in("eva", PASSWORD, false).await;
    let mut ana = cloud.browser();
    ana.logs_in("ana", PASSWORD, false).await;
    ana.post("/logout", &[]).await;
    lock::lock(&cloud.state, &id, By::Operator).await.unwrap();
    cloud.browser().logs_in("ana", PASSWORD, false).await;

    let logins = of_kind(&cloud, Action::LogIn).await;

    let seen: Vec<_> = logins
        .iter()
        .map(|line| {
            (
                line.outcome,
                line.subject.as_deref(),
                line.account.as_deref(),
            )
        })
        .collect();
    let ana = Some(id.as_str());
    assert_eq!(
        seen,
        [
            (Outcome::Denied, Some("wrong"), ana),
            (Outcome::Denied, Some("wrong"), None),
            (Outcome::Ok, None, ana),
            (Outcome::Denied, Some("locked"), ana),
        ]
    );
    assert_eq!(
        of_kind(&cloud, Action::LogOut).await[0].account.as_deref(),
        ana
    );
    assert_eq!(of_kind(&cloud, Action::AccountLocked).await.len(), 1);
}

#[tokio::test]
async fn asvs_16_3_1_changes_by_signed_in_people_are_logged_with_their_account() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let id = cloud.account_id("ana").await;
    let changes = |old| {
        [
            ("old_password", old),
            ("password", "four blue kettles sing"),
        ]
    };
    ana.post("/account/password", &changes("gate lamp river mood"))
        .await;
    ana.post("/account/password", &changes(PASSWORD)).await;
    let address = [("email", "ana@new.example")];
    ana.post("/account/email", &address).await;
    ana.post("/account/data", &[]).await;
    let mut phone = cloud.browser();
    phone.logs_in("ana", "four blue kettles sing", false).await;
    ana.post("/account/sessions/end", &[]).await;
    ana.post("/account/lock", &[]).await;

    for (what, outcomes) in [
        (
            Action::PasswordChanged,
            &[Outcome::Denied, Outcome::Ok] as &[_],
        ),
        (Action::EmailAsked, &[Outcome::Ok]),
        (Action::DataTaken, &[Outcome::Ok]),
        (Action::SessionsEnded, &[Outcome::Ok]),
        (Action::AccountLocked, &[Outcome::Ok]),
    ] {
        let noted = of_kind(&cloud, what).await;
        let seen: Vec<_> = noted.iter().map(|line| line.outcome).collect();
        assert_eq!(seen, outcomes, "{what:?}");
        let whose = noted.iter().map(|line| line.account.as_deref());
        assert!(
            whose.eq(noted.iter().map(|_| Some(id.as_str()))),
            "{what:?}"
        );
    }
}

#[tokio::test]
async fn asvs_16_3_1_factor_and_passkey_events_are_logged_with_their_account() {
    let cloud = TestCloud::start().await;
    let (mut ana, app, codes) = cloud.person_with_app("ana").await;
    let id = cloud.account_id("ana").await;
    ana.proves("gate lamp river mood", &codes[0]).await;
    ana.proves(PASSWORD, &app.code(&cloud, 0)).await;
    let mut phone = Authenticator::at(&cloud.state);
    assert_eq!(ana.adds_passkey(&mut phone, "Phone").await.status, 303);
    let mut browser = cloud.at_second_step("ana").await;
    browser.types_code(&app.wrong_code(&cloud)).await;
    browser.types_code(&codes[0]).await;
    browser.types_code(&codes[1]).await;
    let mut other = cloud.browser();
    other.signs_with(&mut phone, "/login/passkey").await;
    lock::lock(&cloud.state, &id, By::Operator).await.unwrap();
    other.signs_with(&mut phone, "/login/passkey").await;

    let mut noted = lines(&cloud).await;

    noted.retain(|line| {
        let kinds = [
            Action::FactorChanged,
            Action::StepUp,
            Action::SecondStep,
            Action::LogIn,
        ];
        kinds.iter().any(|what| what.name() == line.what)
    });
    let seen: Vec<_> = noted
        .iter()
        .map(|line| (&*line.what, line.outcome, line.subject.as_deref()))
        .collect();
    assert_eq!(
        seen,
        [
            ("factor.change", Outcome::Ok, Some("app confirmed")),
            ("step_up", Outcome::Denied, None),
            ("step_up", Outcome::Ok, None),
            ("factor.change", Outcome::Ok, Some("passkey added")),
            ("login.second", Outcome::Denied, None),
            ("login.second", Outcome::Ok, None),
            ("login", Outcome::Ok, None),
            ("factor.change", Outcome::Ok, Some("recovery code used")),
            ("login.second", Outcome::Denied, Some("over")),
            ("login", Outcome::Ok, Some("passkey")),
            ("login", Outcome::Denied, Some("passkey")),
        ]
    );
    let of_nobody: Vec<_> = noted
        .iter()
        .filter(|line| line.account.as_deref() != Some(&id))
        .collect();
    assert_eq!(
        of_nobody.len(),
        2,
        "whose wait is over, or passkey refused, is unknown"
    );
}

#[tokio::test]
async fn asvs_16_2_1_an_audit_line_says_when_where_who_and_what() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    cloud.browser().logs_in("ana", PASSWORD, false).await;

    let line = of_kind(&cloud, Action::LogIn).await.remove(0);

    assert_eq!(
        line.time, "2026-11-24T04:03:20Z",
        "UTC, from the cloud's clock"
    );
    assert_eq!(line.place.as_deref(), Some("POST /login"));
    assert_eq!(
        line.client.as_deref(),
        Some("127.0.0.0/24"),
        "no more than the network"
    );
    assert_eq!(line.account, Some(cloud.account_id("ana").await));
}

#[tokio::test]
async fn registrations_resets_and_their_codes_are_logged() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();
    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    let code = cloud.code_for("ana@example.org").await;
    ana.finishes(&not(&code), "ana", PASSWORD).await;
    ana.finishes(&code, "ana", PASSWORD).await;
    let mut eva = cloud.browser();
    eva.sends_forgot(&cloud.state, "ana@example.org").await;
    eva.post("/forgot/code", &[("code", "ZZZZZZZZ")]).await;
    let button = button_in(&cloud.nth_mail_to("ana@example.org", 2).await.body);
    ana.post("/forgot/button", &[("token", &button)]).await;

    let names: Vec<String> = lines(&cloud)
        .await
        .into_iter()
        .map(|line| line.what)
        .collect();

    assert_eq!(
        names,
        [
            "cloud.start",
            "register.code",
            "register.try",
            "register.try",
            "register.finish",
            "reset.ask",
            "reset.try",
            "mail.button",
        ]
    );
    assert_eq!(
        of_kind(&cloud, Action::CodeTried).await[0].outcome,
        Outcome::Denied
    );
}

#[tokio::test]
async fn asvs_16_3_2_access_to_anothers_recorder_is_logged() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    assert_eq!(ana.get("/devices/PV-0000-0000-00001").await.status, 404);

    let denied = of_kind(&cloud, Action::AccessDenied).await;

    assert_eq!(denied.len(), 1);
    assert_eq!(denied[0].place.as_deref(), Some("GET /devices/{serial}"));
    assert_eq!(denied[0].account, Some(cloud.account_id("ana").await));
}

#[tokio::test]
async fn asvs_16_3_3_attempts_to_bypass_controls_are_logged() {
    let cloud = TestCloud::start().await;
    let mut lured = cloud
        .person("ana")
        .await
        .sending("origin", "https://evil.example");
    assert_eq!(lured.post("/logout", &[]).await.status, 403);
    for _ in 0..30 {
        cloud.browser().logs_in("eva", PASSWORD, false).await;
    }
    let mut robot = cloud.browser();
    let id = robot.get("/register").await.captcha().to_owned();
    let fields = [
        ("email", "a@example.org"),
        ("captcha", &id),
        ("homepage", "x"),
    ];
    robot.post("/register", &fields).await;

    assert_eq!(of_kind(&cloud, Action::RequestRefused).await.len(), 1);
    let limits = of_kind(&cloud, Action::LimitReached).await;
    assert!(!limits.is_empty());
    assert_eq!(
        limits[0].subject.as_deref(),
        Some("failed log-ins per client, hour")
    );
    let refused = of_kind(&cloud, Action::ProofRefused).await;
    assert_eq!(refused.last().unwrap().subject.as_deref(), Some("trap"));
}

#[tokio::test]
async fn asvs_16_3_4_an_unexpected_error_is_logged() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    cloud.state.db.close().await;
    assert_eq!(ana.get("/devices").await.status, 503);

    let broken = of_kind(&cloud, Action::RequestBroken).await;

    assert_eq!(broken.len(), 1);
    assert_eq!(
        (broken[0].outcome, broken[0].subject.as_deref()),
        (Outcome::Failed, Some("503"))
    );
}

#[tokio::test]
async fn the_audit_log_holds_no_token_and_no_typed_text() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    cloud
        .browser()
        .sends_forgot(&cloud.state, "ana@example.org")
        .await;
    let mail = cloud.nth_mail_to("ana@example.org", 2).await;
    let token = button_in(&mail.body);
    let mut ana = cloud.browser();
    ana.post("/forgot/button", &[("token", &token)]).await;
    let fields = [("password", "another long password")];
    ana.post("/forgot/password", &fields).await;
    cloud
        .browser()
        .logs_in("my secret typed as a name", PASSWORD, false)
        .await;

    assert!(!of_kind(&cloud, Action::ResetFinished).await.is_empty());
    let text = std::fs::read_to_string(folder(&cloud).join(FILE)).unwrap();

    for secret in [
        &token,
        "another long password",
        PASSWORD,
        "typed as a name",
        "ana@example.org",
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn asvs_16_4_2_a_changed_removed_or_moved_line_is_detected() {
    let mut cloud = TestCloud::start().await;
    cloud.person("ana").await;
    for _ in 0..5 {
        cloud.browser().logs_in("ana", PASSWORD, false).await;
    }
    cloud.stop().await;
    let path = folder(&cloud).join(FILE);
    let whole = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    assert!(lines.len() > 6);
    assert_eq!(chain::read(&folder(&cloud), |_| {}).unwrap().problems, []);
    let problem = |lines: &[&str]| {
        std::fs::write(&path, format!("{}\n", lines.join("\n"))).unwrap();
        let report = chain::read(&folder(&cloud), |_| {}).unwrap();
        report
            .problems
            .into_iter()
            .next()
            .map(|problem| problem.line)
    };

    let changed = lines[3].replace("\"ok\"", "\"denied\"");
    assert_eq!(
        problem(&[&lines[..3], &[&*changed], &lines[4..]].concat()),
        Some(4)
    );
    assert_eq!(
        problem(&[&lines[..3], &lines[4..]].concat()),
        Some(4),
        "removed"
    );
    assert_eq!(
        problem(&[&lines[1..]].concat()),
        None,
        "an old file that was given up"
    );
    assert_eq!(
        problem(&[&lines[..3], &[lines[4], lines[3]], &lines[5..]].concat()),
        Some(4)
    );
    assert_eq!(
        problem(&[&lines[..3], &[lines[2]], &lines[3..]].concat()),
        Some(4),
        "twice"
    );
    assert_eq!(problem(&lines), None);
}

#[tokio::test]
async fn a_truncated_log_is_detected_by_a_saved_head() {
    let mut cloud = TestCloud::start().await;
    cloud.person("ana").await;
    cloud.stop().await;
    let folder = folder(&cloud);
    let head = chain::read(&folder, |_| {}).unwrap();
    assert!(Report::holds(&folder, head.last_seq, &head.head).unwrap());
    let path = folder.join(FILE);
    let whole = std::fs::read_to_string(&path).unwrap();

    let cut = whole.trim_end().rsplit_once('\n').unwrap().0;
    std::fs::write(&path, format!("{cut}\n")).unwrap();

    assert_eq!(
        chain::read(&folder, |_| {}).unwrap().problems,
        [],
        "by itself it looks whole"
    );
    assert!(!Report::holds(&folder, head.last_seq, &head.head).unwrap());
}

#[tokio::test]
async fn lines_removed_under_a_running_cloud_raise_a_warning() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let mut health = cloud.state.audit.health();
    lines(&cloud).await;
    let path = folder(&cloud).join(FILE);
    let whole = std::fs::read_to_string(&path).unwrap();
    let cut = whole.trim_end().rsplit_once('\n').unwrap().0;
    std::fs::write(&path, format!("{cut}\n")).unwrap();

    cloud.browser().logs_in("ana", PASSWORD, false).await;

    health.changed().await.unwrap();
    assert_eq!(*health.borrow(), cloud::audit::Health::Tampered);
    assert_eq!(of_kind(&cloud, Action::TamperingSeen).await.len(), 1);
}

#[tokio::test]
async fn the_hash_chain_survives_restarts_and_torn_lines() {
    let mut cloud = TestCloud::start().await;
    cloud.person("ana").await;
    cloud.stop().await;
    let path = folder(&cloud).join(FILE);
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str("{\"seq\":99,\"time\":\"2026");
    std::fs::write(&path, text).unwrap();

    let cloud = cloud.restart(|config| config.demo = true).await;
    is_serving(&cloud).await;

    let mended = of_kind(&cloud, Action::LineMended).await;
    assert_eq!(mended[0].n, Some(22));
    assert_eq!(of_kind(&cloud, Action::CloudStarted).await.len(), 2);
}

#[tokio::test]
async fn the_hash_chain_continues_across_rotated_files() {
    let cloud = TestCloud::start_with(|config| {
        config.demo = true;
        config.audit.max_bytes = 64 << 10;
        config.audit.keep_files = 2;
    })
    .await;
    is_serving(&cloud).await;
    for round in 0..12 {
        for n in 0..100 {
            // Each about another account: what is repeated is summed up.
            let event = Event::done(Action::RecorderClaimed).account(&format!("{round}-{n}"));
            let event = event.subject("x".repeat(100));
            cloud.state.audit.note(event);
        }
        cloud.state.audit.flush().await;
    }

    let report = chain::read(&folder(&cloud), |_| {}).unwrap();

    assert_eq!(report.problems, vec![]);
    assert!(report.last_seq > 1_201, "the files that went are told");
    assert!(report.first_seq > 1, "the oldest were given up");
    let files = std::fs::read_dir(folder(&cloud)).unwrap();
    let logs = files.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        let name = name.to_string_lossy().into_owned();
        name.starts_with("audit") && name.ends_with(".log")
    });
    assert_eq!(logs.count(), 3, "the one that is written to, and two");
    assert!(!of_kind(&cloud, Action::LogCut).await.is_empty());
}

#[tokio::test]
async fn two_processes_share_one_hash_chain() {
    let cloud = TestCloud::start().await;
    is_serving(&cloud).await;
    let beside = cloud::audit::Audit::open(&cloud.state.config, cloud.state.clock.clone()).unwrap();
    for n in 0..20 {
        let account = format!("a{n}");
        let of = |what| Event::done(what).account(&account);
        cloud.state.audit.note(of(Action::LogIn));
        beside.note(of(Action::AdminActed));
        tokio::join!(cloud.state.audit.flush(), beside.flush());
    }

    assert_eq!(lines(&cloud).await.len(), 41);
    assert_eq!(of_kind(&cloud, Action::AdminActed).await.len(), 20);
}

#[tokio::test]
async fn repeated_audit_events_are_summed_up() {
    let cloud = TestCloud::start().await;
    for _ in 0..500 {
        cloud
            .state
            .audit
            .note(Event::denied(Action::RequestRefused));
        cloud
            .state
            .audit
            .note(Event::done(Action::LogIn).account("ana"));
    }
    cloud.state.audit.flush().await;
    cloud.clock.advance(MINUTE);

    cloud
        .state
        .audit
        .note(Event::done(Action::LogIn).account("ben"));

    for (what, account) in [(Action::RequestRefused, None), (Action::LogIn, Some("ana"))] {
        let mut noted = of_kind(&cloud, what).await;
        noted.retain(|line| line.account.as_deref() == account);
        let n: Vec<_> = noted.iter().map(|line| line.n).collect();
        let sum = Some(495);
        assert_eq!(n, [None, None, None, None, None, sum], "{what:?}");
    }
    assert_eq!(of_kind(&cloud, Action::LogIn).await.len(), 7, "and ben's");
}

#[tokio::test]
async fn an_unwritable_audit_log_blocks_nobody_and_counts_lost_lines() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let mut health = cloud.state.audit.health();
    lines(&cloud).await;
    let path = folder(&cloud).join(FILE);
    let kept = folder(&cloud).join("kept");
    std::fs::rename(&path, &kept).unwrap();
    std::fs::create_dir(&path).unwrap();

    let login = cloud.browser().logs_in("ana", PASSWORD, false).await;
    health.changed().await.unwrap();
    std::fs::remove_dir(&path).unwrap();
    std::fs::rename(&kept, &path).unwrap();
    cloud.browser().logs_in("ana", PASSWORD, false).await;

    assert_eq!(login.status, 303, "data before logs");
    let n_lost = of_kind(&cloud, Action::LinesLost).await[0].n.unwrap();
    assert!(
        (1..=2).contains(&n_lost),
        "the log-in, and perhaps the alarm about it: {n_lost}"
    );
    assert_eq!(of_kind(&cloud, Action::LogIn).await.len(), 1);
}

#[tokio::test]
async fn the_audit_log_is_readable_by_its_owner_only() {
    let cloud = TestCloud::start().await;
    lines(&cloud).await;

    let mode = std::fs::metadata(folder(&cloud).join(FILE))
        .unwrap()
        .permissions()
        .mode();

    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn asvs_16_1_1_the_inventory_lists_every_audit_event() {
    let document = include_str!("../../../../docs/ref/audit.md");
    let rows: Vec<(&str, &str)> = document
        .lines()
        .skip_while(|line| *line != "## Events")
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| `")?.split('`');
            Some((cells.next()?, cells.nth(1)?))
        })
        .collect();

    let known: Vec<_> = Action::ALL
        .iter()
        .map(|what| (what.name(), what.variant()))
        .collect();
    assert_eq!(rows, known, "docs/ref/audit.md lists every event, in order");
}
