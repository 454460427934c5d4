//! Checks that the tests on PostgreSQL run every SQL statement that the tests on SQLite run, from the logs of
//! both (`crates/cloud/src/db/test/statements.rs`). A statement that found or changed rows on SQLite must do
//! so on PostgreSQL too: one that met no row has tested little.

use std::collections::BTreeMap;
use std::path::Path;

/// What statements contain that only SQLite needs, and why.
const SQLITE_ONLY: &[(&str, &str)] = &[
    ("PRAGMA ", "settings and checks of an SQLite file"),
    ("VACUUM ", "copies an SQLite file"),
    ("sqlite_master", "what SQLite says about its tables"),
    (
        "_sqlx_migrations",
        "sqlx itself, in other words on each database",
    ),
    (
        "purpose <> 'setup' OR ended_at IS NULL",
        "a restored SQLite file: links to set up that nobody used",
    ),
    ("FROM setups", "the same in the file of an earlier cloud"),
    (
        "'not sent again after a restore'",
        "a restored SQLite file: mails that waited",
    ),
];
/// In a statement that a test puts together.
const OF_A_TEST: &str = "/* a test */";

/// Text and whether it ever found or changed a row.
type Ran = BTreeMap<String, bool>;

/// What the tests ran on each database.
#[derive(Debug, Default)]
struct Notes {
    sqlite: Ran,
    postgres: Ran,
}

/// What the program's and the tests' sources contain, each in one line.
#[derive(Debug, Default)]
struct Sources {
    program: String,
    tests: String,
    /// Where column types differ, there are two migrations of one name.
    sqlite_migrations: String,
}

/// What the notes in a folder say, and whether nothing is missing.
pub fn compare(folder: &str) -> Result<(String, bool), String> {
    let notes = read_notes(Path::new(folder))?;
    let mut sources = Sources::default();
    let cloud = crate::root().join("crates/cloud");
    sources.read(&cloud.join("src"))?;
    sources.read(&cloud.join("tests"))?;
    for path in files_below(&cloud.join("migrations/sqlite"))? {
        sources.sqlite_migrations += &in_one_line(&read(&path)?);
    }
    verdict(&notes, &sources)
}

fn verdict(notes: &Notes, sources: &Sources) -> Result<(String, bool), String> {
    for (ran, database, step) in [
        (&notes.sqlite, "SQLite", "rust"),
        (&notes.postgres, "PostgreSQL", "postgres"),
    ] {
        if ran.is_empty() {
            return Err(format!(
                "no test on {database} has noted a statement: run the step `{step}` first"
            ));
        }
    }
    let (mut n, mut missing) = (0, String::new());
    for (statement, has_rows) in &notes.sqlite {
        if is_sqlite_only(statement) || sources.is_left_out(statement) {
            continue;
        }
        n += 1;
        let complaint = match notes.postgres.get(statement) {
            None => "did not run",
            Some(false) if *has_rows => "found and changed no row, as it does on SQLite",
            Some(_) => continue,
        };
        missing += &format!("  {complaint}: {statement}\n");
    }
    if missing.is_empty() {
        return Ok((
            format!("{n} statements ran on SQLite, and all of them on PostgreSQL too.\n"),
            true,
        ));
    }
    let text = format!(
        "\nNo test on PostgreSQL shows that these statements work there:\n{missing}\
         Take a test that runs them out of scripts/sqlite-only-tests.txt, or write one in `db`.\n"
    );
    Ok((text, false))
}

fn is_sqlite_only(statement: &str) -> bool {
    // A restored SQLite file loses whole tables; PostgreSQL is restored by its own tools.
    let is_whole_table = statement
        .strip_prefix("DELETE FROM ")
        .is_some_and(|rest| !rest.contains(' '));
    is_whole_table
        || SQLITE_ONLY
            .iter()
            .any(|(words, _)| statement.contains(words))
}

fn read_notes(folder: &Path) -> Result<Notes, String> {
    let mut notes = Notes::default();
    for path in files_below(folder)? {
        notes.read(&read(&path)?)?;
    }
    Ok(notes)
}

impl Notes {
    fn read(&mut self, text: &str) -> Result<(), String> {
        for line in text.lines() {
            let fields: Vec<&str> = line.splitn(3, '\t').collect();
            let [database, rows, statement] = fields[..] else {
                return Err(format!("not a note of a statement: {line}"));
            };
            let ran = match database {
                "sqlite" => &mut self.sqlite,
                "postgres" => &mut self.postgres,
                _ => return Err(format!("no database of ours: {line}")),
            };
            *ran.entry(statement.to_owned()).or_default() |= rows == "rows";
        }
        Ok(())
    }
}

impl Sources {
    fn read(&mut self, folder: &Path) -> Result<(), String> {
        for path in files_below(folder)? {
            let name = path.to_string_lossy();
            if name.ends_with(".rs") {
                self.add(&name, &read(&path)?);
            }
        }
        Ok(())
    }

    fn add(&mut self, path: &str, text: &str) {
        let is_test = ["/tests/", "/test/", "/tests.rs", "/test.rs"]
            .iter()
            .any(|part| path.contains(part));
        let program = match text.split_once("\n#[cfg(test)]\nmod ") {
            _ if is_test => "",
            Some((program, _)) => program,
            None => text,
        };
        self.program += &in_one_line(program);
        self.tests += &in_one_line(&text[program.len()..]);
    }

    /// Whether the statement is a test's own or a migration for SQLite. One that no source contains was put
    /// together from parts: it counts as the program's, so that none escapes.
    fn is_left_out(&self, statement: &str) -> bool {
        if statement.contains(OF_A_TEST) || self.sqlite_migrations.contains(statement) {
            return true;
        }
        let literals = [("\"", "\""), ("\" ", "\""), ("\"", " \""), ("\" ", " \"")]
            .map(|(before, after)| format!("{before}{statement}{after}"));
        let is_in = |text: &str| literals.iter().any(|literal| text.contains(literal));
        is_in(&self.tests) && !is_in(&self.program)
    }
}

/// A source as one line: its literals read like the notes.
fn in_one_line(source: &str) -> String {
    let plain = source.replace("\\\"", "\"");
    let mut line = String::with_capacity(plain.len());
    for words in plain.split_whitespace() {
        line.push(' ');
        // At the end of a line it continues a literal.
        line += words.strip_suffix('\\').unwrap_or(words);
    }
    line + "\n"
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn files_below(folder: &Path) -> Result<Vec<std::path::PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut files = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAM: &str = "pub fn find() {\n    query(\n        \"SELECT a\n         FROM t\",\n    )\n}\n\
                           #[cfg(test)]\nmod tests { query(\"SELECT 1\") }\n";

    fn judged(notes: &str) -> Result<(String, bool), String> {
        let (mut parsed, mut sources) = (Notes::default(), Sources::default());
        parsed.read(notes)?;
        sources.add("crates/cloud/src/db/t.rs", PROGRAM);
        sources.add("crates/cloud/tests/it/db.rs", "query(\"SELECT b FROM t\")");
        verdict(&parsed, &sources)
    }

    #[test]
    fn a_statement_missing_on_postgresql_is_named() {
        let (text, is_fine) =
            judged("sqlite\tnone\tSELECT a FROM t\npostgres\tnone\tSELECT c FROM t\n").unwrap();

        assert!(!is_fine);
        assert!(text.contains("did not run: SELECT a FROM t\n"), "{text}");
    }

    #[test]
    fn a_statement_has_to_find_rows_on_both() {
        let only_ran = "sqlite\trows\tSELECT a FROM t\npostgres\tnone\tSELECT a FROM t\n";
        let found = format!("{only_ran}postgres\trows\tSELECT a FROM t\n");

        let (text, is_fine) = judged(only_ran).unwrap();

        assert!(!is_fine && text.contains("no row"), "{text}");
        assert!(judged(&found).unwrap().1);
    }

    #[test]
    fn statements_of_tests_and_for_sqlite_are_left_out() {
        let notes = "sqlite\trows\tSELECT a FROM t\npostgres\trows\tSELECT a FROM t\n\
                     sqlite\trows\tSELECT b FROM t\nsqlite\trows\tSELECT 1\nsqlite\trows\tPRAGMA quick_check\n\
                     sqlite\trows\tDELETE FROM u\nsqlite\tnone\tSELECT c /* a test */\n";

        let (text, is_fine) = judged(notes).unwrap();

        assert!(is_fine, "{text}");
        assert!(text.starts_with("1 statements"), "{text}");
    }

    #[test]
    fn a_statement_made_of_parts_counts_as_the_programs() {
        let notes = "sqlite\tnone\tDELETE FROM t WHERE a = 1\npostgres\tnone\tSELECT a FROM t\n";

        assert!(!judged(notes).unwrap().1);
    }

    #[test]
    fn without_notes_of_both_databases_nothing_is_green() {
        let of_one = judged("sqlite\tnone\tSELECT a FROM t\n").unwrap_err();
        let of_other = judged("postgres\tnone\tSELECT a FROM t\n").unwrap_err();

        assert!(of_one.contains("PostgreSQL") && of_other.contains("SQLite"));
    }
}
