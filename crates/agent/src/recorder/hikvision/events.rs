//! Listens to the alert stream of a Hikvision recorder.

use bytes::Bytes;
use proto::control::events::EventKey;
use proto::isapi::{AlertStream, EventAlert, IsapiError, outputs, path};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::fetches::answered;
use super::http::{EndlessBody, GetError, is_unsupported};
use super::isapi::Isapi;
use crate::limits::{ALERT_SILENCE, MAX_ALERT_BYTES_A_MINUTE};
use crate::recorder::events::{EventSource, EventsEnd, HeardEvent};
use crate::recorder::handle::RequestError;

/// Bytes that are taken apart before what came of them is passed on.
const PIECE_BYTES: usize = 4096;

/// A body that comes piece by piece.
trait Pieces {
    /// The next one; `None` at the end, however it came.
    fn next(&mut self) -> impl Future<Output = Option<Bytes>> + Send;
}

impl Pieces for EndlessBody {
    async fn next(&mut self) -> Option<Bytes> {
        self.chunk().await.ok().flatten()
    }
}

impl EventSource for Isapi {
    async fn listen(&self, heard: mpsc::Sender<HeardEvent>) -> EventsEnd {
        let mut opened = self.http.open_endless(path::ALERT_STREAM).await;
        if let Err(GetError::Status(404) | GetError::Answer(_)) = &opened {
            // Old firmware has events without the prefix.
            let old = self.http.open_endless(path::OLD_ALERT_STREAM).await;
            opened = old.or(opened);
        }
        match opened {
            Ok(body) => hear(body, &heard, |alert| alert.key(&self.channels())).await,
            Err(error) => {
                tracing::debug!("no alert stream: {error}");
                end_of(&error)
            }
        }
    }

    async fn leave(&self) {}
}

impl Isapi {
    /// Whether the recorder has events.
    pub(super) async fn has_events(&self) -> Result<bool, RequestError> {
        let parsed = match self.http.get(path::EVENT_TRIGGERS).await {
            Ok(body) => outputs::has_triggers(&body).map_err(GetError::from),
            Err(error) => Err(error),
        };
        match answered(parsed) {
            Err(RequestError::Offline) => Err(RequestError::Offline),
            answer => Ok(answer.ok().flatten().unwrap_or(false)),
        }
    }
}

/// Passes on the events in a stream until that ends, falls silent or floods.
async fn hear(
    mut body: impl Pieces + Send,
    heard: &mpsc::Sender<HeardEvent>,
    key: impl Fn(&EventAlert) -> EventKey + Sync,
) -> EventsEnd {
    let mut stream = AlertStream::default();
    let mut was_up = false;
    let (mut minute, mut n_bytes) = (Instant::now(), 0);
    while let Ok(Some(chunk)) = timeout(ALERT_SILENCE, body.next()).await {
        if minute.elapsed().as_secs() >= 60 {
            (minute, n_bytes) = (Instant::now(), 0);
        }
        n_bytes += chunk.len();
        if n_bytes > MAX_ALERT_BYTES_A_MINUTE {
            tracing::warn!("the recorder floods its alert stream");
            return EventsEnd::Lost { was_up: false };
        }
        for piece in chunk.chunks(PIECE_BYTES) {
            stream.push(piece);
            while let Some(document) = stream.poll() {
                let Ok(alert) = EventAlert::parse(&document) else {
                    continue;
                };
                was_up = true;
                if heard.send((key(&alert), alert.sign())).await.is_err() {
                    return EventsEnd::Lost { was_up };
                }
            }
        }
    }
    EventsEnd::Lost { was_up }
}

fn end_of(error: &GetError) -> EventsEnd {
    match error {
        GetError::Refused(_) | GetError::Unreachable(_) => EventsEnd::Lost { was_up: false },
        // Some intercoms accept the login everywhere else. Every further try would count as a wrong one.
        GetError::Status(401 | 404 | 405 | 501) => EventsEnd::Unsupported,
        GetError::Answer(IsapiError::Status(said)) if is_unsupported(said) => {
            EventsEnd::Unsupported
        }
        // Also `deployExceedMax`: others listen, and the recorder allows no more.
        GetError::Status(_) | GetError::Answer(_) => EventsEnd::Refused,
    }
}

#[cfg(test)]
mod tests {
    use proto::isapi::EventChannels;

    use super::*;

    /// Sends these again and again, at most so often, then nothing more.
    struct Repeated(&'static [u8], usize);

    impl Pieces for Repeated {
        async fn next(&mut self) -> Option<Bytes> {
            if self.1 == 0 {
                return std::future::pending().await;
            }
            self.1 -= 1;
            Some(Bytes::from_static(self.0))
        }
    }

    async fn heard_of(body: Repeated) -> (EventsEnd, usize) {
        let (sender, mut heard) = mpsc::channel(1_000);
        let channels = EventChannels::default();
        let end = hear(body, &sender, |alert| alert.key(&channels)).await;
        let n_heard = std::iter::from_fn(|| heard.try_recv().ok()).count();
        (end, n_heard)
    }

    const HEARTBEAT: &[u8] = b"--b\r\n\r\n<EventNotificationAlert><eventType>videoloss</eventType>\
        <eventState>inactive</eventState></EventNotificationAlert>\r\n";

    #[tokio::test(start_paused = true)]
    async fn an_alert_stream_without_heartbeats_is_dead() {
        let begun = Instant::now();

        let told = heard_of(Repeated(HEARTBEAT, 3)).await;

        assert_eq!(told, (EventsEnd::Lost { was_up: true }, 3));
        assert_eq!(begun.elapsed().as_secs(), ALERT_SILENCE.as_secs());
        let nonsense = heard_of(Repeated(b"<html>", 3)).await;
        assert_eq!(nonsense, (EventsEnd::Lost { was_up: false }, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_of_an_alert_stream_ends_it() {
        const NONSENSE: &[u8] = &[b'x'; 1024 * 1024];

        let (end, _) = heard_of(Repeated(NONSENSE, usize::MAX)).await;

        assert_eq!(end, EventsEnd::Lost { was_up: false });
    }
}
