//! The agent's status file in its data folder, for `peerview agent status` and `peerview doctor`. It is
//! written when something changes and on request, and contains no secret: no key, code or password, and no
//! address with a login.

mod cameras;
mod file;
mod question;
mod task;

use proto::health::RecorderHealth;
use proto::reach::SiteReach;
use proto::shown::shown;
use serde::{Deserialize, Serialize};

use crate::limits::MAX_STATUS_WORDS;
use crate::recorder::RecorderStatus;

pub use cameras::{CameraReport, ListedStream, StreamReport};
pub use file::{FoundStatus, ask, look};
pub(crate) use task::{RecorderWatches, StatusTask, StatusWatches};

/// The whole agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentReport {
    /// Version of the program.
    pub version: String,
    /// When it started, in seconds since 1970.
    pub started_at: u64,
    /// The cloud that it dials.
    pub cloud: String,
    /// What the network of its site allows.
    pub reach: SiteReach,
    /// In the order of the settings.
    pub recorders: Vec<RecorderReport>,
}

/// One recorder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecorderReport {
    /// Display name.
    pub name: String,
    /// Serial number, as on its card.
    pub serial: String,
    /// Its link to the cloud.
    pub link: LinkReport,
    /// Whether the agent reaches the recorder itself.
    pub state: RecorderState,
    /// Why not, in a sentence for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Number of its cameras.
    pub n_cameras: usize,
    /// How many of them have a picture.
    pub n_cameras_online: usize,
    /// Each of them, in the recorder's order.
    #[serde(default)]
    pub cameras: Vec<CameraReport>,
    /// How its clock and its disks are, as far as it says.
    #[serde(default)]
    pub health: RecorderHealth,
    /// What somebody should look after, in sentences for people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// The link of one recorder to the cloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkReport {
    /// Its state.
    pub state: LinkState,
    /// Since when it is in this state, in seconds since 1970.
    pub since: u64,
    /// Why it broke or was refused last, in words for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// When that was, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error_at: Option<u64>,
}

/// The state of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkState {
    /// It has not been up yet.
    Connecting,
    /// The cloud has registered the recorder.
    Up,
    /// It is dialled again and again.
    Down,
    /// The cloud refuses the recorder.
    Refused,
}

/// Whether the agent reaches a recorder; see [`RecorderStatus`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecorderState {
    /// Not reached yet.
    Opening,
    /// It has listed its cameras.
    Online,
    /// Unreachable, and tried again.
    Unreachable,
    /// It refused the login, and is not tried again.
    Refused,
}

impl LinkReport {
    /// A link that is dialled for the first time.
    pub fn new(now: u64) -> LinkReport {
        LinkReport {
            state: LinkState::Connecting,
            since: now,
            last_error: None,
            last_error_at: None,
        }
    }

    /// The link is in this state. `since` stays if it was already.
    pub fn becomes(&mut self, state: LinkState, now: u64) {
        if self.state != state {
            self.state = state;
            self.since = now;
        }
    }

    /// The link is down or refused, and why.
    pub fn fails(&mut self, state: LinkState, error: &str, now: u64) {
        self.becomes(state, now);
        let words = words(error);
        // The same failure each minute is one fact, not a file written each minute.
        if self.last_error.as_ref() != Some(&words) {
            self.last_error = Some(words);
            self.last_error_at = Some(now);
        }
    }
}

impl RecorderState {
    fn of(status: &RecorderStatus) -> (RecorderState, Option<String>) {
        match status {
            RecorderStatus::Opening => (RecorderState::Opening, None),
            RecorderStatus::Online => (RecorderState::Online, None),
            RecorderStatus::Unreachable(reason) => {
                (RecorderState::Unreachable, Some(reason.to_string()))
            }
            RecorderStatus::Refused(reason) => (RecorderState::Refused, Some(reason.to_string())),
        }
    }
}

/// Text of others, such as a cloud's refusal, is cut and cannot move a cursor.
fn words(error: &str) -> String {
    shown(error, MAX_STATUS_WORDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_reports_since_when_it_is_down_and_why() {
        let mut link = LinkReport::new(100);
        link.becomes(LinkState::Up, 105);
        link.fails(LinkState::Down, "the cloud closed the connection", 200);
        link.fails(LinkState::Down, "no answer", 201);

        assert_eq!((link.state, link.since), (LinkState::Down, 200));
        assert_eq!(link.last_error.as_deref(), Some("no answer"));
        assert_eq!(link.last_error_at, Some(201));

        link.becomes(LinkState::Up, 260);
        assert_eq!((link.state, link.since), (LinkState::Up, 260));
        assert_eq!(link.last_error.as_deref(), Some("no answer"));
    }

    #[test]
    fn a_repeated_failure_changes_nothing() {
        let mut link = LinkReport::new(100);
        link.fails(LinkState::Refused, "another key", 110);
        let before = link.clone();

        link.fails(LinkState::Refused, "another key", 120);

        assert_eq!(link, before);
    }

    #[test]
    fn foreign_texts_are_cut_and_cannot_move_the_cursor() {
        let mut link = LinkReport::new(100);
        let refusal = format!("\u{1b}[2J\r\n<b>{}", "x".repeat(5_000));

        link.fails(LinkState::Refused, &refusal, 110);

        let words = link.last_error.expect("an error");
        assert!(words.starts_with("[2J<b>x"), "{words}");
        assert_eq!(words.chars().count(), MAX_STATUS_WORDS);
    }
}
