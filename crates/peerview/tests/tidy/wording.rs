//! Rules about the first lines of files, and about forbidden words.

use crate::tree::{expect_none, files, files_ending};

#[test]
fn every_file_opens_with_its_purpose() {
    let opens_well = |path: &str, text: &str| -> bool {
        let second_line = || text.lines().nth(1).unwrap_or_default().to_owned();
        match path.rsplit('.').next().unwrap_or_default() {
            "rs" => text.starts_with("//! "),
            "js" => text.starts_with("//") || text.starts_with("/*"),
            "css" => text.starts_with("/*"),
            "sql" => text.starts_with("-- "),
            "sh" => second_line().starts_with("# "),
            "py" => [text, &second_line()]
                .iter()
                .any(|line| line.starts_with("\"\"\"") || line.starts_with("# ")),
            "html" => text.starts_with("{#") || text.starts_with("{%"),
            _ => true,
        }
    };
    let complaints: Vec<String> = files()
        .iter()
        .filter(|file| !file.is_vendored() && !opens_well(&file.path, &file.text))
        .map(|file| file.path.clone())
        .collect();

    expect_none(
        "These do not open with a comment that says what they are for:",
        &complaints,
    );
}

#[test]
fn file_headers_are_one_to_five_lines() {
    let complaints: Vec<String> = files_ending(".rs")
        .iter()
        .filter_map(|file| {
            let lines = file
                .text
                .lines()
                .take_while(|line| line.starts_with("//!"))
                .count();
            // A crate's front page and the one-page contract of the pure core may say more.
            let limit = if file.path.ends_with("/lib.rs") {
                40
            } else {
                8
            };
            (lines > limit).then(|| format!("{}: {lines} lines", file.path))
        })
        .collect();

    expect_none(
        "A header says what the file is for; the rest belongs beside the code:",
        &complaints,
    );
}

#[test]
fn no_code_outside_tests_unwraps() {
    let mut complaints = Vec::new();
    for file in files_ending(".rs").iter().filter(|file| !file.is_test()) {
        for (number, line) in file.without_tests().lines().enumerate() {
            if line.contains(".unwrap()") && !line.trim_start().starts_with("//") {
                complaints.push(format!("{}:{}", file.path, number + 1));
            }
        }
    }

    expect_none(
        "Say the invariant with `expect`, or return an error:",
        &complaints,
    );
}

#[test]
fn no_lint_is_silenced_without_a_reason() {
    let silencer = concat!("#[", "allow(");
    let mut complaints = Vec::new();
    for file in files_ending(".rs") {
        for (number, line) in file.text.lines().enumerate() {
            if line.trim_start().starts_with(silencer)
                || line.trim_start().starts_with(concat!("#![", "allow("))
            {
                complaints.push(format!("{}:{}", file.path, number + 1));
            }
        }
    }

    expect_none("Use `#[expect(lint, reason = \"…\")]`:", &complaints);
}

#[test]
fn names_of_tests_are_sentences() {
    let mut complaints = Vec::new();
    for file in files_ending(".rs") {
        let mut is_test_next = false;
        for line in file.text.lines().map(str::trim) {
            is_test_next |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
            let Some(rest) = line
                .strip_prefix("fn ")
                .or_else(|| line.strip_prefix("async fn "))
            else {
                continue;
            };
            let name = rest.split('(').next().unwrap_or_default();
            if is_test_next && name.split('_').count() < 3 {
                complaints.push(format!("{}: {name}", file.path));
            }
            is_test_next = false;
        }
    }

    expect_none(
        "A test's name says what happens, in a sentence:",
        &complaints,
    );
}

#[test]
fn one_word_per_thing_in_tables_and_types() {
    // Wrong word, right word. "Device" and "channel" may stand: ISAPI, ONVIF and TURN own them.
    let synonyms = [
        ("user", "account"),
        ("users", "accounts"),
        ("nvr", "recorder"),
        ("viewing", "call"),
        ("pairing", "claim"),
        ("share", "grant"),
        ("shares", "grants"),
        ("member", "grant"),
    ];
    let mut complaints = Vec::new();
    for file in files()
        .iter()
        .filter(|file| file.path.ends_with(".rs") || file.path.ends_with(".sql"))
    {
        for line in file.text.lines() {
            let Some(name) = declared_name(line) else {
                continue;
            };
            for (wrong, right) in synonyms
                .iter()
                .filter(|(wrong, _)| name.eq_ignore_ascii_case(wrong))
            {
                complaints.push(format!("{}: `{wrong}` is called {right} here", file.path));
            }
        }
    }

    expect_none("One word per thing:", &complaints);
}

/// The name that a line declares as a table, a module or a type.
fn declared_name(line: &str) -> Option<String> {
    let line = line
        .trim()
        .trim_start_matches("pub(crate) ")
        .trim_start_matches("pub ");
    let keywords = [
        "CREATE TABLE IF NOT EXISTS ",
        "CREATE TABLE ",
        "struct ",
        "enum ",
        "trait ",
        "mod ",
    ];
    let rest = keywords
        .iter()
        .find_map(|keyword| line.strip_prefix(keyword))?;
    let end = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    Some(rest[..end].to_owned())
}

#[test]
fn no_source_mentions_private_paths_or_open_tasks() {
    // Split, so that this list does not find itself.
    let banned = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/home", "/"),
        concat!("/tmp", "/pv"),
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("X", "XX "),
        concat!("Clau", "de"),
        concat!("Co-Auth", "ored-By"),
    ];
    let mut complaints = Vec::new();
    for file in files()
        .iter()
        .filter(|file| !file.is_vendored() && !file.path.ends_with("-lock.json"))
    {
        for (number, line) in file.text.lines().enumerate() {
            for word in banned.iter().filter(|word| line.contains(**word)) {
                complaints.push(format!("{}:{}: `{word}`", file.path, number + 1));
            }
        }
    }

    expect_none(
        "Paths of one machine and notes to oneself do not belong here:",
        &complaints,
    );
}
