//! Talking through a camera: one RTSP session with its backchannel (ONVIF Streaming §5.3) for as long as
//! somebody talks.

use bytes::{BufMut, Bytes, BytesMut};
use proto::control::TalkEndCause;
use proto::reason::Reason;
use rtsp::client::{
    ClientConfig, PlayOptions, RtspEnd, RtspInput, RtspOutput, TrackChoice, TransportPolicy,
};
use rtsp::sdp::{Description, MediaKind, TrackPurpose};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::connection::{CameraConnection, ConnectionEvent};
use super::reason::{SessionEnd, end_of};
use super::session::{client_config, report_login, within_tls};
use crate::limits::TALK_IDLE;
use crate::stream::Codec;
use crate::stream::source::Source;
use crate::stream::talk_line::{TalkFailure, TalkLine, TalkSound};

/// Whether a camera takes what is said over RTSP. Only asks; no session begins.
pub(crate) async fn has_backchannel(source: &Source) -> Result<bool, TalkFailure> {
    let mut config = talk_config(source);
    let (_, description) = describe(&mut config, source).await?;
    Ok(TalkTarget::of(&description).is_some())
}

/// Opens the backchannel of a camera, hands the line to it to `ready`, and passes on what is said until the
/// line is dropped or silent for [`TALK_IDLE`].
pub(crate) async fn talk(
    source: &Source,
    ready: impl FnOnce(TalkLine) + Send,
) -> Result<(), TalkFailure> {
    let mut config = talk_config(source);
    let mut ready = Some(ready);
    let mut told = None;
    loop {
        let (mut connection, description) = describe(&mut config, source).await?;
        let target = TalkTarget::of(&description).ok_or(TalkFailure::Unsupported)?;
        connection.feed(RtspInput::SetUp(vec![target.choice()]));
        connection.feed(RtspInput::Play(PlayOptions::default()));
        let end = loop {
            match connection.next().await {
                ConnectionEvent::Client(RtspOutput::Playing(_)) => {
                    if let Some(ready) = ready.take() {
                        let (line, inlet) = TalkLine::pair();
                        connection.send_talk(TalkSounds::new(target, inlet.said));
                        told = Some(inlet.end);
                        ready(line);
                    }
                }
                ConnectionEvent::Client(RtspOutput::Ended(end)) => break end,
                ConnectionEvent::Client(_) | ConnectionEvent::NoPictures(_) => {}
            }
        };
        report_login(&end, None, source);
        match end {
            RtspEnd::Again(again) if ready.is_some() => config = within_tls(*again),
            end => match told {
                // A viewer who has ended it hears nothing.
                Some(told) => {
                    let _ = told.send(cause_of(&end));
                    return Ok(());
                }
                None => return Err(failure_of(&end)),
            },
        }
    }
}

/// Why a talk is over that had begun.
fn cause_of(end: &RtspEnd) -> TalkEndCause {
    match end {
        RtspEnd::Done => TalkEndCause::Silent,
        RtspEnd::Failed(error) => match end_of(error) {
            SessionEnd::Failed(Reason::NoAnswer | Reason::Unreachable) => TalkEndCause::Lost,
            _ => TalkEndCause::Closed,
        },
        RtspEnd::Again(_) => TalkEndCause::Closed,
    }
}

fn talk_config(source: &Source) -> ClientConfig {
    let mut config = client_config(source);
    config.wants_backchannel = true;
    config.transport = TransportPolicy::Tcp;
    // Nothing comes on it.
    config.silence_limit = None;
    config
}

/// Connects until a camera describes its stream; it may send us elsewhere first.
async fn describe(
    config: &mut ClientConfig,
    source: &Source,
) -> Result<(CameraConnection, Description), TalkFailure> {
    loop {
        let permit = source.gate.enter().await;
        let permit = permit.map_err(|_| TalkFailure::Refused)?;
        let connection = CameraConnection::open(config.clone(), &source.certificate).await;
        let mut connection = connection.map_err(|_| TalkFailure::Offline)?;
        let end = loop {
            match connection.next().await {
                ConnectionEvent::Client(RtspOutput::Described(description)) => {
                    permit.accepted();
                    return Ok((connection, description));
                }
                ConnectionEvent::Client(RtspOutput::Ended(end)) => break end,
                ConnectionEvent::Client(_) | ConnectionEvent::NoPictures(_) => {}
            }
        };
        report_login(&end, Some(permit), source);
        match end {
            RtspEnd::Again(again) => *config = within_tls(*again),
            end => return Err(failure_of(&end)),
        }
    }
}

fn failure_of(end: &RtspEnd) -> TalkFailure {
    let RtspEnd::Failed(error) = end else {
        return TalkFailure::Offline;
    };
    tracing::debug!("RTSP, to talk: {error}");
    match end_of(error) {
        SessionEnd::Refused(_) => TalkFailure::Refused,
        SessionEnd::Unwanted | SessionEnd::Failed(_) => TalkFailure::Offline,
    }
}

/// The track of a description that takes what is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TalkTarget {
    track: usize,
    payload_type: u8,
    codec: Codec,
}

impl TalkTarget {
    fn of(description: &Description) -> Option<TalkTarget> {
        let tracks = description.tracks.iter().enumerate();
        let mut talk = tracks.filter(|(_, track)| {
            track.kind == MediaKind::Audio && track.purpose == TrackPurpose::Backchannel
        });
        talk.find_map(|(track, described)| {
            described.formats.iter().find_map(|format| {
                let codec = match format.encoding.as_str() {
                    "pcmu" => Codec::Pcmu,
                    "pcma" => Codec::Pcma,
                    _ => return None,
                };
                let is_plain = format.clock_rate == sound::RATE
                    && format.n_channels.is_none_or(|n_channels| n_channels == 1);
                is_plain.then_some(TalkTarget {
                    track,
                    payload_type: format.payload_type,
                    codec,
                })
            })
        })
    }

    fn choice(self) -> TrackChoice {
        TrackChoice {
            track: self.track,
            is_required: true,
            ports: None,
        }
    }
}

/// What is said, as RTP packets for a camera.
#[derive(Debug)]
pub(super) struct TalkSounds {
    target: TalkTarget,
    said: mpsc::Receiver<TalkSound>,
    idle_at: Instant,
    ssrc: u32,
    sequence: u16,
    first_time: Option<u64>,
}

impl TalkSounds {
    fn new(target: TalkTarget, said: mpsc::Receiver<TalkSound>) -> TalkSounds {
        TalkSounds {
            target,
            said,
            idle_at: Instant::now() + TALK_IDLE,
            ssrc: rand::random(),
            sequence: rand::random(),
            first_time: None,
        }
    }

    /// The next packet; `None` once nobody talks any more. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Option<RtspInput> {
        let said = timeout_at(self.idle_at, self.said.recv()).await;
        let sound = said.ok()??;
        self.idle_at = Instant::now() + TALK_IDLE;
        Some(RtspInput::Talk {
            track: self.target.track,
            packet: self.packet(&sound),
        })
    }

    fn packet(&mut self, sound: &TalkSound) -> Bytes {
        let marker = if self.first_time.is_none() { 0x80 } else { 0 };
        let first_time = *self.first_time.get_or_insert(sound.time);
        let mut packet = BytesMut::with_capacity(12 + sound.data.len());
        // Version 2 without padding, extension and CSRC; the marker begins a talk (RFC 3551 §4.1).
        packet.put_u8(0x80);
        packet.put_u8(marker | self.target.payload_type & 0x7f);
        packet.put_u16(self.sequence);
        // It wraps.
        packet.put_u32(sound.time.wrapping_sub(first_time) as u32);
        packet.put_u32(self.ssrc);
        packet.extend_from_slice(&sound.in_law(self.target.codec));
        self.sequence = self.sequence.wrapping_add(1);
        packet.freeze()
    }
}

#[cfg(test)]
mod tests {
    use sound::g711;

    use super::*;

    const VIDEO: &str = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n";

    fn target(tracks: &str) -> Option<TalkTarget> {
        TalkTarget::of(&Description::parse(format!("{VIDEO}{tracks}").as_bytes()))
    }

    #[test]
    fn only_a_g711_backchannel_is_used_for_talk() {
        let heard = "m=audio 0 RTP/AVP 0\r\n";
        let aac = "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/16000\r\na=sendonly\r\n";
        let alaw = "m=audio 0 RTP/AVP 97 8\r\na=rtpmap:97 OPUS/48000/2\r\na=sendonly\r\n";

        assert_eq!(target(heard), None);
        assert_eq!(target(aac), None);
        let expected = TalkTarget {
            track: 2,
            payload_type: 8,
            codec: Codec::Pcma,
        };
        assert_eq!(target(&format!("{heard}{alaw}")), Some(expected));
    }

    #[test]
    fn packets_are_numbered_timed_and_in_the_cameras_law() {
        let (_line, said) = mpsc::channel(1);
        let target = TalkTarget {
            track: 0,
            payload_type: 8,
            codec: Codec::Pcma,
        };
        let mut sounds = TalkSounds::new(target, said);
        sounds.sequence = u16::MAX;
        let mut packet = |codec, byte, time| {
            sounds.packet(&TalkSound {
                codec,
                data: Bytes::copy_from_slice(&[byte]),
                time,
            })
        };

        let first = packet(Codec::Pcmu, g711::to_ulaw(1_000), 70_000);
        let second = packet(Codec::Pcma, 0x2a, 70_160);

        assert_eq!(first[..8], [0x80, 0x88, 0xff, 0xff, 0, 0, 0, 0]);
        // 988, the nearest sample that µ-law has.
        assert_eq!(first[12..], [g711::to_alaw(988)]);
        assert_eq!(second[..8], [0x80, 8, 0, 0, 0, 0, 0, 160]);
        assert_eq!(second[8..12], first[8..12]);
        assert_eq!(second[12..], [0x2a]);
    }
}
