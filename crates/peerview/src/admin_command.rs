//! `peerview admin`: looks after a cloud from its own machine, beside it or while it is stopped.
//! Exit codes as everywhere, and 3 for what is not there.

mod audit;
mod limits;
mod mail;
mod people;
mod recorders;
mod table;

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

/// What a command has to work with.
struct Desk {
    admin: Admin,
    operator: String,
    json: bool,
}

/// Runs one command to its end.
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

/// For what takes long: gives up when Ctrl-C is pressed. Nothing half done stays behind.
async fn unless_ended(
    token: &CancellationToken,
    work: impl Future<Output = anyhow::Result<()>>,
) -> anyhow::Result<()> {
    tokio::select! {
        outcome = work => outcome,
        () = token.cancelled() => bail!("ended before it was done"),
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
        settings.data_dir = data;
    }
    Ok(settings)
}

impl Desk {
    /// Gives a command in the name of whoever runs this.
    async fn give<T>(
        &self,
        command: &str,
        work: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        self.admin.run(&self.operator, command, work).await
    }

    /// Shows an outcome: as JSON, or in the words that people read.
    fn show(&self, value: &impl Serialize, words: impl FnOnce() -> String) {
        show(self.json, value, words);
    }
}

/// Shows an outcome: as JSON, or in the words that people read.
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
            "{}\nIt makes the first account, works once and for 24 hours.",
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
                "\nThe rows are in PostgreSQL and not in it: back them up with pg_dump."
            }
        };
        let (n, file) = (manifest.files.len(), file.display());
        format!("{n} files are in {file}. Keep it as safe as the cloud: its keys are in it.{rows}")
    });
    Ok(())
}

async fn restore(file: &Path, data: &Path, json: bool) -> anyhow::Result<()> {
    let Restored { manifest, audit } = restore::restore(file, data).await?;
    let n_problems = audit.problems.len();
    show(json, &manifest, || {
        let audit = match n_problems {
            0 => "Its audit log is whole.".to_owned(),
            _ => "Its audit log is damaged: look at it with `peerview admin audit verify`."
                .to_owned(),
        };
        format!(
            "{} is as it was on {}. Everybody has to log in again. {audit}",
            data.display(),
            manifest.made_at
        )
    });
    Ok(())
}
