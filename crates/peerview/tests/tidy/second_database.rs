//! All tests of the cloud run on both databases but a few that `scripts/steps.sh` lists under `once`:
//! those may not ask a database anything, unless they start a PostgreSQL of their own wherever they run.

use std::path::Path;

use super::tree::{expect_none, root};

/// What a test asks a database with.
const ASKS: [&str; 6] = [
    "cloud::db",
    "sql::",
    ".count(",
    ".db.",
    "state.db",
    "catalog::",
];
const OWN_POSTGRES: &str = "Cluster::start";

/// The entries of `once`, in their order.
fn once(steps: &str) -> Vec<&str> {
    let (_, list) = steps.split_once("\nonce=(\n").expect("the list is there");
    let (list, _) = list.split_once("\n)\n").expect("the list ends");
    let lines = list.lines().map(str::trim);
    lines.filter(|line| !line.starts_with('#')).collect()
}

/// The text of a module of the cloud's tests, or of one test in it.
fn text_of(entry: &str, tests: &Path) -> Option<String> {
    let file = |module: &str| tests.join(format!("{}.rs", module.replace("::", "/")));
    if let Ok(text) = std::fs::read_to_string(file(entry)) {
        return Some(text);
    }
    let (module, test) = entry.rsplit_once("::")?;
    let text = std::fs::read_to_string(file(module)).ok()?;
    let (_, body) = text.split_once(&format!("async fn {test}()"))?;
    let (body, _) = body.split_once("\n}\n")?;
    Some(body.to_owned())
}

/// Why an entry with this text may not be in the list.
fn complaint(entry: &str, text: Option<&str>) -> Option<String> {
    let Some(text) = text else {
        return Some(format!("{entry}: there is no such module or test"));
    };
    if text.contains(OWN_POSTGRES) {
        return None;
    }
    let asks = ASKS.iter().find(|word| text.contains(**word))?;
    Some(format!(
        "{entry} has `{asks}`: take it out of the list, so that it runs on both databases"
    ))
}

#[test]
fn only_tests_that_ask_no_database_run_on_one_alone() {
    let steps = std::fs::read_to_string(root().join("scripts/steps.sh")).expect("it is there");
    let tests = root().join("crates/cloud/tests/it");
    let entries = once(&steps);
    assert!(!entries.is_empty(), "the list is read");

    let complaints: Vec<String> = entries
        .iter()
        .filter_map(|entry| complaint(entry, text_of(entry, &tests).as_deref()))
        .collect();

    expect_none("tests that run on one database", &complaints);
}

#[test]
fn a_listed_test_that_asks_the_database_is_found() {
    let tests = root().join("crates/cloud/tests/it");

    assert_eq!(once("a\nonce=(\n  # why\n  tls\n)\n"), ["tls"]);
    let races = text_of("accounts::races", &tests);
    assert!(complaint("accounts::races", races.as_deref()).is_some());
    let name = "web::pages::captcha::only_one_of_many_parallel_right_answers_passes";
    assert!(text_of(name, &tests).is_some_and(|body| body.contains("join_all")));
    assert!(complaint("gone", text_of("gone", &tests).as_deref()).is_some());
}
