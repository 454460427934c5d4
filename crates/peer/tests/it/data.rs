//! Data channels by label.

use bytes::Bytes;
use peer::limits::{DATA_ROOM_BYTES, MAX_DATA_BYTES, MAX_DATA_CHANNELS};
use peer::{DataError, DataMessage, Event};

use crate::support::{End, PICTURES, Pair};

async fn message(end: &mut End) -> DataMessage {
    end.wait_for("message", |event| match event {
        Event::Data { label, message } => {
            assert_eq!(&*label, PICTURES);
            Some(message)
        }
        _ => None,
    })
    .await
}

fn binary(n: u8, size: usize) -> DataMessage {
    DataMessage::Binary(Bytes::from(vec![n; size]))
}

#[tokio::test]
async fn a_data_channel_carries_text_and_bytes_both_ways() {
    let mut pair = Pair::connected(1).await;
    let media = pair.sender.endpoint.media();
    let channel = media.open_data(PICTURES, "test.1").await.expect("open");
    let text = DataMessage::Text("Grüße".to_owned());

    channel.send(text.clone()).await.expect("open");
    channel.send(binary(7, MAX_DATA_BYTES)).await.expect("open");

    assert_eq!(message(&mut pair.viewer).await, text);
    assert_eq!(message(&mut pair.viewer).await, binary(7, MAX_DATA_BYTES));
    let media = pair.viewer.endpoint.media();
    let back = media.open_data(PICTURES, "test.1").await.expect("open");
    back.send(binary(8, 1)).await.expect("open");
    assert_eq!(message(&mut pair.sender).await, binary(8, 1));
}

#[tokio::test]
async fn a_sender_waits_until_the_other_side_has_read() {
    let mut pair = Pair::connected(1).await;
    let media = pair.sender.endpoint.media();
    let channel = media.open_data(PICTURES, "test.1").await.expect("open");
    let n_messages = 40 * DATA_ROOM_BYTES / MAX_DATA_BYTES;

    let sending = async {
        for n in 0..n_messages {
            channel
                .send(binary(n as u8, MAX_DATA_BYTES))
                .await
                .expect("open");
            assert!(channel.room() <= DATA_ROOM_BYTES);
        }
    };
    let reading = async {
        for n in 0..n_messages {
            assert_eq!(
                message(&mut pair.viewer).await,
                binary(n as u8, MAX_DATA_BYTES)
            );
        }
    };
    tokio::join!(sending, reading);
}

#[tokio::test]
async fn a_channel_holds_its_room_before_the_connection() {
    let mut pair = Pair::new(1).await;
    let media = pair.sender.endpoint.media();
    let channel = media.open_data(PICTURES, "test.1").await.expect("open");
    let n_fitting = DATA_ROOM_BYTES / MAX_DATA_BYTES;

    for n in 0..n_fitting {
        channel
            .send(binary(n as u8, MAX_DATA_BYTES))
            .await
            .expect("open");
    }
    let is_full = channel.room() < MAX_DATA_BYTES;
    pair.viewer.connected().await;
    channel
        .send(binary(99, MAX_DATA_BYTES))
        .await
        .expect("open");

    assert!(is_full);
    for n in 0..n_fitting {
        assert_eq!(
            message(&mut pair.viewer).await,
            binary(n as u8, MAX_DATA_BYTES)
        );
    }
    assert_eq!(message(&mut pair.viewer).await, binary(99, MAX_DATA_BYTES));
}

#[tokio::test]
async fn a_channel_with_an_unexpected_label_is_closed() {
    let mut pair = Pair::connected(1).await;
    pair.sender.control_open().await;
    // The recorder's side expects no label; the viewer's side expects one, and not this.
    for end in [&pair.viewer, &pair.sender] {
        let media = end.endpoint.media();
        let channel = media.open_data("video/99", "test.1").await.expect("open");

        let mut outcome = Ok(());
        while outcome.is_ok() {
            outcome = channel.send(binary(1, 4_000)).await;
        }

        assert_eq!(outcome, Err(DataError::Closed));
    }
}

#[tokio::test]
async fn a_message_that_is_too_long_is_refused() {
    let pair = Pair::connected(1).await;
    let media = pair.sender.endpoint.media();
    let channel = media.open_data(PICTURES, "test.1").await.expect("open");

    let outcome = channel.send(binary(1, MAX_DATA_BYTES + 1)).await;

    assert_eq!(outcome, Err(DataError::TooLong));
}

#[tokio::test]
async fn opening_a_channel_again_replaces_its_sender() {
    let mut pair = Pair::connected(1).await;
    let media = pair.sender.endpoint.media();
    let first = media.open_data(PICTURES, "test.1").await.expect("open");
    first.send(binary(1, 10)).await.expect("open");
    assert_eq!(message(&mut pair.viewer).await, binary(1, 10));

    let second = media.open_data(PICTURES, "test.1").await.expect("open");
    second.send(binary(2, 10)).await.expect("open");

    assert_eq!(message(&mut pair.viewer).await, binary(2, 10));
    assert_eq!(first.send(binary(3, 10)).await, Err(DataError::Closed));
}

#[tokio::test]
async fn a_connection_has_a_limited_number_of_channels() {
    let pair = Pair::new(1).await;
    let media = pair.sender.endpoint.media();
    let mut channels = Vec::new();
    for n in 0..=MAX_DATA_CHANNELS {
        let label = format!("video/{n}");
        channels.push(media.open_data(&label, "test.1").await.expect("open"));
    }
    let last = channels.pop().expect("one too many");

    let mut outcome = Ok(());
    while outcome.is_ok() {
        outcome = last.send(binary(1, 1)).await;
    }

    assert_eq!(outcome, Err(DataError::Closed));
    channels[0].send(binary(1, 1)).await.expect("open");
}

#[tokio::test]
async fn the_end_of_a_connection_ends_a_wait_for_room() {
    let pair = Pair::new(1).await;
    let media = pair.sender.endpoint.media();
    let channel = media.open_data(PICTURES, "test.1").await.expect("open");
    let filling = async {
        loop {
            if let Err(error) = channel.send(binary(1, MAX_DATA_BYTES)).await {
                return error;
            }
        }
    };

    let (error, ()) = tokio::join!(filling, pair.sender.endpoint.close());

    assert_eq!(error, DataError::Closed);
}
