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
    /// Print JSON instead of text
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
    /// Rate limits and their counts: show, reset
    #[command(subcommand)]
    Limits(LimitsCommand),
    /// Mails that were not sent: queue, retry
    #[command(subcommand)]
    Mail(MailCommand),
    /// The audit log: show, verify, head
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Print a new link for creating the first account, while there is none
    SetUpLink,
    /// Write database, keys and audit log into one file, also while the cloud is running
    Backup {
        /// New file to write; it must not exist
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Create a data folder from a backup
    Restore {
        /// Backup file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// `peerview admin people`.
#[derive(Debug, Subcommand)]
pub(crate) enum People {
    /// List all accounts
    List,
    /// Find accounts by part of the user name, address or id
    Find {
        /// Text to search for
        part: String,
    },
    /// Lock an account: nobody can sign in, and every session ends at once
    Lock(PersonFlags),
    /// Allow the person to sign in again
    Unlock(PersonFlags),
    /// End every session at once; the person can sign in again
    EndSessions(PersonFlags),
    /// Mail a password reset; only the person chooses the new password
    Reset(PersonFlags),
    /// Delete the account permanently; its recorders can be claimed again
    Delete {
        #[command(flatten)]
        person: PersonFlags,
        /// Confirm the deletion
        #[arg(long, env = "PEERVIEW_YES")]
        yes: bool,
    },
    /// Make the person an operator of the cloud, or undo this with --off
    Operator {
        #[command(flatten)]
        person: PersonFlags,
        /// Remove the operator role
        #[arg(long, env = "PEERVIEW_OFF")]
        off: bool,
    },
}

/// One account.
#[derive(Debug, Args)]
pub(crate) struct PersonFlags {
    /// Complete user name, address or id
    #[arg(value_name = "PERSON")]
    pub(crate) who: String,
}

/// `peerview admin recorders`.
#[derive(Debug, Subcommand)]
pub(crate) enum RecordersCommand {
    /// List all registered recorders
    List,
    /// Remove a recorder from its owner's account, so that it can be claimed again
    Release {
        /// Serial number of the recorder
        serial: String,
    },
}

/// `peerview admin limits`.
#[derive(Debug, Subcommand)]
pub(crate) enum LimitsCommand {
    /// Show all limits, or the counts of one name or address
    Show {
        /// User name, mail address, client address or serial number
        whom: Option<String>,
    },
    /// Reset counts
    #[command(group = clap::ArgGroup::new("what").required(true))]
    Reset {
        /// Reset counts of this user name, mail address, client address or serial number
        #[arg(group = "what")]
        whom: Option<String>,
        /// Reset counts of this limit for everybody
        #[arg(long, env = "PEERVIEW_LIMIT", group = "what")]
        limit: Option<String>,
    },
}

/// `peerview admin mail`.
#[derive(Debug, Subcommand)]
pub(crate) enum MailCommand {
    /// Show mails that are waiting or have failed, with the reason
    Queue,
    /// Retry all of them at once, or only one; expired mails are never sent
    Retry {
        /// Id of the mail to retry
        id: Option<String>,
    },
}

/// `peerview admin audit`.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Show the newest lines
    Show {
        /// Number of lines
        #[arg(long, env = "PEERVIEW_LAST", default_value_t = 50)]
        last: usize,
        /// Only events whose name starts with this, such as `login` or `account.`
        #[arg(long, env = "PEERVIEW_WHAT", default_value = "")]
        what: String,
    },
    /// Find lines that were changed, removed or moved
    Verify {
        /// Head noted earlier, as printed by `audit head`: number and hash, separated by a colon
        #[arg(long, env = "PEERVIEW_EXPECT", value_name = "SEQ:HASH")]
        expect: Option<String>,
    },
    /// Print number and hash of the last line, to be noted elsewhere
    Head,
}
