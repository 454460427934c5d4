//! `[cloud.database]`: where the rows are stored.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use zeroize::Zeroizing;

use super::fault::Fault;
use super::text::without_mark;

/// How long a statement waits for a connection; on SQLite, for the writing one.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where the rows are stored. The default is SQLite, in a file of the data folder.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    /// Address of a PostgreSQL database; empty means SQLite. It may contain a password.
    pub url: String,
    /// File with the password; empty means that the URL, `PGPASSWORD` or `PGPASSFILE` contains it,
    /// or that none is needed.
    pub password_file: PathBuf,
    /// How long a statement waits for a free connection. Only tests, which share a machine, set
    /// this; no file can.
    #[serde(skip)]
    pub patience: Duration,
}

impl Default for DatabaseConfig {
    fn default() -> DatabaseConfig {
        DatabaseConfig {
            url: String::new(),
            password_file: PathBuf::new(),
            patience: PATIENCE,
        }
    }
}

impl DatabaseConfig {
    /// The password, if a file contains it.
    pub fn password(&self) -> anyhow::Result<Option<Zeroizing<String>>> {
        if self.password_file.as_os_str().is_empty() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&self.password_file).with_context(|| {
            let file = self.password_file.display();
            format!("reading the password of the database from {file} (`database.password_file`)")
        })?;
        let text = Zeroizing::new(text);
        // Editors end a file with a line break, which is no part of the password.
        let password = without_mark(&text).trim_end_matches(['\r', '\n']);
        Ok(Some(Zeroizing::new(password.to_owned())))
    }

    /// Where the rows are stored, for people; empty for a file in the data folder.
    ///
    /// # Errors
    /// As [`Config::check`](super::Config::check).
    pub fn place(&self) -> anyhow::Result<String> {
        if self.url.is_empty() {
            return Ok(String::new());
        }
        let options = self.postgres()?;
        let host = match options.get_socket() {
            Some(folder) => folder.display().to_string(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        let name = options.get_database().unwrap_or("");
        Ok(format!("{name:?} on {host}"))
    }

    /// Connection options for the database in the settings.
    ///
    /// # Errors
    /// The settings make no sense, or would send rows over a network that others can read.
    pub(crate) fn postgres(&self) -> anyhow::Result<PgConnectOptions> {
        let url = self.url.as_str();
        ensure!(
            url.starts_with("postgres://") || url.starts_with("postgresql://"),
            "`database.url` must start with postgres:// (or be empty, for SQLite)"
        );
        // The parser's error may repeat parts of the address, including a password.
        let mut options = PgConnectOptions::from_str(url)
            .ok()
            .context("`database.url` cannot be read; it looks like postgres://user@host/name")?
            .application_name("peerview");
        // A socket or loopback does not leave the machine, so TLS has nobody to protect from.
        if !is_local(&options) {
            options = protected(options, url.contains("sslmode="))?;
        }
        if let Some(password) = self.password()? {
            options = options.password(&password);
        }
        Ok(options)
    }

    /// Settings that cannot work or are not safe. Nothing is contacted.
    pub(super) fn fault(&self) -> Option<Fault> {
        if self.url.is_empty() {
            return None;
        }
        let error = self.postgres().err()?;
        let fix = "correct [cloud.database]; config.example.toml shows how";
        Some(Fault::new("database.url", format!("{error:#}"), fix))
    }
}

fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || address.is_ok_and(|ip| ip.is_loopback())
}

fn protected(options: PgConnectOptions, is_chosen: bool) -> anyhow::Result<PgConnectOptions> {
    if !is_chosen {
        return Ok(options.ssl_mode(PgSslMode::VerifyFull));
    }
    // Public authorities are always trusted, so verify-ca would accept anybody's certificate for
    // any name.
    ensure!(
        matches!(options.get_ssl_mode(), PgSslMode::VerifyFull),
        "`database.url`: for a database on another machine, `sslmode` must be verify-full (the default); an \
         own certificate authority is set with sslrootcert=FILE"
    );
    Ok(options)
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
    fn asvs_12_3_2_a_remote_database_requires_a_verified_certificate() {
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
    fn an_unknown_database_is_refused_without_repeating_its_password() {
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
    fn a_password_file_written_by_a_windows_editor_is_read() {
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
    fn a_missing_password_file_is_named() {
        let config = DatabaseConfig {
            url: "postgres://localhost/peerview".to_owned(),
            password_file: PathBuf::from("/nowhere/password"),
            ..DatabaseConfig::default()
        };

        assert!(config.fault().unwrap().found.contains("/nowhere/password"));
    }
}
