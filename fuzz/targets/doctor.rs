//! What a doctor is told about a cloud: by DNS, and by a time server.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use cloud::doctor::clock;
use cloud::doctor::dns::message::{self, Question};
use cloud::doctor::records::{is_kind, judge_dmarc, judge_spf, tag};

/// Any answer is read or refused in words, and what is told of it is one plain line.
pub(crate) fn doctor(data: &[u8]) {
    let Some((which, rest)) = crate::input::chosen(data) else {
        return;
    };
    match (which, crate::input::text(rest)) {
        (b'm', _) => answer(rest),
        (b'r', Some(record)) => judged(record),
        (b't', _) => {
            let (nonce, since) = ([7; 8], Duration::from_secs(1_795_493_000));
            if let Ok(seconds) = clock::read(rest, nonce, since, since) {
                assert!(seconds.is_finite());
            }
        }
        _ => {}
    }
}

fn answer(bytes: &[u8]) {
    let id = bytes.first_chunk().map_or(0, |id| u16::from_be_bytes(*id));
    let question = Question {
        server: SocketAddr::from((Ipv4Addr::LOCALHOST, 53)),
        id,
        name: "example.org",
    };
    assert!(
        message::is_cut(bytes) || bytes.len() >= 12,
        "a head is whole"
    );
    let foreign = Question {
        id: id.wrapping_add(1),
        ..question
    };
    assert!(message::read(bytes, &foreign, message::text).is_err());
    drop(message::read(bytes, &question, message::address));
    drop(message::read(bytes, &question, message::mail_host));
    match message::read(bytes, &question, message::text) {
        Ok(texts) => texts.iter().for_each(|text| judged(text)),
        Err(words) => assert!(!words.is_empty()),
    }
}

/// Case says nothing in SPF; a tag is found wherever it stands.
fn judged(record: &str) {
    let (spf, dmarc) = (judge_spf(record), judge_dmarc("_dmarc.example.org", record));
    let shouted = judge_spf(&record.to_ascii_uppercase());
    assert_eq!(shouted.grade, spf.grade);
    for text in [&spf.found, &spf.fix, &dmarc.found, &dmarc.fix] {
        assert!(!text.chars().any(char::is_control), "{text:?}");
    }
    assert!(!(is_kind(record, "v=spf1") && is_kind(record, "v=DMARC1")));
    if let Some(value) = tag(record, "p") {
        assert!(!value.contains([' ', ';']), "{value}");
        assert_eq!(tag(&format!("x=y; {record}"), "p"), Some(value));
    }
}
