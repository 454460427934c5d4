//! The command line of `peerview admin`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Flags and subcommands of `peerview admin`.
#[derive(Debug, Args)]
pub(crate) struct AdminFlags {
    /// Configuration file of the cloud, with its `[cloud]` table
    #[arg(long, env = "PEERVIEW_CONFIG", value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// Data folder of the cloud; overrides `data_dir` of the file
    #[arg(long, env = "PEERVIEW_DATA", value_name = "FOLDER", global = true)]
    pub(crate) data: Option<PathBuf>,
    /// JSON instead of text for people
    #[arg(long, env = "PEERVIEW_JSON", global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) about: About,
}

/// What a command is about.
#[derive(Debug, Subcommand)]
pub(crate) enum About {
    /// Accounts: list, find, lock, unlock, end sessions, start a reset, delete
    #[command(subcommand)]
    People(People),
    /// Recorders: list, release
    #[command(subcommand)]
    Recorders(RecordersCommand),
    /// What is counted against whom: show, reset
    #[command(subcommand)]
    Limits(LimitsCommand),
    /// Mails that were not sent: show, retry
    #[command(subcommand)]
    Mail(MailCommand),
    /// The log of who did what: show, verify, head
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Shows a new link that makes the first account, while there is none
    SetUpLink,
    /// Writes database, keys and audit log into one file, also while the cloud runs
    Backup {
        /// The file; it must not be there
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Makes a data folder from such a file
    Restore {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// `peerview admin people`.
#[derive(Debug, Subcommand)]
pub(crate) enum People {
    /// Everybody
    List,
    /// Whoever has this in their user name, address or id
    Find {
        /// Part of it
        part: String,
    },
    /// Lets nobody sign in and ends every session at once
    Lock(PersonFlags),
    /// Lets the person sign in again
    Unlock(PersonFlags),
    /// Ends every session at once; the person can sign in again
    EndSessions(PersonFlags),
    /// Mails the way to a new password; nobody but the person chooses it
    Reset(PersonFlags),
    /// Deletes the account for ever; its recorders can be claimed again
    Delete {
        #[command(flatten)]
        person: PersonFlags,
        /// Says that it is meant
        #[arg(long, env = "PEERVIEW_YES")]
        yes: bool,
    },
    /// Makes the person one of the cloud's operators, or with --off no longer
    Operator {
        #[command(flatten)]
        person: PersonFlags,
        /// No longer
        #[arg(long, env = "PEERVIEW_OFF")]
        off: bool,
    },
}

/// One account.
#[derive(Debug, Args)]
pub(crate) struct PersonFlags {
    /// User name, address or id, whole
    #[arg(value_name = "PERSON")]
    pub(crate) who: String,
}

/// `peerview admin recorders`.
#[derive(Debug, Subcommand)]
pub(crate) enum RecordersCommand {
    /// Every recorder that ever registered
    List,
    /// Takes a recorder out of its owner's account, so that it can be claimed again
    Release {
        /// Its serial number
        serial: String,
    },
}

/// `peerview admin limits`.
#[derive(Debug, Subcommand)]
pub(crate) enum LimitsCommand {
    /// Every limit, or what is counted against one
    Show {
        /// User name, mail address, client address or serial number
        whom: Option<String>,
    },
    /// Forgets what was counted
    #[command(group = clap::ArgGroup::new("what").required(true))]
    Reset {
        /// Against this user name, mail address, client address or serial number
        #[arg(group = "what")]
        whom: Option<String>,
        /// For this limit, against everybody
        #[arg(long, env = "PEERVIEW_LIMIT", group = "what")]
        limit: Option<String>,
    },
}

/// `peerview admin mail`.
#[derive(Debug, Subcommand)]
pub(crate) enum MailCommand {
    /// Mails that wait or were given up, with the reason
    Queue,
    /// Tries all of them again at once, or one; what has expired is never sent
    Retry {
        /// Id of one
        id: Option<String>,
    },
}

/// `peerview admin audit`.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// The newest lines
    Show {
        /// How many
        #[arg(long, env = "PEERVIEW_LAST", default_value_t = 50)]
        last: usize,
        /// Only events whose name begins so, as `login` or `account.`
        #[arg(long, env = "PEERVIEW_WHAT", default_value = "")]
        what: String,
    },
    /// Finds lines that were changed, removed or moved
    Verify {
        /// A head that was noted before, as `audit head` printed it: number and hash with a colon
        #[arg(long, env = "PEERVIEW_EXPECT", value_name = "SEQ:HASH")]
        expect: Option<String>,
    },
    /// Number and hash of the last line, to be noted elsewhere
    Head,
}
