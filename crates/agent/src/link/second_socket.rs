//! A second socket to the cloud, opened while the link is in doubt. The first one to answer is kept: the old
//! link if it was only slow, or this one if it opens earlier.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use proto::backoff::Backoff;
use tokio::time::timeout;
use url::Url;

use super::socket::LinkSocket;
use crate::addresses::AddressWatch;
use crate::link_context::LinkContext;

/// First delay before the next try.
const RETRY_FIRST: Duration = Duration::from_millis(500);
/// Maximum delay; the old link is dead soon, and then the ordinary waits apply.
const RETRY_MOST: Duration = Duration::from_secs(8);

/// Time for one try. A SYN that a changing router loses is repeated after one second, then two and
/// four: a new try is sooner.
const DIAL_MOST: Duration = Duration::from_secs(2);

/// A socket that is being dialled, if there is one.
#[derive(Default)]
pub(super) struct SecondSocket(Option<Pin<Box<dyn Future<Output = Box<LinkSocket>> + Send>>>);

impl SecondSocket {
    /// Dials, unless it does already.
    pub(super) fn begin(&mut self, context: &LinkContext, addresses: &AddressWatch) {
        self.0.get_or_insert_with(|| {
            let (cloud, tls) = (context.cloud.clone(), context.tls.clone());
            Box::pin(dial(cloud, tls, addresses.clone()))
        });
    }

    /// The old link was heard, so no other is needed.
    pub(super) fn stop(&mut self) {
        self.0 = None;
    }

    /// Waits for the open socket; for ever if nobody dials. Dropping the future loses nothing.
    pub(super) async fn opened(&mut self) -> Box<LinkSocket> {
        match &mut self.0 {
            Some(dialling) => dialling.await,
            None => std::future::pending().await,
        }
    }
}

async fn dial(
    cloud: Url,
    tls: Arc<rustls::ClientConfig>,
    mut addresses: AddressWatch,
) -> Box<LinkSocket> {
    let mut backoff = Backoff::new(RETRY_FIRST, RETRY_MOST);
    loop {
        tokio::select! {
            connected = timeout(DIAL_MOST, LinkSocket::connect(&cloud, tls.clone())) => match connected {
                Ok(Ok(socket)) => return Box::new(socket),
                Ok(Err(error)) => tracing::debug!("no second link to the cloud: {error:#}"),
                Err(_) => tracing::debug!("no second link to the cloud: no answer"),
            },
            // A try from an address that is gone would only end with its time limit.
            () = addresses.changed() => {
                backoff.succeeded();
                continue;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(backoff.next_wait(rand::random())) => {}
            () = addresses.changed() => backoff.succeeded(),
        }
    }
}
