//! Asking for cameras, and validation of lists and names before anybody sees them.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::{AgentRequest, CloudSide};
use crate::health::RecorderHealth;
use crate::link::leg::close;
use crate::link::limits::{MAX_CAMERA_ID_BYTES, MAX_CAMERAS, MAX_CERTIFICATES, MAX_NAME_CHARS};
use crate::link::message::{Cameras, method};
use crate::rpc::{RpcError, code, typed};
use crate::shown::shown;

impl CloudSide {
    pub(super) fn ask_cameras(&mut self, now: Duration) {
        let nothing = json!({});
        let request = AgentRequest::Cameras;
        let sent = self.leg.request(method::CAMERAS, &nothing, request, now);
        if sent.is_err() {
            self.leg.close(close::GOING_AWAY, "too many requests wait");
        }
    }
}

pub(super) fn checked_cameras(params: Value) -> Result<Cameras, RpcError> {
    let mut list: Cameras = typed(params)?;
    let cameras = &mut list.cameras;
    let bad = |words| Err(RpcError::new(code::BAD_REQUEST, words));
    if cameras.len() > MAX_CAMERAS {
        return bad("too many cameras");
    }
    if list.certificates.len() > MAX_CERTIFICATES {
        return bad("too many certificates");
    }
    list.about = list.about.map(|about| about.shown());
    list.health = list.health.map(RecorderHealth::bounded);
    let mut ids = BTreeSet::new();
    for camera in cameras {
        if !is_camera_id(&camera.id) {
            return bad("a camera id is 1-32 of A-Z a-z 0-9 _ -");
        }
        if !is_sane_name(&camera.name) {
            return bad("a camera name is at most 64 characters without control characters");
        }
        // Recorders pass on names that somebody typed; one bad name must not affect the others.
        camera.name = shown(&camera.name, MAX_NAME_CHARS);
        if !ids.insert(camera.id.as_str()) {
            return bad("two cameras have one id");
        }
    }
    Ok(list)
}

fn is_camera_id(id: &str) -> bool {
    (1..=MAX_CAMERA_ID_BYTES).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// The recorder's own name in the answer to a claim, if it is one that can be shown.
pub(super) fn own_name(answer: Value) -> Option<String> {
    let told = typed::<crate::link::message::Accepted>(answer).ok()?.name?;
    let name = shown(
        Some(told).filter(|name| is_sane_name(name))?.trim(),
        MAX_NAME_CHARS,
    );
    Some(name).filter(|name| !name.is_empty())
}

pub(super) fn is_sane_name(name: &str) -> bool {
    name.chars().count() <= MAX_NAME_CHARS && !name.chars().any(char::is_control)
}
