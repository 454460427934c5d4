//! Logs: to standard error, filtered by `--log` or `PEERVIEW_LOG`, as text or JSON lines.

use std::io::IsTerminal;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::cli::{LogFormat, Logging};

/// These libraries warn about every invalid packet, so strangers could fill the log. The receivers of
/// the packets count them. The client of relays tells every step of every call.
const WITHOUT: &str = "stun_types=error,stun_proto=error,turn_types=error,turn_client_proto=error";

/// Starts logging for the whole process; `default` is the filter if none is given.
pub(crate) fn start(logging: &Logging, default: &str) -> anyhow::Result<()> {
    let filter = logging.log.as_deref().unwrap_or(default);
    let filter = reading(filter)?;
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

/// Parses the given filter; a filter that names a library includes it.
fn reading(filter: &str) -> anyhow::Result<EnvFilter> {
    EnvFilter::try_new(format!("{WITHOUT},{filter}"))
        .with_context(|| format!("reading the log filter `{filter}`"))
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn malformed_packets_write_no_log_lines() {
        let is_written = |filter: &str| {
            let filter = reading(filter).unwrap();
            let subscriber = tracing_subscriber::fmt().with_env_filter(filter).finish();
            tracing::subscriber::with_default(subscriber, || {
                [
                    tracing::enabled!(target: "stun_types::message", Level::WARN)
                        || tracing::enabled!(target: "turn_client_proto::protocol", Level::WARN),
                    tracing::enabled!(target: "relay", Level::INFO),
                ]
            })
        };

        assert_eq!(is_written("info"), [false, true]);
        assert_eq!(is_written("warn,relay=debug"), [false, true]);
        assert_eq!(is_written("info,stun_types=debug"), [true, true]);
        assert!(reading("info,,=").is_err());
    }
}
