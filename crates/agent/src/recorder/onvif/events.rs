//! Receives events from an ONVIF device with a pull point: one subscription, which is renewed at half of its
//! lifetime and ended when nobody needs events any more.

use onvif::events::{OnvifNotification, OnvifTopic, PullPoint, parse_messages};
use onvif::{OnvifError, OnvifService, events};
use proto::control::events::{EventKey, EventKind};
use proto::event_fold::EventSign;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use url::Url;

use super::OnvifRecorder;
use super::cameras::OnvifCamera;
use super::soap::SoapFailure;
use crate::limits::{ORDER_REQUEST, PULL_AGAIN, PULL_WAIT, SUBSCRIPTION};
use crate::recorder::events::{EventSource, EventsEnd, HeardEvent};

/// Questions without an answer after which a subscription is given up; one may meet a connection that
/// the device has just closed.
const MOST_UNANSWERED: u32 = 2;

impl EventSource for OnvifRecorder {
    async fn listen(&self, heard: mpsc::Sender<HeardEvent>) -> EventsEnd {
        // Devices allow few, and one that was lost lives on there.
        self.leave().await;
        let (point, address) = match self.subscribe().await {
            Ok(subscription) => subscription,
            Err(end) => return end,
        };
        *self.subscription() = Some((point.clone(), address.clone()));
        let mut renew_at = Instant::now() + point.lifetime / 2;
        let (mut was_up, mut n_unanswered) = (false, 0);
        loop {
            if Instant::now() >= renew_at {
                renew_at = Instant::now() + self.renew(&point, &address).await / 2;
            }
            // Some firmware does not hold its answer back.
            let next = Instant::now() + PULL_AGAIN;
            let answer = self
                .soap
                .ask(&point.pull_messages(PULL_WAIT), &address)
                .await;
            let read = answer.and_then(|body| parse_messages(&body).map_err(SoapFailure::from));
            match read {
                Ok(messages) => {
                    (was_up, n_unanswered) = (true, 0);
                    for message in messages {
                        let event = heard_event(&message, &self.listed());
                        if heard.send(event).await.is_err() {
                            return EventsEnd::Lost { was_up };
                        }
                    }
                }
                Err(SoapFailure::Unreachable(reason)) if n_unanswered + 1 < MOST_UNANSWERED => {
                    tracing::debug!("a request for events was not answered: {reason}");
                    n_unanswered += 1;
                }
                Err(error) => {
                    tracing::debug!("the subscription to events is gone: {error}");
                    return EventsEnd::Lost { was_up };
                }
            }
            sleep_until(next).await;
        }
    }

    async fn leave(&self) {
        let Some((point, address)) = self.subscription().take() else {
            return;
        };
        let request = point.unsubscribe();
        // It ends by itself if this gets lost.
        if let Ok(Err(error)) = timeout(ORDER_REQUEST, self.soap.ask(&request, &address)).await {
            tracing::debug!("could not end the subscription to events: {error}");
        }
    }
}

impl OnvifRecorder {
    async fn subscribe(&self) -> Result<(PullPoint, Url), EventsEnd> {
        let place = self
            .place(OnvifService::Events)
            .ok_or(EventsEnd::Unsupported)?;
        let parsed = |answer: Result<Vec<u8>, SoapFailure>| {
            answer.and_then(|body| PullPoint::parse(&body).map_err(SoapFailure::from))
        };
        let request = events::create_pull_point(SUBSCRIPTION);
        let mut made = parsed(self.soap.ask(&request, &place).await);
        if let Err(SoapFailure::Answer(_) | SoapFailure::Status(400 | 500)) = &made {
            let request = events::create_pull_point_plain();
            made = parsed(self.soap.ask(&request, &place).await);
        }
        let point = made.map_err(|error| {
            tracing::debug!("could not subscribe to events: {error}");
            end_of(&error)
        })?;
        let address = self.reached(&point.address);
        let address = address.ok_or(EventsEnd::Unsupported)?;
        Ok((point, address))
    }

    /// Renews a subscription; returns how long it lives then. Firmware that cannot do that may keep it
    /// alive by itself; otherwise the next question finds it gone.
    async fn renew(&self, point: &PullPoint, address: &Url) -> std::time::Duration {
        let answer = self.soap.ask(&point.renew(SUBSCRIPTION), address).await;
        let renewed =
            answer.and_then(|body| PullPoint::parse_renewed(&body).map_err(SoapFailure::from));
        match renewed {
            Ok(lifetime) => lifetime,
            Err(error) => {
                tracing::debug!("could not renew the subscription to events: {error}");
                sleep(PULL_AGAIN).await;
                point.lifetime
            }
        }
    }

    /// Whether the device has events.
    pub(super) fn has_events(&self) -> bool {
        self.place(OnvifService::Events).is_some()
    }
}

fn end_of(error: &SoapFailure) -> EventsEnd {
    match error {
        SoapFailure::Status(403) => EventsEnd::Refused,
        SoapFailure::Status(404 | 405 | 501) => EventsEnd::Unsupported,
        SoapFailure::Answer(OnvifError::Fault(fault)) if fault.is_about_rights() => {
            EventsEnd::Refused
        }
        SoapFailure::Answer(OnvifError::Fault(fault)) if fault.is_unsupported() => {
            EventsEnd::Unsupported
        }
        _ => EventsEnd::Lost { was_up: false },
    }
}

/// In our words.
fn heard_event(message: &OnvifNotification, cameras: &[OnvifCamera]) -> HeardEvent {
    let kind = match message.topic {
        OnvifTopic::Motion => EventKind::Motion,
        OnvifTopic::Line => EventKind::Line,
        OnvifTopic::Intrusion => EventKind::Intrusion,
        OnvifTopic::Object => EventKind::Object,
        OnvifTopic::Tamper => EventKind::Tamper,
        OnvifTopic::VideoLoss => EventKind::VideoLoss,
        OnvifTopic::Input => EventKind::Input,
        OnvifTopic::DiskError => EventKind::DiskError,
        OnvifTopic::Other => EventKind::Other,
    };
    let source = message.sources.first().map_or("", String::as_str);
    let word = match kind {
        EventKind::Other | EventKind::Object => message.word.as_str(),
        EventKind::Input => source,
        _ => "",
    };
    let is_recorders = matches!(kind, EventKind::Input | EventKind::DiskError);
    let named = cameras
        .iter()
        .find(|camera| message.sources.iter().any(|token| camera.is_named(token)));
    let camera = match cameras {
        // A single camera names itself in all kinds of ways.
        [only] => Some(only),
        _ => named,
    };
    let camera = camera.filter(|_| !is_recorders);
    let sign = match message.is_on {
        Some(true) => EventSign::Begins,
        Some(false) => EventSign::Ends,
        None => EventSign::Happens,
    };
    (
        EventKey::new(camera.map(|it| it.id.clone()), kind, word),
        sign,
    )
}
