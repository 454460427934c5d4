//! Oddities of cameras from public bug reports: each of them plays.

use super::*;
use crate::media::MediaTrouble;

/// Two groups of pictures, with the packets of each picture.
fn groups(camera: &mut Camera) -> Vec<Vec<Bytes>> {
    let mut pictures = Vec::new();
    for group in 0..2 {
        pictures.push(camera.picture(&key_picture(group, 4000)));
        for n in 1..5 {
            pictures.push(camera.picture(&[delta(8 * n, 500)]));
        }
    }
    pictures
}

/// Feeds pictures 40 ms apart.
fn play(track: &mut Track, pictures: impl IntoIterator<Item = Vec<Bytes>>) {
    for packets in pictures {
        track.feed(packets).wait(ms(40));
    }
}

fn assert_ten_pictures(track: &Track) {
    use FrameKind::{Delta, Key};
    let group = [Key, Delta, Delta, Delta, Delta];
    assert_eq!(track.kinds(), [group, group].concat());
    assert!(track.frames.iter().all(|frame| !frame.is_after_loss));
    assert_eq!(track.frames[0].size, Some((1920, 1080)));
    assert_eq!(track.receiver.stats().n_lost, 0);
}

#[test]
fn a_good_camera_causes_no_delay_after_its_first_pictures() {
    let mut track = h264();
    let mut camera = Camera::new();
    play(&mut track, groups(&mut camera));
    assert_ten_pictures(&track);

    track.feed(camera.picture(&[delta(1, 3000)]));

    assert_eq!(track.frames.len(), 11);
    assert_eq!(track.receiver.poll_timeout(), None);
    assert_eq!(track.receiver.stats().n_key_frames, 2);
    assert_eq!(track.receiver.stats().last_key_frame, Some(ms(200)));
}

#[test]
fn the_first_picture_waits_ten_milliseconds_at_most() {
    let mut track = h264();
    track.feed(Camera::new().picture(&key_picture(1, 5000)));

    track.wait(ms(10));

    assert_eq!(track.kinds(), [FrameKind::Key]);
}

#[test]
fn a_new_ssrc_at_each_key_frame_goes_on() {
    let mut track = h264();
    let mut camera = Camera::new();
    for group in 0..5 {
        camera.source += 77;
        camera.number = camera.number.wrapping_mul(31);
        let pictures = [
            camera.picture(&key_picture(group, 4000)),
            camera.picture(&[delta(8, 500)]),
        ];
        play(&mut track, pictures);
    }

    assert_eq!(track.frames.len(), 10);
    assert!(track.frames.iter().all(|frame| !frame.is_after_loss));
    assert_eq!(track.receiver.stats().n_source_changes, 4);
    let times = track.frames.windows(2);
    let mut steps = times.map(|two| two[1].rtp_time - two[0].rtp_time);
    assert!(steps.all(|step| step == i64::from(PICTURE)));
}

#[test]
fn unknown_payload_types_that_reuse_numbers_are_skipped() {
    let mut track = h264();
    let mut camera = Camera::new();
    let mut pictures = Vec::new();
    for mut packets in groups(&mut Camera::new()) {
        camera.number += packets.len() as u16;
        packets.push(camera.packet_of_type(50, &[0; 40], true));
        pictures.push(packets);
    }

    play(&mut track, pictures);

    assert_ten_pictures(&track);
    assert_eq!(track.receiver.stats().skipped.n_foreign, 10);
}

#[test]
fn unknown_payload_types_that_count_on_are_no_loss() {
    let mut track = h264();
    let mut camera = Camera::new();
    let mut pictures = Vec::new();
    for group in 0..2 {
        for n in 0..5 {
            let nals = if n == 0 {
                key_picture(group, 4000)
            } else {
                vec![delta(8 * n, 500)]
            };
            let mut packets = camera.picture(&nals);
            packets.insert(1, camera.packet_of_type(112, b"\x80\x60IMKH", true));
            let private = camera.packet_of_type(112, &[7; 40], true);
            camera.number += 1;
            packets.push(private);
            pictures.push(packets);
        }
    }

    play(&mut track, pictures);

    assert_ten_pictures(&track);
}

#[test]
fn packets_sent_twice_play_once() {
    let mut track = h264();
    let pictures = groups(&mut Camera::new());
    let doubled = pictures.into_iter().map(|packets| {
        let twice = packets
            .iter()
            .flat_map(|packet| [packet.clone(), packet.clone()]);
        twice.collect()
    });

    play(&mut track, doubled);

    assert_ten_pictures(&track);
    assert!(track.receiver.stats().n_repeated > 10);
}

#[test]
fn pictures_sent_twice_play_once() {
    let mut track = h264();
    let pictures = groups(&mut Camera::new());
    let doubled = pictures
        .into_iter()
        .map(|packets| [&packets[..], &packets[..]].concat());

    play(&mut track, doubled);

    assert_ten_pictures(&track);
}

#[test]
fn packets_that_all_have_one_number_play() {
    let mut track = h264();
    let mut camera = Camera::new();
    let mut pictures = Vec::new();
    for n in 0..5 {
        camera.number = 0;
        let nals = if n == 0 {
            vec![hex(SPS)]
        } else {
            vec![delta(8 * n, 500)]
        };
        pictures.push(camera.picture(&nals));
    }

    play(&mut track, pictures);

    assert_eq!(track.frames.len(), 4);
    assert!(track.frames.iter().all(|frame| !frame.is_after_loss));
}

#[test]
fn a_marker_on_each_slice_still_makes_whole_pictures() {
    let mut track = h264();
    let mut camera = Camera::new();
    for n in 0..20_u8 {
        let header = if n == 0 { 0x65 } else { 0x41 };
        let kind = if n == 0 { I_SLICES } else { P_SLICES };
        let mut nals = if n == 0 {
            vec![hex(SPS), hex(PPS)]
        } else {
            vec![]
        };
        nals.extend((0..4).map(|part| slice(header, 300 * part, kind, n, 1500)));
        let packets: Vec<Bytes> = nals.iter().flat_map(|nal| camera.nal(nal, true)).collect();
        camera.time += PICTURE;
        track.feed(packets).wait(ms(40));
    }
    track.wait(ms(200));

    assert_eq!(track.frames.len(), 20);
    assert_eq!(track.nals(0).len(), 6);
    for n in 1..20 {
        assert_eq!(track.nals(n).len(), 4, "picture {n}");
    }
    assert!(track.frames.iter().all(|frame| !frame.is_after_loss));
}

#[test]
fn slices_with_one_marker_end_with_it() {
    let mut track = h264();
    let mut camera = Camera::new();
    let slices: Vec<Vec<u8>> = (0..4)
        .map(|part| slice(0x65, 300 * part, I_SLICES, 1, 900))
        .collect();

    track.feed(camera.picture(&[vec![hex(SPS), hex(PPS)], slices].concat()));

    assert_eq!(track.frames.len(), 1);
    assert_eq!(track.nals(0).len(), 6);
}

#[test]
fn parameter_sets_between_slices_do_not_cut_a_picture() {
    let mut track = h264();
    let mut camera = Camera::new();
    let nals: Vec<Vec<u8>> = (0..2)
        .flat_map(|part| {
            let slice = slice(0x65, 300 * part, I_SLICES, 1, 900);
            [hex(SPS), hex(PPS), slice]
        })
        .collect();

    track.feed(camera.picture(&nals));
    track.feed(camera.picture(&[delta(2, 900)]));

    assert_eq!(track.frames.len(), 2);
    assert_eq!(track.nals(0).len(), 4);
    assert!(!track.frames[1].is_after_loss);
}

#[test]
fn a_camera_without_markers_plays() {
    let mut track = h264();
    let mut camera = Camera::new();
    for n in 0..5_u8 {
        let nals = if n == 0 {
            key_picture(n, 4000)
        } else {
            vec![delta(n, 4000)]
        };
        let packets: Vec<Bytes> = nals.iter().flat_map(|nal| camera.nal(nal, false)).collect();
        camera.time += PICTURE;
        track.feed(packets).wait(ms(40));
    }
    assert_eq!(track.frames.len(), 4);

    track.wait(ms(200));

    assert_eq!(track.frames.len(), 5);
}

#[test]
fn a_picture_every_sixteen_seconds_is_shown_at_once() {
    let mut track = h264();
    let mut camera = Camera::new();
    for n in 0..4_u8 {
        camera.time = u32::from(n) * 16 * 90_000;
        track
            .feed(camera.picture(&key_picture(n, 2000)))
            .wait(ms(10));
        assert_eq!(track.frames.len(), usize::from(n) + 1);
        track.wait(ms(15_990));
    }

    assert_eq!(
        track.frames[3].rtp_time - track.frames[0].rtp_time,
        48 * 90_000
    );
}

#[test]
fn pictures_with_equal_times_are_split_by_markers() {
    let mut track = h264();
    let mut pictures = groups(&mut Camera::new());
    for packet in pictures.iter_mut().flatten() {
        let mut bytes = packet.to_vec();
        bytes[4..8].fill(0);
        *packet = Bytes::from(bytes);
    }

    play(&mut track, pictures);

    assert_ten_pictures(&track);
    let steps: Vec<i64> = track
        .frames
        .windows(2)
        .map(|two| two[1].rtp_time - two[0].rtp_time)
        .collect();
    assert_eq!(steps, [3600; 9]);
}

#[test]
fn b_frames_keep_their_order_and_are_counted() {
    let mut track = h264();
    let mut camera = Camera::new();
    let mut pictures = vec![camera.picture(&key_picture(0, 100))];
    for group in 0..3_u32 {
        for (n, place) in [(0, 3), (1, 1), (2, 2)] {
            camera.time = 90_000 + (3 * group + place) * PICTURE;
            pictures.push(camera.picture(&[delta(n, 100)]));
        }
    }

    play(&mut track, pictures);

    assert_eq!(track.frames.len(), 10);
    assert_eq!(track.receiver.stats().n_reordered, 6);
    let start = track.frames[0].rtp_time;
    let places = track
        .frames
        .iter()
        .map(|frame| (frame.rtp_time - start) / 3600);
    assert_eq!(places.collect::<Vec<_>>(), [0, 3, 1, 2, 6, 4, 5, 9, 7, 8]);
}

#[test]
fn a_stream_without_parameter_sets_says_so() {
    let mut track = h264();
    let mut camera = Camera::new();

    let without = [
        camera.picture(&[idr(1, 500)]),
        camera.picture(&[delta(2, 500)]),
    ];
    play(&mut track, without);
    let trouble = track.receiver.trouble();
    play(&mut track, [camera.picture(&key_picture(3, 500))]);

    assert_eq!(trouble, Some(MediaTrouble::NoParameterSets));
    assert_eq!(track.kinds(), [FrameKind::Delta, FrameKind::Key]);
    assert_eq!(track.receiver.trouble(), None);
    assert_eq!(track.receiver.stats().skipped.n_without_parameter_sets, 1);
}

#[test]
fn parameter_sets_only_in_the_description_suffice() {
    let sets = "Z2QAKKyyAPAET8uAiAAAAwAIAAADAFB4wZJA,aOvDyyLA";
    let described = format("h264", 90_000, &[("sprop-parameter-sets", sets)]);
    let mut track = Track::new(&described, Carrier::Interleaved);

    play(&mut track, [Camera::new().picture(&[idr(1, 500)])]);

    assert_eq!(track.nals(0)[..2], [&hex(SPS)[..], &hex(PPS)]);
    assert_eq!(track.frames[0].size, Some((1920, 1080)));
}

#[test]
fn a_description_without_pps_waits_for_it_in_band() {
    let sets = "Z2QAKKyyAPAET8uAiAAAAwAIAAADAFB4wZJA,";
    let described = format("h264", 90_000, &[("sprop-parameter-sets", sets)]);
    let mut track = Track::new(&described, Carrier::Interleaved);
    let mut camera = Camera::new();

    let pictures = [
        camera.picture(&[idr(1, 500)]),
        camera.picture(&[hex(PPS), idr(2, 500)]),
    ];
    play(&mut track, pictures);

    assert_eq!(track.kinds(), [FrameKind::Key]);
    assert_eq!(track.nals(0).len(), 3);
}

#[test]
fn pictures_before_the_first_key_frame_are_deltas() {
    let mut track = h264();
    let mut camera = Camera::new();

    for n in 0..150_u8 {
        play(&mut track, [camera.picture(&[delta(n, 50)])]);
    }
    play(&mut track, [camera.picture(&key_picture(1, 500))]);

    assert_eq!(track.frames.len(), 151);
    assert_eq!(track.receiver.stats().n_key_frames, 1);
    assert_eq!(track.frames[150].kind, FrameKind::Key);
}

#[test]
fn a_camera_that_starts_again_goes_on() {
    let mut track = h264();
    let mut camera = Camera::new();
    play(&mut track, groups(&mut camera));
    camera.number = camera.number.wrapping_add(30_000);
    camera.time = camera.time.wrapping_add(2_000_000_000);

    play(&mut track, groups(&mut camera));

    assert_eq!(track.frames.len(), 20);
    assert_eq!(track.receiver.stats().n_lost, 1);
    let restart = track.frames[10].rtp_time - track.frames[9].rtp_time;
    assert_eq!(restart, 3600);
}

#[test]
fn numbers_and_times_wrap_without_loss() {
    let mut track = h264();
    let mut camera = Camera::new();
    camera.number = u16::MAX - 3;
    camera.time = u32::MAX - 2 * PICTURE;

    play(&mut track, groups(&mut camera));

    assert_ten_pictures(&track);
    let times = track.frames[9].rtp_time - track.frames[0].rtp_time;
    assert_eq!(times, 9 * i64::from(PICTURE));
}

#[test]
fn sender_reports_give_the_wall_clock() {
    let mut track = h264();
    play(&mut track, groups(&mut Camera::new()));
    let mut report = vec![0x80, 200, 0, 6, 0, 0, 0, 1, 0xe0, 0, 0, 0, 0x80, 0, 0, 0];
    report.extend(90_000_u32.to_be_bytes());
    report.extend([0; 8]);
    track.receiver.handle_rtcp(&report, track.now);

    let second_later = track.frames[0].rtp_time + 90_000;

    let at = track.receiver.wall_clock(second_later).map(|at| at.0);
    assert_eq!(at, Some(0xe000_0001_8000_0000));
    assert!(!track.receiver.has_ended());
    track
        .receiver
        .handle_rtcp(&[0x81, 203, 0, 1, 0, 0, 0, 1], track.now);
    assert!(track.receiver.has_ended());
}
