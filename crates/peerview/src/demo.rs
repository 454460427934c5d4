//! `peerview demo`: cloud, agent and a simulated recorder in one process, for this machine only.
//! The mailbox page and the simulated recorder exist only in this subcommand.

use std::net::SocketAddr;
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

/// Serves until `token` is cancelled.
pub(crate) async fn run(arguments: cli::Demo, token: CancellationToken) -> anyhow::Result<()> {
    ensure!(
        arguments.bind.is_loopback(),
        "--bind {}: the demo has no TLS and an open mailbox, so it serves only this machine; use 127.0.0.1 or ::1",
        arguments.bind
    );
    say("Starting the simulated recorder: 4 cameras.");
    let four_cameras = simdvr::Config {
        empty_inputs: 0,
        ..simdvr::Config::four_cameras(USER, PASSWORD)
    };
    let recorder = SimDvr::bind(four_cameras)
        .await
        .context("starting the simulated recorder")?;
    say("Starting the cloud: pages, accounts, signalling, relay.");
    let cloud = cloud(&arguments).await?;
    say("Starting the agent.");
    let url =
        Url::parse(&format!("http://{}", cloud.http_addr())).expect("a socket address makes a URL");
    let agent = Agent::open(agent_config(
        &arguments.data,
        url.clone(),
        recorder.http_addr(),
    ))
    .context("starting the agent")?;
    let card = agent
        .recorders()
        .into_iter()
        .next()
        .context("the agent has no recorder")?;

    let mut parts = TaskGroup::new(token);
    parts.start("the simulated recorder", recorder.run(parts.token()));
    parts.start("the cloud", cloud.run(parts.token()));
    parts.start("the agent", agent.run(parts.token()));
    welcome(&url, &card);
    parts.run().await
}

async fn cloud(arguments: &cli::Demo) -> anyhow::Result<Cloud> {
    let mut config = cloud::config::Config {
        data_dir: arguments.data.join("cloud"),
        listen: SocketAddr::new(arguments.bind, arguments.port),
        demo: true,
        ..cloud::config::Config::default()
    };
    config.relay.listen = vec![SocketAddr::new(arguments.bind, arguments.relay_port)];
    // All parties are on this machine, with addresses that a relay refuses otherwise.
    config.relay.allow_private_peers = true;
    let bound = cloud::bind(config).await;
    bound.map_err(|error| match is_address_in_use(&error) {
        true => error.context(format!(
            "a port is in use: the app needs {}, the relay {}. Choose others with --port and --relay-port, \
             or `make demo PORT=9090`",
            arguments.port, arguments.relay_port
        )),
        false => error.context("starting the cloud"),
    })
}

fn is_address_in_use(error: &anyhow::Error) -> bool {
    let mut errors = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    errors.any(|error| error.kind() == std::io::ErrorKind::AddrInUse)
}

fn agent_config(data: &Path, cloud: Url, recorder: SocketAddr) -> agent::config::Config {
    agent::config::Config {
        cloud,
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
fn welcome(url: &Url, card: &RecorderCard) {
    let url = url.as_str().trim_end_matches('/');
    say("");
    say(format!("Open:  {url}"));
    say(format!("Mailbox: {url}/demo/mailbox"));
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
}
