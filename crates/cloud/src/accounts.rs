//! Accounts: registration, log-in, sessions, forgotten passwords, and the limits on all of them.
//! Page functions call in here; this folder calls `db` and knows no HTML.

pub mod arrangement;
pub mod bot_check;
pub mod data_export;
pub mod deletion;
pub mod email_change;
pub mod factors;
pub mod live_arrangement;
pub mod mailed_secret;
pub mod names;
pub mod not_me;
pub mod notices;
pub mod password;
pub mod registration;
pub mod session;

use crate::db;
use crate::throttle;

/// Why a rule refused before it compared anything. What a person typed wrong is not an
/// error: see each rule's result.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// A rate limit is reached; worth another try after so many seconds.
    #[error("too often; wait {seconds} s")]
    TooMany {
        /// Time until the window of the limit ends.
        seconds: i64,
    },
    /// The mailbox gets no further mail for so many seconds; the link of the last mail stays valid.
    // A stranger may use the mails of an address up on purpose: that must neither flood its owner nor lock
    // them out.
    #[error("no further mail; wait {seconds} s")]
    MailsUsedUp {
        /// Time until the limit allows the next mail.
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
