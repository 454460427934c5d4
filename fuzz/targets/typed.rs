//! What people type or follow, and what browsers say on their own: codes, tokens, ways back,
//! cookies, languages.

use axum::http::{HeaderMap, HeaderValue, header};
use cloud::accounts::factors::app_code::Key;
use cloud::accounts::factors::base32::{self, CROCKFORD};
use cloud::accounts::factors::{passkeys, recovery_code};
use cloud::accounts::mailed_secret::derivation;
use cloud::accounts::session::new_session::BrowserKey;
use cloud::accounts::session::token::is_token;
use cloud::language::Language;
use cloud::language::browser_name::browser_name;
use cloud::seal::{self, SealPlace};
use cloud::visitor::SignedIn;
use cloud::web::cookies::Cookie;
use cloud::web::redirect_target::RedirectTarget;

use super::site::site;

/// What is read is written in one way, which reads as itself; what is none is refused.
pub(crate) fn typed(data: &[u8]) {
    let Some((which, rest)) = crate::input::chosen(data) else {
        return;
    };
    if which == b'c' {
        return cookie(rest);
    }
    let Some(text) = crate::input::text(rest) else {
        return;
    };
    match which {
        b'b' => {
            let token = derivation::read(text);
            assert!(token.chars().count() <= derivation::CHARACTERS + 1);
            assert_eq!(derivation::read(&base32::grouped(&token, " - ")), token);
        }
        b'r' => {
            if let Some(code) = recovery_code::parse(text) {
                assert!(code.chars().all(|letter| CROCKFORD.contains(letter)));
                let again = recovery_code::parse(&recovery_code::shown(&code));
                assert_eq!(again, Some(code));
            }
        }
        b't' => {
            let target = RedirectTarget::parse(text);
            let shown = target.to_string();
            let is_ours = shown.starts_with("/account") || shown.starts_with("/devices/PV-");
            assert!(is_ours && !shown.contains("//"), "{shown}");
            assert!(shown.starts_with(target.back()) || target.back() == "/account");
            assert_eq!(RedirectTarget::parse(&shown), target);
        }
        b'k' => {
            if let Some(key) = BrowserKey::parse(text) {
                assert_eq!(key.as_str(), text);
            }
        }
        b'n' => {
            if let Some(name) = passkeys::checked_name(text) {
                assert!(!name.chars().any(char::is_control));
                assert_eq!(passkeys::checked_name(name), Some(name));
            }
        }
        b'a' => {
            let (key, now) = (Key::new([7; 20]), 1_795_493_000);
            let step = key.step_of(text, now);
            assert!(step == 0 || *key.code(step) == text);
        }
        b'l' => {
            assert!(Language::wanted(text).is_none_or(|language| language.code().is_ascii()));
            assert!(!browser_name(text).is_empty());
        }
        b's' => {
            let place = SealPlace {
                table: "app_keys",
                column: "sealed_key",
                row: "ana",
            };
            assert!(seal::open(&site().state.secrets, place, text).is_none());
        }
        _ => {}
    }
}

/// Nobody is signed in by a cookie that was made up.
fn cookie(line: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(line) else {
        return;
    };
    let headers = HeaderMap::from_iter([(header::COOKIE, value)]);
    let state = &site().state;
    if let Some(token) = Cookie::Session.read(&headers, state) {
        assert!(!token.contains(';'));
        assert!(!is_token(token) || token.len() == 43);
    }
    let found = site().wait(SignedIn::find(&headers, state));
    assert!(found.is_ok_and(|found| found.is_none()));
}
