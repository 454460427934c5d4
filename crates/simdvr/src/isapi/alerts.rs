//! `ISAPI/Event/notification/alertStream`: an endless body with a heartbeat, and every active event once a
//! second.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, sleep_until};

use super::{Recorder, xml};
use crate::clips;
use crate::config::Input;
use crate::events::SimEvent;
use crate::shared::Shared;

/// Time between two repetitions of an event.
const REPEAT: Duration = Duration::from_secs(1);

/// `GET /ISAPI/Event/notification/alertStream`.
pub(crate) async fn stream(State(shared): Recorder, uri: Uri) -> Response {
    if shared.config.alerts.is_old {
        return xml::refused(uri.path(), StatusCode::NOT_FOUND, "notSupport");
    }
    opened(shared, &uri)
}

/// The same without the prefix, as on old firmware.
pub(crate) async fn old_stream(State(shared): Recorder, uri: Uri) -> Response {
    if !shared.config.alerts.is_old {
        return xml::refused(uri.path(), StatusCode::NOT_FOUND, "notSupport");
    }
    opened(shared, &uri)
}

fn opened(shared: Arc<Shared>, uri: &Uri) -> Response {
    let side = &shared.config.alerts;
    if side.refuses_login {
        return super::unauthorized(&shared, uri.path());
    }
    let Some(place) = ListenerPlace::take(&shared) else {
        return xml::refused(uri.path(), StatusCode::FORBIDDEN, "deployExceedMax");
    };
    let kind = format!("multipart/mixed; boundary={}", side.announced_boundary);
    let (active, changes) = shared.events.listen();
    let now = Instant::now();
    let mut feed = AlertFeed {
        drops: shared.events.drops(),
        heartbeat: now,
        repeat: now + REPEAT,
        waiting: active,
        changes,
        shared,
        _place: place,
    };
    feed.drops.mark_unchanged();
    let parts = stream::unfold(feed, |mut feed| async move {
        let part = feed.next().await?;
        Some((Ok::<_, Infallible>(part), feed))
    });
    let head = [
        (header::CONTENT_TYPE, kind),
        (header::CONNECTION, "close".to_owned()),
    ];
    (head, Body::from_stream(parts)).into_response()
}

/// One counted listener; dropping it frees the place.
struct ListenerPlace(Arc<Shared>);

impl ListenerPlace {
    fn take(shared: &Arc<Shared>) -> Option<Self> {
        let most = shared.config.alerts.max_listeners;
        let is_taken = shared.stats.send_if_modified(|stats| {
            let is_free = stats.alert_listeners < most;
            stats.alert_listeners += usize::from(is_free);
            stats.alert_streams += u64::from(is_free);
            is_free
        });
        is_taken.then(|| Self(shared.clone()))
    }
}

impl Drop for ListenerPlace {
    fn drop(&mut self) {
        self.0.count(|stats| stats.alert_listeners -= 1);
    }
}

struct AlertFeed {
    shared: Arc<Shared>,
    changes: broadcast::Receiver<SimEvent>,
    drops: watch::Receiver<u64>,
    heartbeat: Instant,
    repeat: Instant,
    waiting: Vec<SimEvent>,
    _place: ListenerPlace,
}

impl AlertFeed {
    /// The next bytes; nothing at the end.
    async fn next(&mut self) -> Option<Vec<u8>> {
        if !self.waiting.is_empty() {
            let waiting = std::mem::take(&mut self.waiting);
            return Some(waiting.iter().flat_map(|event| self.parts(event)).collect());
        }
        loop {
            tokio::select! {
                _ = self.drops.changed() => return None,
                event = self.changes.recv() => match event {
                    Ok(event) if event.is_active || self.shared.config.alerts.says_end => {
                        return Some(self.parts(&event));
                    }
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return None,
                },
                () = sleep_until(self.heartbeat) => {
                    self.heartbeat = Instant::now() + self.shared.config.alerts.heartbeat;
                    let alive = SimEvent {
                        camera: Some(1),
                        event_type: "videoloss".to_owned(),
                        is_active: false,
                    };
                    return Some(self.parts(&alive));
                }
                () = sleep_until(self.repeat) => {
                    self.repeat = Instant::now() + REPEAT;
                    let active = self.shared.events.active();
                    if !active.is_empty() {
                        return Some(active.iter().flat_map(|event| self.parts(event)).collect());
                    }
                }
            }
        }
    }

    fn parts(&self, event: &SimEvent) -> Vec<u8> {
        let side = &self.shared.config.alerts;
        let (body, kind) = match side.is_json {
            true => (self.json(event), "application/json"),
            false => (self.xml(event), "application/xml; charset=\"UTF-8\""),
        };
        let mut parts = part(side.line_end, kind, side.has_wrong_lengths, body.as_bytes());
        if side.has_pictures && event.is_active {
            parts.extend(part(
                side.line_end,
                "image/pjpeg",
                side.has_wrong_lengths,
                clips::still(0, false),
            ));
        }
        parts
    }

    /// The channel in the numbers that recorders have for events: network cameras count from 33.
    fn channel(&self, event: &SimEvent) -> Option<usize> {
        let camera = event.camera?;
        let cameras = &self.shared.config.cameras;
        let is_network = |at: usize| cameras.get(at).is_some_and(|it| it.input == Input::Network);
        Some(match is_network(camera - 1) {
            true => 32 + (0..camera).filter(|at| is_network(*at)).count(),
            false => camera,
        })
    }

    fn xml(&self, event: &SimEvent) -> String {
        let (event_type, state) = (xml::text(&event.event_type), state(event));
        let channel = match self.channel(event) {
            Some(channel) if event.event_type == "io" => {
                format!("<inputIOPortID>{channel}</inputIOPortID>")
            }
            Some(channel) => format!("<channelID>{channel}</channelID>"),
            None => String::new(),
        };
        let (event_type, more) = match self.shared.config.alerts.is_duration && event.is_active {
            true => (
                "duration".to_owned(),
                format!(
                    "<DurationList>\n<Duration>\n<relationEvent>{event_type}</relationEvent>\n\
                     </Duration>\n</DurationList>\n"
                ),
            ),
            false => (event_type, String::new()),
        };
        format!(
            "<EventNotificationAlert version=\"2.0\" xmlns=\"http://www.hikvision.com/ver20/XMLSchema\">\n\
             <ipAddress>192.0.2.64</ipAddress>\n<portNo>80</portNo>\n<protocol>HTTP</protocol>\n\
             <macAddress>02:00:5e:00:53:01</macAddress>\n{channel}\n\
             <dateTime>2016-12-24T18:59:49-8:00</dateTime>\n<activePostCount>1</activePostCount>\n\
             <eventType>{event_type}</eventType>\n<eventState>{state}</eventState>\n\
             <eventDescription>{event_type} alarm</eventDescription>\n{more}</EventNotificationAlert>\n"
        )
    }

    fn json(&self, event: &SimEvent) -> String {
        let (event_type, state) = (&event.event_type, state(event));
        let channel = match self.channel(event) {
            Some(channel) => format!("\"channelID\":\t{channel},\n"),
            None => String::new(),
        };
        format!(
            "{{\n\"ipAddress\":\t\"192.0.2.64\",\n{channel}\"dateTime\":\t\"2024-05-02T10:11:12+02:00\",\n\
             \"eventType\":\t\"{event_type}\",\n\"eventState\":\t\"{state}\",\n\
             \"eventDescription\":\t\"{event_type} {{alarm}}\"\n}}"
        )
    }
}

fn state(event: &SimEvent) -> &'static str {
    if event.is_active {
        "active"
    } else {
        "inactive"
    }
}

fn part(line_end: &str, kind: &str, is_wrong: bool, body: &[u8]) -> Vec<u8> {
    let length = if is_wrong { body.len() / 2 } else { body.len() };
    let head = [
        "--boundary",
        &format!("Content-Type: {kind}"),
        &format!("Content-Length: {length}"),
        "",
        "",
    ]
    .join(line_end);
    [head.as_bytes(), body, line_end.as_bytes()].concat()
}
