//! What subscribers of one stream get, with frames published by hand.

use std::sync::Arc;
use std::time::Instant;

use agent::limits::{CACHED_TAIL_FRAMES, MAX_CACHED_FRAMES, WARM_STREAM_BYTES};
use agent::stream::gop::GopLimits;
use agent::stream::hub::{Hub, Subscription};
use agent::stream::{Codec, Event, FrameKind, StreamFrame, StreamState};

use FrameKind::{Audio, VideoDelta as Delta, VideoKey as Key};

fn hub() -> Hub {
    Hub::new(GopLimits {
        bytes: WARM_STREAM_BYTES,
        frames: MAX_CACHED_FRAMES,
        tail_frames: CACHED_TAIL_FRAMES,
    })
}

fn publish(hub: &Hub, kind: FrameKind, rtp_time: u64) {
    hub.publish(StreamFrame {
        kind,
        codec: Codec::H264,
        data: vec![0; 100].into(),
        rtp_time,
        arrived: Instant::now(),
        size: None,
    });
}

/// All that is there for a subscriber at this moment, as short words.
async fn ready(subscription: &mut Subscription) -> Vec<String> {
    let mut words = Vec::new();
    loop {
        tokio::select! {
            biased;
            event = subscription.next() => words.push(match event {
                Event::Cached(frames) => format!("cached {:?}", times(&frames)),
                Event::Frame(frame) => format!("{:?} {}", frame.kind, frame.rtp_time),
                Event::State(state) => format!("{state:?}"),
                Event::Lagged => "lagged".to_owned(),
            }),
            () = std::future::ready(()) => return words,
        }
    }
}

fn times(frames: &[Arc<StreamFrame>]) -> Vec<u64> {
    frames.iter().map(|frame| frame.rtp_time).collect()
}

#[tokio::test]
async fn a_late_subscriber_gets_the_group_then_each_frame() {
    let hub = hub();
    for (kind, time) in [(Key, 1), (Delta, 2), (Key, 3), (Audio, 4), (Delta, 5)] {
        publish(&hub, kind, time);
    }

    let mut subscription = hub.subscribe();
    publish(&hub, Delta, 6);

    let expected = ["cached [3, 5]", "Waiting", "VideoDelta 6"];
    assert_eq!(ready(&mut subscription).await, expected);
}

#[tokio::test]
async fn without_a_group_the_first_picture_is_a_key_frame() {
    let hub = hub();
    publish(&hub, Delta, 1);

    let mut subscription = hub.subscribe();
    for (kind, time) in [(Delta, 2), (Audio, 3), (Key, 4), (Delta, 5)] {
        publish(&hub, kind, time);
    }

    let expected = ["Waiting", "Audio 3", "VideoKey 4", "VideoDelta 5"];
    assert_eq!(ready(&mut subscription).await, expected);
}

#[tokio::test]
async fn a_slow_subscriber_skips_to_the_next_key_frame() {
    let hub = hub();
    publish(&hub, Key, 0);
    let mut slow = hub.subscribe();
    ready(&mut slow).await;

    for round in 0..10_u64 {
        for frame in 0..200 {
            let kind = if frame == 0 { Key } else { Delta };
            publish(&hub, kind, 1000 * (round + 1) + frame);
        }
    }
    let mut words = ready(&mut slow).await;
    publish(&hub, Delta, 99_000);
    words.extend(ready(&mut slow).await);
    publish(&hub, Key, 100_000);
    words.extend(ready(&mut slow).await);

    assert_eq!(words, ["lagged", "VideoKey 100000"]);
}

#[tokio::test]
async fn a_slow_subscriber_resumes_at_a_recent_key_frame() {
    let hub = hub();
    let mut slow = hub.subscribe();
    ready(&mut slow).await;

    for time in 0..200 {
        publish(&hub, Audio, time);
    }
    publish(&hub, Key, 200);
    publish(&hub, Delta, 201);

    let expected = ["lagged", "VideoKey 200", "VideoDelta 201"];
    assert_eq!(ready(&mut slow).await, expected);
}

#[tokio::test]
async fn a_slow_subscriber_uses_no_extra_memory() {
    let hub = hub();
    let _slow = hub.subscribe();

    for time in 0..100_000 {
        publish(&hub, if time % 50 == 0 { Key } else { Delta }, time);
    }

    assert!(hub.n_cached_bytes() <= 100 * (50 + CACHED_TAIL_FRAMES));
}

#[tokio::test]
async fn a_state_is_sent_once_per_change() {
    let hub = hub();
    let mut subscription = hub.subscribe();
    let playing = StreamState::Playing {
        codec: Codec::H264,
        width: 640,
        height: 360,
    };

    hub.set_state(playing.clone());
    hub.set_state(playing.clone());
    let first = ready(&mut subscription).await;
    hub.set_state(playing.clone());
    let second = ready(&mut subscription).await;

    assert_eq!(first, [format!("{playing:?}")]);
    assert!(second.is_empty());
    assert_eq!(subscription.state(), playing);
}

#[tokio::test]
async fn a_cleared_hub_starts_again_with_a_key_frame() {
    let hub = hub();
    publish(&hub, Key, 1);
    let mut early = hub.subscribe();
    ready(&mut early).await;

    hub.clear();
    let mut late = hub.subscribe();
    publish(&hub, Key, 2);

    assert_eq!(ready(&mut early).await, ["VideoKey 2"]);
    assert_eq!(ready(&mut late).await, ["Waiting", "VideoKey 2"]);
}

#[tokio::test]
async fn only_live_subscribers_are_counted() {
    let hub = hub();
    let counted = hub.n_subscribers();

    let (one, other) = (hub.subscribe(), hub.subscribe());
    let n_both = *counted.borrow();
    drop(one);
    let n_one = *counted.borrow();
    drop(other);

    assert_eq!((n_both, n_one, *counted.borrow()), (2, 1, 0));
}

#[tokio::test]
async fn a_waiting_subscriber_wakes_for_every_frame() {
    let hub = hub();
    let mut subscription = hub.subscribe();
    ready(&mut subscription).await;
    let reader = tokio::spawn(async move {
        let mut times = Vec::new();
        while times.len() < 1000 {
            if let Event::Frame(frame) = subscription.next().await {
                times.push(frame.rtp_time);
            }
        }
        times
    });

    for time in 0..1000 {
        publish(&hub, Key, time);
        tokio::task::yield_now().await;
    }

    let times = crate::support::soon("all frames", reader)
        .await
        .expect("no panic");
    assert!(times.is_sorted() && times.len() == 1000);
}
