//! Tests of the whole way, with sound that ffmpeg encoded: `-f lavfi -i sine=frequency=1000`, as AAC in ADTS, `g722`, and
//! `g726le` at each rate; the `.s16` files are what ffmpeg makes of it again.

use proptest::prelude::*;

use super::*;
use crate::g711::from_ulaw;
use crate::source::SoundCodec;

fn source(codec: SoundCodec, sample_rate: u32, n_channels: u8) -> SoundSource {
    let clock_rate = match codec {
        // RFC 3551 §4.5.2.
        SoundCodec::G722 => 8_000,
        _ => sample_rate,
    };
    SoundSource {
        codec,
        sample_rate,
        n_channels,
        clock_rate,
        config: Vec::new(),
    }
}

/// The access units of an ADTS file (ISO 13818-7 §6.2).
fn units(adts: &[u8]) -> Vec<&[u8]> {
    let (mut rest, mut units) = (adts, Vec::new());
    while let [0xff, _, _, a, b, c, ..] = *rest {
        let length = usize::from(a & 3) << 11 | usize::from(b) << 3 | usize::from(c >> 5);
        units.push(&rest[7..length]);
        rest = &rest[length..];
    }
    units
}

/// Passes units of equal length on, each `step` ticks after the one before.
fn heard(source: &SoundSource, units: &[&[u8]], step: i64) -> Vec<TelephonePacket> {
    let mut transcoder = Transcoder::new(source).expect("it can be decoded");
    let numbered = units.iter().zip(0..);
    numbered
        .flat_map(|(unit, n)| transcoder.handle(unit, 1_000_000 + n * step))
        .collect()
}

/// The frequency by upward turns and the loudest sample, of the middle half.
fn tone_of(packets: &[TelephonePacket]) -> (usize, i16) {
    let bytes = packets.iter().flat_map(|packet| &packet.ulaw);
    let samples: Vec<i16> = bytes.map(|byte| from_ulaw(*byte)).collect();
    let samples = &samples[samples.len() / 4..samples.len() * 3 / 4];
    let turns = samples.windows(2).filter(|two| two[0] < 0 && two[1] >= 0);
    let hertz = turns.count() * 8_000 / samples.len();
    (hertz, samples.iter().copied().max().unwrap_or(0))
}

fn has_the_tone(packets: &[TelephonePacket]) {
    let (hertz, loudest) = tone_of(packets);
    assert!(hertz.abs_diff(1_000) <= 15, "{hertz} Hz");
    // ffmpeg makes a tone of an eighth of the full loudness, and spreads it over two channels.
    assert!((2_700..4_700).contains(&loudest), "{loudest}");
    for two in packets.windows(2) {
        assert_eq!(two[1].time - two[0].time, 160);
    }
    assert!(packets.iter().all(|packet| packet.ulaw.len() == 160));
}

#[test]
fn the_tone_of_aac_is_heard() {
    let mono = units(include_bytes!("../../testdata/aac-16000.adts"));
    let stereo = units(include_bytes!("../../testdata/aac-48000-stereo.adts"));

    has_the_tone(&heard(&source(SoundCodec::Aac, 16_000, 1), &mono, 1_024));
    has_the_tone(&heard(&source(SoundCodec::Aac, 48_000, 2), &stereo, 1_024));
}

#[test]
fn the_tone_of_g726_and_g722_is_heard() {
    let g726 = include_bytes!("../../testdata/g726-32.bin");
    let pieces: Vec<&[u8]> = g726.chunks(80).collect();
    has_the_tone(&heard(&source(SoundCodec::G726(4), 8_000, 1), &pieces, 160));

    let g722 = include_bytes!("../../testdata/g722.bin");
    let pieces: Vec<&[u8]> = g722.chunks(160).collect();
    has_the_tone(&heard(&source(SoundCodec::G722, 16_000, 1), &pieces, 160));
}

#[test]
fn the_tone_of_plain_samples_is_heard() {
    let tone = |n: u32| (f64::from(n) * std::f64::consts::TAU * 1_000.0 / 44_100.0).sin() * 4_096.0;
    let stereo: Vec<u8> = (0..44_100_u32)
        .flat_map(|n| [tone(n) as i16; 2])
        .flat_map(i16::to_be_bytes)
        .collect();
    let pieces: Vec<&[u8]> = stereo.chunks(4 * 441).collect();

    has_the_tone(&heard(&source(SoundCodec::L16, 44_100, 2), &pieces, 441));
}

#[test]
fn the_first_packet_has_the_time_of_the_source() {
    let aac = units(include_bytes!("../../testdata/aac-16000.adts"));

    let packets = heard(&source(SoundCodec::Aac, 16_000, 1), &aac, 1_024);

    assert_eq!(packets[0].time, 500_000);
}

#[test]
fn rounded_times_leave_no_gap_and_lost_packets_do() {
    let mut transcoder = Transcoder::new(&source(SoundCodec::Ulaw, 16_000, 1)).expect("fits");
    let mut times = Vec::new();
    for at in [0, 317, 641, 960, 32_000, 32_320] {
        times.extend(transcoder.handle(&[0xff; 320], at).iter().map(|it| it.time));
    }

    assert_eq!(times, [0, 160, 320, 480, 16_000, 16_160]);
}

#[test]
fn sound_that_no_camera_has_is_refused() {
    for (codec, rate, n_channels) in [
        (SoundCodec::L16, 0, 1),
        (SoundCodec::L16, 44_101, 1),
        (SoundCodec::L16, 8_000, 0),
        (SoundCodec::L16, 8_000, 255),
        (SoundCodec::Ulaw, u32::MAX, 1),
        (SoundCodec::Aac, 12_345, 1),
        (SoundCodec::G726(9), 8_000, 1),
    ] {
        let source = source(codec, rate, n_channels);
        assert!(Transcoder::new(&source).is_err(), "{source:?}");
    }
    let no_clock = SoundSource {
        clock_rate: 0,
        ..source(SoundCodec::G722, 16_000, 1)
    };
    assert_eq!(Transcoder::new(&no_clock).err(), Some(UnplayableSound));
}

#[test]
fn a_packet_with_more_than_a_second_gives_nothing() {
    for codec in [SoundCodec::L16, SoundCodec::G726(2), SoundCodec::G722] {
        let mut transcoder = Transcoder::new(&source(codec, 8_000, 1)).expect("fits");
        assert_eq!(transcoder.handle(&[0; 65_000], 0), []);
        assert!(transcoder.waiting.is_empty());
    }
}

proptest! {
    #[test]
    fn any_bytes_give_bounded_sound(
        which in 0_usize..6,
        units in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..600), any::<i64>()), 0..8),
    ) {
        let codecs = [SoundCodec::Aac, SoundCodec::Ulaw, SoundCodec::Alaw, SoundCodec::G726(3), SoundCodec::G722, SoundCodec::L16];
        let mut transcoder = Transcoder::new(&source(codecs[which], 16_000, 1)).expect("fits");
        for (unit, time) in &units {
            let packets = transcoder.handle(unit, *time);
            prop_assert!(packets.len() <= 50);
            prop_assert!(packets.iter().all(|packet| packet.ulaw.len() == PACKET_SAMPLES));
            prop_assert!(transcoder.waiting.len() < PACKET_SAMPLES);
        }
    }
}
