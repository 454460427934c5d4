//! One WebSocket of either kind: who may open it, how frames leave and arrive, how it ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use bytes::Bytes;
use proto::link::SUBPROTOCOL;
use proto::link::leg::{Frame, close};
use proto::rpc::MAX_MESSAGE_BYTES;

use super::limits;
use crate::web::error::{self, Error};
use crate::web::guard::Client;

/// Counts open sockets of one kind, in all and by client.
#[derive(Debug, Clone)]
pub(crate) struct Admission {
    most: usize,
    most_per_client: usize,
    open: Arc<Mutex<Open>>,
}

#[derive(Debug, Default)]
struct Open {
    n_all: usize,
    n_by_client: HashMap<String, usize>,
}

/// Holds a place until it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    admission: Admission,
    client: Option<String>,
}

impl Admission {
    pub(crate) fn new(most: usize, most_per_client: usize) -> Admission {
        let open = Arc::default();
        Admission {
            most,
            most_per_client,
            open,
        }
    }

    /// A place for one more socket, unless there are too many.
    pub(crate) fn admit(&self, client: &Client) -> Option<Permit> {
        let counted = (!is_this_machine(client)).then(|| client.0.clone());
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.n_all >= self.most {
            return None;
        }
        if let Some(client) = &counted {
            let n = open.n_by_client.entry(client.clone()).or_default();
            if *n >= self.most_per_client {
                return None;
            }
            *n += 1;
        }
        open.n_all += 1;
        Some(Permit {
            admission: self.clone(),
            client: counted,
        })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self
            .admission
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        open.n_all -= 1;
        if let Some(client) = &self.client
            && let Some(n) = open.n_by_client.get_mut(client)
        {
            *n -= 1;
            if *n == 0 {
                open.n_by_client.remove(client);
            }
        }
    }
}

fn is_this_machine(client: &Client) -> bool {
    client.0.starts_with("127.") || *client == Client::of(std::net::Ipv6Addr::LOCALHOST.into())
}

/// Agrees on the subprotocol and keeps what one socket costs small.
pub(crate) fn prepare(upgrade: WebSocketUpgrade) -> Result<WebSocketUpgrade, Error> {
    let upgrade = upgrade
        .read_buffer_size(limits::READ_BUFFER_BYTES)
        .write_buffer_size(limits::WRITE_BUFFER_BYTES)
        .max_write_buffer_size(limits::MAX_WRITE_BUFFER_BYTES)
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .protocols([SUBPROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        return Err(error::invalid(format!(
            "This socket speaks the subprotocol {SUBPROTOCOL}."
        )));
    }
    Ok(upgrade)
}

/// What arrived.
#[derive(Debug)]
pub(crate) enum Received {
    Text(String),
    Binary,
    Ping,
    Pong(Bytes),
    /// Longer than [`MAX_MESSAGE_BYTES`].
    TooBig,
    /// The other end closed, or the connection broke.
    Gone,
}

/// Waits for the next frame.
pub(crate) async fn receive(socket: &mut WebSocket) -> Received {
    match socket.recv().await {
        Some(Ok(Message::Text(text))) => Received::Text(text.as_str().to_owned()),
        Some(Ok(Message::Binary(_))) => Received::Binary,
        Some(Ok(Message::Ping(_))) => Received::Ping,
        Some(Ok(Message::Pong(payload))) => Received::Pong(payload),
        // axum hides the kind of the error; only its words tell a long message from a broken line.
        Some(Err(error)) if format!("{error:?}").contains("MessageTooLong") => Received::TooBig,
        Some(Ok(Message::Close(_)) | Err(_)) | None => Received::Gone,
    }
}

/// Sends one frame; false when the socket is at its end.
pub(crate) async fn send(socket: &mut WebSocket, frame: Frame) -> bool {
    let (message, is_last) = match frame {
        Frame::Text(text) => (Message::text(text), false),
        Frame::Ping(payload) => (Message::Ping(Bytes::copy_from_slice(&payload)), false),
        Frame::Close { code, reason } => {
            let frame = CloseFrame {
                code,
                reason: reason.into(),
            };
            (Message::Close(Some(frame)), true)
        }
    };
    let sent = tokio::time::timeout(limits::SEND_WAIT, socket.send(message)).await;
    matches!(sent, Ok(Ok(()))) && !is_last
}

/// Lets the other end read the last frame: a connection that is dropped with unread data loses it.
pub(crate) async fn linger(mut socket: WebSocket, code: Option<u16>) {
    let read_out = async {
        while !matches!(
            receive(&mut socket).await,
            Received::Gone | Received::TooBig
        ) {}
        if code == Some(close::TOO_BIG) {
            std::future::pending::<()>().await;
        }
    };
    tokio::time::timeout(limits::LINGER, read_out).await.ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(text: &str) -> Client {
        Client::of(text.parse().unwrap())
    }

    #[test]
    fn one_client_cannot_take_every_socket() {
        let admission = Admission::new(5, 2);
        let first: Vec<_> = (0..3)
            .map(|_| admission.admit(&client("192.0.2.1")))
            .collect();

        assert_eq!(first.iter().flatten().count(), 2);
        assert!(admission.admit(&client("192.0.2.2")).is_some());
    }

    #[test]
    fn a_closed_socket_makes_room() {
        let admission = Admission::new(1, 1);
        let permit = admission.admit(&client("192.0.2.1"));
        assert!(admission.admit(&client("192.0.2.2")).is_none());

        drop(permit);

        assert!(admission.admit(&client("192.0.2.2")).is_some());
        assert_eq!(admission.open.lock().unwrap().n_by_client.len(), 0);
    }

    #[test]
    fn this_machine_is_counted_in_all_only() {
        let admission = Admission::new(4, 1);

        let permits: Vec<_> = ["127.0.0.1", "127.0.0.1", "::1", "::1", "::1"]
            .into_iter()
            .map(|ip| admission.admit(&client(ip)))
            .collect();

        assert_eq!(permits.iter().flatten().count(), 4);
    }
}
