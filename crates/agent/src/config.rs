//! Settings of the agent as plain data. The binary merges them from the file, flags and
//! environment.

pub mod address;
mod any;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU16;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer, de};
use url::Url;
use zeroize::Zeroize;

use address::CameraAddress;
pub use any::RecorderKind;

use crate::limits::{DEFAULT_WARM_MEMORY_BYTES, STATUS_POLL};

/// Port of the set-up page, which no well-known program uses.
const SETUP_PORT: u16 = 8790;

/// All settings of one agent.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Public address of the cloud, as typed into a browser.
    #[serde(deserialize_with = "address::web")]
    pub cloud: Url,
    /// Folder for the keys and serials of the recorders; back it up.
    pub data_dir: PathBuf,
    /// The recorders at this site.
    pub recorders: Vec<RecorderConfig>,
    /// Memory for pictures of streams that nobody watches yet, so that they start immediately.
    pub warm_memory_bytes: usize,
    /// Whether calls may use loopback addresses; for a demo or a test.
    pub loopback_candidates: bool,
    /// Local address for calls; all addresses if absent.
    pub bind: Option<IpAddr>,
    /// Whether the router is asked to map ports for calls.
    pub port_mapping: bool,
    /// PEM file with a certificate authority to trust in addition to those of this machine; empty
    /// means none.
    pub ca_file: PathBuf,
    /// When the page is open that adds recorders.
    pub setup_page: SetupPageMode,
    /// Where it is served.
    pub setup_listen: SocketAddr,
}

/// When the set-up page is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SetupPageMode {
    /// If the agent starts without a recorder, until some time after the first one was added.
    #[default]
    WithoutRecorders,
    /// As long as the agent runs.
    Always,
    /// Never.
    Never,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            cloud: Url::parse("http://127.0.0.1:8080").expect("the text is a URL"),
            data_dir: PathBuf::from("peerview-agent"),
            recorders: Vec::new(),
            warm_memory_bytes: DEFAULT_WARM_MEMORY_BYTES,
            loopback_candidates: false,
            bind: None,
            port_mapping: true,
            ca_file: PathBuf::new(),
            setup_page: SetupPageMode::default(),
            setup_listen: SocketAddr::from(([0, 0, 0, 0], SETUP_PORT)),
        }
    }
}

/// One recorder, by protocol.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "any::AnyRecorder")]
pub enum RecorderConfig {
    /// Cameras are found over ISAPI, and pictures are transferred over RTSP.
    Hikvision(HikvisionConfig),
    /// A device of any make: cameras are found over ONVIF, and pictures are transferred over RTSP.
    Onvif(OnvifConfig),
    /// Cameras are listed by their RTSP addresses.
    Rtsp(RtspConfig),
}

impl RecorderConfig {
    /// The setting `id`, if given.
    pub fn id(&self) -> Option<&str> {
        match self {
            RecorderConfig::Hikvision(config) => config.id.as_deref(),
            RecorderConfig::Onvif(config) => config.id.as_deref(),
            RecorderConfig::Rtsp(config) => config.id.as_deref(),
        }
    }

    /// The setting `name`, if given.
    pub fn name(&self) -> Option<&str> {
        match self {
            RecorderConfig::Hikvision(config) => config.name.as_deref(),
            RecorderConfig::Onvif(config) => config.name.as_deref(),
            RecorderConfig::Rtsp(config) => config.name.as_deref(),
        }
    }

    /// The setting `sessions`, if given.
    pub fn sessions(&self) -> Option<usize> {
        let told = match self {
            RecorderConfig::Hikvision(config) => config.sessions,
            RecorderConfig::Onvif(config) => config.sessions,
            RecorderConfig::Rtsp(config) => config.sessions,
        };
        told.map(|told| told.get().into())
    }
}

/// A Hikvision recorder or camera.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HikvisionConfig {
    /// Name of the folder for its key and serial; derived from the address if absent.
    #[serde(default)]
    pub id: Option<String>,
    /// Display name; the address if absent.
    #[serde(default)]
    pub name: Option<String>,
    /// `192.0.2.10`, `192.0.2.10:8000`, `http://…` or `https://…`.
    pub address: String,
    /// A user of the recorder; operator rights are enough.
    pub user: String,
    /// Password of `user`.
    pub password: Password,
    /// RTSP port, if it is not 554 and the recorder does not report it to this user.
    #[serde(default)]
    pub rtsp_port: Option<u16>,
    /// Seconds between two checks of which cameras respond, at least 1.
    #[serde(default = "poll_seconds")]
    pub poll_seconds: u64,
    /// Transport for pictures from the recorder.
    #[serde(default)]
    pub transport: RtpTransport,
    /// Whether the password may be sent in clear text to a device that knows no Digest login.
    #[serde(default)]
    pub allow_basic: bool,
    /// How many RTSP sessions it supports, for all programs together; learnt from its refusals if absent.
    #[serde(default)]
    pub sessions: Option<NonZeroU16>,
}

/// A recorder or camera that speaks ONVIF.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnvifConfig {
    /// Name of the folder for its key and serial; derived from the address if absent.
    #[serde(default)]
    pub id: Option<String>,
    /// Display name; the address if absent.
    #[serde(default)]
    pub name: Option<String>,
    /// `192.0.2.10`, `192.0.2.10:8000`, `http://…` or `https://…`.
    pub address: String,
    /// A user of the device for ONVIF; some have other users for it than for their pages.
    pub user: String,
    /// Password of `user`.
    pub password: Password,
    /// RTSP port, if the device says a wrong one.
    #[serde(default)]
    pub rtsp_port: Option<u16>,
    /// Seconds between two checks whether the device responds, at least 1.
    #[serde(default = "poll_seconds")]
    pub poll_seconds: u64,
    /// Transport for pictures from the device.
    #[serde(default)]
    pub transport: RtpTransport,
    /// Whether the password may be sent in clear text for streams of a device that knows no Digest login there.
    #[serde(default)]
    pub allow_basic: bool,
    /// How many RTSP sessions it supports, for all programs together; learnt from its refusals if absent.
    #[serde(default)]
    pub sessions: Option<NonZeroU16>,
}

fn poll_seconds() -> u64 {
    STATUS_POLL.as_secs()
}

/// Cameras by RTSP address: one `url`, several of them, or a list with names and sub-streams.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RtspConfig {
    /// Name of the folder for its key and serial; derived from the first address if absent.
    #[serde(default)]
    pub id: Option<String>,
    /// Display name.
    #[serde(default)]
    pub name: Option<String>,
    /// Main streams of cameras without a name.
    #[serde(default, alias = "urls")]
    pub url: OneOrMore,
    /// User name for addresses that contain none.
    #[serde(default)]
    pub user: Option<String>,
    /// Password for addresses that contain none.
    #[serde(default)]
    pub password: Option<Password>,
    /// Cameras with names.
    #[serde(default)]
    pub cameras: Vec<RtspCamera>,
    /// Transport for pictures from the cameras.
    #[serde(default)]
    pub transport: RtpTransport,
    /// Whether the password may be sent in clear text to a device that knows no Digest login.
    #[serde(default)]
    pub allow_basic: bool,
    /// How many RTSP sessions it supports, for all programs together; learnt from its refusals if absent.
    #[serde(default)]
    pub sessions: Option<NonZeroU16>,
}

/// One camera by its RTSP addresses.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RtspCamera {
    /// Display name.
    pub name: String,
    /// Address of the main stream.
    pub main: CameraAddress,
    /// The small picture for grids; the full one if absent.
    #[serde(default)]
    pub sub: Option<CameraAddress>,
    /// Transport for pictures of this camera, if it differs from the recorder's.
    #[serde(default)]
    pub transport: Option<RtpTransport>,
}

/// One RTSP address or a list of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OneOrMore(pub Vec<CameraAddress>);

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<OneOrMore, D::Error> {
        struct OneOrMoreVisitor;
        impl<'de> de::Visitor<'de> for OneOrMoreVisitor {
            type Value = OneOrMore;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an address in quotation marks, or a list of them")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<OneOrMore, E> {
                let address = CameraAddress::parse(text).map_err(E::custom)?;
                Ok(OneOrMore(vec![address]))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<OneOrMore, A::Error> {
                let mut addresses = Vec::new();
                while let Some(address) = list.next_element()? {
                    addresses.push(address);
                }
                Ok(OneOrMore(addresses))
            }
        }
        from.deserialize_any(OneOrMoreVisitor)
    }
}

/// How RTP comes from the recorder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RtpTransport {
    /// In the RTSP connection: no packets are lost. UDP if the camera refuses it.
    #[default]
    Tcp,
    /// In separate UDP packets: slightly less delay, but lost packets are visible. TCP if the camera refuses it
    /// or nothing arrives.
    Udp,
}

/// A password of a recorder. It is never printed, and wiped from memory when it is dropped.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// Takes ownership of a password.
    pub fn new(password: impl Into<String>) -> Password {
        Password(password.into())
    }

    /// Returns the password itself; only for the recorder.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(hidden)")
    }
}

impl Drop for Password {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = r#"
        cloud = "https://cloud.example.org"
        data_dir = "/var/lib/peerview-agent"
        warm_memory_bytes = 1000000

        [[recorders]]
        kind = "hikvision"
        address = "192.0.2.10"
        user = "viewer"
        password = "s3cret-word"

        [[recorders]]
        kind = "rtsp"
        name = "Shop"
        urls = ["rtsp://ana:s3cret-word@192.0.2.11/1", "rtsp://192.0.2.12/1"]
        transport = "udp"

        [[recorders]]
        kind = "rtsp"
        url = "rtsp://192.0.2.13/1"

        [[recorders]]
        kind = "rtsp"
        cameras = [{ name = "Gate", main = "rtsp://ben:s3cret-word@192.0.2.14/s3cret", sub = "rtsps://192.0.2.14/2" }]
    "#;

    fn example() -> Config {
        toml::from_str(EXAMPLE).expect("the example is right")
    }

    #[test]
    fn every_kind_of_recorder_is_read_from_a_file() {
        let config = example();

        assert_eq!(config.recorders.len(), 4);
        let RecorderConfig::Rtsp(shop) = &config.recorders[1] else {
            panic!("the second is an RTSP recorder");
        };
        assert_eq!((shop.url.0.len(), shop.transport), (2, RtpTransport::Udp));
        assert_eq!(config.recorders[1].name(), Some("Shop"));
        assert_eq!(config.warm_memory_bytes, 1_000_000);
        assert_eq!(config.bind, None);
    }

    #[test]
    fn the_example_file_is_valid_and_shows_every_default() {
        #[derive(Deserialize)]
        struct File {
            agent: Config,
        }
        let file: File =
            toml::from_str(include_str!("config_example.toml")).expect("the example is right");

        let defaults = Config::default();
        assert_eq!(file.agent.warm_memory_bytes, defaults.warm_memory_bytes);
        assert_eq!(file.agent.loopback_candidates, defaults.loopback_candidates);
        assert_eq!(file.agent.port_mapping, defaults.port_mapping);
        assert_eq!(file.agent.ca_file, defaults.ca_file);
        assert_eq!(file.agent.setup_page, defaults.setup_page);
        assert_eq!(file.agent.setup_listen, defaults.setup_listen);
        let RecorderConfig::Hikvision(recorder) = &file.agent.recorders[0] else {
            panic!("the first is a Hikvision recorder");
        };
        assert_eq!(recorder.poll_seconds, poll_seconds());
        assert_eq!(recorder.transport, RtpTransport::default());
        assert!(!recorder.allow_basic);
    }

    #[test]
    fn passwords_never_show_in_debug_output() {
        let printed = format!("{:?}", example());

        assert!(!printed.contains("s3cret"), "{printed}");
    }

    #[test]
    fn a_setting_of_the_wrong_type_is_reported_by_line() {
        for (line, words) in [
            ("password = 12345", "expected a string"),
            ("password = true", "expected a string"),
            ("user = 7", "expected a string"),
            ("rtsp_port = \"554\"", "expected u16"),
        ] {
            let text = format!("[[recorders]]\nkind = \"hikvision\"\n{line}\n");
            let error = toml::from_str::<Config>(&text).expect_err(line);

            assert!(error.message().contains(words), "{error}");
            let at = error.span().expect("a place").start;
            assert!(text[..at].matches('\n').count() == 2, "{line}: {error}");
        }
    }

    #[test]
    fn settings_of_another_kind_of_recorder_are_refused() {
        for (text, words) in [
            ("kind = \"rtsp\"\naddress = \"x\"", "address"),
            ("kind = \"hikvision\"\nurl = \"rtsp://x/\"", "url"),
            (
                "kind = \"hikvision\"\nuser = \"u\"\npassword = \"p\"",
                "address",
            ),
            (
                "kind = \"hikvision\"\naddress = \"x\"\nuser = \"u\"",
                "password",
            ),
        ] {
            let error = toml::from_str::<RecorderConfig>(text).expect_err(text);
            assert!(error.message().contains(words), "{error}");
        }
    }

    #[test]
    fn an_error_about_an_address_does_not_repeat_it() {
        for line in [
            "url = \"rtsp://admin:12345#67secret@192.0.2.1/\"",
            "urls = [\"rtsp://192.0.2.2/\", \"rtsp://viewer:pa#secret@192.0.2.1/\"]",
            "cameras = [{ name = \"Gate\", main = \"rtsp://viewer:pa#secret@192.0.2.1/\" }]",
        ] {
            let text = format!("kind = \"rtsp\"\n{line}");
            let error = toml::from_str::<RecorderConfig>(&text).expect_err(line);
            assert!(!error.message().contains("secret"), "{}", error.message());
            assert!(error.message().contains("%23"), "{}", error.message());
        }
    }

    #[test]
    fn an_address_with_a_login_is_reported_by_line() {
        for address in ["admin:12345#67secret@192.0.2.1", "admin:secret@192.0.2.1"] {
            let line = format!("address = \"{address}\"");
            let text = format!("[[recorders]]\nkind = \"hikvision\"\n{line}\n");
            let error = toml::from_str::<Config>(&text).expect_err(address);

            assert!(!error.message().contains("secret"), "{}", error.message());
            let at = error.span().expect("a place").start;
            assert!(text[..at].matches('\n').count() == 2, "{error}");
        }
    }

    #[test]
    fn misspelt_settings_are_refused_by_name() {
        for (text, word) in [
            ("clout = \"https://x.example\"", "clout"),
            (
                "[[recorders]]\nkind = \"hikvision\"\naddress = \"x\"\nuser = \"u\"\npassword = \"p\"\nport = 1",
                "port",
            ),
            ("[[recorders]]\nkind = \"rtsp\"\nuri = \"rtsp://x\"", "uri"),
            ("[[recorders]]\nkind = \"dahua\"", "dahua"),
        ] {
            let error = toml::from_str::<Config>(text).expect_err("a misspelt setting");
            assert!(error.to_string().contains(word), "{error}");
        }
    }
}
