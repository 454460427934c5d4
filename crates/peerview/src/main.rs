//! The only binary: parses the command line, starts logging, and runs one subcommand until it ends.
//! Exit codes: 0 success, 1 failure, 2 wrong command line, 3 not found, 130 ended by a second
//! Ctrl-C, or by the first one if a result was still outstanding.

mod admin_command;
mod agent_command;
mod check_config;
mod cli;
mod cloud_command;
mod config_file;
mod demo;
mod dkim_command;
mod doctor_command;
mod logging;
mod relay_command;
mod shutdown;
mod terminal;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;

use crate::cli::{Arguments, Command};

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long blocking work (a password hash, a disk write) may delay the end of the process.
const RUNTIME_GRACE: Duration = Duration::from_millis(200);

/// Exit code of clap.
const WRONG_COMMAND_LINE: u8 = 2;

/// Exit code of a command about something that does not exist or does not run.
const NOT_FOUND: u8 = 3;

fn main() -> ExitCode {
    keep_memory_small();
    // One crypto provider for the whole process, before anything creates a TLS client.
    if rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .is_err()
    {
        tracing::debug!("a cryptography provider was already installed");
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return wrong_command_line(&error),
    };
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        // It has said so with what the agent said last.
        Err(error) if error.is::<agent_command::status::NotRunning>() => ExitCode::from(NOT_FOUND),
        Err(error) => {
            terminal::complain(&error);
            if error.is::<cloud::admin::NotFound>() {
                return ExitCode::from(NOT_FOUND);
            }
            if error.is::<shutdown::Interrupted>() {
                return ExitCode::from(shutdown::INTERRUPTED);
            }
            ExitCode::FAILURE
        }
    }
}

/// Has the kernel give memory in pages of 4 kB where it would give 2 MB at once: an agent needs 4 MB and got 20.
fn keep_memory_small() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        tracing::debug!(%error, "the kernel keeps its large pages");
    }
}

/// Prints what is wrong with a command line, or the requested help.
fn wrong_command_line(error: &clap::Error) -> ExitCode {
    let variables = std::env::vars_os().filter(|(name, _)| {
        let name = name.to_string_lossy();
        name.starts_with("PEERVIEW_")
    });
    let values = std::env::args_os().chain(variables.map(|(_, value)| value));
    let values = values.map(|value| value.to_string_lossy().into_owned());
    let said = error.to_string();
    let cleaned = cli::address::without_logins(&said, values);
    // Nothing was hidden: clap prints it itself, with its colours and its exit code.
    if cleaned == said {
        error.exit();
    }
    terminal::say_error(&cleaned);
    ExitCode::from(WRONG_COMMAND_LINE)
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let logs = match &arguments.command {
        // Its terminal shows only the results of the command.
        Command::Admin(_) => "warn",
        Command::Agent(agent) if agent.about.is_some() => "warn",
        _ => "info",
    };
    logging::start(&arguments.logging, logs)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("starting the async runtime")?;
    let outcome = runtime.block_on(async {
        let token = shutdown::on_signal()?;
        match arguments.command {
            Command::Demo(demo) => demo::run(demo, token).await,
            Command::Cloud(cloud) => cloud_command::run(cloud, token).await,
            Command::Agent(agent) => agent_command::run(*agent, token).await,
            Command::Relay(relay) => relay_command::run(*relay, token).await,
            Command::Admin(admin) => admin_command::run(*admin, token).await,
            Command::CheckConfig(check) => check_config::run(&check),
            Command::Doctor(doctor) => doctor_command::run(doctor, token).await,
            Command::DkimKey(key) => dkim_command::run(&key),
        }
    });
    runtime.shutdown_timeout(RUNTIME_GRACE);
    outcome
}
