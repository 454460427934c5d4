//! The second run of the cloud's tests, on PostgreSQL, leaves out what `scripts/sqlite-only-tests.txt` lists.
//! `cargo xtask statements` holds after it that each SQL statement ran on both databases. Here is held what
//! statements alone do not show: tests in which requests meet run on both, as do all of `db`.

use std::collections::BTreeMap;
use std::path::Path;

use super::tree::{expect_none, files_ending, root};

const LIST: &str = "scripts/sqlite-only-tests.txt";

/// How a test lets requests meet, holds a transaction open, or sends what only PostgreSQL cannot store.
const DECIDED_BY_DATABASE: [&str; 6] = [
    "join_all",
    "join!(",
    "JoinSet",
    "tokio::spawn",
    ".begin()",
    "\\0",
];
/// Tests about what comes before a row is read: there, what meets are connections. They ask no database.
const BEFORE_A_ROW: [&str; 4] = [
    "admin::doctor",
    "links::relay",
    "transport",
    "web::smuggling",
];
/// What a test asks a database with.
const ASKS: [&str; 6] = [
    "cloud::db",
    "sql::",
    ".count(",
    ".db.",
    "state.db",
    "catalog::",
];
/// These start one of their own wherever they run.
const OWN_POSTGRES: &str = "Cluster::start";
/// They use the SQLite file of an earlier cloud.
const EARLIER_SQLITE: &str = "db::earlier_folder";

/// What is left to SQLite, and what of it runs on both.
#[derive(Default)]
struct Listed {
    of_sqlite: Vec<String>,
    both: Vec<String>,
}

fn listed(text: &str) -> Listed {
    let mut listed = Listed::default();
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(test) = line.strip_prefix("+ ") {
            listed.both.push(test.to_owned());
        } else if !line.starts_with('#') {
            listed.of_sqlite.push(line.to_owned());
        }
    }
    listed
}

impl Listed {
    fn is_of_sqlite(&self, test: &str) -> bool {
        let is_below = |entry: &String| {
            test.strip_prefix(entry.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        };
        self.of_sqlite.iter().any(is_below) && !self.both.iter().any(|both| both == test)
    }
}

/// The functions of a file of tests, and which of them are tests.
struct Functions<'a> {
    bodies: BTreeMap<&'a str, &'a str>,
    tests: Vec<&'a str>,
}

/// Every function of a file that stands at the left margin or in a module there.
fn functions(text: &str) -> Functions<'_> {
    let mut found = Functions {
        bodies: BTreeMap::new(),
        tests: Vec::new(),
    };
    for (at, _) in text.match_indices("fn ") {
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let before = &text[start..at];
        if !matches!(
            before.trim_start(),
            "" | "async " | "pub(crate) async " | "pub(crate) " | "pub(super) async "
        ) {
            continue;
        }
        let indent = &before[..before.len() - before.trim_start().len()];
        let rest = &text[at + 3..];
        let name = rest.split(['(', '<']).next().unwrap_or_default();
        let end = rest.find(&format!("\n{indent}}}\n")).unwrap_or(rest.len());
        found.bodies.insert(name, &rest[..end]);
        let attributes = text[..start].rsplit("\n\n").next().unwrap_or_default();
        if attributes.contains("test]") || attributes.contains("::test(") {
            found.tests.push(name);
        }
    }
    found
}

impl Functions<'_> {
    /// What of a test, or of what it calls in its file, the databases may decide differently.
    fn decided_by_database(&self, test: &str) -> Option<&'static str> {
        let (mut to_read, mut read) = (vec![test], Vec::new());
        while let Some(name) = to_read.pop() {
            let body = self.bodies[name];
            let found = DECIDED_BY_DATABASE
                .iter()
                .find(|word| body.contains(**word));
            if found.is_some() {
                return found.copied();
            }
            read.push(name);
            let is_called =
                |other: &&&str| !read.contains(other) && body.contains(&format!("{other}("));
            to_read.extend(self.bodies.keys().filter(is_called));
        }
        None
    }
}

/// Why tests of a module may not be left to SQLite.
fn complaints(listed: &Listed, module: &str, text: &str) -> Vec<String> {
    if text.contains(OWN_POSTGRES) || module == EARLIER_SQLITE {
        return Vec::new();
    }
    let is_before_a_row = BEFORE_A_ROW.iter().any(|part| module.starts_with(part));
    let asks = ASKS.iter().find(|word| text.contains(**word));
    let functions = functions(text);
    let mut complaints = Vec::new();
    for test in &functions.tests {
        let name = format!("{module}::{test}");
        if !listed.is_of_sqlite(&name) {
            continue;
        }
        if name.starts_with("db::") {
            complaints.push(format!("{name}: all of `db` runs on both"));
        } else if is_before_a_row {
            complaints.extend(asks.map(|word| format!("{name}: its file has `{word}`")));
        } else if let Some(word) = functions.decided_by_database(test) {
            complaints.push(format!("{name} has `{word}`: add the line `+ {name}`"));
        }
    }
    complaints
}

fn module_of(path: &str) -> Option<String> {
    let module = path
        .strip_prefix("crates/cloud/tests/it/")?
        .strip_suffix(".rs")?;
    Some(module.replace('/', "::"))
}

#[test]
fn tests_that_databases_may_decide_differently_run_on_both() {
    let listed = listed(&std::fs::read_to_string(root().join(LIST)).expect("there is a list"));
    assert!(!listed.of_sqlite.is_empty(), "the list is read");

    let complaints: Vec<String> = files_ending(".rs")
        .iter()
        .filter_map(|file| Some((module_of(&file.path)?, &file.text)))
        .flat_map(|(module, text)| complaints(&listed, &module, text))
        .collect();

    expect_none("Tests that must run on PostgreSQL too:", &complaints);
}

#[test]
fn every_line_of_the_sqlite_list_names_something() {
    let listed = listed(&std::fs::read_to_string(root().join(LIST)).expect("there is a list"));
    let tests = root().join("crates/cloud/tests/it");
    let complaints: Vec<&String> = listed
        .of_sqlite
        .iter()
        .filter(|entry| !exists(entry, &tests))
        .collect();
    let taken_back: Vec<&String> = listed
        .both
        .iter()
        .filter(|test| {
            let is_left_out = listed
                .of_sqlite
                .iter()
                .any(|entry| test.starts_with(entry.as_str()));
            !is_left_out || !exists(test, &tests)
        })
        .collect();

    assert!(
        complaints.is_empty(),
        "no such module or test: {complaints:?}"
    );
    assert!(
        taken_back.is_empty(),
        "nothing leaves these out, or they do not exist: {taken_back:?}"
    );
}

/// Whether there is such a module, or such a test in one.
fn exists(entry: &str, tests: &Path) -> bool {
    let file = |module: &str| tests.join(format!("{}.rs", module.replace("::", "/")));
    if file(entry).exists() {
        return true;
    }
    let Some((module, test)) = entry.rsplit_once("::") else {
        return false;
    };
    let text = std::fs::read_to_string(file(module)).unwrap_or_default();
    functions(&text).tests.contains(&test)
}

#[test]
fn only_inline_tests_of_db_use_a_database() {
    let opens = ["db::test::fresh", "test::database()"];
    let complaints: Vec<String> = files_ending(".rs")
        .iter()
        .filter(|file| file.path.starts_with("crates/cloud/src/"))
        .filter(|file| !file.path.starts_with("crates/cloud/src/db"))
        .filter(|file| opens.iter().any(|words| file.text.contains(words)))
        .map(|file| file.path.clone())
        .collect();

    expect_none(
        "The second run leaves out inline tests that are not below `db`; move these there or into tests/it:",
        &complaints,
    );
}

#[test]
fn a_listed_test_in_which_requests_meet_is_found() {
    let text = "//! Words.\n\n#[tokio::test]\nasync fn both_meet() {\n    at_once();\n}\n\n\
                fn at_once() {\n    join_all();\n}\n\n#[tokio::test]\nasync fn one_alone() {\n    one();\n}\n";
    let found = |list: &str, module: &str| complaints(&listed(list), module, text).join("\n");

    let said = found("# why\n\nweb::pages\n", "web::pages::login");

    assert!(
        said.contains("+ web::pages::login::both_meet") && !said.contains("one_alone"),
        "{said}"
    );
    assert_eq!(
        found(
            "web::pages\n+ web::pages::login::both_meet\n",
            "web::pages::login"
        ),
        ""
    );
    assert_eq!(found("web::pages\n", "web::pages_of_others"), "");
    assert!(found("db::tables\n", "db::tables").contains("one_alone"));
    assert_eq!(found("transport\n", "transport::suites"), "");
}
