//! `peerview demo`: cloud, agent and a simulated recorder in one process, for this machine only, or with `--lan` for
//! the phones of its network. The mailbox page and the simulated recorder exist only in this subcommand.

mod lan;

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;

use agent::Agent;
use agent::card::RecorderCard;
use agent::config::{HikvisionConfig, Password, RecorderConfig, RtpTransport};
use anyhow::{Context, ensure};
use cloud::Cloud;
use simdvr::SimDvr;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::cli;
use crate::shutdown::TaskGroup;
use crate::terminal::say;

/// The simulated recorder's only user; it listens on loopback and shows only test pictures.
const USER: &str = "admin";
const PASSWORD: &str = "simulated recorder";

/// Where the demo is reached.
struct DemoPlace {
    bind: IpAddr,
    /// Only with `--lan`.
    certificate: Option<lan::DemoCertificate>,
}

impl DemoPlace {
    fn of(arguments: &cli::Demo) -> anyhow::Result<DemoPlace> {
        let bind = match arguments.bind {
            None if arguments.lan => lan::address()?,
            bind => bind.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        };
        ensure!(
            bind.is_loopback() || arguments.lan,
            "--bind {bind}: the demo has no TLS and an open mailbox, so it serves only this machine; use 127.0.0.1 \
             or ::1, or --lan for the local network"
        );
        ensure!(
            !bind.is_unspecified(),
            "--bind {bind}: phones need one address of this machine; name it"
        );
        let certificate = if arguments.lan {
            Some(lan::DemoCertificate::keep(&arguments.data, bind)?)
        } else {
            None
        };
        Ok(DemoPlace { bind, certificate })
    }

    fn url(&self, port: u16) -> Url {
        let scheme = match self.certificate {
            Some(_) => "https",
            None => "http",
        };
        let address = SocketAddr::new(self.bind, port);
        Url::parse(&format!("{scheme}://{address}")).expect("a socket address makes a URL")
    }
}

/// Serves until `token` is cancelled.
pub(crate) async fn run(arguments: cli::Demo, token: CancellationToken) -> anyhow::Result<()> {
    let place = DemoPlace::of(&arguments)?;
    say("Starting the simulated recorder: 4 cameras.");
    let four_cameras = simdvr::Config {
        empty_inputs: 0,
        ..simdvr::Config::four_cameras(USER, PASSWORD)
    };
    let recorder = SimDvr::bind(four_cameras)
        .await
        .context("starting the simulated recorder")?;
    say("Starting the cloud: pages, accounts, signalling, relay.");
    let cloud = cloud(&arguments, &place).await?;
    say("Starting the agent.");
    let url = place.url(cloud.http_addr().port());
    let agent = agent_config(&arguments.data, &url, &place, recorder.http_addr());
    let agent = Agent::open(agent).context("starting the agent")?;
    let card = agent
        .recorders()
        .into_iter()
        .next()
        .context("the agent has no recorder")?;

    let mut parts = TaskGroup::new(token);
    parts.start("the simulated recorder", recorder.run(parts.token()));
    parts.start("the cloud", cloud.run(parts.token()));
    parts.start("the agent", agent.run(parts.token()));
    welcome(&url, &card, &place);
    parts.run().await
}

async fn cloud(arguments: &cli::Demo, place: &DemoPlace) -> anyhow::Result<Cloud> {
    let mut config = cloud::config::Config {
        data_dir: arguments.data.join("cloud"),
        listen: SocketAddr::new(place.bind, arguments.port),
        demo: true,
        ..cloud::config::Config::default()
    };
    if let Some(downloads) = &arguments.downloads {
        config.downloads_dir.clone_from(downloads);
    }
    if let Some(certificate) = &place.certificate {
        config.tls.certificate_file = certificate.file.clone();
        config.tls.key_file = certificate.key_file.clone();
    }
    config.relay.listen = vec![SocketAddr::new(place.bind, arguments.relay_port)];
    // All parties are on this machine or in its network, with addresses that a relay refuses otherwise.
    config.relay.allow_private_peers = true;
    let bound = cloud::bind(config).await;
    bound.map_err(|error| {
        if !is_address_in_use(&error) {
            return error.context("starting the cloud");
        }
        let (what, port, flag, variable) = match is_taken(place.bind, arguments.port) {
            true => ("app", arguments.port, "--port", "PORT"),
            false => ("relay", arguments.relay_port, "--relay-port", "RELAY_PORT"),
        };
        error.context(format!(
            "port {port} is in use, and the {what} needs it; is another demo running? Choose another port with \
             {flag}, or `make demo {variable}={}`",
            port.saturating_add(1)
        ))
    })
}

fn is_taken(bind: IpAddr, port: u16) -> bool {
    TcpListener::bind(SocketAddr::new(bind, port)).is_err()
}

fn is_address_in_use(error: &anyhow::Error) -> bool {
    let mut errors = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    errors.any(|error| error.kind() == std::io::ErrorKind::AddrInUse)
}

fn agent_config(
    data: &Path,
    cloud: &Url,
    place: &DemoPlace,
    recorder: SocketAddr,
) -> agent::config::Config {
    let certificate = place.certificate.as_ref();
    agent::config::Config {
        cloud: cloud.clone(),
        ca_file: certificate.map(|own| own.file.clone()).unwrap_or_default(),
        data_dir: data.join("agent"),
        recorders: vec![RecorderConfig::Hikvision(HikvisionConfig {
            // The recorder's port changes with every start, but its identity must not.
            id: Some("demo".to_owned()),
            name: Some("Demo recorder".to_owned()),
            address: recorder.to_string(),
            user: USER.to_owned(),
            password: Password::new(PASSWORD),
            rtsp_port: None,
            poll_seconds: agent::limits::STATUS_POLL.as_secs(),
            transport: RtpTransport::Tcp,
            allow_basic: false,
            sessions: None,
        })],
        loopback_candidates: true,
        ..agent::config::Config::default()
    }
}

/// One fact per line, so that people find it and scripts can read it.
fn welcome(url: &Url, card: &RecorderCard, place: &DemoPlace) {
    let shown = url.as_str().trim_end_matches('/');
    say("");
    say(format!("Open:  {shown}"));
    say(format!("Mailbox: {shown}/demo/mailbox"));
    say(format!("Serial number: {}", card.serial));
    say(format!("Verification code: {}", card.code));
    say(format!("Claim link: {}", card.claim_link));
    say("");
    say(
        "To add the demo recorder: register (the code arrives in the mailbox above), then open the claim link,",
    );
    say(
        "or press Add device and type serial number and verification code. Ctrl-C stops everything.",
    );
    if let Some(certificate) = &place.certificate {
        lan::welcome(shown, certificate);
    } else {
        say(format!(
            "Passkeys need a name: open http://localhost:{} to try them.",
            url.port_or_known_default().unwrap_or_default()
        ));
    }
}
