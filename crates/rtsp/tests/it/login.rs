//! Logins: what is signed, with which nonce, and how often a password is sent.

use data_encoding::HEXLOWER;
use md5::{Digest, Md5};
use rtsp::client::{ClientConfig, RtspError};
use rtsp::login::Credentials;
use rtsp::message::RtspRequest;

use crate::walk::{VIDEO, Walk, config, seconds};

fn with_login() -> ClientConfig {
    ClientConfig {
        credentials: Some(Credentials::new(
            "viewer".to_owned(),
            "Pass-1234".to_owned(),
        )),
        ..config()
    }
}

fn md5(text: &str) -> String {
    HEXLOWER.encode(&Md5::digest(text))
}

fn challenge(nonce: &str, is_stale: &str) -> String {
    format!("Digest realm=\"IP Camera(12345)\", nonce=\"{nonce}\", stale=\"{is_stale}\"")
}

/// Fails unless the request is signed with this nonce, as a camera computes it.
#[track_caller]
fn expect_signed(request: &RtspRequest, nonce: &str) {
    let value = request.headers.get("authorization").expect("a signature");
    let login = md5("viewer:IP Camera(12345):Pass-1234");
    let wanted = md5(&format!("{}:{}", request.method, request.url));
    let response = md5(&format!("{login}:{nonce}:{wanted}"));
    assert!(value.contains(&format!("nonce=\"{nonce}\"")), "{value}");
    assert!(
        value.contains(&format!("uri=\"{}\"", request.url)),
        "{value}"
    );
    assert!(
        value.contains(&format!("response=\"{response}\"")),
        "{value}"
    );
}

#[track_caller]
fn expect_unsigned(request: &RtspRequest) {
    assert_eq!(request.headers.get("authorization"), None);
}

const DESCRIBE: &str = "DESCRIBE rtsp://192.0.2.64:554/live";
const SETUP: &str = "SETUP rtsp://192.0.2.64:554/live/trackID=1";
const PLAY: &str = "PLAY rtsp://192.0.2.64:554/live/";

/// A client that was challenged with nonce 1, and whose signed DESCRIBE is the last request.
fn challenged() -> Walk {
    let mut walk = Walk::new(with_login());
    expect_unsigned(&walk.expect(DESCRIBE));
    walk.answer(401, &[("WWW-Authenticate", &challenge("1", "FALSE"))]);
    expect_signed(&walk.expect(DESCRIBE), "1");
    walk
}

#[test]
fn every_request_after_a_challenge_is_signed_ahead() {
    let mut walk = challenged();

    walk.describe(VIDEO);
    walk.choose(false);
    expect_signed(&walk.expect(SETUP), "1");
    walk.answer_set_up("7", "RTP/AVP/TCP;unicast;interleaved=0-1");
    walk.play();
    expect_signed(&walk.expect(PLAY), "1");
}

#[test]
fn digest_is_preferred_to_basic_in_either_order() {
    let digest = challenge("1", "FALSE");
    let basic = "Basic realm=\"IP Camera(12345)\"";
    for order in [[digest.as_str(), basic], [basic, digest.as_str()]] {
        let mut walk = Walk::new(with_login());
        walk.expect(DESCRIBE);

        walk.answer(401, &order.map(|value| ("WWW-Authenticate", value)));

        expect_signed(&walk.expect(DESCRIBE), "1");
    }
}

#[test]
fn sha_256_is_used_if_the_camera_requires_it() {
    let mut walk = Walk::new(with_login());
    walk.expect(DESCRIBE);

    walk.answer(
        401,
        &[(
            "WWW-Authenticate",
            &format!("{}, algorithm=\"SHA-256\"", challenge("1", "FALSE")),
        )],
    );

    let request = walk.expect(DESCRIBE);
    let value = request.headers.get("authorization").expect("a signature");
    assert!(value.contains("algorithm=SHA-256"), "{value}");
}

#[test]
fn unknown_hash_functions_are_skipped_for_known_ones() {
    let mut walk = Walk::new(with_login());
    walk.expect(DESCRIBE);
    let sha_512 = format!("{}, algorithm=\"SHA-512\"", challenge("1", "FALSE"));

    walk.answer(
        401,
        &[
            ("WWW-Authenticate", &sha_512),
            ("WWW-Authenticate", &challenge("2", "FALSE")),
        ],
    );

    expect_signed(&walk.expect(DESCRIBE), "2");
}

#[test]
fn a_wrong_password_is_sent_once() {
    let mut walk = challenged();

    walk.answer(401, &[("WWW-Authenticate", &challenge("2", "FALSE"))]);

    walk.expect_no_request();
    walk.expect_failure(&RtspError::Refused);
}

#[test]
fn a_camera_that_always_says_stale_ends_the_login() {
    let mut walk = challenged();

    walk.answer(401, &[("WWW-Authenticate", &challenge("2", "TRUE"))]);
    expect_signed(&walk.expect(DESCRIBE), "2");
    walk.answer(401, &[("WWW-Authenticate", &challenge("3", "TRUE"))]);

    walk.expect_no_request();
    walk.expect_failure(&RtspError::Refused);
}

#[test]
fn a_nonce_that_is_good_once_is_renewed_each_time() {
    let mut walk = challenged();
    walk.describe(VIDEO);
    walk.choose(false);

    expect_signed(&walk.expect(SETUP), "1");
    walk.answer(401, &[("WWW-Authenticate", &challenge("2", "TRUE"))]);
    expect_signed(&walk.expect(SETUP), "2");
    walk.answer_set_up("7", "RTP/AVP/TCP;unicast;interleaved=0-1");
    walk.play();
    expect_signed(&walk.expect(PLAY), "2");
    walk.answer(401, &[("WWW-Authenticate", &challenge("3", "TRUE"))]);
    expect_signed(&walk.expect(PLAY), "3");
    walk.answer(200, &[]);

    walk.expect_playing();
}

#[test]
fn a_nonce_bound_to_one_url_is_not_used_ahead() {
    let mut walk = challenged();
    walk.describe(VIDEO);
    walk.choose(false);

    // One refused request teaches it.
    expect_signed(&walk.expect(SETUP), "1");
    walk.answer(401, &[("WWW-Authenticate", &challenge("2", "FALSE"))]);
    expect_signed(&walk.expect(SETUP), "2");
    walk.answer_set_up("7", "RTP/AVP/TCP;unicast;interleaved=0-1");
    walk.play();
    expect_unsigned(&walk.expect(PLAY));
    walk.answer(401, &[("WWW-Authenticate", &challenge("3", "FALSE"))]);
    expect_signed(&walk.expect(PLAY), "3");
    walk.answer(200, &[]);

    walk.expect_playing();
}

#[test]
fn a_nonce_that_expires_is_renewed_at_keep_alives() {
    let mut walk = challenged();
    walk.describe(VIDEO);
    walk.choose(false);
    walk.expect(SETUP);
    walk.answer_set_up("7;timeout=10", "RTP/AVP/TCP;unicast;interleaved=0-1");
    walk.play();
    walk.expect(PLAY);
    walk.answer(200, &[("Public", "OPTIONS, GET_PARAMETER")]);
    walk.expect_playing();

    for nonce in 2..20 {
        walk.pass(seconds(5));
        walk.data(0, &[0x80; 12]);
        walk.expect("GET_PARAMETER rtsp://192.0.2.64:554/live/");
        walk.answer(
            401,
            &[("WWW-Authenticate", &challenge(&nonce.to_string(), "TRUE"))],
        );
        expect_signed(
            &walk.expect("GET_PARAMETER rtsp://192.0.2.64:554/live/"),
            &nonce.to_string(),
        );
        walk.answer(200, &[]);
    }

    assert!(!walk.is_over());
}

#[test]
fn reasons_about_logins_are_distinguished() {
    let cases = [
        (
            config(),
            "Digest realm=\"r\", nonce=\"n\"",
            RtspError::LoginNeeded,
        ),
        (with_login(), "Basic realm=\"r\"", RtspError::BasicOnly),
        (
            with_login(),
            "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512",
            RtspError::LoginUnsupported,
        ),
    ];

    for (config, value, expected) in cases {
        let mut walk = Walk::new(config);
        walk.expect(DESCRIBE);
        walk.answer(401, &[("WWW-Authenticate", value)]);
        walk.expect_failure(&expected);
    }
}

#[test]
fn a_login_without_a_right_is_not_a_wrong_password() {
    let mut walk = challenged();
    walk.describe(VIDEO);
    walk.choose(false);
    walk.expect(SETUP);

    walk.answer(401, &[("WWW-Authenticate", &challenge("1", "FALSE"))]);

    walk.expect_failure(&RtspError::NotAllowed);
}
