//! `peerview cloud`: the server alone.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, anyhow};
use cloud::config::TlsMode;
use tokio_util::sync::CancellationToken;

use crate::cli;
use crate::config_file::ConfigFile;
use crate::shutdown::Parts;
use crate::terminal::say;

/// Serves until `token` is cancelled.
pub(crate) async fn run(arguments: cli::Cloud, token: CancellationToken) -> anyhow::Result<()> {
    let config = settings(arguments)?;
    let drain = Duration::from_secs(config.drain_seconds);
    let cloud = cloud::bind(config).await?;
    let scheme = match cloud.state().config.tls.mode() {
        TlsMode::Off => "http",
        TlsMode::Files | TlsMode::Acme => "https",
    };
    say(format!("Listening: {scheme}://{}", cloud.http_addr()));
    if let Some(plain) = cloud.plain_http_addr() {
        say(format!("Plain:     http://{plain}"));
    }
    if let Some(relay) = cloud.relay_addr() {
        say(format!("Relay:     {relay}"));
    }
    if let Some(link) = cloud.set_up_link().await? {
        // To the terminal and not to the log, which travels further.
        say(format!("Set up:    {}", *link));
        say(
            "           Nobody has an account yet. This link makes the first one, yours; it works once and for 24 hours.",
        );
    }
    let mut parts = Parts::new(token).drain_for(drain);
    parts.start("the cloud", cloud.run(parts.token()));
    parts.run().await
}

fn settings(arguments: cli::Cloud) -> anyhow::Result<cloud::config::Config> {
    let cli::Cloud {
        config,
        data,
        listen,
        public_url,
    } = arguments;
    let mut settings = settings_of(config.as_deref())?;
    if let Some(data) = data {
        settings.data_dir = data;
    }
    if let Some(listen) = listen {
        settings.listen = listen;
    }
    if public_url.is_some() {
        settings.public_url = public_url;
    }
    Ok(settings)
}

/// What a file says about the cloud; without one, the defaults.
pub(crate) fn settings_of(file: Option<&Path>) -> anyhow::Result<cloud::config::Config> {
    let Some(file) = file else {
        return Ok(cloud::config::Config::default());
    };
    let cloud = read(file)?.cloud;
    cloud.with_context(|| format!("{} has no [cloud] table", file.display()))
}

/// Reads a configuration file.
pub(crate) fn read(file: &Path) -> anyhow::Result<ConfigFile> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    ConfigFile::parse(&text)
        .map_err(|error| in_words(&text, &error))
        .with_context(|| format!("understanding {}", file.display()))
}

/// What is wrong in which line, without the line and its values: they may be passwords.
fn in_words(text: &str, error: &toml::de::Error) -> anyhow::Error {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map_or(1, |before| before.matches('\n').count() + 1);
    let words = error.message();
    match words.rsplit_once(", expected ") {
        Some((invalid, expected)) if invalid.starts_with("invalid") => {
            anyhow!("line {line}: this must be {expected}")
        }
        _ => anyhow!("line {line}: {words}"),
    }
}
