//! What forms bring along: the id and the letters of a picture, and done work.

use std::net::{IpAddr, Ipv4Addr};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use cloud::accounts::bot_check::captcha::{self, Checked};
use cloud::accounts::bot_check::proof_of_work::{self, Done, For, PARTS, WorkPurpose, Worker};
use cloud::throttle::limits::{CAPTCHA_SECONDS, FORM_SECONDS};
use cloud::visitor::Client;

use super::site::site;

/// Nobody makes or changes an id; only the right letters of a picture count, and once.
pub(crate) fn captcha(data: &[u8]) {
    let Some((which, rest)) = crate::input::chosen(data) else {
        return;
    };
    let (site, id) = (site(), captcha::new(&site().state));
    let check = |id: &str, typed: &str| {
        let checked = site.wait(captcha::check(&site.state, id, typed));
        checked.expect("the database answers")
    };
    match (which, crate::input::text(rest)) {
        (b'i', Some(text)) => {
            assert_eq!(captcha::age(&site.state, text), None);
            assert_eq!(check(text, "ABCD"), Checked::Dead);
        }
        (b'c', _) => {
            let Some(changed) = changed(&id, rest) else {
                return;
            };
            let age = captcha::age(&site.state, &changed);
            assert_eq!(age.is_some(), changed == id, "{changed}");
            assert!(age.is_none_or(|age| (0..CAPTCHA_SECONDS).contains(&age)));
        }
        (b'l', Some(typed)) => {
            let answer = captcha::answer(&site.state, &id);
            let bare = proto::typed::plain(typed);
            let is_right = bare.eq_ignore_ascii_case(&answer);
            assert_eq!(check(&id, typed) == Checked::Right, is_right, "{typed}");
            if !is_right {
                assert_eq!(check(&id, &answer.to_lowercase()), Checked::Right);
            }
            assert_eq!(check(&id, &answer), Checked::Dead, "an answer counts once");
        }
        (b'f', Some(end)) => {
            let Ok(request) = Request::get(format!("/captcha/{id}{end}")).body(Body::empty())
            else {
                return;
            };
            let status = site.answer(which, request).status();
            assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR);
            let is_file = end.starts_with(".png") || end.starts_with(".wav") || end.contains('%');
            assert!(is_file || status != StatusCode::OK, "{end}");
        }
        _ => {}
    }
}

/// Work counts for the form it was set for, whole and unchanged, and once.
pub(crate) fn work(data: &[u8]) {
    let Some((which, rest)) = crate::input::chosen(data) else {
        return;
    };
    let site = site();
    let client = Client::of(IpAddr::V4(Ipv4Addr::new(192, 0, 2, which)));
    let form = |form_id, purpose| For {
        worker: Worker::Client(&client),
        purpose,
        form_id,
        age: FORM_SECONDS,
        other_way: false,
    };
    let ours = form("form", WorkPurpose::Register);
    let check = |wanted: &For<'_>, done: &str| {
        let checked = site.wait(proof_of_work::check(&site.state, wanted, done));
        checked.expect("the database answers")
    };
    let set = || {
        let set = site.wait(proof_of_work::set(&site.state, &ours));
        set.expect("the database answers")
    };
    match (which, crate::input::text(rest)) {
        (b'd', Some(done)) => assert_eq!(check(&ours, done), Done::Not),
        (b'c', _) => {
            let solved = proof_of_work::solve(&set()).expect("what is set can be done");
            let Some(changed) = changed(&solved, rest) else {
                return;
            };
            // Without a zero to find every number does, so that the seal alone decides.
            let (text, numbers) = changed.split_once(':').unwrap_or((&changed, ""));
            let is_same = solved.starts_with(&format!("{text}:"));
            let is_enough = is_same && numbers.split(':').count() == PARTS;
            assert_eq!(
                check(&ours, &changed) == Done::Enough,
                is_enough,
                "{changed}"
            );
        }
        (b'n', Some(numbers)) => {
            let done = format!("{}:{numbers}", set());
            let is_enough = numbers.split(':').count() == PARTS && done.len() <= 400;
            assert_eq!(check(&ours, &done) == Done::Enough, is_enough, "{done}");
            assert_eq!(check(&ours, &done), Done::Not, "work counts once");
        }
        (b'f', Some(other)) => {
            let solved = proof_of_work::solve(&set()).expect("what is set can be done");
            let (purpose, form_id) = other.split_once(' ').unwrap_or(("", other));
            let purpose = WorkPurpose::parse(purpose).unwrap_or(WorkPurpose::Forgot);
            let is_ours = purpose == WorkPurpose::Register && form_id == "form";
            let answer = check(&form(form_id, purpose), &solved);
            assert_eq!(answer == Done::Enough, is_ours, "{other}");
        }
        _ => {}
    }
}

/// The text with bytes turned: each pair of `changes` is a place and what to turn there.
fn changed(text: &str, changes: &[u8]) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    for two in changes.chunks_exact(2).take(8) {
        let at = usize::from(two[0]) % bytes.len();
        bytes[at] ^= two[1];
    }
    String::from_utf8(bytes).ok()
}
