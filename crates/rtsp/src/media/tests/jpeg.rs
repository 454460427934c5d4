//! JPEG: whole files from packets.

use super::*;

fn jpeg() -> Track {
    Track::new(&format("jpeg", 90_000, &[]), Carrier::Interleaved)
}

/// A payload: offset, type, quality, width and height in blocks, and the rest.
fn payload(offset: usize, kind: u8, quality: u8, blocks: (u8, u8), rest: &[u8]) -> Vec<u8> {
    let [.., high, middle, low] = offset.to_be_bytes();
    let head = [0, high, middle, low, kind, quality, blocks.0, blocks.1];
    [&head, rest].concat()
}

/// The contents of all segments of a kind.
fn segments(file: &[u8], kind: u8) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut at = 2;
    while at + 4 <= file.len() && file[at] == 0xff {
        let length = usize::from(file[at + 2]) << 8 | usize::from(file[at + 3]);
        if file[at + 1] == kind {
            found.push(file[at + 4..at + 2 + length].to_vec());
        }
        if file[at + 1] == 0xda {
            break;
        }
        at += 2 + length;
    }
    found
}

#[test]
fn a_picture_of_several_packets_becomes_a_file() {
    let mut track = jpeg();
    let mut camera = Camera::new();

    let packets = [
        camera.packet(&payload(0, 1, 50, (80, 60), &[1; 100]), false),
        camera.packet(&payload(100, 1, 50, (80, 60), &[2; 50]), true),
    ];
    track.feed(packets);

    let file = &track.frames[0].data;
    assert_eq!(track.kinds(), [FrameKind::Key]);
    assert_eq!(track.frames[0].size, Some((640, 480)));
    assert!(file.starts_with(&[0xff, 0xd8]));
    assert!(file.ends_with(&[&[1; 100][..], &[2; 50], &[0xff, 0xd9]].concat()));
    let frame = [8, 1, 0xe0, 2, 0x80, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
    assert_eq!(segments(file, 0xc0), [frame]);
    let tables = segments(file, 0xdb);
    assert_eq!(
        (tables.len(), tables[0][..3].to_vec()),
        (2, vec![0, 16, 11])
    );
    assert_eq!(segments(file, 0xc4).len(), 4);
    assert_eq!(segments(file, 0xdd).len(), 0);
}

#[test]
fn restart_intervals_and_half_chroma_are_described() {
    let mut track = jpeg();
    let rest = [&[0, 10, 0xff, 0xff][..], &[1; 20]].concat();

    track.feed([Camera::new().packet(&payload(0, 64, 90, (2, 2), &rest), true)]);

    let file = &track.frames[0].data;
    assert_eq!(segments(file, 0xdd), [[0, 10]]);
    assert_eq!(segments(file, 0xc0)[0][7], 0x21);
    assert!(file.ends_with(&[&[1; 20][..], &[0xff, 0xd9]].concat()));
}

#[test]
fn tables_in_band_are_used_and_remembered() {
    let mut track = jpeg();
    let mut camera = Camera::new();
    let tables = [&[0, 0, 0, 128][..], &[7; 64], &[9; 64], &[1; 10]].concat();

    track.feed([camera.packet(&payload(0, 1, 200, (2, 2), &tables), true)]);
    camera.time += PICTURE;
    track.feed([camera.packet(&payload(0, 1, 200, (2, 2), &[0, 0, 0, 0, 1, 1]), true)]);
    camera.time += PICTURE;
    track.feed([camera.packet(&payload(0, 1, 255, (2, 2), &[0, 0, 0, 0, 1, 1]), true)]);

    assert_eq!(track.frames.len(), 2);
    for frame in &track.frames {
        let tables = segments(&frame.data, 0xdb);
        assert_eq!(tables[0], [&[0][..], &[7; 64]].concat());
        assert_eq!(tables[1], [&[1][..], &[9; 64]].concat());
    }
    assert_eq!(track.receiver.stats().skipped.n_unreadable, 1);
}

#[test]
fn pictures_too_wide_for_the_header_take_the_described_size() {
    let mut track = jpeg();
    track.receiver.set_described_size((2560, 1440));
    track.receiver.set_described_size((0, 70_000));

    track.feed([Camera::new().packet(&payload(0, 1, 50, (0, 180), &[1; 9]), true)]);

    assert_eq!(track.frames[0].size, Some((2560, 1440)));
}

#[test]
fn pictures_too_wide_take_the_size_of_the_extension() {
    let mut track = jpeg();
    let mut packet = Camera::new()
        .packet(&payload(0, 1, 50, (0, 0), &[1; 9]), true)
        .to_vec();
    packet[0] |= 0x10;
    let segment = [0xff, 0xc0, 0, 11, 8, 6, 0, 16, 0, 1, 1, 0x11, 0, 0, 0, 0];
    let extension = [&[0xff, 0xd8, 0, 4][..], &segment].concat();
    packet.splice(12..12, extension);

    track.feed([Bytes::from(packet)]);

    assert_eq!(track.frames[0].size, Some((4096, 1536)));
}

#[test]
fn a_lost_packet_costs_one_picture() {
    let mut track = jpeg();
    let mut camera = Camera::new();
    for n in 0..3 {
        let first = camera.packet(&payload(0, 1, 50, (2, 2), &[1; 10]), false);
        let middle = camera.packet(&payload(10, 1, 50, (2, 2), &[1; 10]), false);
        let last = camera.packet(&payload(20, 1, 50, (2, 2), &[1; 10]), true);
        camera.time += PICTURE;
        let lost = usize::from(n == 1);
        track
            .feed([first])
            .feed([middle].into_iter().skip(lost))
            .feed([last]);
    }

    assert_eq!(track.frames.len(), 2);
    assert!(track.frames[1].is_after_loss);
}

#[test]
fn a_whole_file_behind_the_header_is_kept() {
    let mut track = jpeg();
    let file = [0xff, 0xd8, 0xff, 0xfe, 0, 2, 0xff, 0xd9];

    track.feed([Camera::new().packet(&payload(0, 1, 50, (2, 2), &file), true)]);

    assert_eq!(track.frames[0].data, &file[..]);
}

#[test]
fn an_endless_jpeg_is_bounded_and_left_out() {
    let mut track = jpeg();
    let mut camera = Camera::new();
    let n = 60_000;
    for part in 0..80 {
        let packet = camera.packet(&payload(part * n, 1, 50, (2, 2), &vec![1; n]), false);
        track.feed([packet]);
    }

    assert_eq!(track.frames.len(), 0);
    assert_eq!(track.receiver.stats().skipped.n_oversized, 1);
}
