//! Datagrams: reordered, doubled, late, lost.

use super::*;
use crate::media::limits::{MAX_REORDERED_PACKETS, REORDER_WAIT_FIRST};

fn pcma() -> Track {
    Track::new(&format("pcma", 8000, &[]), Carrier::Datagrams)
}

/// Packets of one byte each, which counts.
fn counted(camera: &mut Camera, n: u8) -> Vec<Bytes> {
    let packet = |at| {
        camera.time += 160;
        camera.packet(&[at], false)
    };
    (0..n).map(packet).collect()
}

fn order(track: &Track) -> Vec<u8> {
    track.frames.iter().map(|frame| frame.data[0]).collect()
}

#[test]
fn packets_that_overtake_each_other_are_put_in_order() {
    let mut track = pcma();
    let packets = counted(&mut Camera::new(), 8);

    track.feed([0, 3, 1, 2, 6, 5, 4, 7].map(|at: usize| packets[at].clone()));

    assert_eq!(order(&track), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert!(track.frames.iter().all(|frame| !frame.is_after_loss));
    assert_eq!(track.receiver.poll_timeout(), None);
}

#[test]
fn a_missing_packet_is_waited_for_only_a_little() {
    let mut track = pcma();
    let packets = counted(&mut Camera::new(), 4);

    track.feed([0, 2, 3].map(|at: usize| packets[at].clone()));
    let before = track.frames.len();
    track.wait(REORDER_WAIT_FIRST);

    assert_eq!(before, 1);
    assert_eq!(order(&track), [0, 2, 3]);
    assert_eq!(track.receiver.stats().n_lost, 1);
    assert!(track.frames[1].is_after_loss && !track.frames[2].is_after_loss);
}

#[test]
fn late_packets_are_dropped_and_lengthen_the_wait() {
    let mut track = pcma();
    let packets = counted(&mut Camera::new(), 6);
    track.feed([0, 2].map(|at: usize| packets[at].clone()));
    track.wait(ms(40));

    track.feed([packets[1].clone()]);
    track.feed([packets[4].clone()]);

    let wait = track.receiver.poll_timeout().expect("3 is missing") - track.now;
    assert_eq!(wait, ms(50));
    track.wait(ms(45)).feed([packets[3].clone()]);
    assert_eq!(order(&track), [0, 2, 3, 4]);
    assert_eq!(track.receiver.stats().n_late, 1);
}

#[test]
fn duplicated_datagrams_play_once() {
    let mut track = pcma();
    let packets = counted(&mut Camera::new(), 5);

    track.feed([0, 0, 2, 2, 1, 1, 3, 0, 4, 3].map(|at: usize| packets[at].clone()));

    assert_eq!(order(&track), [0, 1, 2, 3, 4]);
    assert_eq!(track.receiver.stats().n_repeated, 5);
}

#[test]
fn numbers_of_other_payload_types_are_not_waited_for() {
    let mut track = pcma();
    let mut camera = Camera::new();
    let first = counted(&mut camera, 2);
    let private = camera.packet_of_type(112, &[1], false);
    camera.number += 1;
    let more = counted(&mut camera, 2);

    track.feed(first).feed([private]).feed(more);

    assert_eq!(order(&track), [0, 1, 0, 1]);
    assert_eq!(track.receiver.stats().n_lost, 0);
}

#[test]
fn packets_that_wait_are_bounded() {
    let mut track = pcma();
    let packets = counted(&mut Camera::new(), 200);

    track
        .feed([packets[0].clone()])
        .feed(packets[2..].iter().cloned());

    assert_eq!(track.frames.len(), 199);
    const { assert!(MAX_REORDERED_PACKETS < 199) };
    assert_eq!(track.receiver.stats().n_lost, 1);
}

#[test]
fn a_stray_number_is_dropped_and_a_new_beginning_followed() {
    let mut track = pcma();
    let mut camera = Camera::new();
    track.feed(counted(&mut camera, 3));
    let mut stray = camera.clone();
    stray.number = 40_000;
    track.feed([stray.packet(&[99], false)]);
    track.feed(counted(&mut camera, 2));
    camera.number = 20_000;

    track.feed(counted(&mut camera, 3));

    assert_eq!(order(&track), [0, 1, 2, 0, 1, 0, 1, 2]);
}

#[test]
fn a_new_source_gives_out_what_waits() {
    let mut track = pcma();
    let mut camera = Camera::new();
    let packets = counted(&mut camera, 3);
    track.feed([packets[0].clone(), packets[2].clone()]);
    camera.source += 1;
    camera.number = 7;

    track.feed(counted(&mut camera, 2));

    assert_eq!(order(&track), [0, 2, 0, 1]);
    assert_eq!(track.receiver.poll_timeout(), None);
}
