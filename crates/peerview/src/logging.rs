//! Logs: to standard error, filtered by `--log` or `PEERVIEW_LOG`, as text or JSON lines.

use std::io::IsTerminal;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::cli::{LogFormat, Logging};

/// Starts logging for the whole process; `default` where nothing else is asked for.
pub(crate) fn start(logging: &Logging, default: &str) -> anyhow::Result<()> {
    let filter = logging.log.as_deref().unwrap_or(default);
    let filter =
        EnvFilter::try_new(filter).with_context(|| format!("reading the log filter `{filter}`"))?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match logging.log_format {
        LogFormat::Text => subscriber.with_target(false).init(),
        LogFormat::Json => subscriber.json().init(),
    }
    Ok(())
}
