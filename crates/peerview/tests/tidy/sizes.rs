//! How long files may be: where the most readable trees of our models are. A longer file is
//! listed here with its reason, or cut.

use crate::tree::{expect_none, files, files_ending};

/// Files that may be longer than their kind, up to [`HARD_LIMIT`], and why.
const EXCEPTIONS: [(&str, &str); 0] = [];
/// No exception goes past this many lines.
const HARD_LIMIT: usize = 600;

/// Bytes of all our JavaScript that a browser may load; what Live view loads first has its own budget.
const SCRIPT_BUDGET_BYTES: usize = 440_000;

fn check(limit: usize, of: impl Fn(&str) -> bool) {
    let complaints: Vec<String> = files()
        .iter()
        .filter(|file| of(&file.path) && !file.is_vendored())
        .filter_map(|file| {
            let is_listed = EXCEPTIONS.iter().any(|(path, _)| *path == file.path);
            let limit = if is_listed { HARD_LIMIT } else { limit };
            let lines = file.without_tests().lines().count();
            (lines > limit).then(|| format!("{}: {lines} lines, {limit} at most", file.path))
        })
        .collect();

    expect_none(
        "Cut these, or list them in tests/tidy/sizes.rs with a reason:",
        &complaints,
    );
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/")
        || path.contains("/test/")
        || path.contains("/benches/")
        || path.ends_with("/tests.rs")
        || path.ends_with("/test.rs")
        || path.ends_with(".test.js")
}

#[test]
fn rust_files_stay_within_four_hundred_lines() {
    check(400, |path| path.ends_with(".rs") && !is_test(path));
}

#[test]
fn test_files_stay_within_six_hundred_lines() {
    check(600, |path| {
        (path.ends_with(".rs") || path.ends_with(".js")) && is_test(path)
    });
}

#[test]
fn scripts_of_the_pages_stay_small() {
    check(200, |path| {
        path.ends_with(".js") && path.contains("/static/") && !is_test(path)
    });

    let scripts = files_ending(".js");
    let ours = scripts.iter().filter(|file| {
        file.path.contains("/static/") && !is_test(&file.path) && !file.is_vendored()
    });
    let bytes: usize = ours.map(|file| file.text.len()).sum();
    assert!(bytes > 0, "no script found below static/");
    assert!(
        bytes <= SCRIPT_BUDGET_BYTES,
        "{bytes} bytes of JavaScript, {SCRIPT_BUDGET_BYTES} at most"
    );
}

#[test]
fn templates_and_style_sheets_stay_small() {
    check(120, |path| {
        path.ends_with(".html") && path.contains("/templates/")
    });
    check(300, |path| path.ends_with(".css"));
}

#[test]
fn shell_scripts_stay_small() {
    check(150, |path| path.ends_with(".sh"));
}

#[test]
fn documents_stay_within_their_length_limits() {
    check(120, |path| path == "README.md" || path == "CONTRIBUTING.md");
    check(200, |path| path == "ARCHITECTURE.md");
    check(220, |path| path == "STYLE.md");
}

#[test]
fn every_listed_size_exception_is_still_needed() {
    let files = files();
    for (path, reason) in EXCEPTIONS {
        let file = files.iter().find(|file| file.path == path);
        let lines = file.map_or(0, |file| file.without_tests().lines().count());

        assert!(
            lines > 400,
            "{path} ({reason}) has {lines} lines: take it off the list"
        );
    }
}
