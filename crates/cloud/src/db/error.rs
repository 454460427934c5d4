//! Database errors, in the kinds that make a difference to a visitor.

use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;

/// What every function of [`crate::db`] returns.
pub type Result<T> = std::result::Result<T, Error>;

/// Why the database did not answer. All but `Broken` are temporary: the visitor is asked to try again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no space for another row; stored rows stay readable.
    #[error("the disk or database is full: {0}")]
    Full(sqlx::Error),
    /// Too many statements at once, or rows that others hold.
    #[error("the database is busy: {0}")]
    Busy(sqlx::Error),
    /// It cannot be reached, read or written.
    #[error("the database cannot be used: {0}")]
    Gone(sqlx::Error),
    /// It did not answer in time. The statement may still have taken effect.
    #[error("the database did not answer in time")]
    Silent,
    /// A statement that should work did not.
    #[error("a database statement failed: {0}")]
    Broken(sqlx::Error),
}

impl Error {
    /// Whether the database itself undid the statement because others were in its way.
    pub(super) fn is_undone(&self) -> bool {
        let Error::Busy(sqlx::Error::Database(inner)) = self else {
            return false;
        };
        // A serialization failure and a deadlock.
        is_postgres(&**inner) && matches!(inner.code().as_deref(), Some("40001" | "40P01"))
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Error {
        match &error {
            sqlx::Error::PoolTimedOut => Error::Busy(error),
            sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_) => Error::Gone(error),
            sqlx::Error::Database(inner) => {
                let code = inner.code().unwrap_or_default();
                if is_postgres(&**inner) {
                    of_postgres(&code)(error)
                } else {
                    of_sqlite(&code)(error)
                }
            }
            _ => Error::Broken(error),
        }
    }
}

fn is_postgres(error: &dyn DatabaseError) -> bool {
    error.try_downcast_ref::<PgDatabaseError>().is_some()
}

/// <https://www.sqlite.org/rescode.html>: the low byte is the primary result code.
fn of_sqlite(code: &str) -> fn(sqlx::Error) -> Error {
    match code.parse::<u32>().unwrap_or(0) & 0xff {
        // BUSY and LOCKED.
        5 | 6 => Error::Busy,
        13 => Error::Full,
        // READONLY, IOERR, CORRUPT, CANTOPEN and NOTADB.
        8 | 10 | 11 | 14 | 26 => Error::Gone,
        _ => Error::Broken,
    }
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>: the first two characters are the class.
fn of_postgres(code: &str) -> fn(sqlx::Error) -> Error {
    match (code.get(..2).unwrap_or(""), code) {
        // A full disk, though its class is that of too few resources.
        (_, "53100") => Error::Full,
        // Out of memory or connections; deadlocks; lock and statement timeouts.
        ("53" | "40", _) | (_, "55P03" | "57014") => Error::Busy,
        // Connections lost or refused, shutting down or starting, log-in, a standby, a damaged disk.
        ("08" | "57" | "58" | "28" | "3D", _) | (_, "25006" | "25P03" | "XX001" | "XX002") => {
            Error::Gone
        }
        _ => Error::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(of: fn(sqlx::Error) -> Error) -> &'static str {
        match of(sqlx::Error::RowNotFound) {
            Error::Full(_) => "full",
            Error::Busy(_) => "busy",
            Error::Gone(_) => "gone",
            Error::Silent => "silent",
            Error::Broken(_) => "broken",
        }
    }

    #[test]
    fn temporary_database_errors_are_distinguished_from_defects() {
        let kinds = [
            ("53100", "full"),
            ("53300", "busy"),
            ("55P03", "busy"),
            ("40001", "busy"),
            ("40P01", "busy"),
            ("57014", "busy"),
            ("57P01", "gone"),
            ("57P03", "gone"),
            ("08006", "gone"),
            ("28P01", "gone"),
            ("25006", "gone"),
            ("23505", "broken"),
            ("42601", "broken"),
            ("", "broken"),
        ];
        for (code, expected) in kinds {
            assert_eq!(kind(of_postgres(code)), expected, "{code}");
        }
        for (code, expected) in [
            ("5", "busy"),
            ("261", "busy"),
            ("13", "full"),
            ("10", "gone"),
            ("2067", "broken"),
        ] {
            assert_eq!(kind(of_sqlite(code)), expected, "{code}");
        }
    }
}
