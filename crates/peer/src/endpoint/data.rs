//! Data channels of an endpoint besides the control channel: by label, text and binary, with back-pressure.
//! Each has room for a bounded number of bytes that the other side has not acknowledged; a sender waits
//! for room, or sees that there is none and leaves something out.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use str0m::Rtc;
use str0m::channel::{ChannelConfig, ChannelData, ChannelId};
use tokio::sync::{Semaphore, mpsc};

use super::event::Event;
use crate::limits;

/// One message of a data channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataMessage {
    /// UTF-8.
    Text(String),
    /// Anything.
    Binary(Bytes),
}

impl DataMessage {
    fn bytes(&self) -> &[u8] {
        match self {
            DataMessage::Text(text) => text.as_bytes(),
            DataMessage::Binary(bytes) => bytes,
        }
    }
}

/// Sends on one data channel; does not keep the connection open.
#[derive(Debug)]
pub struct DataSender {
    label: Arc<str>,
    room: Arc<Semaphore>,
    orders: mpsc::Sender<DataOrder>,
}

/// Why a message was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// It has more than [`limits::MAX_DATA_BYTES`].
    #[error("a message has at most {} bytes", limits::MAX_DATA_BYTES)]
    TooLong,
    /// The channel is closed, was opened again by somebody else, or its connection is over.
    #[error("the data channel is closed")]
    Closed,
}

/// What senders want of the endpoint's task.
#[derive(Debug)]
pub(super) enum DataOrder {
    Open {
        label: Arc<str>,
        protocol: String,
        room: Arc<Semaphore>,
    },
    Send {
        room: Arc<Semaphore>,
        message: DataMessage,
    },
}

impl DataSender {
    pub(super) async fn open(
        label: &str,
        protocol: &str,
        orders: mpsc::Sender<DataOrder>,
    ) -> Result<DataSender, DataError> {
        let (label, room) = (
            Arc::from(label),
            Arc::new(Semaphore::new(limits::DATA_ROOM_BYTES)),
        );
        let order = DataOrder::Open {
            label: Arc::clone(&label),
            protocol: protocol.to_owned(),
            room: Arc::clone(&room),
        };
        orders.send(order).await.map_err(|_| DataError::Closed)?;
        Ok(DataSender {
            label,
            room,
            orders,
        })
    }

    /// Label of the channel.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Bytes that can be sent without a wait.
    pub fn room(&self) -> usize {
        self.room.available_permits()
    }

    /// Sends a message as soon as there is room for it. Messages arrive whole and in order.
    pub async fn send(&self, message: DataMessage) -> Result<(), DataError> {
        let n_bytes = message.bytes().len();
        if n_bytes > limits::MAX_DATA_BYTES {
            return Err(DataError::TooLong);
        }
        let permits = u32::try_from(n_bytes).map_err(|_| DataError::TooLong)?;
        let taken = tokio::select! {
            taken = self.room.acquire_many(permits) => taken.map_err(|_| DataError::Closed)?,
            // A connection that is over gives no room back, not even to a channel it never came to open.
            () = self.orders.closed() => return Err(DataError::Closed),
        };
        // The endpoint gives it back once the other side has acknowledged the message.
        taken.forget();
        let room = Arc::clone(&self.room);
        let order = DataOrder::Send { room, message };
        self.orders.send(order).await.map_err(|_| DataError::Closed)
    }
}

/// The open channels, and those that are being opened.
#[derive(Debug, Default)]
pub(super) struct DataChannels {
    channels: Vec<DataChannel>,
}

#[derive(Debug)]
struct DataChannel {
    id: ChannelId,
    label: Arc<str>,
    is_open: bool,
    /// Messages from before the channel is open; no more than its room.
    queue: VecDeque<DataMessage>,
    /// What the present sender may still send.
    room: Arc<Semaphore>,
    /// Bytes of the present sender that were written and not given back as room.
    n_written: usize,
}

impl DataChannels {
    pub(super) fn handle(&mut self, rtc: &mut Rtc, order: DataOrder) {
        match order {
            DataOrder::Open {
                label,
                protocol,
                room,
            } => self.open(rtc, label, protocol, room),
            DataOrder::Send { room, message } => {
                // A sender that was replaced sends to nobody.
                let is_from = |channel: &&mut DataChannel| Arc::ptr_eq(&channel.room, &room);
                if let Some(channel) = self.channels.iter_mut().find(is_from) {
                    channel.queue.push_back(message);
                }
            }
        }
    }

    /// Opens a channel, or hands one with this label to a new sender.
    fn open(&mut self, rtc: &mut Rtc, label: Arc<str>, protocol: String, room: Arc<Semaphore>) {
        let known = self.channels.iter_mut().find(|it| it.label == label);
        if let Some(channel) = known {
            channel.room.close();
            channel.room = room;
            channel.queue.clear();
            channel.n_written = 0;
            return;
        }
        if self.channels.len() >= limits::MAX_DATA_CHANNELS {
            room.close();
            return;
        }
        let id = rtc.direct_api().create_data_channel(ChannelConfig {
            label: label.to_string(),
            protocol,
            ..ChannelConfig::default()
        });
        self.add(id, label, room, false);
    }

    fn add(&mut self, id: ChannelId, label: Arc<str>, room: Arc<Semaphore>, is_open: bool) {
        self.channels.push(DataChannel {
            id,
            label,
            is_open,
            queue: VecDeque::new(),
            room,
            n_written: 0,
        });
    }

    /// Takes a channel that has opened, if it is one of ours or has a label that the owner expects from the
    /// other side.
    pub(super) fn opened(&mut self, id: ChannelId, label: &str, expected: &[String]) -> bool {
        if let Some(channel) = self.channels.iter_mut().find(|it| it.id == id) {
            channel.is_open = true;
            return true;
        }
        let is_new = self.channels.iter().all(|it| *it.label != *label);
        let is_expected = expected.iter().any(|it| it == label);
        let has_place = self.channels.len() < limits::MAX_DATA_CHANNELS;
        let is_taken = is_new && is_expected && has_place;
        if is_taken {
            self.add(id, Arc::from(label), Arc::new(Semaphore::new(0)), true);
        }
        is_taken
    }

    /// Records that a channel has closed; its sender learns it.
    pub(super) fn closed(&mut self, id: ChannelId) {
        self.channels.retain(|channel| {
            let is_closed = channel.id == id;
            if is_closed {
                channel.room.close();
            }
            !is_closed
        });
    }

    /// Reads a message of one of these channels; a message that makes no sense is dropped.
    pub(super) fn received(&self, data: ChannelData) -> Result<Option<Event>, ChannelData> {
        let Some(channel) = self.channels.iter().find(|it| it.id == data.id) else {
            return Err(data);
        };
        if data.data.len() > limits::MAX_DATA_BYTES {
            return Ok(None);
        }
        let message = match data.binary {
            true => DataMessage::Binary(data.data.into()),
            false => match String::from_utf8(data.data) {
                Ok(text) => DataMessage::Text(text),
                Err(_) => return Ok(None),
            },
        };
        let label = Arc::clone(&channel.label);
        Ok(Some(Event::Data { label, message }))
    }

    /// Writes what waits, and gives room back for what the other side has acknowledged. Returns whether
    /// something was written.
    pub(super) fn advance(&mut self, rtc: &mut Rtc) -> bool {
        let mut has_written = false;
        for channel in self.channels.iter_mut().filter(|it| it.is_open) {
            let Some(mut out) = rtc.channel(channel.id) else {
                continue;
            };
            while let Some(message) = channel.queue.front() {
                let is_binary = matches!(message, DataMessage::Binary(_));
                match out.write(is_binary, message.bytes()) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => {
                        tracing::debug!(%error, "could not write to a data channel");
                        channel.room.close();
                        channel.queue.clear();
                        break;
                    }
                }
                has_written = true;
                channel.n_written += message.bytes().len();
                channel.queue.pop_front();
            }
            // An earlier sender's bytes leave first, so what remains is at most ours.
            let n_acknowledged = channel.n_written.saturating_sub(out.buffered_amount());
            channel.n_written -= n_acknowledged;
            channel.room.add_permits(n_acknowledged);
        }
        has_written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_channel_never_opened_ends_a_wait_for_room() {
        let (orders, inbox) = mpsc::channel(limits::DATA_ORDERS);
        let channel = DataSender::open("video/1", "test.1", orders);
        let channel = channel.await.expect("the task still runs");
        let whole_room = u32::try_from(limits::DATA_ROOM_BYTES).expect("32 bits");
        let taken = channel.room.acquire_many(whole_room).await.expect("room");
        let message = DataMessage::Binary(Bytes::from_static(b"frame"));

        let (outcome, ()) = tokio::join!(channel.send(message), async { drop(inbox) });

        assert_eq!(outcome, Err(DataError::Closed));
        drop(taken);
    }
}
