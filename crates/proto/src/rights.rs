//! Authorization in a call: each method of the control channel names the right that it needs, and one
//! function decides for a viewer. Everything that is not explicitly allowed is refused.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::control::method;
use crate::link::limits::{MAX_CAMERA_ID_BYTES, MAX_CAMERAS, MAX_NAME_CHARS};

/// Something that a viewer may be allowed to do with a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Right {
    /// Live pictures, snapshots, and what the camera can do.
    View,
    /// Hearing it.
    Sound,
    /// Its recordings.
    Playback,
    /// Steering it.
    Ptz,
    /// Speaking through it.
    Talk,
    /// Its alarms and outputs.
    Alarms,
    /// Its settings.
    Settings,
    /// A right that this version does not know; it allows nothing.
    #[serde(other)]
    Unknown,
}

/// What a viewer is to a recorder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ViewerRole {
    /// May do everything.
    Owner,
    /// May do what is granted, and nothing else. Also every role that this version does not know.
    #[default]
    #[serde(other)]
    Guest,
}

/// Rights for one camera, or for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Id of the camera; `None` for every camera of the recorder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera: Option<String>,
    /// What is allowed with it.
    pub rights: Vec<Right>,
}

/// Who is calling, as the opening message of a call says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallViewer {
    /// The person's user name, which others see while this viewer steers a camera.
    pub name: String,
    /// What the person is to the recorder.
    #[serde(default)]
    pub role: ViewerRole,
    /// What somebody who is not the owner may do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<Grant>,
}

/// The right that a request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeededRight<'a> {
    /// The right.
    pub right: Right,
    /// What it is about.
    pub scope: RightScope<'a>,
}

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RightScope<'a> {
    /// A camera; `None` if it is about none, and then the right for any camera is enough.
    Camera(Option<&'a str>),
    /// The whole recorder: the right for one camera is not enough.
    Recorder,
}

/// What to do with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RightsVerdict {
    /// Carry it out.
    Allowed,
    /// The viewer has not got the right.
    Forbidden,
    /// There is no such method.
    UnknownMethod,
}

/// Most rights in one grant: each once, and some that a later version has.
const MAX_RIGHTS: usize = 16;

impl CallViewer {
    /// Whether everything in it is within limits.
    pub fn is_sound(&self) -> bool {
        let is_short = |grant: &Grant| {
            let camera = grant.camera.as_ref();
            grant.rights.len() <= MAX_RIGHTS
                && camera.is_none_or(|camera| camera.len() <= MAX_CAMERA_ID_BYTES)
        };
        self.name.chars().count() <= MAX_NAME_CHARS
            && self.grants.len() <= MAX_CAMERAS
            && self.grants.iter().all(is_short)
    }

    /// Whether the viewer has this right for this camera; for any camera if there is none.
    pub fn may(&self, right: Right, camera: Option<&str>) -> bool {
        if self.role == ViewerRole::Owner {
            return true;
        }
        let is_about = |grant: &&Grant| match (&grant.camera, camera) {
            (Some(granted), Some(camera)) => granted == camera,
            (None, _) | (_, None) => true,
        };
        let mut about = self.grants.iter().filter(is_about);
        right != Right::Unknown && about.any(|grant| grant.rights.contains(&right))
    }

    /// Whether the viewer has this right for the whole recorder.
    pub fn may_everywhere(&self, right: Right) -> bool {
        let is_whole = |grant: &&Grant| grant.camera.is_none();
        let mut whole = self.grants.iter().filter(is_whole);
        self.role == ViewerRole::Owner
            || right != Right::Unknown && whole.any(|grant| grant.rights.contains(&right))
    }

    fn has(&self, needed: NeededRight<'_>) -> bool {
        match needed.scope {
            RightScope::Camera(camera) => self.may(needed.right, camera),
            RightScope::Recorder => self.may_everywhere(needed.right),
        }
    }
}

/// The one answer to "may this viewer do that?". Parameters that name no camera where the method needs
/// one are judged by the right alone; the method then refuses them.
pub fn judge(viewer: &CallViewer, method: &str, params: &Value) -> RightsVerdict {
    let camera = params.get("camera").and_then(Value::as_str);
    match needed(method, camera) {
        None => RightsVerdict::UnknownMethod,
        Some(None) => RightsVerdict::Allowed,
        Some(Some(needed)) if viewer.has(needed) => RightsVerdict::Allowed,
        Some(Some(_)) => RightsVerdict::Forbidden,
    }
}

/// The right that a method needs: `None` if there is no such method, `Some(None)` if it needs none.
fn needed<'a>(method: &str, camera: Option<&'a str>) -> Option<Option<NeededRight<'a>>> {
    let scope = RightScope::Camera(camera);
    let needs = |right| Some(Some(NeededRight { right, scope }));
    let of_recorder = |right| {
        let scope = RightScope::Recorder;
        Some(Some(NeededRight { right, scope }))
    };
    match method {
        method::WATCH
        | method::SNAPSHOT
        | method::SNAPSHOT_PART
        | method::CAPABILITIES
        | method::IN_USE
        | method::STREAMS => needs(Right::View),
        // Silence needs no right, and nor does falling silent.
        method::LISTEN if camera.is_some() => needs(Right::Sound),
        method::PTZ => needs(Right::Ptz),
        method::MAKE_VIEWABLE | method::IMAGE | method::SET_IMAGE => needs(Right::Settings),
        // They open gates and start sirens, whatever camera somebody may see.
        method::OUTPUTS | method::SET_OUTPUT => of_recorder(Right::Alarms),
        method::TALK if camera.is_some() => needs(Right::Talk),
        method::LISTEN | method::TALK | method::UNWATCH | method::PING => Some(None),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn guest(grants: &Value) -> CallViewer {
        serde_json::from_value(json!({"name": "ben", "role": "guest", "grants": grants}))
            .expect("a viewer")
    }

    fn owner() -> CallViewer {
        CallViewer {
            name: "ana".to_owned(),
            role: ViewerRole::Owner,
            grants: Vec::new(),
        }
    }

    const WITH_A_RIGHT: [&str; 14] = [
        method::WATCH,
        method::LISTEN,
        method::SNAPSHOT,
        method::SNAPSHOT_PART,
        method::CAPABILITIES,
        method::IN_USE,
        method::PTZ,
        method::TALK,
        method::STREAMS,
        method::MAKE_VIEWABLE,
        method::IMAGE,
        method::SET_IMAGE,
        method::OUTPUTS,
        method::SET_OUTPUT,
    ];

    #[test]
    fn an_owner_may_do_everything_that_exists() {
        for name in WITH_A_RIGHT {
            let verdict = judge(&owner(), name, &json!({"camera": "1"}));
            assert_eq!(verdict, RightsVerdict::Allowed, "{name}");
        }
        let unknown = judge(&owner(), "reboot", &json!({}));
        assert_eq!(unknown, RightsVerdict::UnknownMethod);
    }

    #[test]
    fn nothing_is_permitted_without_a_grant() {
        let strangers = [
            CallViewer::default(),
            guest(&json!([])),
            guest(&json!([{"camera": "2", "rights": ["view", "sound", "ptz"]}])),
            guest(&json!([{"rights": []}])),
            guest(&json!([{"rights": ["everything"]}])),
        ];
        for viewer in &strangers {
            for name in WITH_A_RIGHT {
                let verdict = judge(viewer, name, &json!({"camera": "1"}));
                assert_eq!(verdict, RightsVerdict::Forbidden, "{viewer:?} {name}");
            }
        }
    }

    #[test]
    fn a_grant_allows_its_rights_for_its_camera_only() {
        let viewer = guest(&json!([{"camera": "1", "rights": ["view"]}, {"rights": ["sound"]}]));
        let judged = |method, camera| judge(&viewer, method, &json!({"camera": camera}));

        assert_eq!(judged(method::WATCH, "1"), RightsVerdict::Allowed);
        assert_eq!(judged(method::WATCH, "2"), RightsVerdict::Forbidden);
        assert_eq!(judged(method::PTZ, "1"), RightsVerdict::Forbidden);
        assert_eq!(judged(method::LISTEN, "2"), RightsVerdict::Allowed);
        assert!(!viewer.may(Right::Unknown, Some("1")));
    }

    #[test]
    fn outputs_need_the_right_for_the_whole_recorder() {
        let one = guest(&json!([{"camera": "1", "rights": ["alarms", "settings"]}]));
        let all = guest(&json!([{"rights": ["alarms"]}]));

        for name in [method::OUTPUTS, method::SET_OUTPUT] {
            // A camera that nobody asked for makes it no request about a camera.
            for params in [
                json!({"output": "1"}),
                json!({"output": "1", "camera": "1"}),
            ] {
                assert_eq!(judge(&one, name, &params), RightsVerdict::Forbidden);
                assert_eq!(judge(&all, name, &params), RightsVerdict::Allowed);
            }
        }
        let change = json!({"camera": "1"});
        assert_eq!(
            judge(&one, method::SET_IMAGE, &change),
            RightsVerdict::Allowed
        );
        assert_eq!(
            judge(&all, method::SET_IMAGE, &change),
            RightsVerdict::Forbidden
        );
        assert!(!all.may_everywhere(Right::Unknown));
    }

    #[test]
    fn a_camera_that_is_not_text_gives_no_right() {
        let viewer = guest(&json!([{"camera": "1", "rights": ["view"]}]));

        for camera in [json!(2), json!(["1"]), json!({"id": "1"})] {
            // The method itself refuses such parameters, so the right for any camera does no harm.
            let verdict = judge(&viewer, method::PTZ, &json!({"camera": camera}));
            assert_eq!(verdict, RightsVerdict::Forbidden);
        }
    }

    #[test]
    fn an_unknown_role_counts_as_a_guest() {
        let viewer: CallViewer =
            serde_json::from_value(json!({"name": "x", "role": "superuser"})).expect("a viewer");

        assert_eq!(viewer.role, ViewerRole::Guest);
        assert!(!viewer.may(Right::View, Some("1")));
    }

    #[test]
    fn a_viewer_beyond_the_limits_is_invalid() {
        let grant = |camera: &str, n| Grant {
            camera: Some(camera.to_owned()),
            rights: vec![Right::View; n],
        };
        let with = |grants| CallViewer { grants, ..owner() };

        assert!(with(vec![grant("1", MAX_RIGHTS); MAX_CAMERAS]).is_sound());
        assert!(!with(vec![grant("1", 1); MAX_CAMERAS + 1]).is_sound());
        assert!(!with(vec![grant("1", MAX_RIGHTS + 1)]).is_sound());
        assert!(!with(vec![grant(&"x".repeat(33), 1)]).is_sound());
        let name = "x".repeat(MAX_NAME_CHARS + 1);
        assert!(!CallViewer { name, ..owner() }.is_sound());
    }
}
