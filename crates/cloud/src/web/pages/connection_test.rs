//! `/help/connection`: tests which paths this browser's network allows. The page runs the test itself; the
//! cloud gives it a test call.

use askama::Template;
use axum::Json;
use axum::extract::State as From;
use axum::response::IntoResponse;

use crate::calls::test_calls::TestsFull;
use crate::live::Live;
use crate::throttle::limits::{TESTS_PER_ACCOUNT, TESTS_PER_CLIENT};
use crate::visitor::{Client, SignedIn};
use crate::web::error::{self, Result};
use crate::web::page;

/// When to try again while too many people test: a test call is over after as many seconds.
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
pub async fn create(From(live): From<Live>, who: SignedIn, client: Client) -> Result {
    let of_account = [(TESTS_PER_ACCOUNT, who.account_id.as_str())];
    let own = live.throttle.spend(&of_account).await.map_err(refused)?;
    let of_client = match live.throttle.spend_as(&client, &[TESTS_PER_CLIENT]).await {
        Ok(of_client) => of_client,
        Err(error) => {
            own.refund().await?;
            return Err(refused(error));
        }
    };
    let opened = live
        .calls
        .open_test(&live, &who.account_id, &client.network());
    // Whoever met a full house has not tested.
    own.refund_if(opened.is_err()).await?;
    of_client.refund_if(opened.is_err()).await?;
    match opened {
        Ok(servers) => Ok(Json(servers).into_response()),
        Err(TestsFull::OfAll) => Err(error::too_many(say!("test-busy"), BUSY_SECONDS)),
        Err(TestsFull::OfNetwork) => Err(error::too_many(say!("test-busy-network"), BUSY_SECONDS)),
    }
}

fn refused(source: crate::throttle::Error) -> error::Error {
    crate::accounts::Refusal::from(source).into()
}
