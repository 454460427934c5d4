//! `peerview agent setup`: adds recorders by asking on a terminal, while no agent runs with the data folder. A running
//! agent has a page for it, to which this file invites.

use std::io::{BufRead, IsTerminal};
use std::time::Duration;

use agent::added::AddedRecorder;
use agent::certificates::{self, TrustedCertificate};
use agent::config::{Config, Password, RecorderKind};
use agent::discovery::{FoundKind, LanDevice, LanSearch};
use agent::setup::{AgentPage, SetupSite, TrialEnd};
use anyhow::Context;
use proto::reason::Reason;
use tokio_util::sync::CancellationToken;

use crate::admin_command::table::printable;
use crate::shutdown::Interrupted;
use crate::terminal::{HiddenTyping, say};
use crate::{cli, cloud_command};

/// How long the LAN is searched.
const SEARCH: Duration = Duration::from_secs(4);

/// Says where the set-up page is, and its code.
pub(super) fn invite(page: &AgentPage) {
    say("");
    say("Add recorders on this page, from a device in the network of this machine:");
    for address in page.addresses() {
        say(format!("Set-up page: {address}"));
    }
    say(format!("Set-up code: {}", page.code()));
}

/// Asks until the person has no further recorder.
pub(super) async fn run(
    flags: cli::AgentSetupFlags,
    token: CancellationToken,
) -> anyhow::Result<()> {
    let config = settings(&flags)?;
    let (site, _lock) = SetupSite::open(&config)
        .context("a running agent adds recorders on its own page: `peerview agent --setup`")?;
    let questions = Questions { token };
    let mut is_any_added = false;
    match &flags.address {
        Some(address) => is_any_added = questions.add(&site, &config, address, None).await?,
        None => {
            while let Some((address, kind)) = questions.choose().await? {
                is_any_added |= questions.add(&site, &config, &address, kind).await?;
            }
        }
    }
    if is_any_added {
        say("Now start the agent with the same settings: peerview agent");
    }
    Ok(())
}

fn settings(flags: &cli::AgentSetupFlags) -> anyhow::Result<Config> {
    let mut config = match &flags.config {
        Some(file) => cloud_command::read(file)?
            .agent
            .with_context(|| format!("{} has no [agent] table", file.display()))?,
        None => Config::default(),
    };
    if let Some(cloud) = &flags.cloud {
        config.cloud = cloud.clone();
    }
    if let Some(data) = &flags.data {
        config.data_dir.clone_from(data);
    }
    if let Some(file) = &flags.ca_file {
        config.ca_file.clone_from(file);
    }
    Ok(config)
}

/// Asks on the terminal. Ctrl-C ends every question.
struct Questions {
    token: CancellationToken,
}

impl Questions {
    /// A recorder that was found, or a typed address; `None` if there is no further one.
    async fn choose(&self) -> anyhow::Result<Option<(String, Option<RecorderKind>)>> {
        say("Searching this network for recorders …");
        let search = LanSearch::everywhere();
        let found = tokio::select! {
            found = search.run(SEARCH, |_| false) => found.unwrap_or_default(),
            () = self.token.cancelled() => return Err(Interrupted.into()),
        };
        for (number, device) in (1..).zip(&found) {
            say(row(number, device));
        }
        if found.is_empty() {
            say("Nothing has answered. Devices answer only in their own network.");
        }
        let answer = self
            .ask("Number of a recorder, or an address (empty to stop):")
            .await?;
        let chosen = answer.parse().ok().and_then(|number: usize| {
            let device = found.get(number.checked_sub(1)?)?;
            Some((device.address_text(), Some(kind_of(device))))
        });
        Ok(match chosen {
            Some(chosen) => Some(chosen),
            None if answer.is_empty() => None,
            None => Some((answer, None)),
        })
    }

    /// Asks for the login of one recorder until it works or the person gives up.
    async fn add(
        &self,
        site: &SetupSite,
        config: &Config,
        address: &str,
        kind: Option<RecorderKind>,
    ) -> anyhow::Result<bool> {
        let kind = match kind {
            Some(kind) => kind,
            None if address.to_ascii_lowercase().starts_with("rtsp") => RecorderKind::Rtsp,
            None => self.kind().await?,
        };
        loop {
            let account = self
                .ask("User name on the recorder (empty to stop):")
                .await?;
            if account.is_empty() && kind != RecorderKind::Rtsp {
                return Ok(false);
            }
            let password = self
                .ask_hidden("Password on the recorder (it is not shown):")
                .await?;
            let recorder = AddedRecorder {
                id: String::new(),
                kind,
                name: None,
                address: address.trim().to_owned(),
                user: account,
                password,
            };
            let recorder = match recorder.with_id_of_address() {
                Ok(recorder) => recorder,
                Err(error) => {
                    say(format!("This address cannot be used: {error:#}"));
                    return Ok(false);
                }
            };
            if self.works(site, config, &recorder).await? {
                return self.keep(site, config, recorder).await.map(|()| true);
            }
            if kind == RecorderKind::Rtsp && recorder.user.is_empty() {
                return Ok(false);
            }
        }
    }

    async fn kind(&self) -> anyhow::Result<RecorderKind> {
        let answer = self
            .ask("Is it a Hikvision (also sold under other names)? Otherwise ONVIF is used. [Y/n]")
            .await?;
        Ok(match answer.to_ascii_lowercase().starts_with('n') {
            true => RecorderKind::Onvif,
            false => RecorderKind::Hikvision,
        })
    }

    /// Sends the login once, and says what came of it.
    async fn works(
        &self,
        site: &SetupSite,
        config: &Config,
        recorder: &AddedRecorder,
    ) -> anyhow::Result<bool> {
        say(format!("Trying {} …", printable(&recorder.address)));
        let end = tokio::select! {
            end = site.try_recorder(recorder) => end?,
            () = self.token.cancelled() => return Err(Interrupted.into()),
        };
        match end {
            TrialEnd::Works(cameras) => {
                let names: Vec<_> = cameras.iter().map(|name| printable(name)).collect();
                say(format!("It works. Cameras: {}", names.join(", ")));
                return Ok(true);
            }
            TrialEnd::Failed(Reason::CertificateChanged) => {
                return self.accept_certificate(config, recorder).await;
            }
            TrialEnd::Refused(reason) => {
                say(format!("{reason}. It was sent once and is not sent again."));
                say("Try both on the recorder's own page or screen before you type them again.");
            }
            TrialEnd::Failed(reason) => say(format!("It cannot be used: {reason}.")),
            TrialEnd::NoCameras => say(
                "Something answers, but it lists no camera. Is the kind right, and may this user see cameras?",
            ),
        }
        Ok(false)
    }

    /// Always false: the login has to be typed for the new certificate.
    async fn accept_certificate(
        &self,
        config: &Config,
        recorder: &AddedRecorder,
    ) -> anyhow::Result<bool> {
        say("This address shows another certificate than before, so no password was sent.");
        for line in certificate_lines(config, recorder)? {
            say(line);
        }
        let answer = self
            .ask("If the recorder was replaced or reset, accept the new one? [y/N]")
            .await?;
        if answer.to_ascii_lowercase().starts_with('y') {
            certificates::accept_refused(&config.data_dir, &recorder.id)?;
            say("Accepted. Type the login of the new recorder.");
        }
        Ok(false)
    }

    async fn keep(
        &self,
        site: &SetupSite,
        config: &Config,
        mut recorder: AddedRecorder,
    ) -> anyhow::Result<()> {
        let name = self.ask("Name for people (empty for the address):").await?;
        let name = proto::shown::shown(&name, agent::limits::MAX_ADDED_NAME_CHARS);
        recorder.name = (!name.is_empty()).then_some(name);
        let card = site.keep(&recorder, config)?;
        for line in certificate_lines(config, &recorder)? {
            say(line);
        }
        say("");
        say(&card.text);
        Ok(())
    }

    async fn ask(&self, question: &str) -> anyhow::Result<String> {
        say(question);
        self.line().await
    }

    async fn ask_hidden(&self, question: &str) -> anyhow::Result<Password> {
        say(question);
        // Restored when it is dropped, also after Ctrl-C.
        let _hidden = std::io::stdin().is_terminal().then(HiddenTyping::begin);
        let typed = self.line().await?;
        Ok(Password::new(typed))
    }

    /// One line, without blanks around it. A thread that waits for it ends with the process.
    async fn line(&self) -> anyhow::Result<String> {
        let reading = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line).map(|_| line)
        });
        let line = tokio::select! {
            line = reading => line.context("reading an answer")?.context("reading an answer")?,
            () = self.token.cancelled() => return Err(Interrupted.into()),
        };
        Ok(line.trim().to_owned())
    }
}

/// What is known about the certificates of a recorder.
fn certificate_lines(config: &Config, recorder: &AddedRecorder) -> anyhow::Result<Vec<String>> {
    let known = certificates::list(&config.data_dir)?;
    let own = known.into_iter().find(|it| it.folder == recorder.id);
    let places = own.map(|it| it.certificates).unwrap_or_default();
    let lines = places.into_iter().flat_map(|place| {
        let trusted = match place.trusted {
            Some(TrustedCertificate::Pinned(hash)) => {
                Some(format!("Certificate (SHA-256): {hash}"))
            }
            Some(TrustedCertificate::Authority) | None => None,
        };
        let refused = place
            .refused
            .map(|hash| format!("Shown now (SHA-256):   {hash}"));
        [trusted, refused].into_iter().flatten()
    });
    Ok(lines.collect())
}

fn kind_of(device: &LanDevice) -> RecorderKind {
    match device.kind {
        FoundKind::Hikvision => RecorderKind::Hikvision,
        FoundKind::Onvif => RecorderKind::Onvif,
    }
}

fn row(number: usize, device: &LanDevice) -> String {
    let name = [device.make.as_str(), device.model.as_str()].join(" ");
    let password = match device.is_activated {
        // Such a device does nothing until its owner has chosen one.
        Some(false) => "  (has no password yet: set one on the device first)",
        _ => "",
    };
    format!(
        "{number:3}  {}  {}{password}",
        device.address_text(),
        printable(name.trim())
    )
}
