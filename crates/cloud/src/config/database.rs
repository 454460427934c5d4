//! `[cloud.database]`: where the rows are.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Fault;
use crate::{db, limits};

/// Where the rows are. The default is SQLite, in a file of the data folder.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    /// Address of a PostgreSQL database; empty means SQLite. It may hold a password.
    pub url: String,
    /// File with the password; empty means that the URL, `PGPASSWORD` or `PGPASSFILE` hold it, or that none is needed.
    pub password_file: PathBuf,
    /// How long a statement waits for a free connection. Only tests set this, which share a machine; no file can.
    #[serde(skip)]
    pub patience: Duration,
}

impl Default for DatabaseConfig {
    fn default() -> DatabaseConfig {
        DatabaseConfig {
            url: String::new(),
            password_file: PathBuf::new(),
            patience: limits::DB_BUSY,
        }
    }
}

impl DatabaseConfig {
    /// The password, where a file holds it.
    pub fn password(&self) -> anyhow::Result<Option<Zeroizing<String>>> {
        if self.password_file.as_os_str().is_empty() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&self.password_file).with_context(|| {
            let file = self.password_file.display();
            format!("reading the password of the database from {file} (`database.password_file`)")
        })?;
        let text = Zeroizing::new(text);
        let password = super::without_mark(&text).trim_end_matches(['\r', '\n']);
        Ok(Some(Zeroizing::new(password.to_owned())))
    }

    /// Where the rows are, for people; empty where that is a file in the data folder.
    ///
    /// # Errors
    /// As [`Config::check`](super::Config::check).
    pub fn place(&self) -> anyhow::Result<String> {
        if self.url.is_empty() {
            return Ok(String::new());
        }
        Ok(db::postgres::place(&db::postgres::options(self)?))
    }

    /// What cannot work or would not be safe. Nothing is contacted.
    pub(super) fn fault(&self) -> Option<Fault> {
        if self.url.is_empty() {
            return None;
        }
        let error = db::postgres::options(self).err()?;
        let fix = "correct [cloud.database]; config.example.toml shows how";
        Some(Fault::new("database.url", format!("{error:#}"), fix))
    }
}

impl fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DatabaseConfig {
            url,
            password_file,
            patience: _,
        } = self;
        f.debug_struct("DatabaseConfig")
            .field("url", if url.is_empty() { &"" } else { &"hidden" })
            .field("password_file", password_file)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str) -> String {
        let config = DatabaseConfig {
            url: url.to_owned(),
            ..DatabaseConfig::default()
        };
        config
            .fault()
            .map_or_else(String::new, |fault| fault.to_string())
    }

    #[test]
    fn asvs_12_3_2_another_machine_needs_a_certificate_that_holds() {
        for weak in ["disable", "allow", "prefer", "require", "verify-ca"] {
            let url = format!("postgres://peerview@db.example.org/peerview?sslmode={weak}");
            assert!(refusal(&url).contains("verify-full"), "{weak}");
        }
        for safe in [
            "postgres://peerview@db.example.org/peerview",
            "postgres://peerview@db.example.org/peerview?sslmode=verify-full",
            "postgres://peerview@db.example.org/peerview?sslrootcert=/etc/ca.pem",
            "postgres://peerview@localhost/peerview?sslmode=disable",
            "postgres://peerview@127.0.0.1:5433/peerview",
            "postgresql:///peerview?host=/var/run/postgresql",
        ] {
            assert_eq!(refusal(safe), "", "{safe}");
        }
    }

    #[test]
    fn a_database_nobody_knows_is_refused_without_repeating_its_password() {
        for url in [
            "mysql://root:hunter2@localhost/x",
            "peerview.db",
            "postgres://a:hunter2@host:notaport/x",
        ] {
            let words = refusal(url);
            assert!(
                words.contains("database.url") && !words.contains("hunter2"),
                "{words}"
            );
        }
    }

    #[test]
    fn asvs_16_2_5_the_password_of_the_database_never_shows_in_debug() {
        let config = DatabaseConfig {
            url: "postgres://peerview:hunter2@localhost/peerview".to_owned(),
            ..DatabaseConfig::default()
        };

        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn a_password_file_may_begin_with_a_mark_and_end_as_windows_does() {
        let folder = crate::db::test::tempdir::Dir::new();
        let config = DatabaseConfig {
            password_file: folder.path().join("password"),
            ..DatabaseConfig::default()
        };
        for content in ["\u{feff}pa ss\r\n", "pa ss\n", "pa ss"] {
            std::fs::write(&config.password_file, content).unwrap();
            assert_eq!(config.password().unwrap().unwrap().as_str(), "pa ss");
        }
    }

    #[test]
    fn a_password_file_that_is_not_there_is_named() {
        let config = DatabaseConfig {
            url: "postgres://localhost/peerview".to_owned(),
            password_file: PathBuf::from("/nowhere/password"),
            ..DatabaseConfig::default()
        };

        assert!(config.fault().unwrap().found.contains("/nowhere/password"));
    }
}
