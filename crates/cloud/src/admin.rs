//! The rules behind `peerview admin`: they work on the cloud's database and folder, whether it is running or
//! stopped. Actions that a running cloud must take at once are sent to it as orders. No command chooses a
//! password. Every command is in the audit log, with who gave it.

pub mod backup;
pub mod limits;
pub mod mail;
pub mod people;
pub mod recorders;
pub mod restore;

use std::os::unix::fs::MetadataExt;

use anyhow::{Context, ensure};
use zeroize::Zeroizing;

use crate::accounts::registration::setup;
use crate::audit::{Action, Actor, Event, Outcome};
use crate::boot;
use crate::clock::Clock;
use crate::config::Config;
use crate::state::State;

/// Most people, recorders or mails that one list shows.
pub const MOST: i64 = 10_000;

/// The person, recorder or mail does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotFound(pub String);

/// A cloud's database and folder, opened for a command.
pub struct Admin {
    state: State,
}

impl Admin {
    /// Opens what the settings name. It must have been a cloud's before, so a wrong folder creates no new one.
    pub async fn open(config: Config) -> anyhow::Result<Admin> {
        Admin::open_with_clock(config, Clock::System).await
    }

    /// [`Admin::open`] with a clock that a test may hold.
    pub async fn open_with_clock(config: Config, clock: Clock) -> anyhow::Result<Admin> {
        config.check()?;
        ensure!(
            config.data_dir.join(crate::secrets::FILE).exists(),
            "{} is not the data folder of a cloud: name it with --data, or the cloud's file with --config",
            // The key, not the database: with PostgreSQL the folder holds no database file.
            config.data_dir.display()
        );
        let owner = std::fs::metadata(&config.data_dir)?.uid();
        // Files that another user makes, root too, are theirs alone; the cloud would trip over them.
        ensure!(
            owner == rustix::process::geteuid().as_raw(),
            "{} belongs to the user id {owner}, which the cloud runs as: run this as that user \
             (`sudo -u \\#{owner} peerview admin …`), or the cloud cannot use the files that this writes",
            config.data_dir.display()
        );
        let public_url = config.public_url(config.listen);
        let state = boot::assemble(config, public_url, clock).await?;
        Ok(Admin { state })
    }

    /// The shared parts that the commands work on.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Gives a command for somebody on this machine, and returns once it is in the audit log.
    /// `command` is its name and what it is about, without anything secret.
    pub async fn run<T>(
        &self,
        operator: &str,
        command: &str,
        work: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        let asker = Actor::on_this_machine(operator.to_owned(), format!("admin {command}"));
        let given = async {
            let outcome = work.await;
            let noted = match &outcome {
                Ok(_) => Outcome::Ok,
                Err(_) => Outcome::Failed,
            };
            let event = Event::new(Action::AdminActed, noted);
            self.state.audit.note(event.subject(command));
            outcome
        };
        let outcome = asker.scope(given).await;
        self.state.audit.flush().await;
        outcome
    }

    /// A new link that creates the first account; those created before stay valid for their 24 hours.
    ///
    /// # Errors
    /// There is an account, or was one.
    pub async fn set_up_link(&self) -> anyhow::Result<Zeroizing<String>> {
        let link = setup::new_link(&self.state).await?;
        link.context("this cloud is already set up: log in with an existing account")
    }

    /// Closes the connections of the database; nothing can be asked afterwards.
    pub async fn close(self) {
        self.state.db.close().await;
    }
}

/// Who runs this process: the user's name, its number, and who became it with sudo.
pub fn operator() -> String {
    // A user whom only LDAP knows has no name here; the number beside it tells them apart.
    let uid = rustix::process::getuid().as_raw();
    let names = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = names.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    });
    let name = name.unwrap_or_else(|| "somebody".to_owned());
    // Whoever may run this can set SUDO_USER to anything, so it only adds to name and number.
    match std::env::var("SUDO_USER") {
        Ok(before) => format!("{name} ({uid}), {before} with sudo"),
        _ => format!("{name} ({uid})"),
    }
}

/// Tells the cloud to look at its outbox at once.
async fn tell_mails_are_due(state: &State) -> anyhow::Result<()> {
    use crate::orders::{self, Order};
    let mut tx = state.db.begin().await?;
    orders::put(state, &mut tx, &Order::MailsDue).await?;
    tx.commit()
        .await
        .context("writing the order for the running cloud")
}
