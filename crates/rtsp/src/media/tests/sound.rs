//! Sound: G.711 and its kind, AAC in both packings.

use super::*;
use crate::frame::Codec;

const HBR: [(&str, &str); 5] = [
    ("mode", "AAC-hbr"),
    ("config", "1408"),
    ("sizelength", "13"),
    ("indexlength", "3"),
    ("indexdeltalength", "3"),
];

fn track(encoding: &str, clock_rate: u32, parameters: &[(&str, &str)]) -> Track {
    Track::new(
        &format(encoding, clock_rate, parameters),
        Carrier::Interleaved,
    )
}

/// A payload of RFC 3640 with these units, 13 bits of size and 3 of index each.
fn units(units: &[&[u8]]) -> Vec<u8> {
    let mut payload = (16 * units.len() as u16).to_be_bytes().to_vec();
    for unit in units {
        payload.extend(((unit.len() as u16) << 3).to_be_bytes());
    }
    payload.extend(units.concat());
    payload
}

#[test]
fn sound_of_one_frame_per_packet_passes_through() {
    let cases = [
        ("pcmu", 8000, Codec::Pcmu, 8000),
        ("pcma", 8000, Codec::Pcma, 8000),
        ("g722", 8000, Codec::G722, 16_000),
        ("l16", 16_000, Codec::L16, 16_000),
        ("g726-16", 8000, Codec::G726(2), 8000),
        ("g726-40", 8000, Codec::G726(5), 8000),
        ("opus", 48_000, Codec::Opus, 48_000),
    ];
    for (encoding, clock_rate, codec, sample_rate) in cases {
        let mut track = track(encoding, clock_rate, &[]);

        track.feed([Camera::new().packet(&[0x12, 0x34], false)]);

        let frame = &track.frames[0];
        assert_eq!((frame.kind, frame.codec), (FrameKind::Sound, codec));
        assert_eq!(frame.data, &[0x12, 0x34][..]);
        let settings = track.receiver.sound().expect("it is sound");
        assert_eq!(settings.sample_rate, sample_rate, "{encoding}");
    }
}

#[test]
fn kept_sound_keeps_no_packet_read_with_it() {
    let mut track = track("pcma", 8000, &[]);
    let packet = Camera::new().packet(&[0x12, 0x34], false);
    let read = Bytes::from([packet.to_vec(), vec![0; 60_000]].concat());

    track.feed([read.slice(..packet.len())]);

    let kept = &track.frames[0].data;
    assert!(kept.is_unique());
    assert_eq!(*kept, read[packet.len() - 2..packet.len()]);
}

#[test]
fn the_packing_of_aal2_is_turned() {
    let mut track = track("aal2-g726-32", 8000, &[]);

    track.feed([Camera::new().packet(&[0x12, 0x34], false)]);

    assert_eq!(track.frames[0].codec, Codec::G726(4));
    assert_eq!(track.frames[0].data, &[0x21, 0x43][..]);
}

#[test]
fn several_access_units_of_a_packet_have_their_times() {
    let mut track = track("mpeg4-generic", 16_000, &HBR);

    track.feed([Camera::new().packet(&units(&[&[1; 5], &[2; 7], &[3]]), true)]);

    let data: Vec<&[u8]> = track.frames.iter().map(|frame| &frame.data[..]).collect();
    assert_eq!(data, [&[1; 5][..], &[2; 7], &[3]]);
    let times = track.frames.iter().map(|frame| frame.rtp_time - 90_000);
    assert_eq!(times.collect::<Vec<_>>(), [0, 1024, 2048]);
    let settings = track.receiver.sound().expect("it is sound");
    assert_eq!(
        (settings.sample_rate, settings.n_channels),
        (16_000, Some(1))
    );
    assert_eq!(settings.config, &[0x14, 0x08][..]);
}

#[test]
fn fragments_of_an_access_unit_are_joined() {
    let mut track = track("mpeg4-generic", 16_000, &HBR);
    let mut camera = Camera::new();
    let whole: Vec<u8> = (0..100).collect();
    let head = [0, 16, 3, 0x20];

    let packets = whole.chunks(40).enumerate();
    let packets: Vec<Bytes> = packets
        .map(|(n, part)| camera.packet(&[&head[..], part].concat(), n == 2))
        .collect();
    track.feed(packets);

    assert_eq!(track.frames.len(), 1);
    assert_eq!(track.frames[0].data, whole);
}

#[test]
fn a_lost_fragment_costs_one_access_unit() {
    let mut track = track("mpeg4-generic", 16_000, &HBR);
    let mut camera = Camera::new();
    let part = [&[0, 16, 3, 0x20][..], &[9; 40]].concat();
    let first = camera.packet(&part, false);
    camera.packet(&part, false);
    camera.time += 1024;

    let next = camera.packet(&units(&[&[5; 5]]), true);
    track.feed([first, next]);

    assert_eq!(track.frames.len(), 1);
    assert!(track.frames[0].is_after_loss);
    assert_eq!(track.receiver.stats().skipped.n_incomplete, 1);
}

#[test]
fn low_bit_rate_aac_has_short_headers() {
    let mut track = track("mpeg4-generic", 16_000, &[("mode", "AAC-lbr")]);
    // Two headers of a byte: lengths 3 and 2.
    let payload = [0, 16, 3 << 2, 2 << 2, 1, 1, 1, 2, 2];

    track.feed([Camera::new().packet(&payload, true)]);

    assert_eq!(track.frames.len(), 2);
    assert_eq!(track.frames[1].data, &[2, 2][..]);
}

#[test]
fn headers_of_adts_are_taken_off() {
    let mut track = track("mpeg4-generic", 16_000, &HBR);
    let unit = [0xff, 0xf1, 0x60, 0x40, 0x01, 0x3f, 0xfc, 7, 8];

    track.feed([Camera::new().packet(&units(&[&unit]), true)]);

    assert_eq!(track.frames[0].data, &[7, 8][..]);
}

#[test]
fn latm_with_its_configuration_in_the_description_plays() {
    let parameters = [("cpresent", "0"), ("config", "400024203fc0")];
    let mut track = track("mp4a-latm", 44_100, &parameters);
    let element = [&[255, 5][..], &[7; 260]].concat();
    let mut camera = Camera::new();

    let packets = [
        camera.packet(&element[..100], false),
        camera.packet(&element[100..], true),
    ];
    track.feed(packets);

    assert_eq!(track.frames[0].data, &[7; 260][..]);
    let settings = track.receiver.sound().expect("it is sound");
    assert_eq!(settings.config, &[0x12, 0x10][..]);
    assert_eq!(
        (settings.sample_rate, settings.n_channels),
        (44_100, Some(2))
    );
}

#[test]
fn latm_with_its_configuration_in_band_plays() {
    let mut track = track("mp4a-latm", 44_100, &[]);
    // The configuration ends in the middle of its last byte.
    let mut first = BitWriter::default()
        .bits(0, 1)
        .bits(0x4000_2420, 32)
        .bits(0x3fc, 12);
    for byte in [3, 1, 2, 3] {
        first = first.bits(byte, 8);
    }
    let second = BitWriter::default().bits(1, 1).bits(2, 8).bits(0x0405, 16);
    let mut camera = Camera::new();

    let first = camera.packet(&first.bytes(), true);
    camera.time += 1024;
    let second = camera.packet(&second.bytes(), true);
    track.feed([first, second]);

    let data: Vec<&[u8]> = track.frames.iter().map(|frame| &frame.data[..]).collect();
    assert_eq!(data, [&[1, 2, 3][..], &[4, 5]]);
}

#[test]
fn aac_that_makes_no_sense_is_counted() {
    let mut track = track("mpeg4-generic", 16_000, &HBR);
    let mut camera = Camera::new();

    for payload in [
        &[0][..],
        &[0xff, 0xff, 1],
        &[0, 0, 5],
        &[0, 32, 0, 8, 0xff, 0xf8, 1],
    ] {
        track.feed([camera.packet(payload, true)]);
    }

    assert_eq!(track.frames.len(), 1);
    assert_eq!(track.receiver.stats().skipped.n_unreadable, 4);
}
