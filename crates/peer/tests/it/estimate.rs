//! Bandwidth estimation of an endpoint, over a path with limited bandwidth.

use std::time::Duration;

use peer::{ConnectionStats, Event, Frame, Offer};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::support::{End, Pair, frame, offer};
use crate::wire::Wire;

/// Pictures of 1 Mbit/s.
const PICTURE_BYTES: usize = 5_000;
const RATE: u64 = 1_000_000;

fn estimating() -> Offer {
    Offer {
        with_estimate: true,
        ..offer(1)
    }
}

/// Sends pictures, 25 a second, until dropped.
fn keeps_sending(sender: &End) -> DropGuard {
    let media = sender.endpoint.media();
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_millis(40));
        for n in 0.. {
            tokio::select! {
                _ = ticks.tick() => {}
                () = stopped.cancelled() => return,
            }
            let picture = frame(n, n % 25 == 0, PICTURE_BYTES);
            if media.video(0, picture).await.is_err() {
                return;
            }
        }
    });
    stop.drop_guard()
}

/// Waits for statistics that are so, and reads what the viewer gets meanwhile.
async fn stats(
    sender: &mut End,
    viewer: &mut End,
    what: &str,
    is_so: impl Fn(&ConnectionStats) -> bool,
) {
    let waiting = sender.wait_for(what, |event| match event {
        Event::Stats(stats) if is_so(&stats) => Some(()),
        _ => None,
    });
    tokio::pin!(waiting);
    loop {
        tokio::select! {
            () = &mut waiting => return,
            event = viewer.events.next() => assert!(event.is_some(), "the viewer has gone"),
        }
    }
}

async fn connected(offer: Offer) -> (Wire, End, End) {
    let (wire, mut sender, mut viewer) = Wire::offering(offer).await;
    sender.connected().await;
    viewer.connected().await;
    (wire, sender, viewer)
}

#[tokio::test]
async fn the_estimate_follows_the_width_of_the_path() {
    let (wire, mut sender, mut viewer) = connected(estimating()).await;
    let _sending = keeps_sending(&sender);
    sender.endpoint.aim(4 * RATE).await.expect("open");

    stats(&mut sender, &mut viewer, "a wide path", |stats| {
        stats.estimate > Some(2 * RATE)
    })
    .await;
    wire.narrow(RATE / 2);
    stats(&mut sender, &mut viewer, "a narrow path", |stats| {
        stats.estimate < Some(RATE)
    })
    .await;
}

#[tokio::test]
async fn lost_packets_are_reported_with_an_estimate() {
    let (wire, mut sender, mut viewer) = connected(estimating()).await;
    let _sending = keeps_sending(&sender);
    wire.narrow(RATE / 2);

    stats(&mut sender, &mut viewer, "loss", |stats| {
        stats.loss > Some(0.1)
    })
    .await;
}

#[tokio::test]
async fn a_cached_group_arrives_whole_with_an_estimate() {
    let mut pair = Pair::offering(estimating()).await;
    pair.sender.connected().await;
    pair.viewer.connected().await;
    let group: Vec<Frame> = (0..50)
        .map(|n| Frame {
            is_cached: true,
            ..frame(n, n == 0, if n == 0 { 130_000 } else { 7_600 })
        })
        .collect();

    let sent = pair.sender.endpoint.media().burst(0, group).await;
    sent.expect("open");
    let frames = pair.viewer.frames(50).await;

    assert!(frames.iter().all(|frame| frame.is_contiguous));
}

#[tokio::test]
async fn nothing_is_estimated_unless_requested() {
    let (wire, mut sender, mut viewer) = connected(offer(1)).await;
    let _sending = keeps_sending(&sender);
    sender.endpoint.aim(4 * RATE).await.expect("open");

    stats(&mut sender, &mut viewer, "pictures", |stats| {
        assert_eq!((stats.estimate, stats.loss), (None, None));
        stats.sent_bits_per_second > RATE / 2
    })
    .await;
    drop(wire);
}
