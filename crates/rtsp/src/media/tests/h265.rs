//! H.265: payloads, parameter sets, key frames.

use super::*;

// VPS, SPS and PPS of x265 at 642 × 358, whose coded size is larger.
const VPS: &str = "40010c01ffff01600000030090000003000003003f928090";
const SPS_265: &str =
    "42010101600000030090000003000003003fa005120169c95964a924caf016808000000300800000030284";
const PPS_265: &str = "4401c172b46240";

const TRAIL: u8 = 1;
const RASL: u8 = 9;
const IDR_W_RADL: u8 = 19;
const IDR_N_LP: u8 = 20;
const CRA: u8 = 21;
const BLA_W_LP: u8 = 16;

fn h265(parameters: &[(&str, &str)]) -> Track {
    Track::new(&format("h265", 90_000, parameters), Carrier::Interleaved)
}

/// A slice segment of so many bytes.
fn segment(kind: u8, is_first: bool, slice_type: u32, seed: u8, n: usize) -> Vec<u8> {
    let mut nal = vec![kind << 1, 1];
    let mut bits = BitWriter::default().bits(u32::from(is_first), 1);
    if (16..24).contains(&kind) {
        bits = bits.bits(0, 1);
    }
    nal.extend(bits.ue(0).ue(slice_type).bits(0x55, 8).bytes());
    nal.extend((0..n).map(|at| seed | 1 | (at as u8 & 0x7e)));
    nal
}

fn sets() -> Vec<Vec<u8>> {
    vec![hex(VPS), hex(SPS_265), hex(PPS_265)]
}

fn key_265(kind: u8) -> Vec<Vec<u8>> {
    [sets(), vec![segment(kind, true, 2, 3, 60)]].concat()
}

/// Fragments of one unit (RFC 7798 §4.4.3), with order numbers where wanted.
fn fragments(camera: &mut Camera, nal: &[u8], has_order: bool) -> Vec<Bytes> {
    let parts: Vec<&[u8]> = nal[2..].chunks(20).collect();
    let n_parts = parts.len();
    let packet = |(n, part): (usize, &&[u8])| {
        let start = if n == 0 { 0x80 } else { 0 };
        let end = if n + 1 == n_parts { 0x40 } else { 0 };
        let mut payload = vec![49 << 1, nal[1], start | end | nal[0] >> 1];
        if has_order && n == 0 {
            payload.extend([0, 7]);
        }
        payload.extend(*part);
        camera.packet(&payload, end > 0)
    };
    parts.iter().enumerate().map(packet).collect()
}

#[test]
fn every_kind_of_random_access_is_a_key_frame() {
    for kind in [IDR_W_RADL, IDR_N_LP, CRA, BLA_W_LP] {
        let mut track = h265(&[]);

        track
            .feed(Camera::new().picture(&key_265(kind)))
            .wait(ms(10));

        assert_eq!(track.kinds(), [FrameKind::Key], "type {kind}");
        assert_eq!(track.nals(0), key_265(kind));
    }
}

#[test]
fn the_size_is_that_of_the_conformance_window() {
    let mut track = h265(&[]);

    track
        .feed(Camera::new().picture(&key_265(IDR_N_LP)))
        .wait(ms(10));

    assert_eq!(track.frames[0].size, Some((642, 358)));
}

#[test]
fn pictures_that_depend_on_others_are_deltas() {
    let mut track = h265(&[]);
    let mut camera = Camera::new();
    track.feed(camera.picture(&key_265(CRA))).wait(ms(40));
    for kind in [RASL, TRAIL] {
        track
            .feed(camera.picture(&[segment(kind, true, 1, 5, 60)]))
            .wait(ms(40));
    }

    use FrameKind::{Delta, Key};
    assert_eq!(track.kinds(), [Key, Delta, Delta]);
}

#[test]
fn an_aggregation_and_fragments_are_put_together() {
    let mut track = h265(&[]);
    let mut camera = Camera::new();
    let mut payload = vec![48 << 1, 1];
    for nal in sets() {
        payload.extend((nal.len() as u16).to_be_bytes());
        payload.extend(nal);
    }
    let key = segment(IDR_W_RADL, true, 2, 3, 90);

    track.feed([camera.packet(&payload, false)]);
    let packets = fragments(&mut camera, &key, false);
    track.feed(packets).wait(ms(10));

    assert_eq!(track.nals(0), [sets(), vec![key]].concat());
}

#[test]
fn order_numbers_are_skipped_where_they_are_described() {
    let mut track = h265(&[("sprop-max-don-diff", "2")]);
    let mut camera = Camera::new();
    let mut payload = vec![48 << 1, 1];
    for (n, nal) in sets().iter().enumerate() {
        payload.extend(vec![0; if n == 0 { 2 } else { 1 }]);
        payload.extend((nal.len() as u16).to_be_bytes());
        payload.extend(nal);
    }
    let key = segment(IDR_W_RADL, true, 2, 3, 90);
    let delta = segment(TRAIL, true, 1, 3, 30);
    let single = [&delta[..2], &[0, 9], &delta[2..]].concat();

    track.feed([camera.packet(&payload, false)]);
    let packets = fragments(&mut camera, &key, true);
    track.feed(packets).wait(ms(40));
    camera.time += PICTURE;
    track.feed([camera.packet(&single, true)]).wait(ms(40));

    assert_eq!(track.nals(0), [sets(), vec![key]].concat());
    assert_eq!(track.nals(1), [delta]);
}

#[test]
fn sets_of_the_description_precede_key_frames() {
    let mut track = h265(&[
        ("sprop-vps", "QAEMAf//AWAAAAMAkAAAAwAAAwA/koCQ"),
        (
            "sprop-sps",
            "QgEBAWAAAAMAkAAAAwAAAwA/oAUSAWnJWWSpJMrwFoCAAAADAIAAAAMChA==",
        ),
        ("sprop-pps", "RAHBcrRiQA=="),
    ]);

    track.feed(Camera::new().picture(&[segment(IDR_N_LP, true, 2, 3, 60)]));
    track.wait(ms(10));

    assert_eq!(track.nals(0), key_265(IDR_N_LP));
}

#[test]
fn segments_of_one_picture_stay_together() {
    let mut track = h265(&[]);
    let mut camera = Camera::new();
    for n in 0..10_u8 {
        let mut nals = if n == 0 { sets() } else { vec![] };
        let kind = if n == 0 { IDR_N_LP } else { TRAIL };
        nals.extend((0..4).map(|part| segment(kind, part == 0, 1, n, 60)));
        let packets: Vec<Bytes> = nals.iter().map(|nal| camera.packet(nal, true)).collect();
        camera.time += PICTURE;
        track.feed(packets).wait(ms(40));
    }
    track.wait(ms(200));

    assert_eq!(track.frames.len(), 10);
    assert!((1..10).all(|n| track.nals(n).len() == 4));
}

#[test]
fn extended_payloads_and_further_layers_cost_themselves() {
    let mut track = h265(&[]);
    let mut camera = Camera::new();
    let mut layered = segment(TRAIL, true, 1, 5, 60);
    layered[1] |= 1 << 3;

    track.feed([camera.packet(&[50 << 1, 1, 0, 0], false)]);
    track.feed([camera.packet(&layered, false)]);
    track.feed(camera.picture(&key_265(IDR_N_LP))).wait(ms(10));

    assert_eq!(track.kinds(), [FrameKind::Key]);
    assert_eq!(track.receiver.stats().skipped.n_unreadable, 1);
}
