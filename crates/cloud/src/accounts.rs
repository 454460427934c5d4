//! Accounts: registration, log-in, sessions, forgotten passwords, and the limits on all of them.
//! Page functions call in here; this folder calls `db` and knows no HTML.

pub mod bot_check;
pub mod data_export;
pub mod deletion;
pub mod email_change;
pub mod factors;
pub mod mailed_secret;
pub mod names;
pub mod not_me;
pub mod notices;
pub mod password;
pub mod registration;
pub mod session;

use crate::db;
use crate::throttle;

/// Why a rule was not even tried. What a person typed wrong is not in here.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Too often; worth asking again after so many seconds.
    #[error("too often; wait {seconds} s")]
    TooMany {
        /// Until then.
        seconds: i64,
    },
    /// No more mail to this mailbox for so many seconds; the link of the last one stays good.
    #[error("no further mail; wait {seconds} s")]
    MailsUsedUp {
        /// Until then.
        seconds: i64,
    },
    /// The database did not answer.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// Too many password hashes at once.
    #[error(transparent)]
    Overloaded(#[from] crate::hasher::Overloaded),
}

impl From<throttle::Error> for Refusal {
    fn from(error: throttle::Error) -> Refusal {
        match error {
            throttle::Error::TooMany { seconds } => Refusal::TooMany { seconds },
            throttle::Error::Db(error) => Refusal::Db(error),
        }
    }
}
