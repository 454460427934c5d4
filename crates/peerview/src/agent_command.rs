//! `peerview agent`: the program next to the recorders. Merges file, environment and flags.

pub(crate) mod discover;
mod setup;
pub(crate) mod status;
mod trust;

use std::path::Path;
use std::time::Duration;

use agent::card::{CardNews, RecorderCard};
use agent::config::{
    Config, HikvisionConfig, OneOrMore, OnvifConfig, Password, RecorderConfig, RtpTransport,
    RtspConfig, SetupPageMode,
};
use agent::discovery::LanSearch;
use agent::{Agent, RecorderCards};
use anyhow::{Context, ensure};
use tokio_util::sync::CancellationToken;

use crate::shutdown::TaskGroup;
use crate::terminal::say;
use crate::{cli, cloud_command};

/// How long the claim links wait for the cloud's public address.
const CLOUD_WAIT: Duration = Duration::from_secs(3);

/// The password can be here instead of in a file. A flag would show it to every user of the
/// machine.
const PASSWORD_VARIABLE: &str = "PEERVIEW_RECORDER_PASSWORD";

/// Serves until `token` is cancelled.
pub(crate) async fn run(
    arguments: cli::AgentFlags,
    token: CancellationToken,
) -> anyhow::Result<()> {
    match arguments.about {
        Some(cli::AboutAgent::Status(flags)) => return status::run(flags, token).await,
        Some(cli::AboutAgent::Trust(flags)) => return trust::run(&flags),
        Some(cli::AboutAgent::Discover(flags)) => return discover::run(flags, token).await,
        Some(cli::AboutAgent::Setup(flags)) => return setup::run(flags, token).await,
        None => {}
    }
    let config = settings(arguments)?;
    say(format!("Agent for {}", config.cloud));
    let agent = Agent::open(config)?;
    let cards = agent.cards();
    let page = agent.setup_page(LanSearch::everywhere()).await?;
    ensure!(
        page.is_some() || !agent.recorders().is_empty(),
        "no recorder given: use --hikvision, --onvif, --rtsp, or a [[agent.recorders]] table in the file of --config, or add \
         one with `peerview agent setup`"
    );
    let mut parts = TaskGroup::new(token);
    if let Some(page) = page {
        setup::invite(&page);
        parts.start("the set-up page", page.run(parts.token()));
    }
    parts.start("the agent", agent.run(parts.token()));
    parts.start("the cards", show_cards(cards, parts.token()));
    parts.run().await
}

/// Shows serials, codes and claim links as soon as the cloud has said its public address, or after
/// [`CLOUD_WAIT`] with the address of the settings; and again if the cloud says another one. A recorder that is added
/// later is shown then.
async fn show_cards(mut cards: RecorderCards, token: CancellationToken) -> anyhow::Result<()> {
    let first = async {
        tokio::time::timeout(CLOUD_WAIT, cards.cloud_answered())
            .await
            .ok();
    };
    // Ctrl-C must not wait for a cloud.
    token.run_until_cancelled(first).await;
    let mut shown: Vec<RecorderCard> = Vec::new();
    loop {
        let current = cards.current();
        for card in current.iter().filter(|card| !shown.contains(card)) {
            say("");
            say(&card.text);
        }
        shown = current;
        match token.run_until_cancelled(cards.changed()).await {
            Some(CardNews::Links) => {
                say("The cloud has another public address. Use these claim links from now on:");
            }
            Some(CardNews::Recorders) => {}
            None => return Ok(()),
        }
    }
}

fn settings(arguments: cli::AgentFlags) -> anyhow::Result<Config> {
    let mut config = match &arguments.config {
        Some(file) => cloud_command::read(file)?
            .agent
            .with_context(|| format!("{} has no [agent] table", file.display()))?,
        None => Config::default(),
    };
    if let Some(cloud) = &arguments.cloud {
        config.cloud = cloud.clone();
    }
    if let Some(data) = &arguments.data {
        config.data_dir.clone_from(data);
    }
    if let Some(file) = &arguments.ca_file {
        config.ca_file.clone_from(file);
    }
    if arguments.setup {
        config.setup_page = SetupPageMode::Always;
    }
    if let Some(listen) = arguments.setup_listen {
        config.setup_listen = listen;
    }
    config.loopback_candidates |= arguments.loopback;
    config.recorders.extend(recorder(arguments)?);
    Ok(config)
}

/// The recorder that the flags describe, if any.
fn recorder(arguments: cli::AgentFlags) -> anyhow::Result<Option<RecorderConfig>> {
    let cli::AgentFlags {
        name,
        hikvision,
        onvif,
        rtsp,
        user,
        password_file,
        allow_basic,
        ..
    } = arguments;
    let poll_seconds = agent::limits::STATUS_POLL.as_secs();
    if let Some(address) = hikvision {
        let (user, password) = login(user, password_file.as_deref())?;
        return Ok(Some(RecorderConfig::Hikvision(HikvisionConfig {
            id: None,
            name,
            address,
            user,
            password,
            rtsp_port: None,
            poll_seconds,
            transport: RtpTransport::default(),
            allow_basic,
            sessions: None,
        })));
    }
    if let Some(address) = onvif {
        let (user, password) = login(user, password_file.as_deref())?;
        return Ok(Some(RecorderConfig::Onvif(OnvifConfig {
            id: None,
            name,
            address,
            user,
            password,
            rtsp_port: None,
            poll_seconds,
            transport: RtpTransport::default(),
            allow_basic,
            sessions: None,
        })));
    }
    if rtsp.is_empty() {
        return Ok(None);
    }
    // Without a user name there is no login to complete: the addresses hold their own.
    let password = match user {
        Some(_) => password(password_file.as_deref())?,
        None => None,
    };
    Ok(Some(RecorderConfig::Rtsp(RtspConfig {
        id: None,
        name,
        url: OneOrMore(rtsp),
        user,
        password,
        cameras: Vec::new(),
        transport: RtpTransport::default(),
        allow_basic,
        sessions: None,
    })))
}

/// The user name and password that a recorder without a login in its address needs.
fn login(user: Option<String>, file: Option<&Path>) -> anyhow::Result<(String, Password)> {
    let password = password(file)?.with_context(|| {
        format!("the recorder needs a password: --password-file or {PASSWORD_VARIABLE}")
    })?;
    let user = user.context("the recorder needs a user name: --user")?;
    Ok((user, password))
}

fn password(file: Option<&Path>) -> anyhow::Result<Option<Password>> {
    let Some(file) = file else {
        return Ok(std::env::var(PASSWORD_VARIABLE).ok().map(Password::new));
    };
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("reading the password in {}", file.display()))?;
    // Editors on Windows may begin a file with a byte order mark.
    let line = cloud::config::without_mark(&text).lines().next();
    let line = line.unwrap_or_default();
    ensure!(
        !line.is_empty(),
        "the first line of {} is empty; it must be the password",
        file.display()
    );
    Ok(Some(Password::new(line)))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn settings_of(flags: &[&str]) -> anyhow::Result<Config> {
        let line = ["peerview", "agent"].iter().chain(flags);
        let arguments = cli::Arguments::try_parse_from(line)?;
        let cli::Command::Agent(agent) = arguments.command else {
            panic!("not the agent")
        };
        settings(*agent)
    }

    #[test]
    fn several_rtsp_addresses_form_one_recorder() {
        let config = settings_of(&[
            "--rtsp",
            "rtsp://127.0.0.1/a",
            "--rtsp",
            "rtsp://127.0.0.1/b",
        ])
        .unwrap();

        let [RecorderConfig::Rtsp(recorder)] = &config.recorders[..] else {
            panic!("{config:?}")
        };
        assert_eq!(recorder.url.0.len(), 2);
    }

    #[tokio::test]
    async fn an_agent_without_a_recorder_explains_how_to_add_one() {
        let folder = std::env::temp_dir().join(format!("peerview-none-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("peerview.toml");
        let data = folder.join("agent");
        let text = format!("[agent]\nsetup_page = \"never\"\ndata_dir = {data:?}\n");
        std::fs::write(&file, text).unwrap();
        let line = ["peerview", "agent", "--config", file.to_str().unwrap()];
        let arguments = cli::Arguments::try_parse_from(line).unwrap();
        let cli::Command::Agent(flags) = arguments.command else {
            panic!("not the agent")
        };

        let error = run(*flags, CancellationToken::new()).await.unwrap_err();
        std::fs::remove_dir_all(folder).ok();

        assert!(error.to_string().contains("--hikvision"), "{error}");
        assert!(
            error.to_string().contains("peerview agent setup"),
            "{error}"
        );
    }

    #[test]
    fn a_flag_opens_the_setup_page_elsewhere() {
        let flags = [
            "--rtsp",
            "rtsp://192.0.2.1/",
            "--setup",
            "--setup-listen",
            "127.0.0.1:9",
        ];

        let config = settings_of(&flags).unwrap();

        assert_eq!(config.setup_page, SetupPageMode::Always);
        assert_eq!(config.setup_listen, "127.0.0.1:9".parse().unwrap());
    }

    #[test]
    fn a_recorder_is_of_one_kind_only() {
        let (hikvision, onvif) = (["--hikvision", "192.0.2.1"], ["--onvif", "192.0.2.1"]);
        let rtsp = ["--rtsp", "rtsp://192.0.2.1/a"];
        for (one, other) in [(hikvision, rtsp), (hikvision, onvif), (onvif, rtsp)] {
            let error = settings_of(&[one, other].concat()).unwrap_err();

            assert!(error.to_string().contains("cannot be used with"), "{error}");
        }
    }

    #[test]
    fn a_flag_names_an_onvif_recorder() {
        let folder = std::env::temp_dir().join(format!("peerview-onvif-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("password");
        std::fs::write(&file, "kiosk-2\n").unwrap();
        let login = ["--user", "ana", "--password-file", file.to_str().unwrap()];
        let named = |address| settings_of(&[&["--onvif", address], &login[..]].concat());

        let config = named("192.0.2.7:8000").unwrap();
        let wrong = Agent::open(Config {
            data_dir: folder.join("agent"),
            ..named("ftp://192.0.2.7").unwrap()
        });
        let error = format!("{:#}", wrong.err().unwrap());
        let without = settings_of(&["--onvif", "192.0.2.7"]).unwrap_err();
        std::fs::remove_dir_all(folder).ok();

        let [RecorderConfig::Onvif(recorder)] = &config.recorders[..] else {
            panic!("{config:?}")
        };
        assert_eq!(
            (&*recorder.address, &*recorder.user),
            ("192.0.2.7:8000", "ana")
        );
        assert_eq!(recorder.password.reveal(), "kiosk-2");
        assert!(
            error.contains("reading the address of a recorder"),
            "{error}"
        );
        assert!(without.to_string().contains("--password-file"), "{without}");
    }

    #[test]
    fn a_password_file_written_by_a_windows_editor_is_read() {
        let file = std::env::temp_dir().join(format!("peerview-password-{}", std::process::id()));
        for content in [
            "\u{feff}pa ss\r\nmore",
            "pa ss\r\n",
            "pa ss\n",
            "pa ss",
            "\u{feff}pa ss",
        ] {
            std::fs::write(&file, content).unwrap();
            let read = password(Some(&file)).unwrap().unwrap();
            assert_eq!(read.reveal(), "pa ss", "{content:?}");
        }
        std::fs::write(&file, "\u{feff}\r\n").unwrap();
        assert!(password(Some(&file)).is_err(), "an empty one");
        std::fs::remove_file(&file).unwrap();
    }

    #[test]
    fn asvs_16_2_5_a_refused_command_line_does_not_repeat_addresses() {
        for flags in [
            &["--rtsp", "rtsp://viewer:pa#secret@192.0.2.1/"][..],
            &["--rtsp", "rtsp://admin:12345#67secret@192.0.2.1/"],
            &["--rtsp", "http://viewer:secret@192.0.2.1/"],
            &["--cloud", "https://ana:secret@cloud.example.org"],
            &["--cloud", "https://ana:secret#x@cloud.example.org"],
        ] {
            let error = settings_of(flags).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
            assert!(error.contains(flags[0]), "{error}");
        }
        let error = settings_of(&["--rtsp", "rtsp://viewer:pa#secret@192.0.2.1/"]).unwrap_err();
        assert!(error.to_string().contains("%23"), "{error}");
    }

    #[test]
    fn a_recorder_is_never_named_by_its_login() {
        for address in [
            "admin:12345#67@192.0.2.1",
            "admin:pa#ss@192.0.2.1",
            "a:b@192.0.2.1",
        ] {
            let config = agent::config::Config {
                data_dir: std::env::temp_dir()
                    .join(format!("peerview-named-{}", std::process::id())),
                recorders: vec![RecorderConfig::Hikvision(HikvisionConfig {
                    address: address.to_owned(),
                    ..toml::from_str("address = \"x\"\nuser = \"u\"\npassword = \"p\"").unwrap()
                })],
                ..Config::default()
            };
            let folder = config.data_dir.clone();
            let error = format!("{:#}", Agent::open(config).err().unwrap());
            std::fs::remove_dir_all(folder).ok();
            assert!(
                !error.contains("12345") && !error.contains("pa#"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_flag_names_the_authority_of_the_cloud() {
        let flags = ["--rtsp", "rtsp://192.0.2.1/", "--ca-file", "own.pem"];

        let config = settings_of(&flags).unwrap();

        assert_eq!(config.ca_file, Path::new("own.pem"));
    }

    #[test]
    fn a_missing_password_file_is_named() {
        let flags = [
            "--hikvision",
            "127.0.0.1",
            "--user",
            "admin",
            "--password-file",
            "no/such/file",
        ];

        let error = settings_of(&flags).unwrap_err();

        assert!(format!("{error:#}").contains("no/such/file"), "{error:#}");
    }
}
