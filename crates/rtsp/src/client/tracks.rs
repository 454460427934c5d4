//! The tracks of a session, and the transports of their packets.

use std::net::{IpAddr, SocketAddr};

use super::config::TrackChoice;
use super::events::SetUpTrack;

/// What carries the packets of a track that is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// Channels of the connection.
    Tcp { rtp: u8, rtcp: u8 },
    /// The camera's ports for RTP and RTCP, as far as they are known.
    Udp { ports: [Option<u16>; 2] },
}

/// One chosen track.
#[derive(Debug)]
pub(super) struct ClientTrack {
    /// Index in the description.
    pub(super) track: usize,
    pub(super) url: String,
    pub(super) is_required: bool,
    /// Whether the client sends on it.
    pub(super) is_talk: bool,
    /// The driver's ports, for UDP.
    pub(super) ports: Option<(u16, u16)>,
    pub(super) lane: Option<Lane>,
    /// From where packets may come besides the camera.
    source: Option<IpAddr>,
}

/// All chosen tracks.
#[derive(Debug, Default)]
pub(super) struct ClientTracks {
    tracks: Vec<ClientTrack>,
    /// By channel: the track's index in the description, and whether it is the channel of RTCP.
    channels: Vec<(u8, usize, bool)>,
}

impl Lane {
    pub(super) fn udp(ports: Option<(u16, u16)>) -> Lane {
        Lane::Udp {
            ports: [ports.map(|(rtp, _)| rtp), ports.map(|(_, rtcp)| rtcp)],
        }
    }
}

impl ClientTrack {
    pub(super) fn new(choice: TrackChoice, url: String, is_talk: bool) -> ClientTrack {
        ClientTrack {
            track: choice.track,
            url,
            is_required: choice.is_required,
            is_talk,
            ports: choice.ports,
            lane: None,
            source: None,
        }
    }

    /// The requested channels.
    pub(super) fn channels(&self, index: usize) -> (u8, u8) {
        let first = u8::try_from(index * 2).unwrap_or_default();
        (first, first + 1)
    }
}

impl ClientTracks {
    pub(super) fn add(&mut self, track: ClientTrack) {
        if self.tracks.iter().all(|known| known.track != track.track) {
            self.tracks.push(track);
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<&ClientTrack> {
        self.tracks.get(index)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &ClientTrack> {
        self.tracks.iter()
    }

    /// Takes the channels that the camera says, or those it was asked for if it says none or those of
    /// another track. Returns them.
    pub(super) fn set_up_tcp(&mut self, index: usize, told: Option<(u8, u8)>) -> [u8; 2] {
        let is_free = |channel: u8| self.channels.iter().all(|(known, ..)| *known != channel);
        let asked = self.tracks[index].channels(index);
        let (rtp, rtcp) = told.filter(|(rtp, _)| is_free(*rtp)).unwrap_or(asked);
        let track = &mut self.tracks[index];
        track.lane = Some(Lane::Tcp { rtp, rtcp });
        if track.is_talk {
            // What comes on it is an echo at best.
            return [rtp, rtcp];
        }
        let track = track.track;
        self.channels.push((rtp, track, false));
        // Some cameras give one channel for both.
        if rtcp != rtp {
            self.channels.push((rtcp, track, true));
        }
        [rtp, rtcp]
    }

    pub(super) fn set_up_udp(&mut self, index: usize, lane: Lane, source: Option<IpAddr>) {
        let track = &mut self.tracks[index];
        track.lane = Some(lane);
        track.source = source;
    }

    /// For those that are not set up yet.
    pub(super) fn change_to_tcp(&mut self) {
        for track in &mut self.tracks {
            track.ports = None;
        }
    }

    pub(super) fn by_channel(&self, channel: u8) -> Option<(usize, bool)> {
        let found = self.channels.iter().find(|(known, ..)| *known == channel);
        found.map(|(_, track, is_rtcp)| (*track, *is_rtcp))
    }

    /// The track of an address in `RTP-Info`, which may be relative; else by order.
    pub(super) fn by_url(&self, url: &str, order: usize) -> Option<usize> {
        let is_it = |track: &&ClientTrack| {
            !url.is_empty() && (track.url == url || track.url.ends_with(url))
        };
        let mut set_up = self.tracks.iter().filter(|track| track.lane.is_some());
        let found = set_up.clone().find(is_it).or_else(|| set_up.nth(order));
        found.map(|track| track.track)
    }

    pub(super) fn accepts(&self, track: usize, from: IpAddr, camera: IpAddr) -> bool {
        let mut tracks = self.tracks.iter();
        let found = tracks.find(|known| known.track == track && !known.is_talk);
        found.is_some_and(|known| {
            let is_udp = matches!(known.lane, Some(Lane::Udp { .. }));
            let from = from.to_canonical();
            is_udp
                && (from == camera.to_canonical()
                    || known.source.is_some_and(|source| source == from))
        })
    }

    /// A camera that named no ports shows them by what it sends.
    pub(super) fn learn_port(&mut self, track: usize, is_rtcp: bool, from: SocketAddr) {
        let known = self.tracks.iter_mut().find(|known| known.track == track);
        if let Some(Lane::Udp { ports }) = known.and_then(|known| known.lane.as_mut()) {
            ports[usize::from(is_rtcp)].get_or_insert(from.port());
        }
    }

    pub(super) fn talk_lane(&self, track: usize) -> Option<Lane> {
        let found = self
            .tracks
            .iter()
            .find(|known| known.track == track && known.is_talk);
        found?.lane
    }

    pub(super) fn has_talk(&self) -> bool {
        self.tracks
            .iter()
            .any(|track| track.is_talk && track.lane.is_some())
    }

    pub(super) fn has_lanes(&self) -> bool {
        self.tracks.iter().any(|track| track.lane.is_some())
    }

    pub(super) fn has_udp(&self) -> bool {
        self.tracks
            .iter()
            .any(|track| matches!(track.lane, Some(Lane::Udp { .. })))
    }

    pub(super) fn set_up(&self) -> Vec<SetUpTrack> {
        let set_up = self.tracks.iter().filter_map(|track| {
            let is_udp = matches!(track.lane?, Lane::Udp { .. });
            Some(SetUpTrack {
                track: track.track,
                is_udp,
            })
        });
        set_up.collect()
    }
}
