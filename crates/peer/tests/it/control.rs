//! The control channel.

use peer::Event;

use crate::support::{End, Pair};

async fn text(end: &mut End) -> String {
    end.wait_for("text", |event| match event {
        Event::Control(text) => Some(text),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn the_control_channel_carries_text_both_ways() {
    let mut pair = Pair::connected(1).await;
    pair.viewer.control_open().await;

    let question = "{\"q\":1}".to_owned();
    pair.viewer
        .endpoint
        .send_control(question.clone())
        .await
        .expect("open");
    assert_eq!(text(&mut pair.sender).await, question);
    let long = "x".repeat(60_000);
    pair.sender
        .endpoint
        .send_control(long.clone())
        .await
        .expect("open");

    assert_eq!(text(&mut pair.viewer).await, long);
}

#[tokio::test]
async fn the_control_channel_opens_on_the_senders_side() {
    let mut pair = Pair::connected(1).await;

    pair.sender.control_open().await;
}
