//! A wrong clock: a machine that starts in another year, and a clock that is corrected. Nothing is valid for
//! longer than intended, and nobody is locked out until the wrong year comes.

use cloud::accounts::session::expiry;
use cloud::audit::chain;
use cloud::throttle::limits::{
    DAY, HOUR, MINUTE, PROOF_SECONDS, SEND_AGAIN_WAITS, WRONG_CODES_PER_ADDRESS,
};

use crate::support::{PASSWORD, PATIENCE, START, TestCloud, button_in, not};

const YEAR: i64 = 365 * DAY;
const WRONG: &str = "gate lamp river mood";

/// Sets the clock back to the day of the test's start, and returns once what was begun later has ended.
async fn set_right(cloud: &TestCloud, n_sessions_left: i64) {
    cloud.clock.set(START + HOUR);
    let ended = async {
        while cloud.count("sessions").await != n_sessions_left {
            tokio::task::yield_now().await;
        }
    };
    let ended = tokio::time::timeout(PATIENCE, ended).await;
    ended.expect("the sessions of the future end");
}

#[tokio::test]
async fn a_clock_jump_of_a_year_locks_nobody_out() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let mut ben = cloud.browser();
    ben.asks_for_a_code(&cloud.state, "ben@example.org").await;
    let code = cloud.code_for("ben@example.org").await;
    for _ in 0..8 {
        cloud.browser().logs_in("ana", WRONG, false).await;
    }

    cloud.clock.advance(YEAR);

    assert!(!ana.is_signed_in().await);
    let late = ben.finishes(&code, "ben", PASSWORD).await;
    assert_ne!(late.location(), Some("/devices"));
    assert_eq!(ana.logs_in("ana", PASSWORD, false).await.status, 303);
    ben.asks_for_a_code(&cloud.state, "ben@example.org").await;
    cloud.nth_mail_to("ben@example.org", 2).await;
}

#[tokio::test]
async fn correcting_a_future_clock_ends_what_began_under_it() {
    let cloud = TestCloud::start().await;
    let mut before = cloud.person("ana").await;
    before.logs_in("ana", PASSWORD, true).await;
    cloud.clock.advance(YEAR);
    let mut ana = cloud.browser();
    ana.logs_in("ana", PASSWORD, true).await;
    let mut ben = cloud.browser();
    ben.asks_for_a_code(&cloud.state, "ben@example.org").await;
    let code = cloud.code_for("ben@example.org").await;
    let mut lost = cloud.browser();
    lost.sends_forgot(&cloud.state, "ana").await;
    let reset = cloud
        .mail_that_says("ana@example.org", "/forgot/button#")
        .await;
    ana.post("/account/email", &[("email", "ana@new.example")])
        .await;
    let change = cloud.nth_mail_to("ana@new.example", 1).await;

    set_right(&cloud, 0).await;

    assert!(!ana.is_signed_in().await);
    let typed = ben.finishes(&code, "ben", PASSWORD).await;
    assert_ne!(typed.location(), Some("/devices"));
    for (path, mail) in [
        ("/forgot/button", &reset),
        ("/account/email/button", &change),
    ] {
        let token = button_in(&mail.body);
        let pressed = cloud.browser().post(path, &[("token", &token)]).await;
        assert_eq!(pressed.status, 404, "{path}");
    }
    assert_eq!(cloud.count("accounts").await, 1);
}

#[tokio::test]
async fn a_future_not_me_link_lasts_a_week_from_now() {
    let cloud = TestCloud::start().await;
    for name in ["ana", "ben"] {
        cloud.person(name).await;
    }
    cloud.clock.advance(YEAR);
    let mut links = Vec::new();
    for name in ["ana", "ben"] {
        cloud.browser().logs_in(name, PASSWORD, false).await;
        let address = format!("{name}@example.org");
        let mail = cloud.mail_that_says(&address, "/not-me#").await;
        links.push(button_in(&mail.body));
    }

    set_right(&cloud, 0).await;
    cloud.clock.advance(7 * DAY - 1);
    let within = cloud
        .browser()
        .post("/not-me", &[("token", &links[0])])
        .await;
    cloud.clock.advance(1);
    let late = cloud
        .browser()
        .post("/not-me", &[("token", &links[1])])
        .await;

    assert_eq!(within.status, 200, "{}", within.body);
    assert_eq!(late.status, 404, "{}", late.body);
}

#[tokio::test]
async fn a_step_up_from_a_future_clock_is_requested_again() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let mut other = cloud.person("ben").await;
    cloud.clock.advance(2 * HOUR);
    ana.proves(PASSWORD, "").await;
    assert_eq!(ana.get("/account/email").await.status, 200);
    other.logs_in("ben", PASSWORD, false).await;

    // Ben's session is of the future, Ana's is not.
    set_right(&cloud, 1).await;

    assert!(ana.is_signed_in().await);
    let asked = ana.get("/account/email").await;
    assert_eq!(asked.location(), Some("/step-up?to=/account/email"));
    cloud.clock.advance(PROOF_SECONDS);
    assert_eq!(ana.proves(PASSWORD, "").await.location(), Some("/account"));
}

#[tokio::test]
async fn waits_from_a_future_clock_end_within_a_day() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    cloud.clock.advance(YEAR);
    let mut ana = cloud.browser();
    ana.logs_in("ana", PASSWORD, false).await;
    for _ in 0..8 {
        cloud.browser().logs_in("ana", WRONG, false).await;
    }
    let shut = cloud.browser().logs_in("ana", PASSWORD, false).await;
    assert_eq!(shut.status, 422, "a wait runs");
    let mut ben = cloud.browser();
    ben.asks_for_a_code(&cloud.state, "ben@example.org").await;
    let wrong = not(&cloud.code_for("ben@example.org").await);
    for _ in 0..3 {
        ben.finishes(&wrong, "ben", PASSWORD).await;
    }

    set_right(&cloud, 0).await;
    cloud.clock.advance(DAY);

    assert_eq!(ana.logs_in("ana", PASSWORD, false).await.status, 303);
    ben.asks_for_a_code(&cloud.state, "ben@example.org").await;
    let code = cloud.nth_mail_to("ben@example.org", 2).await.subject;
    assert_eq!(ben.finishes(&code[..4], "ben", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn app_codes_work_again_soon_after_correcting_the_clock() {
    let cloud = TestCloud::start().await;
    let (_, app, _) = cloud.person_with_app("ana").await;
    cloud.clock.advance(YEAR);
    let mut ana = cloud.at_second_step("ana").await;
    assert_eq!(ana.types_code(&app.code(&cloud, 0)).await.status, 303);

    set_right(&cloud, 0).await;
    cloud.clock.advance(7 * MINUTE);

    let mut ana = cloud.at_second_step("ana").await;
    assert_eq!(ana.types_code(&app.code(&cloud, 0)).await.status, 303);
}

#[tokio::test]
async fn starting_with_a_corrected_clock_repairs_sessions_and_audit_log() {
    let mut cloud = TestCloud::start().await;
    cloud.person("ana").await;
    cloud.clock.advance(YEAR);
    let mut ana = cloud.browser();
    ana.logs_in("ana", PASSWORD, true).await;
    cloud.stop().await;
    cloud.clock.set(START + SEND_AGAIN_WAITS[0]);

    let cloud = cloud.restart(|config| config.demo = true).await;

    let mut there = cloud.browser();
    there.takes_cookie("session", ana.cookie("session").unwrap());
    assert!(!there.is_signed_in().await);
    assert_eq!(there.logs_in("ana", PASSWORD, false).await.status, 303);
    cloud.state.audit.flush().await;
    chain::read(&cloud.state.config.data_dir, |_| {}).unwrap();
}

#[tokio::test]
async fn starting_without_the_correct_time_signs_nobody_out() {
    let mut cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    ana.logs_in("ana", PASSWORD, true).await;
    cloud.stop().await;
    cloud.clock.set(60);
    let cloud = cloud.restart(|config| config.demo = true).await;

    cloud.clock.set(START + HOUR);

    let mut there = cloud.browser();
    there.takes_cookie("session", ana.cookie("session").unwrap());
    assert!(there.is_signed_in().await);
}

#[tokio::test]
async fn correcting_the_clock_keeps_an_address_switched_off() {
    let cloud = TestCloud::start().await;
    let (throttle, rule) = (&cloud.state.throttle, WRONG_CODES_PER_ADDRESS);
    let key = throttle.key(rule.kind, "ana");
    let tries_ten = async || {
        for _ in 0..rule.free {
            let tries = throttle.spend_in_a_row(rule, &key).await.unwrap();
            tries.unwrap().keep();
        }
    };
    let is_off = async || throttle.is_off(rule, "ana").await.unwrap();
    tries_ten().await;
    expiry::forget_future(&cloud.state).await;
    assert!(is_off().await, "a month is no sign of a wrong clock");
    cloud.clock.advance(YEAR);
    tries_ten().await;

    cloud.clock.set(START + HOUR);
    expiry::forget_future(&cloud.state).await;

    cloud.clock.advance(rule.waits[1] - 1);
    assert!(is_off().await);
    cloud.clock.advance(1);
    assert!(!is_off().await, "counted from today on");
}
