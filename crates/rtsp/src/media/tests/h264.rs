//! H.264: payloads, parameter sets, key frames, losses.

use super::*;
use crate::limits::MAX_FRAME_BYTES;

/// One payload per picture: what came out.
fn played(payloads: &[Vec<u8>]) -> Track {
    let mut track = h264();
    let mut camera = Camera::new();
    for payload in payloads {
        let packet = camera.packet(payload, true);
        camera.time += PICTURE;
        track.feed([packet]).wait(ms(40));
    }
    track
}

fn aggregated(kind: u8, n_before: usize, n_each: usize, nals: &[Vec<u8>]) -> Vec<u8> {
    let mut payload = vec![kind];
    payload.extend(vec![0; n_before]);
    for nal in nals {
        payload.extend((nal.len() as u16).to_be_bytes());
        payload.extend(vec![0; n_each]);
        payload.extend(nal);
    }
    payload
}

#[test]
fn every_kind_of_aggregation_is_taken_apart() {
    for (kind, n_before, n_each) in [(24, 0, 0), (25, 2, 0), (26, 2, 3), (27, 2, 4)] {
        let payload = aggregated(kind, n_before, n_each, &key_picture(1, 50));

        let track = played(&[payload]);

        assert_eq!(track.kinds(), [FrameKind::Key], "type {kind}");
        assert_eq!(track.nals(0), key_picture(1, 50), "type {kind}");
    }
}

#[test]
fn an_aggregation_that_is_cut_keeps_its_whole_units() {
    let mut payload = aggregated(24, 0, 0, &key_picture(1, 50));
    payload.extend([0, 9, 0x41]);

    let track = played(&[payload]);

    assert_eq!(track.kinds(), [FrameKind::Key]);
    assert_eq!(track.receiver.stats().skipped.n_unreadable, 1);
}

#[test]
fn fragments_of_type_b_have_a_number_in_the_first() {
    let nal = idr(1, 20);
    let first = [&[0x60 | 29, 0x85, 0, 1], &nal[1..9]].concat();
    let last = [&[0x60 | 28, 0x45], &nal[9..]].concat();
    let mut camera = Camera::new();
    let mut track = h264();

    let sets = [
        camera.packet(&hex(SPS), false),
        camera.packet(&hex(PPS), false),
    ];
    let packets = [camera.packet(&first, false), camera.packet(&last, true)];
    track.feed(sets).feed(packets).wait(ms(10));

    assert_eq!(track.nals(0)[2], nal);
}

#[test]
fn fragments_without_an_end_bit_end_with_the_marker() {
    let nal = idr(1, 3000);
    let mut camera = Camera::new();
    let mut track = h264();
    track.feed([
        camera.packet(&hex(SPS), false),
        camera.packet(&hex(PPS), false),
    ]);
    for packet in camera.picture(std::slice::from_ref(&nal)) {
        let mut bytes = packet.to_vec();
        bytes[13] &= !0x40;
        track.feed([Bytes::from(bytes)]);
    }

    track.wait(ms(10));

    assert_eq!(track.nals(0)[2], nal);
}

#[test]
fn start_codes_inside_packets_are_taken_apart() {
    let mut payload = Vec::new();
    for nal in key_picture(1, 50) {
        payload.extend([0, 0, 0, 1]);
        payload.extend(nal);
    }

    let whole = played(std::slice::from_ref(&payload));
    let without_first_code = played(&[payload[4..].to_vec()]);

    for track in [whole, without_first_code] {
        assert_eq!(track.kinds(), [FrameKind::Key]);
        assert_eq!(track.nals(0), key_picture(1, 50));
    }
}

#[test]
fn a_key_frame_hidden_in_an_sps_is_found() {
    let nals = key_picture(1, 4000);
    let hidden = [&nals[0][..], &[0, 0, 0, 1], &nals[1], &[0, 0, 1], &nals[2]].concat();
    let mut camera = Camera::new();
    let mut track = h264();

    track.feed(camera.picture(&[hidden])).wait(ms(10));

    assert_eq!(track.kinds(), [FrameKind::Key]);
    assert_eq!(track.nals(0), nals);
}

#[test]
fn an_sps_with_a_cut_vui_plays() {
    // 1920 x 1080 ends in the 12th byte; the VUI lacks its end.
    let cut = hex("67640028acb200f0044fcb80");

    let track = played(&[aggregated(24, 0, 0, &[cut, hex(PPS), idr(1, 50)])]);

    assert_eq!(track.kinds(), [FrameKind::Key]);
    assert_eq!(track.frames[0].size, Some((1920, 1080)));
}

#[test]
fn an_sps_without_a_readable_size_plays() {
    let track = played(&[aggregated(
        24,
        0,
        0,
        &[hex("67640028ac"), hex(PPS), idr(1, 50)],
    )]);

    assert_eq!(track.kinds(), [FrameKind::Key]);
    assert_eq!(track.frames[0].size, None);
}

#[test]
fn sizes_of_fields_and_croppings_are_read() {
    let interlaced = hex("67640016acd940b424d8088000000300800000050f8a14cb");

    let track = played(&[aggregated(24, 0, 0, &[interlaced, hex(PPS), idr(1, 50)])]);

    assert_eq!(track.frames[0].size, Some((720, 576)));
}

#[test]
fn all_parameter_sets_precede_each_key_frame() {
    let second = [
        vec![0x68],
        BitWriter::default().ue(1).ue(0).bits(0x1f, 5).bytes(),
    ]
    .concat();
    let first = aggregated(24, 0, 0, &[hex(SPS), hex(PPS), second.clone(), idr(1, 50)]);

    let track = played(&[first, idr(2, 50)]);

    for frame in 0..2 {
        assert_eq!(track.nals(frame)[..3], [hex(SPS), hex(PPS), second.clone()]);
    }
}

#[test]
fn changed_sets_replace_those_of_their_id() {
    let other = hex("67640016acd940b424d8088000000300800000050f8a14cb");
    let changed = aggregated(24, 0, 0, &[other.clone(), hex(PPS), idr(2, 50)]);

    let track = played(&[aggregated(24, 0, 0, &key_picture(1, 50)), changed]);

    assert_eq!(track.nals(1)[0], other);
    assert_eq!(track.frames[1].size, Some((720, 576)));
}

#[test]
fn delimiters_and_vendor_data_are_dropped() {
    let private = vec![0x06, 5, 4, 1, 2, 3, 4, 0x80];
    let timing = vec![0x06, 1, 1, 0x24, 0x80];
    let nals = [
        vec![0x09, 0xf0],
        private,
        timing.clone(),
        hex(SPS),
        hex(PPS),
        idr(1, 50),
    ];

    let track = played(&[aggregated(24, 0, 0, &nals)]);

    assert_eq!(track.nals(0), [hex(SPS), hex(PPS), timing, idr(1, 50)]);
}

#[test]
fn recovery_points_are_key_frames_without_idr() {
    let recovery = vec![0x06, 6, 1, 0xc4, 0x80];
    let sets = [hex(SPS), hex(PPS)];
    let point = aggregated(24, 0, 0, &[&sets[..], &[recovery, delta(2, 50)]].concat());

    let track = played(&[delta(1, 50), point.clone(), delta(3, 50), point]);

    use FrameKind::{Delta, Key};
    assert_eq!(track.kinds(), [Delta, Key, Delta, Delta]);
}

#[test]
fn i_pictures_are_key_frames_after_recovery_points_only() {
    let recovery = vec![0x06, 6, 1, 0xc4, 0x80];
    let open = slice(0x41, 0, I_SLICES, 9, 50);
    let announced = aggregated(24, 0, 0, &[recovery, open.clone()]);

    let track = played(&[aggregated(24, 0, 0, &key_picture(1, 50)), open, announced]);

    use FrameKind::{Delta, Key};
    assert_eq!(track.kinds(), [Key, Delta, Key]);
}

#[test]
fn a_lost_fragment_costs_its_picture_only() {
    let mut track = h264();
    let mut camera = Camera::new();
    track
        .feed(camera.picture(&key_picture(1, 500)))
        .wait(ms(40));
    for n in 0..3 {
        let mut packets = camera.picture(&[delta(8 * n, 6000)]);
        if n == 1 {
            packets.remove(2);
        }
        track.feed(packets).wait(ms(40));
    }

    assert_eq!(track.frames.len(), 3);
    let after_loss: Vec<bool> = track
        .frames
        .iter()
        .map(|frame| frame.is_after_loss)
        .collect();
    assert_eq!(after_loss, [false, false, true]);
    assert_eq!(track.nals(2), [delta(16, 6000)]);
    assert_eq!(track.receiver.stats().n_lost, 1);
    assert_eq!(track.receiver.stats().skipped.n_incomplete, 1);
}

#[test]
fn a_lost_end_does_not_join_two_pictures() {
    let mut track = h264();
    let mut camera = Camera::new();
    track
        .feed(camera.picture(&key_picture(1, 500)))
        .wait(ms(40));
    let mut cut = camera.picture(&[delta(1, 6000)]);
    cut.pop();

    track
        .feed(cut)
        .feed(camera.picture(&[delta(2, 6000)]))
        .wait(ms(40));

    assert_eq!(track.frames.len(), 2);
    assert_eq!(track.nals(1), [delta(2, 6000)]);
    assert!(track.frames[1].is_after_loss);
}

#[test]
fn a_picture_joined_in_its_middle_is_left_out() {
    let mut track = h264();
    let mut camera = Camera::new();
    let first = camera.picture(&[delta(1, 6000)]);

    track.feed(first.into_iter().skip(2)).wait(ms(40));
    track
        .feed(camera.picture(&key_picture(1, 500)))
        .wait(ms(40));

    assert_eq!(track.kinds(), [FrameKind::Key]);
}

#[test]
fn fields_of_one_time_are_one_frame() {
    let interlaced = hex("67640016acd940b424d8088000000300800000050f8a14cb");
    let fields = [
        interlaced,
        hex(PPS),
        idr(1, 50),
        slice(0x65, 0, I_SLICES, 2, 50),
    ];
    let mut track = h264();

    track.feed(Camera::new().picture(&fields)).wait(ms(40));

    assert_eq!(track.frames.len(), 1);
    assert_eq!(track.nals(0).len(), 4);
}

#[test]
fn an_endless_picture_is_bounded_and_left_out() {
    let mut track = h264();
    let mut camera = Camera::new();
    camera.mtu = 60_000;

    track
        .feed(camera.picture(&[delta(1, MAX_FRAME_BYTES + 1)]))
        .wait(ms(40));
    track
        .feed(camera.picture(&key_picture(1, 500)))
        .wait(ms(40));

    assert_eq!(track.kinds(), [FrameKind::Key]);
    assert_eq!(track.receiver.stats().skipped.n_oversized, 1);
}
