//! `/login`: Cloud P2P, signed out.

use cloud::db::sql;
use cloud::throttle::limits::{
    FAILED_LOGINS_PER_CLIENT, HOUR, KEYLESS_IDLE, MAX_SESSIONS, SESSION_IDLE,
};

use crate::support::{PASSWORD, TestCloud};

#[tokio::test]
async fn a_name_or_address_in_any_case_logs_in() {
    let cloud = TestCloud::start().await;
    cloud.person("Ana").await;

    for login in ["Ana", "ana", " ANA ", "Ana@example.org", "ANA@EXAMPLE.ORG"] {
        let mut browser = cloud.browser();
        let page = browser.logs_in(login, PASSWORD, false).await;
        assert_eq!(
            (page.status, page.location()),
            (303, Some("/devices")),
            "{login}"
        );
        assert!(browser.is_signed_in().await);
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_one_answer() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;

    let wrong = cloud
        .browser()
        .logs_in("ana", "gate lamp river mood", false)
        .await;
    let unknown = cloud
        .browser()
        .logs_in("eva", "gate lamp river mood", false)
        .await;

    assert_eq!((wrong.status, unknown.status), (422, 422));
    assert_eq!(
        wrong.body.replace("\"ana\"", "\"\""),
        unknown.body.replace("\"eva\"", "\"\"")
    );
    assert!(wrong.body.contains("role=\"alert\"") && wrong.body.contains("autofocus"));
    assert!(
        !wrong.body.contains("gate lamp"),
        "a password is never sent back"
    );
}

#[tokio::test]
async fn only_an_auto_login_session_survives_a_browser_restart() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let (mut home, mut cafe) = (cloud.browser(), cloud.browser());

    let kept = home.logs_in("ana", PASSWORD, true).await;
    let short = cafe.logs_in("ana", PASSWORD, false).await;
    home.restarts();
    cafe.restarts();

    let cookie = |page: &crate::support::browser::Page| {
        page.set_cookie("session")
            .unwrap()
            .split_once(';')
            .unwrap()
            .1
            .to_owned()
    };
    assert_eq!(
        cookie(&kept),
        format!(" Path=/; HttpOnly; SameSite=Lax; Max-Age={KEYLESS_IDLE}")
    );
    assert_eq!(cookie(&short), " Path=/; HttpOnly; SameSite=Lax");
    assert!(home.is_signed_in().await);
    assert!(!cafe.is_signed_in().await);
}

#[tokio::test]
async fn an_unused_session_ends_after_its_idle_limit() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let (mut home, mut cafe) = (cloud.browser(), cloud.browser());
    home.logs_in("ana", PASSWORD, true).await;
    cafe.logs_in("ana", PASSWORD, false).await;

    cloud.clock.advance(SESSION_IDLE - 1);
    assert!(cafe.is_signed_in().await, "a use moves the limit");
    cloud.clock.advance(SESSION_IDLE - 1);
    assert!(cafe.is_signed_in().await);
    cloud.clock.advance(SESSION_IDLE);
    assert!(!cafe.is_signed_in().await);

    assert!(home.is_signed_in().await);
    cloud.clock.advance(KEYLESS_IDLE);
    assert!(!home.is_signed_in().await);
}

#[tokio::test]
async fn no_session_outlives_its_absolute_lifetime() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    for _ in 0..(7 * 24 / 6 - 1) {
        cloud.clock.advance(6 * HOUR);
        assert!(ana.is_signed_in().await);
    }

    cloud.clock.advance(6 * HOUR);

    assert!(!ana.is_signed_in().await);
}

#[tokio::test]
async fn only_the_hash_of_a_token_is_stored() {
    let cloud = TestCloud::start().await;
    let ana = cloud.person("ana").await;
    let token = ana.cookie("session").unwrap();

    let stored: String = sql::query_scalar("SELECT token_hash FROM sessions")
        .fetch_one(cloud.state.db.reader())
        .await
        .unwrap();

    assert_eq!(token.len(), 43, "256 bits");
    assert_ne!(stored, token);
    assert_eq!(stored, cloud::accounts::session::token::hash(token));
}

#[tokio::test]
async fn logging_in_again_ends_the_previous_session() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let mut thief = ana.clone();

    ana.logs_in("ana", PASSWORD, false).await;

    assert!(ana.is_signed_in().await);
    assert!(!thief.is_signed_in().await);
}

#[tokio::test]
async fn a_session_token_set_by_others_is_never_adopted() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let mut browser = cloud.browser();
    browser.takes_cookie("session", "fixed-by-somebody-else");

    assert!(!browser.is_signed_in().await);
    browser.logs_in("ana", PASSWORD, false).await;

    assert_ne!(browser.cookie("session"), Some("fixed-by-somebody-else"));
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn after_five_failures_even_the_right_password_waits() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    for _ in 0..5 {
        assert_eq!(
            cloud
                .browser()
                .logs_in("ana", "gate lamp river mood", false)
                .await
                .status,
            422
        );
    }

    let too_soon = cloud
        .browser()
        .logs_in("ana@example.org", PASSWORD, false)
        .await;
    cloud.clock.advance(30);
    let later = cloud.browser().logs_in("ana", PASSWORD, false).await;

    assert_eq!(
        (too_soon.status, later.status),
        (422, 303),
        "name and address share one count"
    );
    for _ in 0..4 {
        assert_eq!(
            cloud
                .browser()
                .logs_in("ana", "gate lamp river mood", false)
                .await
                .status,
            422
        );
    }
    assert_eq!(
        cloud.browser().logs_in("ana", PASSWORD, false).await.status,
        303,
        "a success starts from zero"
    );
}

#[tokio::test]
async fn one_client_may_fail_twenty_log_ins_an_hour() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    for n in 0..FAILED_LOGINS_PER_CLIENT.most {
        assert_eq!(
            cloud
                .browser()
                .logs_in(&format!("nobody{n}"), PASSWORD, false)
                .await
                .status,
            422
        );
    }

    let refused = cloud.browser().logs_in("ana", PASSWORD, false).await;
    cloud.clock.advance(HOUR);

    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (429, Some("3600"))
    );
    assert_eq!(
        cloud.browser().logs_in("ana", PASSWORD, false).await.status,
        303
    );
}

#[tokio::test]
async fn signed_in_people_skip_log_in_and_others_see_it() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;

    assert_eq!(ana.get("/login").await.location(), Some("/devices"));
    assert_eq!(cloud.browser().get("/").await.location(), Some("/login"));
}

#[tokio::test]
async fn form_fields_have_their_familiar_labels() {
    let cloud = TestCloud::start().await;
    let page = cloud.browser().get("/login").await.body;

    for text in [
        "<h1>Cloud P2P</h1>",
        "User name / Email</label>",
        "Password</label>",
        "> Auto-login</label>",
        ">Forgot password</a>",
        ">Login</button>",
        ">Register</a>",
    ] {
        assert!(page.contains(text), "{text} in {page}");
    }
}

#[tokio::test]
async fn asvs_7_1_2_a_twenty_first_session_ends_the_oldest() {
    let cloud = TestCloud::start().await;
    let mut first = cloud.person("ana").await;
    for _ in 1..MAX_SESSIONS {
        cloud.clock.advance(1);
        cloud.browser().logs_in("ana", PASSWORD, false).await;
    }
    assert!(first.is_signed_in().await);
    let mut ended = cloud.state.ended_sessions.subscribe();

    cloud.clock.advance(1);
    let mut last = cloud.browser();
    last.logs_in("ana", PASSWORD, false).await;

    assert!(!first.is_signed_in().await);
    assert!(last.is_signed_in().await);
    assert_eq!(cloud.count("sessions").await, MAX_SESSIONS);
    assert!(ended.try_recv().is_ok(), "its sockets close");
}

#[tokio::test]
async fn one_browser_is_signed_in_as_one_person() {
    let cloud = TestCloud::start().await;
    cloud.person("ben").await;
    let mut browser = cloud.person("ana").await;
    // The cookie of the session is lost, as when a browser restarts; that of the browser is not.
    browser.restarts();

    browser.logs_in("ben", PASSWORD, false).await;

    let n: i64 = sql::query_scalar(
        "SELECT COUNT(*) FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE a.user_name = 'ana'",
    )
    .fetch_one(cloud.state.db.reader())
    .await
    .unwrap();
    assert_eq!(n, 0);
}

#[tokio::test]
async fn a_captcha_is_required_after_five_failures_of_any_name() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let wrong = "gate lamp river mood";
    let mut before = Vec::new();
    for name in ["ana", "eva", "ana", "eva", "ana"] {
        let fields = [("login", name), ("password", wrong)];
        let page = cloud.browser().post("/login", &fields).await;
        before.push(page.body.contains("name=\"captcha\""));
    }

    let fresh = cloud.browser().get("/login").await;
    let mut without = Vec::new();
    for name in ["ana", "eva"] {
        let fields = [("login", name), ("password", PASSWORD)];
        let page = cloud.browser().post("/login", &fields).await;
        let captcha = page.captcha().to_owned();
        without.push(page.body.replace(name, "NAME").replace(&captcha, "ID"));
        assert_eq!(page.status, 422);
    }
    let with = cloud.browser().logs_in("ana", PASSWORD, false).await;

    assert_eq!(before, [false, false, false, false, true]);
    assert!(fresh.body.contains("name=\"captcha\""));
    assert_eq!(without[0], without[1]);
    assert!(without[0].contains("answer the picture too"));
    assert_eq!(with.location(), Some("/devices"));
}

#[tokio::test]
async fn failures_of_one_name_require_a_captcha_from_any_client() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let elsewhere = cloud::visitor::Client("192.0.2.1".to_owned());
    let wants = async |login| {
        cloud::accounts::session::sign_in::wants_picture(&cloud.state, &elsewhere, login)
            .await
            .unwrap()
    };
    for name in ["ana", "eva"] {
        for _ in 0..5 {
            assert!(!wants(name).await);
            cloud
                .browser()
                .logs_in(name, "gate lamp river mood", false)
                .await;
        }
        assert!(wants(name).await, "{name}");
    }
    // Or else everybody could learn which address goes with a user name.
    assert!(!wants("ana@example.org").await);
    assert!(!wants("ben").await);
}
