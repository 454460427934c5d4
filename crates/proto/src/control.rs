//! The control channel `peerview.control.1`: JSON-RPC 2.0 over the data channel that the viewer
//! opens. Everything after call set-up uses it, end to end; the cloud is not involved.

pub mod events;
pub mod image;
pub mod in_use;
pub mod outputs;
pub mod requests;
pub mod streams;

use serde::{Deserialize, Serialize};

use crate::link::message::{Camera, StreamKind, WantedStream};
use crate::picture_wish::ChoiceNote;
use crate::reason::Reason;

/// Protocol and label of the data channel.
pub const PROTOCOL: &str = "peerview.control.1";

/// Method names. `V` is the viewer, `D` the agent.
pub mod method {
    /// V→D [`crate::link::message::Watch`] → [`super::Slot`]; 404 no such camera or slot.
    pub const WATCH: &str = "watch";
    /// V→D [`super::Unwatch`] → `{}`.
    pub const UNWATCH: &str = "unwatch";
    /// V→D [`super::Listen`] → `{}`.
    pub const LISTEN: &str = "listen";
    /// V→D [`super::Talk`] → `{}` once the camera takes sound; 409 with `peerview/talkedBy` while another
    /// viewer talks, without it while somebody else uses the recorder's line.
    pub const TALK: &str = "talk";
    /// D→V notification: [`super::TalkEnded`], when a talk ends without a request of the viewer.
    pub const TALK_ENDED: &str = "talkEnded";
    /// V→D [`super::requests::Ptz`] → `{}`, or [`super::requests::PresetList`] for the presets; 409 with
    /// `peerview/steeredBy` while somebody else steers the camera.
    pub const PTZ: &str = "ptz";
    /// V→D [`super::in_use::InUseRequest`] → [`super::in_use::CameraUse`].
    pub const IN_USE: &str = "inUse";
    /// V→D [`super::requests::CapabilitiesRequest`] → [`super::requests::CameraCapabilities`].
    pub const CAPABILITIES: &str = "capabilities";
    /// V→D [`super::requests::SnapshotRequest`] → [`super::requests::SnapshotReady`].
    pub const SNAPSHOT: &str = "snapshot";
    /// V→D [`super::requests::SnapshotPartRequest`] → [`super::requests::SnapshotPart`].
    pub const SNAPSHOT_PART: &str = "snapshotPart";
    /// V→D [`super::streams::StreamsRequest`] → [`super::streams::StreamList`].
    pub const STREAMS: &str = "streams";
    /// V→D [`super::streams::MakeViewable`] → [`super::streams::ViewableChange`].
    pub const MAKE_VIEWABLE: &str = "makeViewable";
    /// V→D [`super::image::ImageRequest`] → [`super::image::ImageSettings`].
    pub const IMAGE: &str = "image";
    /// V→D [`super::image::SetImage`] → [`super::image::ImageSettings`] as they are then.
    pub const SET_IMAGE: &str = "setImage";
    /// V→D `{}` → [`super::outputs::OutputList`].
    pub const OUTPUTS: &str = "outputs";
    /// V→D [`super::outputs::SetOutput`] → `{}`.
    pub const SET_OUTPUT: &str = "setOutput";
    /// D→V notification: [`super::events::RecorderEvent`], when the channel opens for all that go on, and
    /// at every start and stop.
    pub const EVENT: &str = "event";
    /// V→D `{}` → `{}`; D→V notification, `{}`: a sign of life.
    pub const PING: &str = "ping";
    /// D→V notification: [`super::Slot`], at every change of a slot's state.
    pub const SLOT: &str = "slot";
    /// D→V notification: [`super::CameraList`], when the channel opens and at every change.
    pub const CAMERAS: &str = "cameras";
    /// D→V notification: [`super::CallPath`], when the channel opens and at every change.
    pub const PATH: &str = "path";
}

/// Stops a slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unwatch {
    /// The slot to stop, counted from 0.
    pub slot: u8,
}

/// The camera whose audio the audio m-line carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listen {
    /// Id of the camera; `None` for silence.
    pub camera: Option<String>,
}

/// The camera that says what the viewer sends on the audio m-line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// Id of the camera; `None` to stop.
    pub camera: Option<String>,
}

/// A talk has ended without a request of the viewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TalkEnded {
    /// Id of the camera.
    pub camera: String,
    /// Why.
    pub cause: TalkEndCause,
}

/// Why a talk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TalkEndCause {
    /// The camera or recorder ended it; somebody else may have taken its line.
    Closed,
    /// The camera or recorder takes nothing any more.
    Lost,
    /// Nothing came from the viewer for so long that its place was given up.
    Silent,
}

/// All cameras of the recorder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraList {
    /// At most 256; replaces the earlier list.
    pub cameras: Vec<Camera>,
}

/// How the packets of a call travel, as far as only the agent's end knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum CallPath {
    /// Straight between the two.
    Direct,
    /// Straight, through a port that the recorder's router maps for the agent.
    Mapped,
    /// Through a relay.
    Relayed {
        /// How the agent sends to it.
        over: RelayTransport,
    },
}

/// How one end of a call reaches its relay; the first is the best for pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RelayTransport {
    /// A lost packet delays no other.
    Udp,
    /// For sites that let no UDP out.
    Tcp,
    /// For sites that let only HTTPS out.
    Tls,
}

/// The state of a slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Index of the video m-line, counted from 0.
    pub slot: u8,
    /// Id of the camera that it shows.
    pub camera: String,
    /// Which of its streams was asked for.
    pub stream: WantedStream,
    /// The stream that is sent, if that is another one: the viewer cannot show that one, or named none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<StreamKind>,
    /// What the viewer can expect to see in it.
    pub state: SlotState,
    /// Why there is no picture, where the agent knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// RTP encoding name, `H264`, `H265` or `JPEG`, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codec: Option<String>,
    /// Picture width in pixels, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Picture height in pixels, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Why the viewer gets this stream, if it may expect another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<ChoiceNote>,
    /// Kilobits per second of its pictures, once counted.
    #[serde(rename = "bitRate", default, skip_serializing_if = "Option::is_none")]
    pub bit_rate: Option<u32>,
}

/// The states of a slot, each with its own message on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SlotState {
    /// The stream is being opened, or its first key frame has not arrived.
    Waiting,
    /// Pictures are being sent.
    Playing,
    /// The recorder reports the camera as off, or its stream does not arrive.
    Offline,
    /// The viewer's answer does not include this stream's codec.
    Unplayable,
    /// The recorder refused the agent's password; nobody will retry until it is changed.
    Refused,
}
