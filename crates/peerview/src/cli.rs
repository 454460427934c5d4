//! The command line: subcommands and flags. Each flag has an environment variable.

pub(crate) mod address;
pub(crate) mod admin;

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use url::Url;

use address::Address;
use agent::config::address::CameraAddress;

/// Packages name the commit, too (`packaging/build.sh`).
const VERSION: &str = match option_env!("PEERVIEW_VERSION") {
    Some(version) => version,
    None => env!("CARGO_PKG_VERSION"),
};

/// Watch your video recorders from anywhere, through your own cloud.
#[derive(Debug, Parser)]
#[command(
    name = "peerview",
    version = VERSION,
    propagate_version = true,
    max_term_width = 100
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) logging: Logging,
}

/// What the program can be.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run everything on this machine: cloud, agent, a simulated recorder and a mailbox page
    Demo(Demo),
    /// Run the server: app, accounts, registry, signalling, mail and relay
    Cloud(CloudFlags),
    /// Run the agent near the recorders
    Agent(Box<AgentFlags>),
    /// Run a stand-alone relay that joins a cloud, for a shorter path or as a spare
    Relay(Box<RelayFlags>),
    /// Manage a cloud on its own machine: people, recorders, limits, mail, audit, backup
    Admin(Box<admin::AdminFlags>),
    /// Check a configuration file
    CheckConfig(CheckConfig),
    /// Check the settings of a cloud and everything around it (DNS, certificate, mail, clock, relay, disk), and
    /// suggest fixes
    Doctor(Doctor),
    /// Create a key for signing mails (DKIM), and print the DNS record to publish
    DkimKey(DkimKeyFlags),
}

/// How logs are written.
#[derive(Debug, Args)]
pub(crate) struct Logging {
    /// Log filter, such as `info` or `warn,agent=debug`; default is info, and warn for admin
    #[arg(long, env = "PEERVIEW_LOG", global = true, value_name = "FILTER")]
    pub(crate) log: Option<String>,
    /// Log format
    #[arg(long, env = "PEERVIEW_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text, global = true)]
    pub(crate) log_format: LogFormat,
}

/// The two forms of logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Text for people
    Text,
    /// One JSON object per line
    Json,
}

/// Flags of `peerview demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Port of the app; 0 picks a free one
    #[arg(long, env = "PEERVIEW_PORT", default_value_t = 8080)]
    pub(crate) port: u16,
    /// Port for STUN and TURN over UDP and TCP; 0 picks a free one
    #[arg(long, env = "PEERVIEW_RELAY_PORT", default_value_t = 3478)]
    pub(crate) relay_port: u16,
    /// Folder for accounts and keys
    #[arg(
        long,
        env = "PEERVIEW_DATA",
        default_value = "data/demo",
        value_name = "FOLDER"
    )]
    pub(crate) data: PathBuf,
    /// Address to listen on, 127.0.0.1 without it; without --lan it must be a loopback address
    #[arg(long, env = "PEERVIEW_BIND", value_name = "ADDRESS")]
    pub(crate) bind: Option<IpAddr>,
    /// Folder with programs and packages that Help offers, such as target/package
    #[arg(long, env = "PEERVIEW_DOWNLOADS", value_name = "FOLDER")]
    pub(crate) downloads: Option<PathBuf>,
    /// Also serve the local network, over HTTPS with a self-signed certificate, so that a phone can open the demo
    #[arg(long, env = "PEERVIEW_LAN")]
    pub(crate) lan: bool,
}

/// Flags of `peerview cloud`.
#[derive(Debug, Args)]
pub(crate) struct CloudFlags {
    /// Configuration file with a `[cloud]` table; config.example.toml explains every setting
    #[arg(long, env = "PEERVIEW_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Override `data_dir` of the file
    #[arg(long, env = "PEERVIEW_DATA", value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// Folder with programs and packages that Help offers; overrides `downloads_dir` of the file
    #[arg(long, env = "PEERVIEW_DOWNLOADS", value_name = "FOLDER")]
    pub(crate) downloads: Option<PathBuf>,
    /// Override `listen` of the file
    #[arg(long, env = "PEERVIEW_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<std::net::SocketAddr>,
    /// Override `public_url` of the file
    #[arg(long, env = "PEERVIEW_PUBLIC_URL", value_name = "URL", value_parser = Address::WEB)]
    pub(crate) public_url: Option<Url>,
}

/// Flags of `peerview agent`. One recorder can be given here; a file can name any number.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct AgentFlags {
    #[command(subcommand)]
    pub(crate) about: Option<AboutAgent>,
    /// Configuration file with an `[agent]` table; config.example.toml explains every setting
    #[arg(long, env = "PEERVIEW_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Cloud to register with; overrides `cloud` of the file
    #[arg(long, env = "PEERVIEW_CLOUD", value_name = "URL", value_parser = Address::WEB)]
    pub(crate) cloud: Option<Url>,
    /// Folder for keys; overrides `data_dir` of the file
    #[arg(long, env = "PEERVIEW_DATA", value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// PEM file with an authority to trust in addition to those of this machine; overrides `ca_file` of the file
    #[arg(long, env = "PEERVIEW_CA_FILE", value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Name of the recorder
    #[arg(long, env = "PEERVIEW_RECORDER_NAME", value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Hikvision recorder, such as `192.168.1.64` or `192.168.1.64:8000`; its cameras are found automatically
    #[arg(
        long,
        env = "PEERVIEW_HIKVISION",
        value_name = "ADDRESS",
        conflicts_with_all = ["rtsp", "onvif"]
    )]
    pub(crate) hikvision: Option<String>,
    /// Recorder or camera of any other make that speaks ONVIF, such as `192.168.1.20:8000`; its cameras are found
    /// automatically
    #[arg(
        long,
        env = "PEERVIEW_ONVIF",
        value_name = "ADDRESS",
        conflicts_with = "rtsp"
    )]
    pub(crate) onvif: Option<String>,
    /// RTSP address of a camera; several addresses form one recorder
    #[arg(
        long,
        env = "PEERVIEW_RTSP",
        value_name = "URL",
        value_delimiter = ' ',
        value_parser = Address::RTSP
    )]
    pub(crate) rtsp: Vec<CameraAddress>,
    /// User name on the recorder
    #[arg(long, env = "PEERVIEW_RECORDER_USER", value_name = "NAME")]
    pub(crate) user: Option<String>,
    /// File with the recorder password in its first line. PEERVIEW_RECORDER_PASSWORD can contain
    /// the password instead. There is no flag for the password itself, because other people on a
    /// machine can read command lines
    #[arg(long, env = "PEERVIEW_RECORDER_PASSWORD_FILE", value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// Send the password in clear text if the recorder does not support Digest login
    #[arg(long, env = "PEERVIEW_ALLOW_BASIC")]
    pub(crate) allow_basic: bool,
    /// Also offer loopback addresses to viewers on this machine
    #[arg(long, env = "PEERVIEW_LOOPBACK")]
    pub(crate) loopback: bool,
    /// Open the set-up page even if there are recorders, to add another one or to change a password
    #[arg(long, env = "PEERVIEW_SETUP")]
    pub(crate) setup: bool,
    /// Address and port of the set-up page; overrides `setup_listen` of the file
    #[arg(long, env = "PEERVIEW_SETUP_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) setup_listen: Option<std::net::SocketAddr>,
}

/// Flags of `peerview relay`.
#[derive(Debug, Args)]
pub(crate) struct RelayFlags {
    /// Configuration file with a `[relay]` table; config.example.toml explains every setting
    #[arg(long, env = "PEERVIEW_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Public address of the cloud to join; overrides `cloud` of the file
    #[arg(long, env = "PEERVIEW_CLOUD", value_name = "URL", value_parser = Address::WEB)]
    pub(crate) cloud: Option<Url>,
    /// Name of this relay in the settings of the cloud
    #[arg(long, env = "PEERVIEW_RELAY_NAME", value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// File with the secret that this relay and the cloud share
    #[arg(long, env = "PEERVIEW_RELAY_SECRET_FILE", value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
    /// Address of STUN and TURN; may be given twice, for IPv4 and IPv6
    #[arg(
        long,
        env = "PEERVIEW_RELAY_LISTEN",
        value_name = "ADDRESS:PORT",
        value_delimiter = ','
    )]
    pub(crate) listen: Vec<std::net::SocketAddr>,
    /// Address at which clients reach this machine, if it is behind a NAT
    #[arg(long, env = "PEERVIEW_PUBLIC_IP", value_name = "ADDRESS")]
    pub(crate) public_ip: Option<IpAddr>,
    /// IPv6 address at which clients reach this machine
    #[arg(long, env = "PEERVIEW_PUBLIC_IP6", value_name = "ADDRESS")]
    pub(crate) public_ip6: Option<std::net::Ipv6Addr>,
    /// Host name at which clients reach the relay over TLS; the certificate must be for this name
    #[arg(long, env = "PEERVIEW_RELAY_TLS_HOST", value_name = "NAME")]
    pub(crate) tls_host: Option<String>,
    /// TCP port of TURN over TLS (443 if not set)
    #[arg(long, env = "PEERVIEW_RELAY_TLS_PORT", value_name = "PORT")]
    pub(crate) tls_port: Option<u16>,
    /// PEM file with the certificate for TLS; it is reloaded when it changes
    #[arg(long, env = "PEERVIEW_RELAY_CERTIFICATE_FILE", value_name = "FILE")]
    pub(crate) certificate_file: Option<PathBuf>,
    /// PEM file with the private key of the certificate
    #[arg(long, env = "PEERVIEW_RELAY_KEY_FILE", value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// PEM file with an authority to trust for the cloud, in addition to those of this machine
    #[arg(long, env = "PEERVIEW_CA_FILE", value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
}

/// What there is to do with an agent besides running it.
#[derive(Debug, Subcommand)]
pub(crate) enum AboutAgent {
    /// Show the agent's links, recorders, cameras and network
    Status(AgentStatusFlags),
    /// Search this network for recorders and cameras (ONVIF and Hikvision), and print settings for them
    Discover(DiscoverFlags),
    /// Show the certificates of the recorders, or accept a changed one
    Trust(AgentTrustFlags),
    /// Add recorders by answering questions; the set-up page of a running agent does the same in a browser
    Setup(AgentSetupFlags),
}

/// Flags of `peerview agent setup`.
#[derive(Debug, Args)]
pub(crate) struct AgentSetupFlags {
    /// Address of the recorder, to skip the search
    #[arg(value_name = "ADDRESS", env = "PEERVIEW_SETUP_ADDRESS")]
    pub(crate) address: Option<String>,
    /// Configuration file of the agent, with an `[agent]` table
    #[arg(long, env = "PEERVIEW_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Cloud to register with; overrides `cloud` of the file
    #[arg(long, env = "PEERVIEW_CLOUD", value_name = "URL", value_parser = Address::WEB)]
    pub(crate) cloud: Option<Url>,
    /// Data folder of the agent; overrides `data_dir` of the file
    #[arg(long, env = "PEERVIEW_DATA", value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// PEM file with an authority to trust in addition to those of this machine; overrides `ca_file` of the file
    #[arg(long, env = "PEERVIEW_CA_FILE", value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
}

/// Flags of `peerview agent trust`.
#[derive(Debug, Args)]
pub(crate) struct AgentTrustFlags {
    /// Accept the changed certificate that this recorder presented last. Name the recorder as in the list
    /// that this command prints without this argument: by its `id`, or by its address with dashes
    #[arg(value_name = "RECORDER")]
    pub(crate) recorder: Option<String>,
    /// Forget its certificates and that it requires HTTPS, and trust the next certificate; then restart the agent
    #[arg(long, env = "PEERVIEW_TRUST_FORGET", requires = "recorder")]
    pub(crate) forget: bool,
    /// Configuration file of the agent, with an `[agent]` table
    #[arg(long, env = "PEERVIEW_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Data folder of the agent; overrides `data_dir` of the file
    #[arg(long, env = "PEERVIEW_DATA", value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
}

/// Flags of `peerview agent status`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 the agent runs, 1 its status cannot be read, 2 wrong command line, \
                  3 the agent is not running, 130 interrupted"
)]
pub(crate) struct AgentStatusFlags {
    /// Configuration file of the agent, with an `[agent]` table
    #[arg(long, env = "PEERVIEW_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Data folder of the agent; overrides `data_dir` of the file
    #[arg(long, env = "PEERVIEW_DATA", value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// Show only recorders with this text in their name or serial number
    #[arg(long, env = "PEERVIEW_STATUS_RECORDER", value_name = "TEXT")]
    pub(crate) recorder: Option<String>,
    /// Print JSON instead of text
    #[arg(long, env = "PEERVIEW_JSON")]
    pub(crate) json: bool,
}

/// Flags of `peerview agent discover`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 the search is complete, 1 no network can be searched, 2 wrong command line, \
                  130 interrupted"
)]
pub(crate) struct DiscoverFlags {
    /// Print JSON instead of text
    #[arg(long, env = "PEERVIEW_JSON")]
    pub(crate) json: bool,
    /// Seconds to wait for answers
    #[arg(long, env = "PEERVIEW_DISCOVER_SECONDS", value_name = "NUMBER", default_value_t = 4,
          value_parser = clap::value_parser!(u64).range(1..=60))]
    pub(crate) seconds: u64,
}

/// Flags of `peerview check-config`.
#[derive(Debug, Args)]
pub(crate) struct CheckConfig {
    /// Configuration file to check
    #[arg(value_name = "FILE", required_unless_present = "config")]
    file: Option<PathBuf>,
    /// Configuration file to check, as in the other commands; FILE takes precedence if both are given
    #[arg(long, env = "PEERVIEW_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

impl CheckConfig {
    /// The file to check. An empty path cannot be read, and clap asks for one of the two.
    pub(crate) fn path(&self) -> PathBuf {
        let named = self.file.as_ref().or(self.config.as_ref());
        named.cloned().unwrap_or_default()
    }
}

/// Flags of `peerview dkim-key`.
#[derive(Debug, Args)]
pub(crate) struct DkimKeyFlags {
    /// Key file; created if missing, readable by its owner only
    #[arg(env = "PEERVIEW_DKIM_KEY_FILE", value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Domain of the sender address, after the @
    #[arg(long, env = "PEERVIEW_DKIM_DOMAIN", value_name = "DOMAIN")]
    pub(crate) domain: String,
    /// Name of the key in DNS
    #[arg(
        long,
        env = "PEERVIEW_DKIM_SELECTOR",
        default_value = "peerview",
        value_name = "NAME"
    )]
    pub(crate) selector: String,
    /// Use Ed25519 instead of RSA, which every receiver understands
    #[arg(long, env = "PEERVIEW_DKIM_ED25519")]
    pub(crate) ed25519: bool,
}

/// Flags of `peerview doctor`.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Configuration file of the cloud
    #[arg(long, env = "PEERVIEW_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// DNS server to use instead of those of this machine
    #[arg(long, env = "PEERVIEW_DNS", value_name = "ADDRESS:PORT")]
    pub(crate) dns: Option<std::net::SocketAddr>,
    /// Time server to compare the clock with
    #[arg(
        long,
        env = "PEERVIEW_TIME_SERVER",
        default_value = "pool.ntp.org",
        value_name = "HOST[:PORT]"
    )]
    pub(crate) time_server: String,
    /// PEM file with an authority to trust for the public address, in addition to the public ones
    #[arg(long, env = "PEERVIEW_CA_FILE", value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Data folder of an agent on this machine, to check its network too; default is that of the file
    #[arg(long, env = "PEERVIEW_AGENT_DATA", value_name = "FOLDER")]
    pub(crate) agent_data: Option<PathBuf>,
    /// Also send a test mail to this address
    #[arg(long, env = "PEERVIEW_SEND_TO", value_name = "ADDRESS")]
    pub(crate) send_to: Option<String>,
    /// Print JSON instead of text
    #[arg(long, env = "PEERVIEW_JSON")]
    pub(crate) json: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_flag_has_an_environment_variable() {
        let mut arguments = Arguments::command();
        arguments.build();
        let mut commands: Vec<_> = arguments.get_subcommands().collect();
        while let Some(command) = commands.pop() {
            commands.extend(command.get_subcommands().filter(|c| c.get_name() != "help"));
            let flags = command.get_arguments().filter(|argument| {
                let name = argument.get_id();
                // Names and files are arguments of the command itself; `--help` and `--version` are clap's.
                !argument.is_positional() && name != "help" && name != "version"
            });
            for argument in flags {
                let variable = argument
                    .get_env()
                    .map(|name| name.to_string_lossy().into_owned());
                let name = argument.get_id();
                assert!(
                    variable.is_some_and(|v| v.starts_with("PEERVIEW_")),
                    "{} {name}",
                    command.get_name()
                );
            }
        }
    }

    #[test]
    fn the_demo_listens_on_this_machine_only() {
        let arguments = Arguments::try_parse_from(["peerview", "demo"]).unwrap();

        let Command::Demo(demo) = arguments.command else {
            panic!("not the demo")
        };
        assert_eq!((demo.bind, demo.lan), (None, false));
        assert_eq!(demo.port, 8080);
    }

    #[test]
    fn no_flag_takes_a_password() {
        let agent = Arguments::command();
        let agent = agent.find_subcommand("agent").unwrap();

        assert!(
            agent
                .get_arguments()
                .all(|argument| argument.get_id() != "password")
        );
    }
}
