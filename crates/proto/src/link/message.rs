//! Parameters and results of every method on the link and on the viewer's socket, by name.
//! Field names are those of ONVIF WebRTC 26.06; a camera, slot or claim is ours.

mod about;
mod cameras;
pub mod method;

use serde::{Deserialize, Serialize};

pub use about::AboutRecorder;
pub use cameras::{Camera, Cameras};

use crate::reason::Reason;
use crate::rights::CallViewer;
pub use crate::stream_kind::{PictureWish, StreamKind, WantedStream};

/// The challenge that the cloud asks a recorder to sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// 32 random bytes, base64url without padding; valid for this socket only.
    pub nonce: String,
    /// The cloud's own host name, which the signature covers.
    pub host: String,
}

/// Registers a recorder or a viewer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register {
    /// `Peerview <proof>` from an agent (see [`crate::key::RegisterProof`]), `Bearer …` from native devices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization: Option<String>,
    /// The recorder's own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// ONVIF capabilities: `subProtocols`, `extend`.
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// Nonce of this agent's earlier link, which it gives up. Only the two ends of that link know it, so a
    /// machine with a copied key cannot throw the first one out.
    #[serde(
        rename = "peerview/replaces",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub replaces: Option<String>,
    /// The work required by the refusal of an earlier register on this socket.
    #[serde(
        rename = "peerview/work",
        default,
        skip_serializing_if = "Vec::is_empty"
    )]
    pub work: Vec<u64>,
}

/// The answer to a claim with the right code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// What the recorder is called on its site: the name in the agent's settings, or else its model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The answer to register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// The recorder's serial, or the viewer's own id.
    pub id: String,
    /// To an agent: the address that people use for the cloud, for claim links. Absent if the cloud
    /// knows only its own loopback address.
    #[serde(
        rename = "peerview/publicUrl",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub public_url: Option<String>,
}

/// A person requests ownership of this recorder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRequest {
    /// The six letters as typed.
    pub code: String,
    /// The user name of the future owner, for the agent's log and terminal.
    pub account: String,
}

/// The state of one recorder, for the viewer's lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Serial number of the recorder.
    pub serial: String,
    /// The person's name for it.
    pub name: String,
    /// Whether its link is up.
    #[serde(rename = "isOnline")]
    pub is_online: bool,
    /// Unix seconds when the link was last up; absent while online or never.
    #[serde(rename = "lastSeen", default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<u64>,
    /// Its cameras as last reported.
    pub cameras: Vec<Camera>,
    /// What is wrong with it although its link is up, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The recorder is no longer in the account's list; the other fields are empty.
    #[serde(
        rename = "isRemoved",
        default,
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub is_removed: bool,
}

/// The picture that a slot (the n-th video m-line) shall carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// 0-based: the n-th video m-line of the offer.
    pub slot: u8,
    /// Id of the camera ([`Camera::id`]).
    pub camera: String,
    /// Which stream of the camera. If the viewer cannot show it, another one is sent ([`crate::ladder`]).
    pub stream: WantedStream,
}

/// A viewer requests a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connect {
    /// Serial of the recorder.
    pub peer: String,
    /// Not used by browsers, which have a session cookie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization: Option<String>,
    /// ONVIF media profile token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Number of video m-lines to offer, 1–16; default 1.
    #[serde(
        rename = "peerview/slots",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub slots: Option<u8>,
    /// What to send as soon as the path is up, before any control message.
    #[serde(
        rename = "peerview/watch",
        default,
        skip_serializing_if = "Vec::is_empty"
    )]
    pub watch: Vec<Watch>,
    /// Whether the agent shall estimate what the path carries, which `auto` in [`Watch::stream`] needs.
    #[serde(
        rename = "peerview/estimate",
        default,
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub estimate: bool,
    /// Whether the viewer uses paths over a relay only.
    #[serde(
        rename = "peerview/relayed",
        default,
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub relayed: bool,
}

/// The same request, as the cloud sends it to the agent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectDevice {
    /// The call's id on the wire.
    pub session: String,
    /// ONVIF media profile token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// STUN and TURN servers for this call.
    #[serde(rename = "iceServers", default)]
    pub ice_servers: Vec<IceServer>,
    /// How long the call may last without [`method::EXTEND`].
    #[serde(
        rename = "expiryTimeSeconds",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub expiry_time_seconds: Option<u64>,
    /// See [`Connect::slots`].
    #[serde(
        rename = "peerview/slots",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub slots: Option<u8>,
    /// See [`Connect::watch`].
    #[serde(
        rename = "peerview/watch",
        default,
        skip_serializing_if = "Vec::is_empty"
    )]
    pub watch: Vec<Watch>,
    /// See [`Connect::estimate`].
    #[serde(
        rename = "peerview/estimate",
        default,
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub estimate: bool,
    /// Who calls, and what this person may do. A viewer that the cloud says nothing about may do nothing.
    #[serde(rename = "peerview/viewer", default)]
    pub viewer: CallViewer,
}

/// The answer to connect; all fields for the viewer, only capabilities from the agent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connected {
    /// The call's id on the wire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// STUN and TURN servers for this call.
    #[serde(rename = "iceServers", default, skip_serializing_if = "Vec::is_empty")]
    pub ice_servers: Vec<IceServer>,
    /// How long the call may last without [`method::EXTEND`].
    #[serde(
        rename = "expiryTimeSeconds",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub expiry_time_seconds: Option<u64>,
    /// The agent's capabilities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<String>,
}

/// A W3C `RTCIceServer` with `urls` always an array. The credential is hidden from `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceServer {
    /// `stun:` and `turn:` URLs (RFC 7064, RFC 7065).
    pub urls: Vec<String>,
    /// TURN user name, absent for STUN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// TURN password, absent for STUN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

impl std::fmt::Debug for IceServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IceServer")
            .field("urls", &self.urls)
            .finish_non_exhaustive()
    }
}

/// The recorder's offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    /// Session id of the call.
    pub session: String,
    /// The SDP offer.
    pub offer: String,
    /// Data channel protocols the recorder knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subprotocols: Vec<String>,
    /// S→C with a restart: servers with a new credential, since that of connect lives for minutes.
    #[serde(
        rename = "peerview/iceServers",
        default,
        skip_serializing_if = "Vec::is_empty"
    )]
    pub ice_servers: Vec<IceServer>,
}

/// The viewer's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// The SDP answer.
    pub answer: String,
    /// Data channel protocols the viewer will open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subprotocols: Vec<String>,
}

/// One ICE candidate, or the end of them (`candidate` empty or absent).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trickle {
    /// Session id of the call.
    pub session: String,
    /// A W3C `RTCIceCandidateInit`, forwarded unchanged.
    #[serde(default)]
    pub candidate: Option<Candidate>,
}

/// A W3C `RTCIceCandidateInit`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// `candidate:…` (RFC 8839 §5.1); empty at the end of candidates.
    #[serde(default)]
    pub candidate: String,
    /// `a=mid` of the m-line (RFC 5888).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdp_mid: Option<String>,
    /// Index of the m-line, counted from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdp_m_line_index: Option<u16>,
    /// ICE user name fragment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username_fragment: Option<String>,
}

/// Requests more time, or tells the agent about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extend {
    /// Session id of the call.
    pub session: String,
    /// Only S→D.
    #[serde(
        rename = "expiryTimeSeconds",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub expiry_time_seconds: Option<u64>,
}

/// How long the call may now last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extended {
    /// Seconds from now.
    #[serde(rename = "expiryTimeSeconds")]
    pub expiry_time_seconds: u64,
}

/// The servers that a call uses from here on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallServers {
    /// Session id of the call.
    pub session: String,
    /// STUN and TURN servers, instead of the earlier ones.
    #[serde(rename = "iceServers")]
    pub ice_servers: Vec<IceServer>,
}

/// Names a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionId {
    /// Session id of the call.
    pub session: String,
}

/// The end of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Close {
    /// Session id of the call.
    pub session: String,
    /// Words for people and logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
