//! Notes the text of every statement that the tests ran, and on which database, for `cargo xtask statements`.
//! It listens to what sqlx itself logs: the program has no code for this, and values are not logged.
//! The tests in `tests` use this file too.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, Once};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// The folder for the notes, one file for each test program.
const FOLDER: &str = "PEERVIEW_TEST_STATEMENTS";
/// Where sqlx logs statements.
const TARGET: &str = "sqlx::query";
/// sqlx runs SQLite in threads of its own with this name, and PostgreSQL in the tasks that ask.
const SQLITE_THREADS: &str = "sqlx-sqlite-worker-";

/// Starts noting, if a folder is named. Later calls do nothing.
pub(crate) fn record() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let Some(folder) = std::env::var_os(FOLDER) else {
            return;
        };
        let file = PathBuf::from(folder).join(format!("{}.tsv", std::process::id()));
        let file = File::options().append(true).create(true).open(file);
        let notes = Notes::new(file.unwrap());
        tracing::subscriber::set_global_default(notes).unwrap();
    });
}

/// Database and statement, and whether it ever found or changed a row.
type Seen = BTreeMap<(&'static str, String), bool>;

/// What was noted so far, and where each news is written at once: nobody tells when a test program ends.
struct Notes<W>(Mutex<(Seen, W)>);

impl<W: Write> Notes<W> {
    fn new(to: W) -> Notes<W> {
        Notes(Mutex::new((Seen::new(), to)))
    }

    fn note(&self, database: &'static str, text: &str, has_rows: bool) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut notes = self.0.lock().unwrap();
        let (seen, to) = &mut *notes;
        let before = seen.get(&(database, text.clone()));
        if before.is_none_or(|had_rows| has_rows && !had_rows) {
            let rows = if has_rows { "rows" } else { "none" };
            writeln!(to, "{database}\t{rows}\t{text}").unwrap();
            seen.insert((database, text), has_rows);
        }
    }
}

impl<W: Write + Send + 'static> Subscriber for Notes<W> {
    fn enabled(&self, of: &Metadata<'_>) -> bool {
        of.target() == TARGET
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::DEBUG)
    }

    fn event(&self, event: &Event<'_>) {
        let mut statement = Statement::default();
        event.record(&mut statement);
        let thread = std::thread::current();
        let is_sqlite = thread
            .name()
            .is_some_and(|name| name.starts_with(SQLITE_THREADS));
        let database = if is_sqlite { "sqlite" } else { "postgres" };
        self.note(database, statement.text(), statement.has_rows());
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// The fields of one event.
#[derive(Default)]
struct Statement {
    /// The first four words, or all if there are no more.
    summary: String,
    /// Everything, unless the summary is everything.
    whole: String,
    n_returned: u64,
    n_affected: u64,
}

impl Statement {
    /// Whether it found or changed a row. SQLite counts those of the last change for statements that change
    /// nothing too, so only what begins like a change has changed some.
    fn has_rows(&self) -> bool {
        let changes = ["INSERT", "UPDATE", "DELETE"];
        let is_change = changes.iter().any(|word| self.summary.starts_with(word));
        self.n_returned > 0 || (is_change && self.n_affected > 0)
    }

    fn text(&self) -> &str {
        if self.whole.is_empty() {
            &self.summary
        } else {
            &self.whole
        }
    }
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.whole),
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "rows_returned" => self.n_returned = value,
            "rows_affected" => self.n_affected = value,
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
