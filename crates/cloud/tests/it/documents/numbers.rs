//! The numbers of docs/ref/sessions.md are those of the code.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use std::collections::BTreeMap;

use cloud::throttle::limits::{
    AUTO_LOGIN_IDLE, AUTO_LOGIN_LIFE, KEYLESS_IDLE, KEYLESS_LIFE, KNOWN_BROWSER,
    MAX_KNOWN_BROWSERS, MAX_SESSIONS, NONCE_SECONDS, PROOF_SECONDS, RENEWAL_GRACE, RENEWED_SECONDS,
    SESSION_IDLE, SESSION_LIFE,
};

const PAGE: &str = include_str!("../../../../../docs/ref/sessions.md");

#[test]
fn asvs_7_1_1_the_documented_session_limits_match_the_code() {
    let code: BTreeMap<&str, i64> = [
        ("SESSION_IDLE", SESSION_IDLE),
        ("SESSION_LIFE", SESSION_LIFE),
        ("RENEWED_SECONDS", RENEWED_SECONDS),
        ("RENEWAL_GRACE", RENEWAL_GRACE),
        ("NONCE_SECONDS", NONCE_SECONDS),
        ("AUTO_LOGIN_IDLE", AUTO_LOGIN_IDLE),
        ("AUTO_LOGIN_LIFE", AUTO_LOGIN_LIFE),
        ("KEYLESS_IDLE", KEYLESS_IDLE),
        ("KEYLESS_LIFE", KEYLESS_LIFE),
        ("PROOF_SECONDS", PROOF_SECONDS),
        ("MAX_SESSIONS", MAX_SESSIONS),
        ("KNOWN_BROWSER", KNOWN_BROWSER),
        ("MAX_KNOWN_BROWSERS", MAX_KNOWN_BROWSERS),
    ]
    .into();

    let written: BTreeMap<&str, i64> = PAGE
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .map(|row| {
            let (name, rest) = row.split_once("` | ").unwrap();
            (name, read(rest.split_once(" |").unwrap().0))
        })
        .collect();

    assert_eq!(written, code);
    assert!(PAGE.contains("Deviation D3"));
}

/// `12 hours` in seconds; a number alone as it is.
fn read(words: &str) -> i64 {
    let (n, unit) = words.split_once(' ').unwrap_or((words, ""));
    let seconds = match unit {
        "" | "seconds" => 1,
        "minutes" => 60,
        "hours" => 3_600,
        "days" => 86_400,
        other => panic!("{other}"),
    };
    n.parse::<i64>().unwrap() * seconds
}
