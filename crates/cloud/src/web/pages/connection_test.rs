//! `/help/connection`: tests which paths this browser's network allows. The page runs the test itself; the
//! cloud gives it a test call.

use askama::Template;
use axum::Json;
use axum::extract::State as From;
use axum::response::IntoResponse;

use crate::live::Live;
use crate::throttle::limits::TESTS_PER_ACCOUNT;
use crate::visitor::SignedIn;
use crate::web::error::{self, Result};
use crate::web::page;

/// When to try again while too many people test: one test is over after as many seconds.
const BUSY_SECONDS: i64 = 60;

#[derive(Template)]
#[template(path = "connection_test.html")]
struct ConnectionTestPage {
    /// Where the relay is, as people name it when they ask for a port to be opened.
    host: String,
    udp_port: u16,
    https_port: u16,
}

/// `GET /help/connection`: the page; it begins when its button is pressed.
pub async fn show(From(live): From<Live>, _: SignedIn) -> Result {
    let url = &live.public_url;
    let host = match live.config.relay.public_host.as_str() {
        "" => url.host_str().unwrap_or_default(),
        host => host,
    };
    Ok(page::show(&ConnectionTestPage {
        host: host.to_owned(),
        udp_port: live.calls.relay_port(&live),
        https_port: url.port_or_known_default().unwrap_or(443),
    }))
}

/// `POST /help/connection`: opens a test call. Not a GET, because it is counted.
pub async fn create(From(live): From<Live>, who: SignedIn) -> Result {
    let of_account = [(TESTS_PER_ACCOUNT, who.account_id.as_str())];
    live.throttle
        .spend(&of_account)
        .await
        .map_err(refused)?
        .keep();
    let opened = live.calls.open_test(&live, &who.account_id);
    let servers = opened.map_err(|_| error::too_many(say!("test-busy"), BUSY_SECONDS))?;
    Ok(Json(servers).into_response())
}

fn refused(source: crate::throttle::Error) -> error::Error {
    crate::accounts::Refusal::from(source).into()
}
