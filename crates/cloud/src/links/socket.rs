//! A WebSocket of either kind: who may open it, how frames are sent and received, how it ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use bytes::Bytes;
use proto::link::SUBPROTOCOL;
use proto::link::leg::{IncomingFrame, OutgoingFrame, close};
use proto::rpc::MAX_MESSAGE_BYTES;

use super::limits;
use crate::visitor::Client;

/// Counts open sockets of one kind, in total and by client, network and account.
#[derive(Debug, Clone)]
pub(crate) struct SocketAdmission {
    most: SocketLimits,
    open: Arc<Mutex<SocketCounts>>,
}

/// Limits on open sockets of one kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SocketLimits {
    pub(crate) all: usize,
    pub(crate) per_client: usize,
    pub(crate) per_network: usize,
    pub(crate) per_account: usize,
}

#[derive(Debug, Default)]
struct SocketCounts {
    n_all: usize,
    n_by_group: HashMap<SocketGroup, usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum SocketGroup {
    Client(String),
    Network(String),
    Account(String),
}

/// Holds a place until it is dropped.
#[derive(Debug)]
pub(crate) struct SocketPermit {
    admission: SocketAdmission,
    groups: Vec<SocketGroup>,
}

impl SocketLimits {
    /// These limits, or less if the cloud allows fewer connections in total.
    pub(crate) fn within(self, connections: usize) -> SocketLimits {
        let part = |of: usize| (connections / of).max(1);
        SocketLimits {
            // A quarter stays for pages, so that sockets alone cannot shut people out.
            all: self.all.min(connections - connections / 4),
            per_client: self.per_client.min(part(4)),
            per_network: self.per_network.min(part(2)),
            per_account: self.per_account.min(part(4)),
        }
    }
}

impl SocketAdmission {
    pub(crate) fn new(most: SocketLimits) -> SocketAdmission {
        let open = Arc::default();
        SocketAdmission { most, open }
    }

    /// A place for one more socket, unless there are too many; `account_id` if it is known.
    pub(crate) fn admit(&self, client: &Client, account_id: Option<&str>) -> Option<SocketPermit> {
        let mut groups = Vec::new();
        if !is_this_machine(client) {
            groups.push((SocketGroup::Client(client.0.clone()), self.most.per_client));
            groups.push((
                SocketGroup::Network(client.network()),
                self.most.per_network,
            ));
        }
        if let Some(id) = account_id {
            groups.push((SocketGroup::Account(id.to_owned()), self.most.per_account));
        }
        // Checked and counted under one lock: of many at once, none gets in beyond the limit.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let n_of = |group: &SocketGroup| open.n_by_group.get(group).copied().unwrap_or(0);
        let has_room = groups.iter().all(|(group, most)| n_of(group) < *most);
        if open.n_all >= self.most.all || !has_room {
            return None;
        }
        open.n_all += 1;
        let groups: Vec<SocketGroup> = groups.into_iter().map(|(group, _)| group).collect();
        for group in &groups {
            *open.n_by_group.entry(group.clone()).or_default() += 1;
        }
        Some(SocketPermit {
            admission: self.clone(),
            groups,
        })
    }
}

impl Drop for SocketPermit {
    fn drop(&mut self) {
        let mut open = self
            .admission
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        open.n_all -= 1;
        for group in &self.groups {
            if let Some(n) = open.n_by_group.get_mut(group) {
                *n -= 1;
                // Otherwise every address that was ever connected would stay in the map.
                if *n == 0 {
                    open.n_by_group.remove(group);
                }
            }
        }
    }
}

fn is_this_machine(client: &Client) -> bool {
    client.0.starts_with("127.") || *client == Client::of(std::net::Ipv6Addr::LOCALHOST.into())
}

/// Negotiates the subprotocol and keeps the memory of one socket small. Fails with a message for
/// the requesting program.
pub(crate) fn prepare(upgrade: WebSocketUpgrade) -> Result<WebSocketUpgrade, String> {
    let upgrade = upgrade
        .read_buffer_size(limits::READ_BUFFER_BYTES)
        .write_buffer_size(limits::WRITE_BUFFER_BYTES)
        .max_write_buffer_size(limits::MAX_WRITE_BUFFER_BYTES)
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .protocols([SUBPROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        return Err(format!("This socket speaks the subprotocol {SUBPROTOCOL}."));
    }
    Ok(upgrade)
}

/// Waits for the next frame.
pub(crate) async fn receive(socket: &mut WebSocket) -> IncomingFrame {
    match socket.recv().await {
        Some(Ok(Message::Text(text))) => IncomingFrame::Text(text.as_str().to_owned()),
        Some(Ok(Message::Binary(_))) => IncomingFrame::Binary,
        Some(Ok(Message::Ping(_))) => IncomingFrame::Ping,
        Some(Ok(Message::Pong(payload))) => IncomingFrame::Pong(payload.to_vec()),
        // axum hides the kind of the error; only its text distinguishes an oversized message from a
        // broken connection.
        Some(Err(error)) if format!("{error:?}").contains("MessageTooLong") => {
            IncomingFrame::TooBig
        }
        Some(Ok(Message::Close(_)) | Err(_)) | None => IncomingFrame::Gone,
    }
}

/// Sends one frame. Fails at the socket's end: with the code of the last frame, or without when the line
/// broke.
pub(crate) async fn send(socket: &mut WebSocket, frame: OutgoingFrame) -> Result<(), Option<u16>> {
    let (message, close_code) = match frame {
        OutgoingFrame::Text(text) => (Message::text(text), None),
        OutgoingFrame::Ping(payload) => (Message::Ping(Bytes::copy_from_slice(&payload)), None),
        OutgoingFrame::Close { code, reason } => {
            let frame = CloseFrame {
                code,
                reason: reason.into(),
            };
            (Message::Close(Some(frame)), Some(code))
        }
    };
    let sent = tokio::time::timeout(limits::SEND_WAIT, socket.send(message)).await;
    let is_open = matches!(sent, Ok(Ok(()))) && close_code.is_none();
    if is_open { Ok(()) } else { Err(close_code) }
}

/// Lets the other end read the last frame: dropping a connection with unread data loses it.
pub(crate) async fn linger(mut socket: WebSocket, code: Option<u16>) {
    let read_out = async {
        while !matches!(
            receive(&mut socket).await,
            IncomingFrame::Gone | IncomingFrame::TooBig
        ) {}
        // The rest of an oversized message is never read out; the close frame gets its second here.
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

    fn admission(change: impl FnOnce(&mut SocketLimits)) -> SocketAdmission {
        let mut most = SocketLimits {
            all: 100,
            per_client: 100,
            per_network: 100,
            per_account: 100,
        };
        change(&mut most);
        SocketAdmission::new(most)
    }

    #[test]
    fn one_client_cannot_occupy_every_socket() {
        let admission = admission(|most| most.per_client = 2);
        let first: Vec<_> = (0..3)
            .map(|_| admission.admit(&client("192.0.2.1"), None))
            .collect();

        assert_eq!(first.iter().flatten().count(), 2);
        assert!(admission.admit(&client("192.0.2.2"), None).is_some());
    }

    #[test]
    fn one_network_or_account_cannot_occupy_every_socket() {
        let admission = admission(|most| (most.per_network, most.per_account) = (3, 2));
        let of_network: Vec<_> = (1..=4)
            .map(|n| admission.admit(&client(&format!("192.0.2.{n}")), None))
            .collect();
        let of_ana: Vec<_> = (1..=3)
            .map(|n| admission.admit(&client(&format!("198.51.{n}.1")), Some("ana")))
            .collect();

        assert_eq!(of_network.iter().flatten().count(), 3);
        assert_eq!(of_ana.iter().flatten().count(), 2);
        let ben = admission.admit(&client("198.51.9.1"), Some("ben"));
        assert!(ben.is_some());
        drop((of_network, of_ana, ben));
        assert_eq!(admission.open.lock().unwrap().n_by_group.len(), 0);
    }

    #[test]
    fn a_closed_socket_frees_its_place() {
        let admission = admission(|most| most.all = 1);
        let permit = admission.admit(&client("192.0.2.1"), None);
        assert!(admission.admit(&client("192.0.2.2"), None).is_none());

        drop(permit);

        assert!(admission.admit(&client("192.0.2.2"), None).is_some());
    }

    #[test]
    fn loopback_sockets_count_in_total_and_by_account_only() {
        let admission = admission(|most| {
            (
                most.all,
                most.per_client,
                most.per_network,
                most.per_account,
            ) = (4, 1, 1, 1);
        });

        let permits: Vec<_> = ["127.0.0.1", "127.0.0.1", "::1", "::1", "::1"]
            .into_iter()
            .map(|ip| admission.admit(&client(ip), None))
            .collect();
        assert_eq!(permits.iter().flatten().count(), 4);

        drop(permits);
        let of_ana: Vec<_> = (0..2)
            .map(|_| admission.admit(&client("127.0.0.1"), Some("ana")))
            .collect();
        assert_eq!(of_ana.iter().flatten().count(), 1);
    }
}
