//! `peerview admin`: manages a cloud on its own machine, whether it is running or stopped. Exit
//! codes are the usual ones, and 3 for "not found".

mod audit;
mod limits;
mod mail;
mod people;
mod recorders;
pub(crate) mod table;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use cloud::admin::restore::{self, Restored};
use cloud::admin::{self, Admin};
use cloud::config::Config;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::cli::admin::About;
use crate::terminal::say;
use crate::{cli, cloud_command};

/// What a command works with.
struct Desk {
    admin: Admin,
    operator: String,
    json: bool,
}

/// Runs one command until it ends.
pub(crate) async fn run(
    arguments: cli::admin::AdminFlags,
    token: CancellationToken,
) -> anyhow::Result<()> {
    let cli::admin::AdminFlags {
        config,
        data,
        json,
        about,
    } = arguments;
    let config = settings(config, data)?;
    let about = match about {
        // Before any database is opened: the data folder has yet to be made.
        About::Restore { file } => {
            return unless_ended(&token, restore(&file, &config.data_dir, json)).await;
        }
        About::Audit(audit) => return audit::run(&config.data_dir, audit, json),
        about => about,
    };
    let desk = Desk {
        admin: Admin::open(config).await?,
        operator: admin::operator(),
        json,
    };
    let outcome = match about {
        About::People(people) => people::run(&desk, people).await,
        About::Recorders(recorders) => recorders::run(&desk, recorders).await,
        About::Limits(limits) => limits::run(&desk, limits).await,
        About::Mail(mail) => mail::run(&desk, mail).await,
        About::SetUpLink => set_up_link(&desk).await,
        About::Backup { file } => unless_ended(&token, backup(&desk, &file)).await,
        About::Restore { .. } | About::Audit(_) => Ok(()),
    };
    desk.admin.close().await;
    outcome
}

/// For long work: stops when Ctrl-C is pressed. No partial results remain.
async fn unless_ended(
    token: &CancellationToken,
    work: impl Future<Output = anyhow::Result<()>>,
) -> anyhow::Result<()> {
    tokio::select! {
        outcome = work => outcome,
        () = token.cancelled() => bail!("interrupted before it was done"),
    }
}

fn settings(config: Option<PathBuf>, data: Option<PathBuf>) -> anyhow::Result<Config> {
    let mut settings = match config {
        Some(file) => cloud_command::read(&file)?
            .cloud
            .with_context(|| format!("{} has no [cloud] table", file.display()))?,
        None => Config::default(),
    };
    if let Some(data) = data {
        settings.data_dir = folder_of_cloud(data);
    }
    Ok(settings)
}

/// The demo keeps its cloud in a separate folder beside its agent.
fn folder_of_cloud(data: PathBuf) -> PathBuf {
    let of_demo = data.join("cloud");
    let has_database = |folder: &Path| folder.join(cloud::db::FILE).exists();
    if !has_database(&data) && has_database(&of_demo) {
        of_demo
    } else {
        data
    }
}

impl Desk {
    /// Runs a command in the name of the person who runs this program.
    async fn give<T>(
        &self,
        command: &str,
        work: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        self.admin.run(&self.operator, command, work).await
    }

    /// Prints a result: as JSON, or as text for people.
    fn show(&self, value: &impl Serialize, words: impl FnOnce() -> String) {
        show(self.json, value, words);
    }
}

/// Prints a result: as JSON, or as text for people.
fn show(json: bool, value: &impl Serialize, words: impl FnOnce() -> String) {
    if json {
        say(serde_json::to_string_pretty(value).expect("outcomes are text, numbers and lists"));
    } else {
        say(words());
    }
}

async fn set_up_link(desk: &Desk) -> anyhow::Result<()> {
    let link = desk.give("set-up-link", desk.admin.set_up_link()).await?;
    desk.show(&serde_json::json!({"link": *link}), || {
        format!(
            "{}\nIt creates the first account. It works once, for 24 hours.",
            *link
        )
    });
    Ok(())
}

async fn backup(desk: &Desk, file: &Path) -> anyhow::Result<()> {
    let manifest = desk.give("backup", desk.admin.backup(file)).await?;
    desk.show(&manifest, || {
        use cloud::admin::backup::RowsLocation;
        let rows = match manifest.rows {
            RowsLocation::InTheArchive => "",
            RowsLocation::InPostgres => {
                "\nIt does not contain the rows in PostgreSQL: back them up with pg_dump."
            }
        };
        let (n, file) = (manifest.files.len(), file.display());
        format!("{n} files were written to {file}. Keep it as safe as the cloud: it contains the keys.{rows}")
    });
    Ok(())
}

async fn restore(file: &Path, data: &Path, json: bool) -> anyhow::Result<()> {
    let Restored { manifest, audit } = restore::restore(file, data).await?;
    let n_problems = audit.problems.len();
    show(json, &manifest, || {
        let audit = match n_problems {
            0 => "Its audit log is intact.".to_owned(),
            _ => {
                "Its audit log is damaged: check it with `peerview admin audit verify`.".to_owned()
            }
        };
        format!(
            "{} was restored as of {}. Everybody has to log in again. {audit}",
            data.display(),
            manifest.made_at
        )
    });
    Ok(())
}
