//! Any units at any size of packets come out the same, in any near order; any bytes are survived.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::limits::MAX_FRAME_BYTES;
use crate::media::limits::MAX_QUEUED_FRAMES;

/// Lengths of the slices of each picture.
fn pictures() -> impl Strategy<Value = Vec<Vec<usize>>> {
    vec(vec(1_usize..3000, 1..4), 1..12)
}

/// The NAL units of each picture; the first is a key frame.
fn nals(lengths: &[Vec<usize>]) -> Vec<Vec<Vec<u8>>> {
    let slices = |(n, lengths): (usize, &Vec<usize>)| {
        let (header, kind) = if n == 0 {
            (0x65, I_SLICES)
        } else {
            (0x41, P_SLICES)
        };
        let mut nals = if n == 0 {
            vec![hex(SPS), hex(PPS)]
        } else {
            vec![]
        };
        let parts = lengths.iter().enumerate();
        nals.extend(
            parts.map(|(part, length)| slice(header, 99 * part as u32, kind, n as u8, *length)),
        );
        nals
    };
    lengths.iter().enumerate().map(slices).collect()
}

fn assert_same(track: &Track, pictures: &[Vec<Vec<u8>>]) {
    assert_eq!(track.frames.len(), pictures.len());
    for (n, nals) in pictures.iter().enumerate() {
        assert_eq!(&track.nals(n), nals);
        assert!(!track.frames[n].is_after_loss);
    }
}

/// Encodings with parameters that open every door.
const ENCODINGS: [(&str, &str, &str); 10] = [
    ("h264", "", ""),
    ("h265", "", ""),
    ("h265", "sprop-max-don-diff", "1"),
    ("jpeg", "", ""),
    ("mpeg4-generic", "", ""),
    ("mpeg4-generic", "auxiliarydatasizelength", "7"),
    ("mp4a-latm", "", ""),
    ("mp4a-latm", "config", "400024203fc0"),
    ("aal2-g726-24", "", ""),
    ("pcma", "", ""),
];

proptest! {
    #[test]
    fn any_nal_units_at_any_mtu_come_out_the_same(
        lengths in pictures(),
        mtu in 4_usize..1400,
        has_markers in any::<bool>(),
        number in any::<u16>(),
        time in any::<u32>(),
    ) {
        let pictures = nals(&lengths);
        let mut camera = Camera { mtu, number, time, ..Camera::new() };
        let mut track = h264();
        for nals in &pictures {
            let mut packets = camera.picture(nals);
            if !has_markers {
                packets = packets.iter().map(|packet| {
                    let mut bytes = packet.to_vec();
                    bytes[1] &= 0x7f;
                    Bytes::from(bytes)
                }).collect();
            }
            track.feed(packets).wait(ms(40));
        }
        track.wait(ms(200));

        assert_same(&track, &pictures);
    }

    #[test]
    fn datagrams_in_any_near_order_come_out_the_same(
        lengths in pictures(),
        shifts in vec(0_usize..12, 1..200),
        number in any::<u16>(),
    ) {
        let pictures = nals(&lengths);
        let mut camera = Camera { number, ..Camera::new() };
        let packets: Vec<Bytes> = pictures.iter().flat_map(|nals| camera.picture(nals)).collect();
        // The first one says where numbers begin.
        let mut order: Vec<(usize, usize)> = (1..packets.len())
            .map(|at| (at + shifts[at % shifts.len()], at))
            .collect();
        order.sort_unstable();
        let mut track = Track::new(&format("h264", 90_000, &[]), Carrier::Datagrams);

        track.feed([packets[0].clone()]);
        track.feed(order.iter().map(|(_, at)| packets[*at].clone())).wait(ms(200));

        assert_same(&track, &pictures);
    }

    #[test]
    fn any_bytes_are_survived_within_bounds(
        which in 0..ENCODINGS.len(),
        is_datagrams in any::<bool>(),
        payloads in vec((vec(any::<u8>(), 0..80), any::<u8>(), 0_u16..6, 0_u32..3), 0..120),
    ) {
        let (encoding, key, value) = ENCODINGS[which];
        let carrier = if is_datagrams { Carrier::Datagrams } else { Carrier::Interleaved };
        let mut track = Track::new(&format(encoding, 90_000, &[(key, value)]), carrier);
        let mut camera = Camera::new();
        for (payload, flags, step, pictures) in payloads {
            camera.number = camera.number.wrapping_add(step);
            camera.time = camera.time.wrapping_add(PICTURE * pictures);
            let mut packet = camera.packet(&payload, flags & 1 == 1).to_vec();
            if flags > 200 {
                packet[0] = flags;
            }
            track.receiver.handle(Bytes::from(packet), track.now);
            if flags & 6 == 0 {
                track.wait(ms(25));
            }
        }
        track.wait(ms(5000));

        prop_assert!(track.frames.len() <= 120 * MAX_QUEUED_FRAMES);
        prop_assert!(track.frames.iter().all(|frame| frame.data.len() <= MAX_FRAME_BYTES));
        prop_assert!(track.receiver.poll_timeout().is_none());
    }

    #[test]
    fn any_rtcp_is_survived(bytes in vec(any::<u8>(), 0..100)) {
        let mut track = h264();
        track.receiver.handle_rtcp(&bytes, ms(1));
        track.receiver.handle(Bytes::from(bytes), ms(1));
        track.receiver.wall_clock(i64::MAX);
    }
}
