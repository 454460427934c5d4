//! One word for one thing: types do not share names, and names of tests are short sentences. Older exceptions
//! are counted, and the counts may only fall.

use std::collections::BTreeMap;

use crate::tree::{File, expect_none, files_ending};

/// A name stands for two types at most.
const MOST_TYPES: usize = 2;
/// Words that every part has its own of.
const EVERYBODYS: [&str; 3] = ["Config", "Error", "Event"];
/// Names that stand for two types.
const N_PAIRS: usize = 6;

/// Words in a test's name, the id of a row of ASVS aside.
const MOST_WORDS: usize = 10;
/// Tests whose names have more.
const N_LONG_TESTS: usize = 0;

/// How many types of our crates have each name; tests and names of everybody aside.
fn types() -> BTreeMap<String, usize> {
    let mut types = BTreeMap::new();
    let sources = files_ending(".rs");
    let sources = sources.iter().filter(|file| {
        file.path.starts_with("crates/") && file.path.contains("/src/") && !file.is_test()
    });
    for name in sources.flat_map(|file| declared(file.without_tests())) {
        *types.entry(name.to_owned()).or_default() += 1;
    }
    types.retain(|name, _| !EVERYBODYS.contains(&name.as_str()));
    types
}

/// Names of the types that a file declares, in whatever module.
fn declared(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let words = line.split_whitespace();
        let mut words = words.skip_while(|word| word.starts_with("pub"));
        let kind = words.next()?;
        let name = words
            .next()
            .filter(|_| !line.trim_start().starts_with("//"))?;
        let is_type = matches!(kind, "struct" | "enum" | "trait" | "union");
        let end = name
            .find(|c: char| !c.is_alphanumeric())
            .unwrap_or(name.len());
        // A macro's `$name` is no name.
        (is_type && end > 0).then_some(&name[..end])
    })
}

#[test]
fn a_new_type_has_a_unique_name() {
    let types = types();
    let mut complaints: Vec<String> = types
        .iter()
        .filter(|(_, n)| **n > MOST_TYPES)
        .map(|(name, n)| format!("`{name}` stands for {n} types"))
        .collect();
    let pairs: Vec<&str> = types
        .iter()
        .filter(|(_, n)| **n == MOST_TYPES)
        .map(|(name, _)| name.as_str())
        .collect();
    if pairs.len() != N_PAIRS {
        complaints.push(format!(
            "{} names stand for two types, and N_PAIRS says {N_PAIRS}: {}",
            pairs.len(),
            pairs.join(", ")
        ));
    }

    expect_none(
        "One name, one type. Name a new one differently; where one was mended, lower the number here:",
        &complaints,
    );
}

/// The functions of a file that are tests.
fn tests(file: &File) -> Vec<&str> {
    let mut found = Vec::new();
    let mut is_test = false;
    for line in file.text.lines().map(str::trim) {
        let line = line.strip_prefix("async ").unwrap_or(line);
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some(rest) = line.strip_prefix("fn ") {
            if std::mem::take(&mut is_test) {
                found.extend(rest.split('(').next());
            }
        } else if !line.starts_with("#[") && !line.starts_with("//") {
            is_test = false;
        }
    }
    found
}

/// Words of a test's name, without `asvs` and the numbers after it.
fn n_words(name: &str) -> usize {
    let is_id = |word: &&str| *word == "asvs" || word.chars().all(|c| c.is_ascii_digit());
    let words = name.split('_');
    if name.starts_with("asvs_") {
        words.skip_while(is_id).count()
    } else {
        words.count()
    }
}

#[test]
fn a_new_test_has_a_short_name() {
    let files = files_ending(".rs");
    let names: Vec<(&str, &str)> = files
        .iter()
        .filter(|file| file.path.starts_with("crates/"))
        .flat_map(|file| {
            tests(file)
                .into_iter()
                .map(|name| (file.path.as_str(), name))
        })
        .collect();
    let long: Vec<String> = names
        .iter()
        .filter(|(_, name)| n_words(name) > MOST_WORDS)
        .map(|(path, name)| format!("{path}: {name}"))
        .collect();

    assert!(names.len() > 1000, "only {} tests found", names.len());
    if long.len() != N_LONG_TESTS {
        expect_none(
            &format!(
                "{} names of tests have more than {MOST_WORDS} words, and N_LONG_TESTS says {N_LONG_TESTS}. \
                 Shorten a new one; where one was shortened, lower the number. All of them:",
                long.len()
            ),
            &long,
        );
    }
}

#[test]
fn declared_types_and_tests_are_found() {
    let text = "pub(super) struct One<T>(T);\n  enum Two {\n// struct Not\n/// a trait Not\n\
                impl Not {}\npub trait Three: Sized {\npub(crate) union Four {\nstruct $five;\nlet structure = 1;";
    let found: Vec<&str> = declared(text).collect();
    assert_eq!(found, ["One", "Two", "Three", "Four"]);

    let file = File {
        path: String::new(),
        text: "#[test]\n#[ignore]\nfn one() {}\nfn not() {}\n#[tokio::test(start_paused = true)]\n\
               async fn two() {}\n#[test]\n/// Says.\nfn three() {"
            .to_owned(),
    };
    assert_eq!(tests(&file), ["one", "two", "three"]);
    assert_eq!(n_words("asvs_6_2_1_eleven_characters_are_refused"), 4);
    assert_eq!(n_words("two_of_1_2"), 4);
}
