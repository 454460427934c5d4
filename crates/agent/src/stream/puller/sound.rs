//! The sound of one stream: G.711 at 8 kHz is passed through, everything else is converted to G.711 by crate
//! `sound`.

use std::time::{Duration, Instant};

use bytes::Bytes;
use rtsp::frame::{Codec as RtspCodec, Frame};
use rtsp::media::Receiver;
use sound::{SoundCodec, SoundSource, Transcoder};

use crate::stream::clock::RtpClock;
use crate::stream::{Codec, FrameKind, StreamFrame};

/// What is kept of a stream's sound from one frame to the next.
#[derive(Debug)]
pub(super) struct CameraSound {
    clock: RtpClock,
    /// What the sound was when its decoder was made; `None` inside if there is no decoder for it.
    transcoder: Option<(SoundSource, Option<Transcoder>)>,
}

impl CameraSound {
    pub(super) fn new() -> CameraSound {
        CameraSound {
            clock: RtpClock::new(sound::RATE),
            transcoder: None,
        }
    }

    /// What comes next is from a new connection.
    pub(super) fn restart(&mut self) {
        self.clock.restart();
        self.transcoder = None;
    }

    /// The packets for viewers in one frame of a camera's sound.
    pub(super) fn take(
        &mut self,
        frame: Frame,
        source: Option<SoundSource>,
        arrived: Instant,
        since_start: Duration,
    ) -> Vec<StreamFrame> {
        let is_plain = source.as_ref().is_none_or(is_plain);
        let codec = match frame.codec {
            RtspCodec::Pcmu => Codec::Pcmu,
            RtspCodec::Pcma => Codec::Pcma,
            _ => return self.transcoded(&frame, source, arrived, since_start),
        };
        if !is_plain {
            return self.transcoded(&frame, source, arrived, since_start);
        }
        let rtp_time = self.clock.time_of(frame.rtp_time, since_start);
        vec![packet(codec, frame.data, rtp_time, arrived)]
    }

    fn transcoded(
        &mut self,
        frame: &Frame,
        source: Option<SoundSource>,
        arrived: Instant,
        since_start: Duration,
    ) -> Vec<StreamFrame> {
        let Some(source) = source else {
            return Vec::new();
        };
        if self.transcoder.as_ref().is_none_or(|(of, _)| *of != source) {
            self.transcoder = Some(made_for(source));
        }
        let Some((_, Some(transcoder))) = &mut self.transcoder else {
            return Vec::new();
        };
        let packets = transcoder.handle(&frame.data, frame.rtp_time).into_iter();
        let clock = &mut self.clock;
        packets
            .map(|made| {
                let rtp_time = clock.time_of(made.time, since_start);
                packet(Codec::Pcmu, made.ulaw.into(), rtp_time, arrived)
            })
            .collect()
    }
}

fn made_for(source: SoundSource) -> (SoundSource, Option<Transcoder>) {
    let transcoder = Transcoder::new(&source);
    if let Err(error) = &transcoder {
        let SoundSource {
            codec,
            sample_rate,
            n_channels,
            ..
        } = source;
        tracing::debug!(?codec, sample_rate, n_channels, "{error}");
    }
    (source, transcoder.ok())
}

fn packet(codec: Codec, data: Bytes, rtp_time: u64, arrived: Instant) -> StreamFrame {
    StreamFrame {
        kind: FrameKind::Audio,
        codec,
        data,
        rtp_time,
        arrived,
        size: None,
    }
}

/// Whether browsers play it as it comes.
fn is_plain(source: &SoundSource) -> bool {
    source.sample_rate == sound::RATE && source.n_channels == 1
}

/// What people call the sound that a camera sends.
pub(super) fn sound_name(codec: RtspCodec) -> &'static str {
    match codec {
        RtspCodec::Aac => "AAC",
        RtspCodec::Pcmu => Codec::Pcmu.name(),
        RtspCodec::Pcma => Codec::Pcma.name(),
        RtspCodec::G726(_) => "G.726",
        RtspCodec::G722 => "G.722",
        RtspCodec::L16 => "PCM",
        RtspCodec::Opus => "Opus",
        RtspCodec::H264 | RtspCodec::H265 | RtspCodec::Jpeg => "unknown",
    }
}

/// What a decoder needs to know of a track's sound; `None` if viewers can have none of it.
pub(super) fn source_of(receiver: &Receiver) -> Option<SoundSource> {
    let settings = receiver.sound()?;
    let codec = match settings.codec {
        RtspCodec::Pcmu => SoundCodec::Ulaw,
        RtspCodec::Pcma => SoundCodec::Alaw,
        RtspCodec::Aac => SoundCodec::Aac,
        RtspCodec::G726(n_bits) => SoundCodec::G726(n_bits),
        RtspCodec::G722 => SoundCodec::G722,
        RtspCodec::L16 => SoundCodec::L16,
        _ => return None,
    };
    Some(SoundSource {
        codec,
        sample_rate: settings.sample_rate,
        n_channels: settings.n_channels.unwrap_or(1),
        clock_rate: receiver.clock_rate(),
        config: settings.config.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use rtsp::frame::FrameKind as RtspFrameKind;

    use super::*;

    fn frame(codec: RtspCodec, n_bytes: usize, rtp_time: i64) -> Frame {
        Frame {
            kind: RtspFrameKind::Sound,
            codec,
            data: Bytes::from(vec![0x55; n_bytes]),
            rtp_time,
            size: None,
            is_after_loss: false,
            replay: None,
        }
    }

    fn source(codec: SoundCodec, sample_rate: u32) -> SoundSource {
        SoundSource {
            codec,
            sample_rate,
            n_channels: 1,
            clock_rate: sample_rate,
            config: Vec::new(),
        }
    }

    fn taken(
        sound: &mut CameraSound,
        frame: Frame,
        source: SoundSource,
    ) -> Vec<(Codec, u64, usize)> {
        let since_start = Duration::from_secs(1);
        let packets = sound.take(frame, Some(source), Instant::now(), since_start);
        let shape = |it: &StreamFrame| (it.codec, it.rtp_time, it.data.len());
        packets.iter().map(shape).collect()
    }

    #[test]
    fn g711_of_8_khz_passes_through() {
        let mut sound = CameraSound::new();
        for (at, codec, law, passed) in [
            (0, RtspCodec::Pcmu, SoundCodec::Ulaw, Codec::Pcmu),
            (160, RtspCodec::Pcma, SoundCodec::Alaw, Codec::Pcma),
        ] {
            let packets = taken(&mut sound, frame(codec, 160, at), source(law, 8_000));
            assert_eq!(packets, [(passed, 8_000 + at as u64, 160)]);
        }
        assert!(sound.transcoder.is_none());
    }

    #[test]
    fn other_sound_becomes_ulaw_of_20_ms() {
        let mut sound = CameraSound::new();

        let wide = taken(
            &mut sound,
            frame(RtspCodec::Pcmu, 640, 0),
            source(SoundCodec::Ulaw, 16_000),
        );
        let g726 = taken(
            &mut sound,
            frame(RtspCodec::G726(4), 160, 320),
            source(SoundCodec::G726(4), 8_000),
        );

        let both = [(Codec::Pcmu, 8_000, 160), (Codec::Pcmu, 8_160, 160)];
        assert_eq!(wide, both);
        assert_eq!(
            g726,
            both.map(|(codec, time, length)| (codec, time + 320, length))
        );
    }

    #[test]
    fn sound_with_a_wrong_rate_is_left_out() {
        let mut sound = CameraSound::new();
        for rate in [0, 7, 44_101, u32::MAX] {
            let packets = taken(
                &mut sound,
                frame(RtspCodec::L16, 640, 0),
                source(SoundCodec::L16, rate),
            );
            assert_eq!(packets, [], "{rate}");
        }
    }
}
