//! Observes every request for the operator: it provides the requester and the route while events
//! are logged, logs refused and failed requests itself, and measures how long the answer took.

use std::time::Instant;

use axum::extract::{FromRequestParts, MatchedPath, Request, State as From};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use crate::audit::{Action, Actor, Event, Outcome};
use crate::live::Live;
use crate::visitor::Seen;
use crate::visitor::{Browser, Client};

/// Provides requester and route to events during the request, and counts the answer.
pub async fn observe(From(state): From<Live>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (mut parts, body) = request.into_parts();
    // A request without a readable address is answered as well, and logged without one.
    let client = Client::from_request_parts(&mut parts, &state).await.ok();
    let browser = Browser::from_request_parts(&mut parts, &state).await.ok();
    let seen = browser.as_ref().map(Seen::from);
    // The route, not the address, because some addresses contain what only their owner may know.
    let route = parts.extensions.get::<MatchedPath>();
    let route = route.map_or("elsewhere", MatchedPath::as_str).to_owned();
    let place = format!("{} {route}", known(&parts.method));
    let asker = Actor::of_request(client, seen, place.clone());
    let answering = async {
        let response = next.run(Request::from_parts(parts, body)).await;
        if let Some(event) = noteworthy(response.status(), &route) {
            state.audit.note(event);
        }
        response
    };
    let response = asker.scope(answering).await;
    let status = response.status().as_u16();
    state.metrics.answered(&place, status, started.elapsed());
    response
}

fn noteworthy(status: StatusCode, route: &str) -> Option<Event> {
    let event = match status {
        StatusCode::FORBIDDEN => Event::denied(Action::RequestRefused),
        // Only where an object is asked for: scanners cause 404s everywhere else.
        StatusCode::NOT_FOUND if route.contains("{serial}") => Event::denied(Action::AccessDenied),
        _ if status.is_server_error() => Event::new(Action::RequestBroken, Outcome::Failed),
        _ => return None,
    };
    Some(event.subject(status.as_str()))
}

/// Methods are text from strangers; all unknown ones count as one.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "OTHER",
    }
}
