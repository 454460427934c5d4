//! Logging in against challenges of real shapes.

use super::challenge::parse;
use super::*;

fn ana() -> Option<Credentials> {
    Some(Credentials::new(
        "Mufasa".to_owned(),
        "Circle of Life".to_owned(),
    ))
}

/// The answer of an authenticator that was challenged once.
fn answer(challenge: &str, method: &str, url: &str, client_nonce: &str) -> String {
    let mut login = Authenticator::new(ana(), false);
    login
        .challenged([challenge].into_iter(), None)
        .expect("a challenge that can be met");
    login
        .sign(method, url, true, client_nonce)
        .expect("a signature")
        .0
}

const RFC: &str = "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", \
                   nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
                   opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
const RFC_CLIENT_NONCE: &str = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

#[test]
fn the_example_of_the_standard_is_answered_exactly() {
    let md5 = answer(
        &format!("{RFC}, algorithm=MD5"),
        "GET",
        "/dir/index.html",
        RFC_CLIENT_NONCE,
    );
    let sha = answer(
        &format!("{RFC}, algorithm=SHA-256"),
        "GET",
        "/dir/index.html",
        RFC_CLIENT_NONCE,
    );

    assert!(
        md5.contains("response=\"8ca523f5e9506fed4657c9700eebdbec\""),
        "{md5}"
    );
    assert!(
        sha.contains(
            "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""
        ),
        "{sha}"
    );
    assert!(sha.contains("algorithm=SHA-256") && sha.contains("qop=auth, nc=00000001"));
}

#[test]
fn a_challenge_without_qop_is_answered_the_old_way() {
    let value = answer(
        "Digest realm=\"IP Camera(12345)\", nonce=\"abc\"",
        "DESCRIBE",
        "rtsp://h:554/live",
        "n",
    );

    // MD5(MD5(user:realm:password):nonce:MD5(method:url)), by md5sum.
    assert_eq!(
        value,
        "Digest username=\"Mufasa\", realm=\"IP Camera(12345)\", nonce=\"abc\", uri=\"rtsp://h:554/live\", \
         response=\"1afa0d00de449217736034a7f825f67e\""
    );
}

#[test]
fn session_hashes_and_sha_512_256_are_answered() {
    // Both by openssl dgst.
    let sess = answer(
        "Digest realm=\"r\", nonce=\"abc\", qop=auth, algorithm=\"MD5-sess\"",
        "PLAY",
        "rtsp://h/",
        "n",
    );
    let sha = answer(
        "Digest realm=\"r\", nonce=\"abc\", algorithm=SHA-512-256",
        "PLAY",
        "rtsp://h/",
        "n",
    );

    assert!(
        sess.contains("response=\"f81dae392a41b06b6704c5d994daff65\""),
        "{sess}"
    );
    assert!(
        sha.contains(
            "response=\"33fcd415d1d49738eb33287fc209440eabf16f29bcb9151568b76500d4e75007\""
        ),
        "{sha}"
    );
}

#[test]
fn challenges_are_found_in_every_shape() {
    let shape = |values: &[&str]| -> String {
        let found = parse(values.iter().copied());
        let names = found.iter().map(|challenge| match challenge {
            LoginChallenge::Basic => "basic".to_owned(),
            LoginChallenge::Unknown => "?".to_owned(),
            LoginChallenge::Digest(d) => format!("{:?} {} {}", d.algorithm, d.realm, d.nonce),
        });
        names.collect::<Vec<_>>().join(" | ")
    };
    let cases: &[(&[&str], &str)] = &[
        (&["Basic realm=\"a\""], "basic"),
        (
            &[
                "Digest realm=\"a, b\",nonce=\"n\",stale=\"FALSE\"",
                "Basic realm=\"a\"",
            ],
            "Md5 a, b n | basic",
        ),
        (
            &["Basic realm=\"a\", Digest realm=\"b\", nonce=\"n\""],
            "basic | Md5 b n",
        ),
        (&["Digest nonce=n==, realm=r , algorithm=md5"], "Md5 r n=="),
        (
            &["DIGEST Realm = \"r\" , Nonce = \"n\" , ALGORITHM = \"sha-256\""],
            "Sha256 r n",
        ),
        (
            &["Digest realm=\"a\\\"b\", nonce=\"n\", qop=\"\""],
            "Md5 a\"b n",
        ),
        (
            &[
                "Digest realm=\"r\", nonce=\"n\", algorithm=\"SHA-512\"",
                "Digest realm=\"r\", nonce=\"m\"",
            ],
            "? | Md5 r m",
        ),
        (&["Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\""], "?"),
        (&["Digest realm=\"r\""], "?"),
        (&["Digest realm=\"r\", nonce=\"n"], "Md5 r n"),
        (&["Negotiate", "Bearer realm=\"r\"", ""], "? | ?"),
        (&["realm=\"r\", nonce=\"n\""], ""),
    ];

    for (values, expected) in cases {
        assert_eq!(shape(values), *expected, "{values:?}");
    }
}

fn challenged(
    login: &mut Authenticator,
    value: &str,
    signature: Option<&Signature>,
) -> Result<(), LoginFailure> {
    login.challenged([value].into_iter(), signature)
}

fn signed(login: &mut Authenticator, is_again: bool) -> Signature {
    login
        .sign("PLAY", "rtsp://h/", is_again, "n")
        .expect("a signature")
        .1
}

#[test]
fn a_refused_password_is_refused_once() {
    let mut login = Authenticator::new(ana(), false);
    challenged(&mut login, "Digest realm=\"r\", nonce=\"1\"", None).expect("a challenge");
    let first = signed(&mut login, true);

    let again = challenged(
        &mut login,
        "Digest realm=\"r\", nonce=\"2\", stale=FALSE",
        Some(&first),
    );

    assert_eq!(again, Err(LoginFailure::Refused));
}

#[test]
fn a_stale_nonce_is_no_refused_password() {
    let mut login = Authenticator::new(ana(), false);
    challenged(&mut login, "Digest realm=\"r\", nonce=\"1\"", None).expect("a challenge");
    let first = signed(&mut login, true);

    challenged(
        &mut login,
        "Digest realm=\"r\", nonce=\"2\", stale=\"TRUE\"",
        Some(&first),
    )
    .expect("stale");

    assert_ne!(signed(&mut login, false), first);
}

#[test]
fn a_stale_flag_with_the_same_nonce_is_a_refusal() {
    let mut login = Authenticator::new(ana(), false);
    challenged(
        &mut login,
        "Digest realm=\"r\", nonce=\"1\", stale=true",
        None,
    )
    .expect("a challenge");
    let first = signed(&mut login, true);

    let again = challenged(
        &mut login,
        "Digest realm=\"r\", nonce=\"1\", stale=true",
        Some(&first),
    );

    assert_eq!(again, Err(LoginFailure::Refused));
}

#[test]
fn a_nonce_for_one_address_is_not_used_ahead_again() {
    let mut login = Authenticator::new(ana(), false);
    challenged(&mut login, "Digest realm=\"r\", nonce=\"1\"", None).expect("a challenge");
    signed(&mut login, true);
    login.accepted();

    let ahead = signed(&mut login, false);
    challenged(&mut login, "Digest realm=\"r\", nonce=\"2\"", Some(&ahead)).expect("another try");
    let again = signed(&mut login, true);

    assert_eq!(login.sign("PLAY", "rtsp://h/", false, "n"), None);
    let refused = challenged(&mut login, "Digest realm=\"r\", nonce=\"3\"", Some(&again));
    assert_eq!(refused, Err(LoginFailure::NotAllowed));
}

#[test]
fn basic_is_used_only_where_it_is_allowed() {
    let mut strict = Authenticator::new(ana(), false);
    let mut open = Authenticator::new(ana(), true);
    let basic = "Basic realm=\"r\"";

    assert_eq!(
        challenged(&mut strict, basic, None),
        Err(LoginFailure::BasicOnly)
    );
    assert_eq!(challenged(&mut open, basic, None), Ok(()));
    let (value, signature) = open
        .sign("PLAY", "rtsp://h/", true, "n")
        .expect("a signature");
    assert_eq!(value, "Basic TXVmYXNhOkNpcmNsZSBvZiBMaWZl");
    assert_eq!(
        challenged(&mut open, basic, Some(&signature)),
        Err(LoginFailure::Refused)
    );
}

#[test]
fn digest_is_chosen_beside_basic_in_any_order() {
    for values in [
        ["Basic realm=\"r\"", "Digest realm=\"r\", nonce=\"n\""],
        ["Digest realm=\"r\", nonce=\"n\"", "Basic realm=\"r\""],
    ] {
        let mut login = Authenticator::new(ana(), true);
        login
            .challenged(values.into_iter(), None)
            .expect("a challenge");

        let (value, _) = login
            .sign("PLAY", "rtsp://h/", true, "n")
            .expect("a signature");
        assert!(value.starts_with("Digest "), "{value}");
    }
}

#[test]
fn a_missing_login_and_unknown_schemes_are_distinguished() {
    let digest = "Digest realm=\"r\", nonce=\"n\"";

    assert_eq!(
        challenged(&mut Authenticator::new(None, true), digest, None),
        Err(LoginFailure::Needed)
    );
    for value in [
        "",
        "Bearer",
        "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512",
    ] {
        let mut login = Authenticator::new(ana(), true);
        assert_eq!(
            challenged(&mut login, value, None),
            Err(LoginFailure::Unsupported),
            "{value}"
        );
    }
}

#[test]
fn names_with_quotation_marks_are_escaped() {
    let mut login = Authenticator::new(
        Some(Credentials::new("a\"\\b".to_owned(), String::new())),
        false,
    );
    challenged(
        &mut login,
        "Digest realm=\"r\", nonce=\"n\", opaque=\"\"",
        None,
    )
    .expect("a challenge");

    let (value, _) = login
        .sign("PLAY", "rtsp://h/", true, "n")
        .expect("a signature");

    assert!(
        value.contains("username=\"a\\\"\\\\b\"") && value.contains("opaque=\"\""),
        "{value}"
    );
}

#[test]
fn a_password_is_never_shown() {
    let login = Authenticator::new(ana(), true);

    let shown = format!("{:?} {login:?}", ana());

    assert!(
        !shown.contains("Circle") && !shown.contains("Mufasa"),
        "{shown}"
    );
}
