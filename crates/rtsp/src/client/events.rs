//! Inputs and outputs of a client.

use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};

use super::config::{PlayOptions, TrackChoice};
use super::outcome::{RtspEnd, RtspError};
use crate::frame::Frame;
use crate::headers::{PlayRange, RtpInfo};
use crate::sdp::Description;

/// What may happen to a client.
#[derive(Debug)]
pub enum RtspInput {
    /// Bytes of the connection; see [`crate::message::decoder::Decoder`] for how to read them without copies.
    Bytes(BytesMut),
    /// A packet on one of a track's UDP ports.
    Datagram {
        /// Index of the track in [`Description::tracks`].
        track: usize,
        /// Whether it came to the second port.
        is_rtcp: bool,
        /// Where it came from.
        from: SocketAddr,
        /// The packet.
        bytes: Bytes,
    },
    /// The connection is over.
    Closed,
    /// Sets tracks up; after [`RtspOutput::Described`], once.
    SetUp(Vec<TrackChoice>),
    /// Plays; may be fed with `SetUp`, and again for another place or speed.
    Play(PlayOptions),
    /// Asks for a key frame by RTCP (RFC 4585 §6.3.1), once it is known whose packets the track carries. Cameras
    /// that do not know this question pass over it.
    KeyFrame {
        /// Index of the track in [`Description::tracks`].
        track: usize,
    },
    /// Pauses.
    Pause,
    /// Ends the session.
    Teardown,
    /// Sends a whole RTP packet on a backchannel track.
    Talk {
        /// Index of the track in [`Description::tracks`].
        track: usize,
        /// The packet.
        packet: Bytes,
    },
}

/// An action or a question for the driver.
#[derive(Debug)]
pub enum RtspOutput {
    /// Send these bytes on the connection.
    Send(Bytes),
    /// Send a packet from one of a track's UDP ports.
    SendDatagram {
        /// Index of the track in [`Description::tracks`].
        track: usize,
        /// Whether it leaves from the second port.
        is_rtcp: bool,
        /// The port of the camera to which it goes.
        to_port: u16,
        /// The packet.
        bytes: Bytes,
    },
    /// The camera accepted the login, if it wanted one, and offers this. Answer with [`RtspInput::SetUp`].
    Described(Description),
    /// These tracks are set up; those that the camera refused are missing.
    SetUpDone(Vec<SetUpTrack>),
    /// It plays. Packets may come before.
    Playing(PlayStart),
    /// It pauses.
    Paused,
    /// A change of place or speed, or a pause, was refused; what played before goes on.
    PlayRefused(RtspError),
    /// The camera reports the end of the recording. Some report it for live streams, and continue.
    EndOfStream,
    /// A frame of a track.
    Frame {
        /// Index of the track in [`Description::tracks`].
        track: usize,
        /// The frame.
        frame: Frame,
    },
    /// A packet of a track whose encoding is not known here, such as metadata.
    Packet(TrackPacket),
    /// It has ended, and nothing follows.
    Ended(RtspEnd),
}

/// A track that is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetUpTrack {
    /// Index of the track in [`Description::tracks`].
    pub track: usize,
    /// Whether its packets come over UDP.
    pub is_udp: bool,
}

/// One packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackPacket {
    /// Index of the track in [`Description::tracks`].
    pub track: usize,
    /// Whether it is RTCP.
    pub is_rtcp: bool,
    /// The packet, unchecked.
    pub bytes: Bytes,
}

/// What the camera said when it began to play.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlayStart {
    /// What it plays.
    pub range: Option<PlayRange>,
    /// How fast.
    pub scale: Option<f64>,
    /// First packets, by index of the track. Many recorders send wrong ones.
    pub tracks: Vec<(usize, RtpInfo)>,
}
