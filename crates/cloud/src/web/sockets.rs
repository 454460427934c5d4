//! The two WebSockets: `/link` of recorders' agents and `/call` of viewers. Here they are admitted;
//! [`crate::links`] and [`crate::calls`] serve them.

use axum::Extension;
use axum::extract::State as From;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use proto::link::SUBPROTOCOL;
use proto::rpc::MAX_MESSAGE_BYTES;

use super::error::{self, Error};
use super::guard::{BehindPages, ClientIp, check_origin};
use crate::connections::Seat;
use crate::links::limits;
use crate::live::Live;
use crate::visitor::{Client, SignedIn};

/// `GET /link`: opens the link of one recorder. Origins of other sites were refused before.
pub(crate) async fn link(
    From(live): From<Live>,
    client: Client,
    ClientIp(ip): ClientIp,
    seat: Option<Extension<Seat>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let upgrade = match prepare(upgrade) {
        Ok(upgrade) => upgrade,
        Err(refusal) => return refusal.into_response(),
    };
    let Some(permit) = live.links.admit(&client) else {
        return error::unavailable().into_response();
    };
    let agent = (ip, seat.map(|Extension(seat)| seat));
    upgrade.on_upgrade(async move |socket| {
        let (state, calls) = (live.state().clone(), live.calls);
        live.links.serve(socket, state, calls, agent, permit).await;
    })
}

/// `GET /call`: opens a signed-in viewer's socket, for pages of this cloud only.
pub(crate) async fn call(
    From(live): From<Live>,
    client: Client,
    ClientIp(ip): ClientIp,
    headers: HeaderMap,
    BehindPages(who): BehindPages<SignedIn>,
    seat: Option<Extension<Seat>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let upgrade = match check_origin(&headers, &live).and_then(|()| prepare(upgrade)) {
        Ok(upgrade) => upgrade,
        Err(refusal) => return refusal.into_response(),
    };
    let Some(permit) = live.calls.admit(&client, &who.account_id) else {
        return error::unavailable().into_response();
    };
    upgrade.on_upgrade(async move |socket| {
        let seat = seat.map(|Extension(seat)| seat);
        if let Some(seat) = &seat {
            seat.becomes_call();
        }
        let state = live.state().clone();
        live.calls.serve(socket, state, (who, ip), permit).await;
        drop(seat);
    })
}

/// Agrees on the subprotocol and keeps what one socket costs small.
fn prepare(upgrade: WebSocketUpgrade) -> Result<WebSocketUpgrade, Error> {
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
