//! The built-in sound, cut into the payloads of RTP packets.

use std::sync::LazyLock;
use std::time::Duration;

use crate::config::SimulatedSound;
use crate::rtp::PCMU_TYPE;

/// A looping piece of sound in one coding.
#[derive(Debug)]
pub(crate) struct SoundClip {
    /// The ISAPI name of its coding.
    pub(crate) isapi_name: &'static str,
    pub(crate) payload_type: u8,
    /// `rtpmap` without the payload type.
    pub(crate) encoding: &'static str,
    /// `fmtp` without the payload type, if there is one.
    pub(crate) format: Option<&'static str>,
    /// Ticks of RTP time per second, and per packet.
    pub(crate) rate: u32,
    pub(crate) step: u32,
    payloads: Vec<Vec<u8>>,
}

/// Four seconds of G.711 µ-law at 8 kHz.
static CHIME: LazyLock<SoundClip> = LazyLock::new(|| SoundClip {
    isapi_name: "G.711ulaw",
    payload_type: PCMU_TYPE,
    encoding: "PCMU/8000",
    format: None,
    rate: 8_000,
    step: 160,
    payloads: pieces(include_bytes!("../clips/chime.ulaw"), 160),
});

static AAC: LazyLock<SoundClip> = LazyLock::new(|| SoundClip {
    isapi_name: "AAC",
    payload_type: 97,
    encoding: "mpeg4-generic/16000/1",
    // The configuration says AAC-LC, 16 kHz, one channel (ISO 14496-3 §1.6.2.1).
    format: Some(
        "streamtype=5; profile-level-id=15; mode=AAC-hbr; config=1408; sizeLength=13; indexLength=3; \
         indexDeltaLength=3",
    ),
    rate: 16_000,
    step: 1_024,
    payloads: aac_payloads(include_bytes!("../clips/tone.aac")),
});

static G726: LazyLock<SoundClip> = LazyLock::new(|| SoundClip {
    isapi_name: "G.726",
    payload_type: 98,
    encoding: "G726-32/8000",
    format: None,
    rate: 8_000,
    step: 160,
    payloads: pieces(include_bytes!("../clips/tone.g726"), 80),
});

impl SoundClip {
    /// What a camera with this coding sends.
    pub(crate) fn of(sound: SimulatedSound) -> &'static SoundClip {
        match sound {
            SimulatedSound::Ulaw => &CHIME,
            SimulatedSound::Aac => &AAC,
            SimulatedSound::G726 => &G726,
        }
    }

    /// The payload of a packet; packets are numbered from the recorder's start.
    pub(crate) fn payload(&self, packet: u64) -> &[u8] {
        let at = packet % self.payloads.len() as u64;
        &self.payloads[usize::try_from(at).expect("a place in a clip fits")]
    }

    /// The first packet that is not due before `now`.
    pub(crate) fn next_packet(&self, now: Duration) -> u64 {
        let packets = (now.as_nanos() * u128::from(self.rate))
            .div_ceil(u128::from(self.step) * 1_000_000_000);
        u64::try_from(packets).expect("centuries of packets fit")
    }

    /// When a packet is due.
    pub(crate) fn due(&self, packet: u64) -> Duration {
        let micros = u128::from(packet) * u128::from(self.step) * 1_000_000 / u128::from(self.rate);
        Duration::from_micros(u64::try_from(micros).expect("centuries fit"))
    }

    /// A packet's RTP time, which wraps.
    pub(crate) fn time(&self, packet: u64) -> u32 {
        crate::timeline::wrap(packet.wrapping_mul(u64::from(self.step)))
    }
}

fn pieces(bytes: &[u8], length: usize) -> Vec<Vec<u8>> {
    bytes.chunks_exact(length).map(<[u8]>::to_vec).collect()
}

/// One access unit in each payload, behind its header (RFC 3640 §3.3.6); the file is ADTS.
fn aac_payloads(adts: &[u8]) -> Vec<Vec<u8>> {
    let (mut rest, mut payloads) = (adts, Vec::new());
    while let [0xff, _, _, a, b, c, _, ..] = *rest {
        let length = usize::from(a & 3) << 11 | usize::from(b) << 3 | usize::from(c >> 5);
        let unit = &rest[7..length];
        let size = u16::try_from(unit.len()).expect("13 bits") << 3;
        let mut payload = vec![0, 16];
        payload.extend(size.to_be_bytes());
        payload.extend(unit);
        payloads.push(payload);
        rest = &rest[length..];
    }
    // They hold the silence that an encoder puts before and behind, which a loop must not.
    payloads.truncate(payloads.len() - 2);
    payloads.split_off(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_clip_has_its_seconds_of_sound() {
        for (sound, seconds) in [
            (SimulatedSound::Ulaw, 4),
            (SimulatedSound::Aac, 2),
            (SimulatedSound::G726, 2),
        ] {
            let clip = SoundClip::of(sound);
            let samples = clip.payloads.len() as u64 * u64::from(clip.step);
            // AAC lacks its first and last access units.
            let off = samples.abs_diff(seconds * u64::from(clip.rate));
            assert!(off <= 4 * 1_024, "{sound:?} {samples}");
        }
    }

    #[test]
    fn a_packet_is_due_exactly_when_it_becomes_next() {
        for sound in [
            SimulatedSound::Ulaw,
            SimulatedSound::Aac,
            SimulatedSound::G726,
        ] {
            let clip = SoundClip::of(sound);
            for packet in [0, 1, 49, 10_007] {
                let due = clip.due(packet);
                assert_eq!(clip.next_packet(due), packet, "{sound:?}");
                assert_eq!(clip.next_packet(due + Duration::from_micros(2)), packet + 1);
            }
        }
    }
}
