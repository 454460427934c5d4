//! The configuration file: `[cloud]`, `[agent]` and `[relay]` in one TOML text; each may be absent.

use serde::Deserialize;

/// The whole file. `config.example.toml` explains every setting.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfigFile {
    pub(crate) cloud: Option<cloud::config::Config>,
    pub(crate) agent: Option<agent::config::Config>,
    pub(crate) relay: Option<cloud::config::RelayProgramConfig>,
}

impl ConfigFile {
    /// Parses a file's text. The error names the line, the column and what was expected.
    pub(crate) fn parse(text: &str) -> Result<ConfigFile, toml::de::Error> {
        toml::from_str(text)
    }
}
