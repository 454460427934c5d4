//! The audit log as it is read back, whatever became of its file.

use std::path::Path;

use cloud::audit::Outcome;
use cloud::audit::chain::{self, Report};
use cloud::audit::limits::PROBLEMS;
use cloud::audit::line::{GENESIS, Line};
use cloud::audit::{Action, Audit, Event, FILE};
use cloud::clock::Clock;

use super::site::site;

/// What is written is read back, any other byte is noticed, and any file is read and gone on with.
pub(crate) fn audit(data: &[u8]) {
    let Some((which, rest)) = crate::input::chosen(data) else {
        return;
    };
    match (which, crate::input::text(rest)) {
        (b'w', Some(fields)) => written(fields),
        (b'o', Some(text)) => {
            if let Ok((line, _)) = Line::open(text) {
                let (again, hash) = line.seal();
                assert_eq!(Line::open(&again), Ok((line, hash)));
            }
        }
        (b'f', _) => drop(told(rest)),
        (b's', _) => {
            let (bytes, is_whole) = scripted(rest);
            let report = told(&bytes);
            if let Some(is_whole) = is_whole {
                assert_eq!(report.problems.is_empty(), is_whole, "{report:?}");
            }
        }
        (b'g', _) => gone_on(rest),
        (b'h', _) => gone_on(&scripted(rest).0),
        _ => {}
    }
}

fn written(fields: &str) {
    let mut fields = fields.split('\n').map(str::to_owned);
    let line = Line {
        what: fields.next().unwrap_or_default(),
        account: fields.next(),
        operator: fields.next(),
        client: fields.next(),
        place: fields.next(),
        subject: fields.next(),
        ..line(1)
    };
    let (text, hash) = line.seal();
    assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
    assert_eq!(Line::open(&text), Ok((line, hash)));
    for at in (0..text.len()).step_by(1 + text.len() / 64) {
        for turned in [1, 2, 32] {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= turned;
            let changed = String::from_utf8(bytes).expect("what is turned is ASCII too");
            assert!(Line::open(&changed).is_err(), "{changed}");
        }
    }
}

fn line(seq: u64) -> Line {
    Line {
        seq,
        time: "2026-11-24T04:03:20Z".to_owned(),
        what: "login".to_owned(),
        outcome: Outcome::Ok,
        account: None,
        operator: None,
        client: None,
        place: None,
        subject: None,
        n: None,
        prev: GENESIS.to_owned(),
    }
}

fn told(file: &[u8]) -> Report {
    let (mut report, mut n_lines) = (Report::default(), 0);
    let read = report.read_file(FILE, file, &mut |_| n_lines += 1);
    read.expect("memory can be read");
    assert_eq!(report.n_lines, n_lines);
    assert!(report.problems.len() <= PROBLEMS);
    report
}

/// A file that begins with a chain and is then treated as each line of the script says; and whether
/// it is still a piece of the chain, as far as that is known.
fn scripted(script: &[u8]) -> (Vec<u8>, Option<bool>) {
    let (mut next, mut prev) = (1, GENESIS.to_owned());
    let mut lines: Vec<String> = Vec::new();
    let mut chain: Vec<String> = Vec::new();
    let mut end = Vec::new();
    for step in script.split(|byte| *byte == b'\n').take(64) {
        let Some((which, rest)) = crate::input::chosen(step) else {
            continue;
        };
        let at = usize::from(rest.first().copied().unwrap_or(0)) % lines.len().max(1);
        match which {
            b'+' => {
                let line = Line {
                    subject: Some(String::from_utf8_lossy(rest).into_owned()),
                    prev,
                    ..line(next)
                };
                let (text, hash) = line.seal();
                (next, prev) = (line.seq.wrapping_add(1), hash);
                chain.push(text.clone());
                lines.push(text);
            }
            // What follows claims to be far into the log.
            b'n' => {
                next = rest
                    .first_chunk()
                    .map_or(u64::MAX, |n| u64::from_be_bytes(*n))
            }
            b'-' if !lines.is_empty() => drop(lines.remove(at)),
            b'd' if !lines.is_empty() => lines.insert(at, lines[at].clone()),
            b's' if !lines.is_empty() => lines.swap(0, at),
            b'i' if !rest.is_empty() => {
                lines.insert(at, String::from_utf8_lossy(rest).into_owned());
            }
            // What a disk without power leaves behind.
            b't' => end = vec![0; 256 * rest.len()],
            _ => {}
        }
    }
    let is_piece = |lines: &[String]| chain.windows(lines.len()).any(|piece| piece == lines);
    let is_whole = lines.is_empty() || is_piece(&lines);
    let is_numbered_anew = script
        .split(|byte| *byte == b'\n')
        .any(|step| step.starts_with(b"n"));
    let mut file: Vec<u8> = lines
        .into_iter()
        .flat_map(|line| (line + "\n").into_bytes())
        .collect();
    let is_torn = !end.is_empty();
    file.extend(end);
    (file, (!is_numbered_anew).then_some(is_whole && !is_torn))
}

/// Whatever stands in the file: what is noted next stands behind it.
fn gone_on(file: &[u8]) {
    let folder = site().folder.join("audited");
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    std::fs::write(folder.join(FILE), file).expect("a file can be written");
    let config = cloud::config::Config {
        data_dir: folder.clone(),
        ..cloud::config::Config::default()
    };
    let audit = Audit::open(&config, Clock::System).expect("a log can be opened");

    for subject in ["first", "second"] {
        audit.note(Event::done(Action::LogIn).subject(subject));
    }
    site().wait(audit.flush());

    let mut subjects = Vec::new();
    let report = chain::read(&folder, |line| subjects.push(line.subject.clone()));
    let report = report.expect("the log can be read");
    assert!(subjects.ends_with(&["first", "second"].map(|subject| Some(subject.to_owned()))));
    assert!(report.n_lines >= 2);
    assert_eq!(audit.n_lost(), 0);
    assert!(is_kept(&folder, file), "lines are gone");
}

/// Whether every whole line of the file is still in the folder, in one file or another.
fn is_kept(folder: &Path, file: &[u8]) -> bool {
    let end = file.iter().rposition(|byte| *byte == b'\n');
    let whole = &file[..end.map_or(0, |at| at + 1)];
    let mut found = std::fs::read_dir(folder).expect("a folder can be read");
    found.any(|entry| {
        let path = entry.expect("an entry can be read").path();
        std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(whole))
    })
}
