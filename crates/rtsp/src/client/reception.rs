//! Processes received packets: frames of the tracks whose encoding is known, in the order in which they are
//! complete.

use std::time::Duration;

use bytes::{Bytes, BytesMut};

use super::life::RtspPhase;
use super::tracks::{ClientTrack, Lane};
use super::{RtspClient, RtspOutput, TrackPacket};
use crate::media::{Carrier, Receiver, ReportIdentity};
use crate::message::write_data;

impl RtspClient {
    /// The receiver of a track: what it counts, and what it knows of its sound and clock.
    pub fn receiver(&self, track: usize) -> Option<&Receiver> {
        let found = self.receivers.iter().find(|(known, _)| *known == track);
        found.map(|(_, receiver)| receiver)
    }

    /// Makes a receiver for each track that is listened to. A track with several payload types is read in the first
    /// one that is known.
    pub(super) fn receive(&mut self) {
        let listened = self.tracks.iter().filter(|track| !track.is_talk);
        self.receivers = listened
            .filter_map(|track| self.receiver_of(track))
            .collect();
    }

    fn receiver_of(&self, track: &ClientTrack) -> Option<(usize, Receiver)> {
        let carrier = match track.lane? {
            Lane::Tcp { .. } => Carrier::Interleaved,
            Lane::Udp { .. } => Carrier::Datagrams,
        };
        let described = self.description.tracks.get(track.track)?;
        let mut known = described
            .formats
            .iter()
            .filter_map(|format| Receiver::new(format, carrier).ok());
        let mut receiver = known.next()?;
        if let Some(size) = described.size {
            receiver.set_described_size(size);
        }
        Some((track.track, receiver))
    }

    pub(super) fn packet(&mut self, track: usize, is_rtcp: bool, bytes: Bytes, now: Duration) {
        if !is_rtcp {
            self.life.packet(now);
        }
        let known = self.receivers.iter_mut().find(|(known, _)| *known == track);
        let Some((_, receiver)) = known else {
            let packet = TrackPacket {
                track,
                is_rtcp,
                bytes,
            };
            return self.outputs.push_back(RtspOutput::Packet(packet));
        };
        let had_ended = receiver.has_ended();
        match is_rtcp {
            true => receiver.handle_rtcp(&bytes, now),
            false => receiver.handle(bytes, now),
        }
        while let Some(frame) = receiver.poll_frame() {
            self.outputs.push_back(RtspOutput::Frame { track, frame });
        }
        if receiver.has_ended() && !had_ended {
            self.outputs.push_back(RtspOutput::EndOfStream);
        }
        self.ask_for_key_frame(now);
    }

    /// Sends the question for a key frame that waits, if the source of its track is known.
    pub(super) fn ask_for_key_frame(&mut self, now: Duration) {
        let Some(track) = self.key_frame_of else {
            return;
        };
        let receivers = &mut self.receivers;
        let known = receivers.iter_mut().find(|(known, _)| *known == track);
        let identity = ReportIdentity {
            ssrc: self.identity.0,
            name: &self.identity.1,
        };
        let question = known.and_then(|(_, receiver)| receiver.picture_loss(identity, now));
        let lane = self.tracks.iter().find(|known| known.track == track);
        let (Some(question), Some(lane)) = (question, lane.and_then(|track| track.lane)) else {
            return;
        };
        self.key_frame_of = None;
        match lane {
            Lane::Tcp { rtcp, .. } => {
                let mut bytes = BytesMut::with_capacity(question.len() + 4);
                if write_data(rtcp, &question, &mut bytes) {
                    self.outputs.push_back(RtspOutput::Send(bytes.freeze()));
                }
            }
            Lane::Udp {
                ports: [_, Some(to_port)],
            } => self.outputs.push_back(RtspOutput::SendDatagram {
                track,
                is_rtcp: true,
                to_port,
                bytes: question.into(),
            }),
            Lane::Udp { .. } => {}
        }
    }

    /// When a receiver gives up waiting for a packet.
    pub(super) fn frame_at(&self) -> Option<Duration> {
        let moments = self
            .receivers
            .iter()
            .filter_map(|(_, receiver)| receiver.poll_timeout());
        moments.min()
    }

    pub(super) fn frames_if_due(&mut self, now: Duration) {
        for (track, receiver) in &mut self.receivers {
            if receiver.poll_timeout().is_none_or(|at| at > now) {
                continue;
            }
            receiver.handle_timeout(now);
            while let Some(frame) = receiver.poll_frame() {
                self.outputs.push_back(RtspOutput::Frame {
                    track: *track,
                    frame,
                });
            }
        }
    }

    pub(super) fn report_if_due(&mut self, now: Duration) {
        if self.life.report_at(self.phase).is_none_or(|at| at > now) {
            return;
        }
        self.life.report_from(now);
        if matches!(self.phase, RtspPhase::Playing | RtspPhase::Paused) {
            self.report(now);
        }
    }

    /// Sends one packet from each UDP port to the camera's, before the first one comes: what a router lets out, it also
    /// lets in.
    pub(super) fn punch(&mut self, now: Duration) {
        // An RTP packet without a payload, which no camera takes for sound.
        const EMPTY: &[u8] = &[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        for track in self.tracks.iter() {
            if let Some(Lane::Udp {
                ports: [Some(to_port), _],
            }) = track.lane
            {
                self.outputs.push_back(RtspOutput::SendDatagram {
                    track: track.track,
                    is_rtcp: false,
                    to_port,
                    bytes: Bytes::from_static(EMPTY),
                });
            }
        }
        self.report(now);
    }

    /// Sends a receiver report of each UDP track.
    fn report(&mut self, now: Duration) {
        for track in self.tracks.iter() {
            let Some(Lane::Udp {
                ports: [_, Some(to_port)],
            }) = track.lane
            else {
                continue;
            };
            let known = self
                .receivers
                .iter_mut()
                .find(|(known, _)| *known == track.track);
            let Some((_, receiver)) = known else {
                continue;
            };
            let identity = ReportIdentity {
                ssrc: self.identity.0,
                name: &self.identity.1,
            };
            self.outputs.push_back(RtspOutput::SendDatagram {
                track: track.track,
                is_rtcp: true,
                to_port,
                bytes: receiver.receiver_report(identity, now).into(),
            });
        }
    }
}
