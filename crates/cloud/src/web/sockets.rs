//! The WebSockets: `/link` for recorders' agents, `/call` for viewers, and `/relay` for relays that run
//! alone. They are admitted here; [`crate::links`], [`crate::calls`] and [`crate::relays`] serve them.

use axum::Extension;
use axum::extract::State as From;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use super::csrf::check_origin;
use super::error::{self, Error};
use super::guard::{BehindPages, ClientIp};
use crate::connections::Seat;
use crate::links::socket;
use crate::live::Live;
use crate::relays;
use crate::visitor::{Client, SignedIn};

/// `GET /link`: opens the link of one recorder. Other sites' origins have already been refused.
pub(crate) async fn link(
    From(live): From<Live>,
    client: Client,
    ClientIp(ip): ClientIp,
    seat: Option<Extension<Seat>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let upgrade = match agree(upgrade) {
        Ok(upgrade) => upgrade,
        Err(refusal) => return refusal.into_response(),
    };
    // Before the upgrade, so that a refusal costs no socket.
    let Some(permit) = live.links.admit(&client) else {
        return error::unavailable().into_response();
    };
    let agent = (ip, seat.map(|Extension(seat)| seat));
    upgrade.on_upgrade(async move |socket| {
        let (state, calls) = (live.state().clone(), live.calls);
        live.links.serve(socket, state, calls, agent, permit).await;
    })
}

/// `GET /call`: opens the socket of a signed-in viewer, only for pages of this cloud. A browser does not tell its
/// page why a socket was refused, so the page asks again without an upgrade: the places come first.
pub(crate) async fn call(
    From(live): From<Live>,
    client: Client,
    ClientIp(ip): ClientIp,
    headers: HeaderMap,
    BehindPages(who): BehindPages<SignedIn>,
    seat: Option<Extension<Seat>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    // Again, although a layer did it: a person's cookie must not hang on the order of layers.
    if let Err(refusal) = check_origin(&headers, &live) {
        return refusal.into_response();
    }
    let Some(permit) = live.calls.admit(&client, &who.account_id) else {
        return error::unavailable().into_response();
    };
    let upgrade = match upgrade.map(agree) {
        Ok(Ok(upgrade)) => upgrade,
        Ok(Err(refusal)) => return refusal.into_response(),
        Err(no_socket) => return no_socket.into_response(),
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

/// `GET /relay`: opens the socket of a relay, which has to prove its secret. A cloud that expects no
/// relay has no such address.
pub(crate) async fn relay(
    From(live): From<Live>,
    client: Client,
    seat: Option<Extension<Seat>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !live.relays.are_expected() {
        return error::not_found().into_response();
    }
    let upgrade = match relays::prepare(upgrade) {
        Ok(upgrade) => upgrade,
        Err(words) => return error::invalid(words).into_response(),
    };
    let Some(permit) = live.relays.admit(&client) else {
        return error::unavailable().into_response();
    };
    let seat = seat.map(|Extension(seat)| seat);
    upgrade.on_upgrade(async move |socket| {
        let state = live.state().clone();
        live.relays.serve(socket, state, seat, permit).await;
    })
}

fn agree(upgrade: WebSocketUpgrade) -> Result<WebSocketUpgrade, Error> {
    socket::prepare(upgrade).map_err(error::invalid)
}
