//! `peerview cloud`: only the server.

use std::io::IsTerminal;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, anyhow};
use cloud::config::TlsMode;
use tokio_util::sync::CancellationToken;

use crate::cli;
use crate::config_file::ConfigFile;
use crate::shutdown::TaskGroup;
use crate::terminal::say;

/// Faults of one file that are listed.
const MAX_FAULTS: usize = 50;

/// Serves until `token` is cancelled.
pub(crate) async fn run(
    arguments: cli::CloudFlags,
    token: CancellationToken,
) -> anyhow::Result<()> {
    let config = settings(arguments)?;
    let drain = Duration::from_secs(config.drain_seconds);
    let cloud = cloud::bind(config).await?;
    let scheme = match cloud.live().config.tls.mode() {
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
        // Only a terminal keeps nothing: under systemd, standard output is the journal, which may
        // be forwarded.
        if std::io::stdout().is_terminal() {
            say(format!("Set up:    {}", *link));
        } else {
            let file = cloud.keep_set_up_link(&link)?;
            say(format!("Set up:    the link is in {}", file.display()));
        }
        say(
            "           There is no account yet. This link creates the first one, which is yours. It works once, for 24 hours.",
        );
    }
    let mut parts = TaskGroup::new(token).drain_for(drain);
    parts.start("the cloud", cloud.run(parts.token()));
    parts.run().await
}

fn settings(arguments: cli::CloudFlags) -> anyhow::Result<cloud::config::Config> {
    let cli::CloudFlags {
        config,
        data,
        downloads,
        listen,
        public_url,
    } = arguments;
    let mut settings = settings_of(config.as_deref())?;
    if let Some(data) = data {
        settings.data_dir = data;
    }
    if let Some(downloads) = downloads {
        settings.downloads_dir = downloads;
    }
    if let Some(listen) = listen {
        settings.listen = listen;
    }
    if public_url.is_some() {
        settings.public_url = public_url;
    }
    Ok(settings)
}

/// The settings of the cloud in a file; the defaults if there is no file.
pub(crate) fn settings_of(file: Option<&Path>) -> anyhow::Result<cloud::config::Config> {
    let Some(file) = file else {
        return Ok(cloud::config::Config::default());
    };
    let cloud = read(file)?.cloud;
    cloud.with_context(|| format!("{} has no [cloud] table", file.display()))
}

pub(crate) fn read(file: &Path) -> anyhow::Result<ConfigFile> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let text = cloud::config::without_mark(&text);
    ConfigFile::parse(text)
        .map_err(|error| in_words(text, &error))
        .with_context(|| format!("reading the settings in {}", file.display()))
}

/// Everything that is wrong with a settings file's values, in the order of its lines. Empty if nothing is.
pub(crate) fn every_fault(file: &Path) -> anyhow::Result<Vec<String>> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    Ok(faults_in(cloud::config::without_mark(&text)))
}

/// Reads again without the lines of each fault, so that one hides no other.
fn faults_in(text: &str) -> Vec<String> {
    let mut left = text.to_owned();
    let mut faults = Vec::new();
    while faults.len() < MAX_FAULTS {
        let Err(error) = ConfigFile::parse(&left) else {
            break;
        };
        faults.push((line_of(&left, &error), in_words(&left, &error).to_string()));
        // Only a value can be left out; where the text itself is broken, all behind it is unknown.
        let is_broken = left.parse::<toml::Table>().is_err();
        let shorter = error.span().filter(|_| !is_broken);
        let Some(shorter) = shorter.and_then(|span| without_lines(&left, span)) else {
            break;
        };
        left = shorter;
    }
    // The parser looks at the tables by their names.
    faults.sort();
    faults.into_iter().map(|(_, words)| words).collect()
}

fn line_of(text: &str, error: &toml::de::Error) -> usize {
    let before = error.span().and_then(|span| text.get(..span.start));
    before.map_or(1, |before| before.matches('\n').count() + 1)
}

/// The text with the lines of this part emptied, so that line numbers stay; `None` if that changes nothing.
fn without_lines(text: &str, part: Range<usize>) -> Option<String> {
    let start = text.get(..part.start)?.rfind('\n').map_or(0, |at| at + 1);
    let end = text.get(part.end..)?.find('\n');
    let end = end.map_or(text.len(), |at| part.end + at);
    let emptied: String = text[start..end].chars().filter(|&c| c == '\n').collect();
    let shorter = format!("{}{emptied}{}", &text[..start], &text[end..]);
    (shorter.len() < text.len() && shorter.parse::<toml::Table>().is_ok()).then_some(shorter)
}

/// What is wrong and in which line, without the line's values, which may be passwords.
fn in_words(text: &str, error: &toml::de::Error) -> anyhow::Error {
    let before = error.span().and_then(|span| text.get(..span.start));
    let (line, name) = (line_of(text, error), before.and_then(name_before));
    let this = name.map_or_else(|| "this".to_owned(), |name| format!("`{name}`"));
    let words = error.message();
    // Only the second half: the first one repeats the value.
    match words.rsplit_once(", expected ") {
        Some((invalid, expected)) if invalid.starts_with("invalid") => {
            anyhow!("line {line}: {this} must be {expected}")
        }
        _ if name.is_some() => anyhow!("line {line}: {this}: {words}"),
        _ => anyhow!("line {line}: {words}"),
    }
}

/// The name of the setting whose value starts after this text.
fn name_before(text: &str) -> Option<&str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let name = text.trim_end().strip_suffix('=')?.trim_end();
    let start = name.rfind(|c| !is_name(c)).map_or(0, |at| at + 1);
    Some(&name[start..]).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        in_words(text, &ConfigFile::parse(text).unwrap_err()).to_string()
    }

    #[test]
    fn one_wrong_setting_hides_no_other() {
        let text = "[cloud]\nlisten = 8080\ndata_dir = \"here\"\nbranch = 1\n[cloud.relay]\nlisten = [\n  7,\n]\n\
                    [agent]\ncloud = 3\n";

        let faults = faults_in(text);

        let lines: Vec<&str> = faults
            .iter()
            .filter_map(|it| it.split(':').next())
            .collect();
        assert_eq!(
            lines,
            ["line 2", "line 4", "line 6", "line 10"],
            "{faults:#?}"
        );
        assert_eq!(faults_in("[cloud]\ndata_dir = \"here\"\n"), [""; 0]);
        assert_eq!(faults_in("[cloud\nlisten = 8080\n").len(), 1);
    }

    #[test]
    fn a_wrong_value_is_reported_by_line_without_repeating_it() {
        let recorder = "[agent]\n[[agent.recorders]]\nkind = \"hikvision\"\naddress = \"x\"\n";
        let rtsp = "[[agent.recorders]]\nkind = \"rtsp\"\n";
        for (text, words) in [
            (
                format!("{recorder}user = \"u\"\npassword = 48151623\n"),
                "line 6: `password` must be a string",
            ),
            (
                "[cloud.mail]\npassword = 48151623".to_owned(),
                "line 2: `password` must be a string",
            ),
            (
                "[cloud]\nmail = { host = \"x\", password = 48151623 }".to_owned(),
                "line 2: `password` must be a string",
            ),
            (
                format!("{rtsp}url = \"rtsp://a:48151623#b@192.0.2.1/\""),
                "line 3: `url`: there is an @ after the host",
            ),
            (
                "[agent]\ncloud = \"https://a:48151623#b@example.org\"".to_owned(),
                "line 2: `cloud`: there is an @ after the host",
            ),
            (
                "[cloud]\npublic_url = \"https://a:48151623#b@example.org\"".to_owned(),
                "line 2: `public_url`: ",
            ),
        ] {
            let said = said(&text);
            assert!(said.starts_with(words), "{said}");
            assert!(!said.contains("48151623"), "{said}");
        }
    }
}
