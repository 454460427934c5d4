//! `/login/factor`: between the right password and the session.

use cloud::accounts::factors::second_step::{SecondStepOutcome, answer_with_code};
use cloud::accounts::session::lock;
use cloud::throttle::limits::{
    HOUR, KEYLESS_IDLE, PENDING_SECONDS, TRIES_PER_PENDING, WRONG_APP_CODES,
    WRONG_FACTORS_PER_CLIENT,
};
use cloud::visitor::Client;
use futures_util::future::join_all;

use crate::support::authenticator::Authenticator;
use crate::support::factor::unknown_browser;
use crate::support::{PASSWORD, TestCloud};

#[tokio::test]
async fn asvs_6_3_3_there_is_no_session_before_the_second_factor() {
    let cloud = TestCloud::start().await;
    let (_, app, _) = cloud.person_with_app("ana").await;
    let mut browser = cloud.browser();

    let page = browser.logs_in("ana", PASSWORD, false).await;
    let before = browser.is_signed_in().await;
    let step = browser.get("/login/factor").await;
    let done = browser.types_code(&app.code(&cloud, 0)).await;

    assert_eq!(page.location(), Some("/login/factor"));
    assert!(page.set_cookie("session").is_none() && !before);
    assert!(step.body.contains("name=\"code\""), "{}", step.body);
    assert_eq!((done.status, done.location()), (303, Some("/devices")));
    assert!(browser.is_signed_in().await);
    assert!(browser.cookie("second-step").is_none(), "the cookie goes");
}

#[tokio::test]
async fn a_code_may_be_off_by_at_most_one_step() {
    let cloud = TestCloud::start().await;
    let (_, app, _) = cloud.person_with_app("ana").await;
    cloud.clock.advance(300);

    for (steps, status) in [(-2, 422), (2, 422), (-1, 303), (0, 303), (1, 303)] {
        let mut browser = cloud.at_second_step("ana").await;
        let page = browser.types_code(&app.code(&cloud, steps)).await;
        assert_eq!(page.status, status, "{steps} steps");
    }
}

#[tokio::test]
async fn asvs_6_5_1_a_used_code_invalidates_itself_and_earlier_codes() {
    let cloud = TestCloud::start().await;
    let (_, app, _) = cloud.person_with_app("ana").await;
    let (before, now) = (app.code(&cloud, -1), app.code(&cloud, 0));
    let mut first = cloud.at_second_step("ana").await;
    let mut second = cloud.at_second_step("ana").await;

    assert_eq!(first.types_code(&now).await.status, 303);

    assert_eq!(
        second.types_code(&now).await.status,
        422,
        "seen over a shoulder"
    );
    assert_eq!(second.types_code(&before).await.status, 422);
    assert_eq!(second.types_code(&app.code(&cloud, 1)).await.status, 303);
}

#[tokio::test]
async fn asvs_15_4_2_parallel_copies_of_a_code_make_one_session() {
    let cloud = TestCloud::start_with_real_hashes().await;
    let (_, app, codes) = cloud.person_with_app("ana").await;
    let sessions = cloud.count("sessions").await;

    for (n, code) in [app.code(&cloud, 0), codes[0].clone()].iter().enumerate() {
        let one = cloud.at_second_step("ana").await;
        let other = cloud.at_second_step("ana").await;
        // Two browsers that both gave the password, a hundred copies each, from as many places.
        let answers = (0..200).map(|n| {
            let browser = if n % 2 == 0 { &one } else { &other };
            let token = browser.cookie("second-step").unwrap().to_owned();
            let (state, client) = (&cloud.state, Client(format!("10.0.0.{n}")));
            async move {
                let browser = unknown_browser();
                let answer = answer_with_code(state, &client, &token, code, &browser).await;
                matches!(answer, Ok(SecondStepOutcome::Done(_)))
            }
        });
        let n_right = join_all(answers)
            .await
            .into_iter()
            .filter(|right| *right)
            .count();

        assert_eq!(n_right, 1);
        assert_eq!(cloud.count("sessions").await, sessions + 1 + n as i64);
        cloud.clock.advance(HOUR);
    }
}

#[tokio::test]
async fn five_wrong_codes_end_the_attempt_and_notify_the_owner() {
    let cloud = TestCloud::start().await;
    let (_, app, _) = cloud.person_with_app("ana").await;

    for round in 0..2 {
        let mut thief = cloud.at_second_step("ana").await;
        for n in 1..=TRIES_PER_PENDING {
            let page = thief.types_code(&app.wrong_code(&cloud)).await;
            let expected = if n < TRIES_PER_PENDING { 422 } else { 303 };
            assert_eq!(page.status, expected, "round {round}, try {n}");
        }
        let page = thief.types_code(&app.code(&cloud, 0)).await;
        assert_eq!(page.location(), Some("/login?notice=again"));
        cloud.clock.advance(HOUR);
    }

    let mail = cloud.nth_mail_to("ana@example.org", 3).await;
    assert!(mail.subject.contains("password"), "{}", mail.subject);
    assert_eq!(cloud.mails_to("ana@example.org").await.len(), 3);
}

#[tokio::test]
async fn wrong_codes_make_everybody_wait_longer() {
    let cloud = TestCloud::start().await;
    let (_, app, codes) = cloud.person_with_app("ana").await;
    let mut thief = cloud.at_second_step("ana").await;
    for _ in 0..WRONG_APP_CODES.free {
        thief.types_code(&app.wrong_code(&cloud)).await;
    }

    let mut ana = cloud.at_second_step("ana").await;
    let too_soon = ana.types_code(&app.code(&cloud, 0)).await;
    cloud.clock.advance(WRONG_APP_CODES.waits[0]);
    let later = ana.types_code(&app.code(&cloud, 0)).await;

    assert_eq!((too_soon.status, later.status), (422, 303));
    let mut again = cloud.at_second_step("ana").await;
    for _ in 1..TRIES_PER_PENDING {
        again.types_code(&app.wrong_code(&cloud)).await;
    }
    cloud.clock.advance(30);
    let page = again.types_code(&app.code(&cloud, 0)).await;
    assert_eq!(page.status, 303, "a right code starts from zero");
    drop(codes);
}

#[tokio::test]
async fn a_hundred_wrong_codes_disable_the_app() {
    let cloud = TestCloud::start().await;
    let (_, app, codes) = cloud.person_with_app("ana").await;
    for _ in 0..WRONG_APP_CODES.shut {
        let mut thief = cloud.at_second_step("ana").await;
        thief.types_code(&app.wrong_code(&cloud)).await;
        cloud.clock.advance(HOUR);
    }

    let mut ana = cloud.at_second_step("ana").await;
    cloud.clock.advance(30);
    let shut = ana.types_code(&app.code(&cloud, 0)).await;
    let recovered = ana.types_code(&codes[3]).await;
    let mut again = cloud.at_second_step("ana").await;
    let open = again.types_code(&app.code(&cloud, 0)).await;

    assert_eq!(
        (shut.status, recovered.status, open.status),
        (422, 303, 303)
    );
}

#[tokio::test]
async fn one_client_may_type_twenty_wrong_codes_an_hour() {
    let cloud = TestCloud::start().await;
    let (_, app, codes) = cloud.person_with_app("ana").await;
    let mut n_answers = 0;
    while n_answers < WRONG_FACTORS_PER_CLIENT.most {
        let mut thief = cloud.at_second_step("ana").await;
        for _ in 0..TRIES_PER_PENDING.min(WRONG_FACTORS_PER_CLIENT.most - n_answers) {
            assert_ne!(thief.types_code(&app.wrong_code(&cloud)).await.status, 429);
            n_answers += 1;
        }
    }

    let mut ana = cloud.at_second_step("ana").await;
    let refused = ana.types_code(&codes[0]).await;
    cloud.clock.advance(HOUR);
    let mut later = cloud.at_second_step("ana").await;

    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (429, Some("3600"))
    );
    assert_eq!(later.types_code(&codes[0]).await.status, 303);
}

#[tokio::test]
async fn the_second_step_lasts_five_minutes_in_one_browser() {
    let cloud = TestCloud::start().await;
    let (_, app, _) = cloud.person_with_app("ana").await;
    let mut in_time = cloud.at_second_step("ana").await;
    let mut late = cloud.at_second_step("ana").await;

    let stranger = cloud.browser().types_code(&app.code(&cloud, 0)).await;
    cloud.clock.advance(PENDING_SECONDS - 1);
    let good = in_time.types_code(&app.code(&cloud, 0)).await;
    cloud.clock.advance(1);
    let page = late.get("/login/factor").await;
    let over = late.types_code(&app.code(&cloud, 1)).await;

    assert_eq!(stranger.location(), Some("/login?notice=again"));
    assert_eq!(good.location(), Some("/devices"));
    assert_eq!(page.location(), Some("/login?notice=again"));
    assert_eq!(over.location(), Some("/login?notice=again"));
    assert!(!late.is_signed_in().await);
}

#[tokio::test]
async fn a_pending_sign_in_makes_only_one_session() {
    let cloud = TestCloud::start().await;
    let (_, app, codes) = cloud.person_with_app("ana").await;
    let mut ana = cloud.at_second_step("ana").await;
    let mut copy = ana.clone();

    ana.types_code(&app.code(&cloud, 0)).await;

    let page = copy.types_code(&codes[0]).await;
    assert_eq!(page.location(), Some("/login?notice=again"));
    assert!(!copy.is_signed_in().await);
}

#[tokio::test]
async fn auto_login_is_kept_across_the_second_step() {
    let cloud = TestCloud::start().await;
    let (_, app, codes) = cloud.person_with_app("ana").await;
    let (mut home, mut cafe) = (cloud.browser(), cloud.browser());
    home.logs_in("ana", PASSWORD, true).await;
    cafe.logs_in("ana", PASSWORD, false).await;

    let kept = home.types_code(&app.code(&cloud, 0)).await;
    let short = cafe.types_code(&codes[0]).await;

    let cookie = kept.set_cookie("session").unwrap();
    assert!(
        cookie.contains(&format!("Max-Age={KEYLESS_IDLE}")),
        "{cookie}"
    );
    assert!(!short.set_cookie("session").unwrap().contains("Max-Age"));
}

#[tokio::test]
async fn asvs_6_4_3_a_password_reset_does_not_bypass_the_second_factor() {
    const NEW: &str = "window bread stone north";
    let cloud = TestCloud::start().await;
    let (_, app, _) = cloud.person_with_app("ana").await;
    let mut waiting = cloud.at_second_step("ana").await;

    cloud.resets_password("ana@example.org", NEW).await;
    let mut ana = cloud.browser();
    let page = ana.logs_in("ana", NEW, false).await;
    let waited = waiting.types_code(&app.code(&cloud, 0)).await;
    let done = ana.types_code(&app.code(&cloud, 0)).await;

    assert_eq!(page.location(), Some("/login/factor"), "still asked");
    assert_eq!(
        waited.location(),
        Some("/login?notice=again"),
        "the old password's wait is over"
    );
    assert_eq!(done.location(), Some("/devices"));
}

#[tokio::test]
async fn asvs_6_3_8_a_wrong_password_looks_the_same_with_a_second_factor() {
    let cloud = TestCloud::start().await;
    cloud.person_with_app("ana").await;

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
}

#[tokio::test]
async fn malformed_codes_are_wrong() {
    let cloud = TestCloud::start().await;
    let (_, app, _) = cloud.person_with_app("ana").await;
    let mut ana = cloud.at_second_step("ana").await;

    for typed in ["", "\0", "000000000000000000000000000000", "<script>"] {
        let page = ana.types_code(typed).await;
        assert_eq!(page.status, 422, "{typed}");
        assert!(!page.body.contains("<script>alert") && page.body.contains("role=\"alert\""));
    }
    let spaced = app.code(&cloud, 0);
    let spaced = format!(" {} {}", &spaced[..3], &spaced[3..]);
    assert_eq!(ana.types_code(&spaced).await.status, 303, "as apps show it");
}

#[tokio::test]
async fn the_purge_deletes_expired_sign_ins() {
    let cloud = TestCloud::start().await;
    cloud.person_with_app("ana").await;
    cloud.at_second_step("ana").await;
    assert_eq!(cloud.count("pending_sign_ins").await, 1);

    cloud.clock.advance(PENDING_SECONDS);
    cloud::accounts::session::expiry::purge(&cloud.state)
        .await
        .unwrap();

    assert_eq!(cloud.count("pending_sign_ins").await, 0);
}

#[tokio::test]
async fn asvs_7_4_2_no_factor_opens_a_locked_account() {
    let cloud = TestCloud::start().await;
    let (mut ana, app, codes) = cloud.person_with_app("ana").await;
    let mut phone = Authenticator::at(&cloud.state);
    ana.adds_passkey(&mut phone, "Phone").await;
    let mut waiting = cloud.at_second_step("ana").await;

    let id = cloud.account_id("ana").await;
    assert!(
        lock::lock(&cloud.state, &id, lock::By::Person)
            .await
            .unwrap()
    );

    for code in [&app.code(&cloud, 0), &codes[0]] {
        assert_eq!(waiting.types_code(code).await.status, 422);
    }
    let second = waiting
        .signs_with(&mut phone, "/login/factor/passkey")
        .await;
    let alone = cloud
        .browser()
        .signs_with(&mut phone, "/login/passkey")
        .await;
    assert_eq!((second.status, alone.status), (422, 422));
    assert!(!waiting.is_signed_in().await);
}
