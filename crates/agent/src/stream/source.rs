//! The sources of a camera's streams, as the recorder driver found them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use proto::ladder::StreamFormat;
use proto::stream_kind::StreamKind;
use rtsp::address::StreamAddress;

use super::login::LoginGate;
use crate::certificates::CertificatePin;
use crate::config::{Password, RtpTransport};

/// A user name and its password.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// User name on the recorder.
    pub user: String,
    /// Password of `user`.
    pub password: Password,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(hidden)")
    }
}

/// One stream on one recorder.
#[derive(Clone)]
pub struct Source {
    /// Where it is.
    pub address: StreamAddress,
    /// The login, if the recorder asks for one.
    pub login: Option<Login>,
    /// How RTP comes from the recorder.
    pub transport: RtpTransport,
    /// Whether the password may be sent in clear text.
    pub is_basic_allowed: bool,
    /// Which certificate is expected over RTSPS.
    pub certificate: CertificatePin,
    /// Shared by all streams with the same login, so that a wrong password is tried once.
    pub gate: Arc<LoginGate>,
    /// Counts changes of its settings: a session that began before one has to start again.
    pub revision: u32,
}

impl PartialEq for Source {
    fn eq(&self, other: &Source) -> bool {
        // Gate and certificate are the driver's own and make no other stream.
        self.address == other.address
            && self.login == other.login
            && self.transport == other.transport
            && self.is_basic_allowed == other.is_basic_allowed
            && self.revision == other.revision
    }
}

impl fmt::Debug for Source {
    /// The path is omitted, because it contains a secret on some cameras.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("host", &self.address.host)
            .finish_non_exhaustive()
    }
}

/// One camera and the sources of its streams.
#[derive(Debug, Clone, PartialEq)]
pub struct CameraSource {
    /// Id of the camera, stable within the recorder.
    pub id: String,
    /// Display name, at most 64 characters.
    pub name: String,
    /// Whether the recorder reports that the camera responds; `None` if it does not report it and
    /// the stream itself has to show it.
    pub is_online: Option<bool>,
    /// The main stream.
    pub main: Source,
    /// The small picture; if there is none, the full one is used.
    pub sub: Option<Source>,
    /// Its other streams.
    pub more: BTreeMap<StreamKind, Source>,
    /// What the recorder says about each stream.
    pub formats: BTreeMap<StreamKind, StreamFormat>,
}
