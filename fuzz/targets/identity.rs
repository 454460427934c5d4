//! What people type and agents prove: serials, codes, proofs, credentials.

use std::time::Duration;

use proto::claim::{ClaimAnswer, ClaimWindow};
use proto::identity::{Serial, VerificationCode};
use proto::key::{PublicKey, RegisterProof};
use proto::turn_credential::{Secret, Username, verify};

/// A serial that is read is written in one way, which reads as itself; a code is six letters, and
/// only the right one opens the window.
pub(crate) fn serial_and_code(data: &[u8]) {
    let Some(text) = crate::input::text(data) else {
        return;
    };
    if let Ok(serial) = text.parse::<Serial>() {
        assert_eq!(serial.as_str().parse::<Serial>().as_ref(), Ok(&serial));
    }
    let read = text.parse::<VerificationCode>();
    if let Ok(code) = &read {
        assert!(code.reveal().bytes().all(|b| b.is_ascii_uppercase()) && code.reveal().len() == 6);
    }
    let expected: VerificationCode = "KQZWXV".parse().expect("six letters");
    let mut window = ClaimWindow::default();
    let answer = window.judge(&expected, text, Duration::ZERO);
    let is_right = read.is_ok_and(|code| code.reveal() == expected.reveal());
    assert_eq!(answer == ClaimAnswer::Accepted, is_right);
}

/// Nobody proves a key, and nobody makes a relay credential, without its secret.
pub(crate) fn key_proof(data: &[u8]) {
    let Some(text) = crate::input::text(data) else {
        return;
    };
    assert!(RegisterProof::check(text, "nonce", "host").is_err());
    if let Some(key) = PublicKey::from_text(text) {
        assert_eq!(key.to_text(), text);
    }
    let (username, password) = text.split_once('\n').unwrap_or((text, ""));
    assert!(verify(&Secret::new(*b"unknown"), username, password, 0).is_err());
    if let Ok(username) = Username::parse(username) {
        assert!(!username.call.is_empty());
    }
}
