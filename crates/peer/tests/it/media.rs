//! Pictures and sound arrive as they were sent.

use std::time::Instant;

use bytes::Bytes;
use peer::{AudioCodec, Event, Frame, Received, Sound, VideoCodec};

use crate::support::{Pair, frame, h264, h265};

#[tokio::test]
async fn pictures_arrive_whole_and_in_order() {
    let mut pair = Pair::connected(2).await;
    let media = pair.sender.endpoint.media();

    for n in 0..100 {
        let size = 300 + (n as usize * 977) % 9_000;
        media
            .video(0, frame(n, n % 25 == 0, size))
            .await
            .expect("open");
        media
            .video(1, frame(n + 500, n % 25 == 0, 80))
            .await
            .expect("open");
    }
    let frames = pair.viewer.frames(200).await;

    let (first, second): (Vec<&Received>, Vec<&Received>) =
        frames.iter().partition(|frame| frame.slot == 0);
    for (n, frame) in (0_u32..).zip(&first) {
        let size = 300 + (n as usize * 977) % 9_000;
        assert_eq!(frame.data, h264(n, n % 25 == 0, size), "picture {n}");
        assert_eq!(frame.is_key, n % 25 == 0, "picture {n}");
        assert!(frame.is_contiguous, "picture {n}");
    }
    for (n, frame) in (0_u32..).zip(&second) {
        assert_eq!(frame.data, h264(n + 500, n % 25 == 0, 80));
    }
    assert_eq!((first.len(), second.len()), (100, 100));
}

#[tokio::test]
async fn h265_pictures_arrive_whole() {
    let mut pair = Pair::connected(1).await;
    let media = pair.sender.endpoint.media();

    for n in 0..10 {
        let unit = Frame {
            data: h265(n, n == 0, 3_000),
            codec: VideoCodec::H265,
            ..frame(n, n == 0, 0)
        };
        media.video(0, unit).await.expect("open");
    }
    let frames = pair.viewer.frames(10).await;

    for (n, frame) in (0..).zip(&frames) {
        assert_eq!(frame.codec, VideoCodec::H265);
        assert_eq!(frame.data, h265(n, n == 0, 3_000), "picture {n}");
    }
    assert!(frames[0].is_key && !frames[1].is_key);
}

#[tokio::test]
async fn a_large_group_of_pictures_arrives_complete() {
    let mut pair = Pair::connected(1).await;
    let group: Vec<Frame> = (0..50)
        .map(|n| Frame {
            is_cached: true,
            ..frame(n, n == 0, if n == 0 { 130_000 } else { 7_600 })
        })
        .collect();
    let n_bytes: usize = group.iter().map(|frame| frame.data.len()).sum();
    assert!(n_bytes > 500_000);

    pair.sender
        .endpoint
        .media()
        .burst(0, group.clone())
        .await
        .expect("open");
    let frames = pair.viewer.frames(50).await;

    for (sent, got) in group.iter().zip(&frames) {
        assert_eq!(sent.data, got.data);
        assert!(got.is_contiguous);
    }
    // Two seconds of pictures in fast-forward, and the live ones after them at normal speed.
    let span = frames[49].time - frames[0].time;
    assert!(span < 90_000 / 2, "{span} ticks");
}

#[tokio::test]
async fn switching_sources_leaves_no_time_gap() {
    let mut pair = Pair::connected(1).await;
    let media = pair.sender.endpoint.media();
    let start = Instant::now();

    for (n, source) in [(0, 7), (1, 7), (2, 8), (3, 8)] {
        let switched = Frame {
            time: if source == 7 { 4_000_000 } else { 99 } + u64::from(n) * 3_600,
            source,
            arrived: start + std::time::Duration::from_millis(40 * u64::from(n)),
            ..frame(n, n % 2 == 0, 400)
        };
        media.video(0, switched).await.expect("open");
        // The next source pushes out what still waits, so each picture has to be there first.
        pair.viewer.frames(1).await;
    }
    for (n, source) in [(4, 8), (5, 8)] {
        let later = Frame {
            time: 99 + u64::from(n) * 3_600,
            source,
            arrived: start + std::time::Duration::from_millis(40 * u64::from(n)),
            ..frame(n, false, 400)
        };
        media.video(0, later).await.expect("open");
    }
    let frames = pair.viewer.frames(2).await;

    assert_eq!(frames[1].time - frames[0].time, 3_600);
}

#[tokio::test]
async fn audio_arrives_byte_for_byte() {
    let mut pair = Pair::connected(1).await;
    let media = pair.sender.endpoint.media();
    let data: Vec<u8> = (0..8_000_u32).map(|n| (n * 7) as u8).collect();

    for (n, piece) in (0_u64..).zip(data.chunks(1_600)) {
        media
            .sound(Sound {
                data: Bytes::copy_from_slice(piece),
                codec: AudioCodec::Pcma,
                time: 1_000 + n * 1_600,
                arrived: Instant::now(),
                source: 1,
            })
            .await
            .expect("open");
    }
    let mut got = Vec::new();
    let mut times = Vec::new();
    while got.len() < data.len() {
        let sound = pair
            .viewer
            .wait_for("sound", |event| match event {
                Event::Sound(sound) => Some(sound),
                _ => None,
            })
            .await;
        assert_eq!(sound.codec, AudioCodec::Pcma);
        times.push((sound.time, got.len() as u64));
        got.extend_from_slice(&sound.data);
    }

    assert_eq!(got, data);
    let start = times[0].0;
    assert!(
        times.iter().all(|(time, at)| time - start == *at),
        "{times:?}"
    );
}

#[tokio::test]
async fn sound_flows_both_ways_over_one_line() {
    let mut pair = Pair::connected(1).await;
    let says = |byte, time| Sound {
        data: Bytes::from(vec![byte; 160]),
        codec: AudioCodec::Pcmu,
        time,
        arrived: Instant::now(),
        source: 1,
    };
    let (sender, viewer) = (pair.sender.endpoint.media(), pair.viewer.endpoint.media());

    for n in 0..3 {
        sender.sound(says(1, 160 * n)).await.expect("open");
        viewer.sound(says(2, 160 * n)).await.expect("open");
    }

    for (end, byte) in [(&mut pair.viewer, 1), (&mut pair.sender, 2)] {
        for _ in 0..3 {
            let heard = end
                .wait_for("sound", |event| match event {
                    Event::Sound(sound) => Some(sound),
                    _ => None,
                })
                .await;
            assert_eq!(heard.data, vec![byte; 160]);
            assert_eq!(heard.codec, AudioCodec::Pcmu);
        }
    }
}

#[tokio::test]
async fn a_viewers_key_frame_request_reaches_the_sender() {
    let mut pair = Pair::connected(3).await;
    pair.sender
        .endpoint
        .media()
        .video(2, frame(0, true, 500))
        .await
        .expect("open");
    pair.viewer.frames(1).await;

    pair.viewer
        .endpoint
        .request_key_frame(2)
        .await
        .expect("open");

    let slot = pair
        .sender
        .wait_for("wish for a key frame", |event| match event {
            Event::KeyFrameWanted(slot) => Some(slot),
            _ => None,
        })
        .await;
    assert_eq!(slot, 2);
}

#[tokio::test]
async fn pictures_sent_early_wait_for_the_path() {
    let mut pair = Pair::new(1).await;
    let media = pair.sender.endpoint.media();
    for n in 0..5 {
        media.video(0, frame(n, n == 0, 900)).await.expect("open");
    }

    let frames = pair.viewer.frames(5).await;

    assert_eq!(frames[0].data, h264(0, true, 900));
    let first = pair
        .sender
        .wait_for("first picture", |event| match event {
            Event::FirstFrame(after) => Some(after),
            _ => None,
        })
        .await;
    assert!(first < std::time::Duration::from_secs(20));
}
