//! How an account arranges its recorders: the order of the recorders, and the names, order and hidden flags
//! of their cameras. It applies on every device of the account; the recorder itself is not changed. Without
//! an arrangement everything is shown as the recorders report it.

use proto::link::limits::MAX_CAMERAS;
use proto::link::message::Camera;
use serde::{Deserialize, Serialize};

use super::live_arrangement;
use crate::audit::{Action, Event};
use crate::db::recorders::{self, Recorder};
use crate::db::{self, Writing, accounts, arrangements};
use crate::state::State;
use crate::throttle;
use crate::throttle::limits::{ARRANGEMENTS_PER_ACCOUNT, Limit};
use crate::visitor::SignedIn;

/// Characters of a camera's own name. Recorders allow fewer.
pub const MAX_CAMERA_NAME_CHARS: usize = 200;

impl From<throttle::Error> for ArrangementError {
    fn from(error: throttle::Error) -> ArrangementError {
        match error {
            throttle::Error::TooMany { seconds } => ArrangementError::TooMany { seconds },
            throttle::Error::Db(error) => ArrangementError::Database(error),
        }
    }
}

/// One camera as an account shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrangedCamera {
    /// With the account's own name, if it gave one.
    pub camera: Camera,
    /// What the recorder calls it.
    pub name_there: String,
    /// Whether it is in no list but that of the recorder's settings.
    pub is_hidden: bool,
}

/// What is stored about one camera; the order of the list is the order of the cameras.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct KeptCamera {
    id: String,
    /// Empty: as the recorder calls it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(
        rename = "isHidden",
        default,
        skip_serializing_if = "std::ops::Not::not"
    )]
    is_hidden: bool,
}

/// A change of how something is shown. Places are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CameraChange<'a> {
    /// One place forward.
    Up,
    /// One place back.
    Down,
    /// To this place among all, or the last if that is less.
    To(usize),
    /// In no list.
    Hide,
    /// In the lists again.
    Show,
    /// All that the form of one camera says.
    Set {
        /// Its name; empty for that of the recorder.
        name: &'a str,
        /// Its place among all, or the last if that is less; `None` leaves it where it is.
        place: Option<usize>,
        /// See [`ArrangedCamera::is_hidden`].
        is_hidden: bool,
    },
}

/// Where a recorder of a list goes. Places are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecorderMove {
    /// One place forward.
    Up,
    /// One place back.
    Down,
    /// To this place, or the last if that is less.
    To(usize),
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ArrangementError {
    /// The account has no such recorder or camera.
    #[error("unknown")]
    Unknown,
    /// A name is too long, or has unprintable characters.
    #[error("not a name")]
    NoName,
    /// It is no arrangement of Live view, or too long.
    #[error("not an arrangement")]
    NoArrangement,
    /// Too many changes in a short time; worth another try after so many seconds.
    #[error("too often; wait {seconds} s")]
    TooMany {
        /// Seconds until the window ends.
        seconds: i64,
    },
    /// The database did not answer.
    #[error(transparent)]
    Database(#[from] db::Error),
}

/// Every camera of a recorder in the order of its owner, hidden ones included. Cameras that are new since the order
/// was chosen come last.
pub fn all_cameras(recorder: &Recorder) -> Vec<ArrangedCamera> {
    let cameras: Vec<Camera> = serde_json::from_str(&recorder.cameras).unwrap_or_default();
    let kept = kept(recorder);
    let place = |camera: &Camera| kept.iter().position(|it| it.id == camera.id);
    let mut placed: Vec<(usize, Camera)> = cameras
        .into_iter()
        .map(|camera| (place(&camera).unwrap_or(usize::MAX), camera))
        .collect();
    placed.sort_by_key(|(place, _)| *place);
    let arranged = placed.into_iter().map(|(place, mut camera)| {
        let kept = kept.get(place);
        let name_there = camera.name.clone();
        if let Some(own) = kept.filter(|it| !it.name.is_empty()) {
            camera.name.clone_from(&own.name);
        }
        ArrangedCamera {
            camera,
            name_there,
            is_hidden: kept.is_some_and(|it| it.is_hidden),
        }
    });
    arranged.collect()
}

/// The cameras of a recorder that its owner sees in lists and grids, by the owner's names and in the owner's order.
pub fn shown_cameras(recorder: &Recorder) -> Vec<Camera> {
    let all = all_cameras(recorder).into_iter();
    all.filter(|it| !it.is_hidden).map(|it| it.camera).collect()
}

/// Changes how `who` sees one camera of a recorder; the place of the camera afterwards.
pub async fn change_camera(
    state: &State,
    who: &SignedIn,
    (serial, camera): (&str, &str),
    change: CameraChange<'_>,
) -> Result<usize, ArrangementError> {
    if let CameraChange::Set { name, .. } = change {
        check_name(name)?;
    }
    count(state, who, ARRANGEMENTS_PER_ACCOUNT).await?;
    let mut tx = held(state, who).await?;
    let recorder = recorders::find_owned_in(&mut tx, serial, &who.account_id).await?;
    let recorder = recorder.ok_or(ArrangementError::Unknown)?;
    let (cameras, place) = changed(&recorder, camera, change).ok_or(ArrangementError::Unknown)?;
    let json = serde_json::to_string(&cameras).expect("strings and flags are JSON");
    arrangements::set_cameras(&mut tx, &who.account_id, serial, &json).await?;
    let before = all_cameras(&recorder);
    if before.get(place).is_none_or(|it| it.camera.id != camera) {
        live_arrangement::forget_order(&mut tx, &who.account_id).await?;
    }
    tx.commit().await?;
    note(state, who, serial);
    Ok(place)
}

/// Moves a recorder in the list of `who`; its place afterwards.
pub async fn move_recorder(
    state: &State,
    who: &SignedIn,
    serial: &str,
    way: RecorderMove,
) -> Result<usize, ArrangementError> {
    count(state, who, ARRANGEMENTS_PER_ACCOUNT).await?;
    let mut tx = held(state, who).await?;
    let mut recorders = recorders::of_account_in(&mut tx, &who.account_id).await?;
    let from = recorders.iter().position(|it| it.serial == serial);
    let from = from.ok_or(ArrangementError::Unknown)?;
    let to = match way {
        RecorderMove::Up => neighbour(from, recorders.len(), false),
        RecorderMove::Down => neighbour(from, recorders.len(), true),
        RecorderMove::To(place) => place.min(recorders.len() - 1),
    };
    let moved = recorders.remove(from);
    recorders.insert(to, moved);
    for (at, recorder) in recorders.iter().enumerate() {
        let place = i64::try_from(at).unwrap_or(i64::MAX);
        // Those behind both that never had a place keep coming in the order they were claimed.
        let is_needed = at <= from.max(to) || recorder.position.is_some();
        if is_needed && recorder.position != Some(place) {
            let (id, serial) = (&who.account_id, &recorder.serial);
            arrangements::set_position(&mut tx, id, serial, place).await?;
        }
    }
    if from != to {
        live_arrangement::forget_order(&mut tx, &who.account_id).await?;
    }
    tx.commit().await?;
    note(state, who, serial);
    Ok(to)
}

/// Notes that somebody shows a recorder in another way.
pub fn note(state: &State, who: &SignedIn, serial: &str) {
    let event = Event::done(Action::RecorderArranged).account(&who.account_id);
    state.audit.note(event.subject(serial));
}

/// Counts a change by `who`. One that meets nothing to change counts, too: it costs as much.
pub async fn count(state: &State, who: &SignedIn, limit: Limit) -> Result<(), throttle::Error> {
    let of_account = [(limit, who.account_id.as_str())];
    state.throttle.spend(&of_account).await?.keep();
    Ok(())
}

/// A transaction in which nobody else changes the same account: two changes at once would undo each other.
pub(super) async fn held(state: &State, who: &SignedIn) -> Result<Writing, ArrangementError> {
    let mut tx = state.db.begin().await?;
    if accounts::hold(&mut tx, &who.account_id).await? {
        Ok(tx)
    } else {
        Err(ArrangementError::Unknown)
    }
}

fn check_name(name: &str) -> Result<(), ArrangementError> {
    // Characters that show nothing, or turn the text around, could pass one camera off as another.
    let is_name = name.chars().count() <= MAX_CAMERA_NAME_CHARS && proto::shown::is_all_shown(name);
    is_name.then_some(()).ok_or(ArrangementError::NoName)
}

fn kept(recorder: &Recorder) -> Vec<KeptCamera> {
    let json = recorder.arrangement.as_deref();
    json.and_then(|json| serde_json::from_str(json).ok())
        .unwrap_or_default()
}

/// What to store after a change, and the place of the changed camera; `None` without such a camera.
fn changed(
    recorder: &Recorder,
    camera: &str,
    change: CameraChange<'_>,
) -> Option<(Vec<KeptCamera>, usize)> {
    let arranged = all_cameras(recorder);
    let from = arranged.iter().position(|it| it.camera.id == camera)?;
    let last = arranged.len() - 1;
    let earlier = kept(recorder);
    let mut cameras: Vec<KeptCamera> = arranged
        .iter()
        .map(|it| {
            let own = earlier.iter().find(|kept| kept.id == it.camera.id);
            own.cloned().unwrap_or_else(|| KeptCamera::new(&it.camera))
        })
        .collect();
    let to = match change {
        CameraChange::Up => neighbour(from, cameras.len(), false),
        CameraChange::Down => neighbour(from, cameras.len(), true),
        CameraChange::To(place) => place.min(last),
        CameraChange::Set { place, .. } => place.unwrap_or(from).min(last),
        CameraChange::Hide | CameraChange::Show => from,
    };
    let mut moved = cameras.remove(from);
    match change {
        CameraChange::Hide => moved.is_hidden = true,
        CameraChange::Show => moved.is_hidden = false,
        CameraChange::Set {
            name, is_hidden, ..
        } => {
            // The recorder's own name stays the recorder's: it may change there.
            let is_own = name != arranged[from].name_there;
            moved.name = if is_own { name.trim() } else { "" }.to_owned();
            moved.is_hidden = is_hidden;
        }
        CameraChange::Up | CameraChange::Down | CameraChange::To(_) => {}
    }
    cameras.insert(to, moved);
    // A camera that its recorder does not list today may be back tomorrow.
    let gone = |kept: &KeptCamera| arranged.iter().all(|it| it.camera.id != kept.id);
    cameras.extend(earlier.into_iter().filter(gone));
    cameras.truncate(MAX_CAMERAS);
    Some((cameras, to))
}

impl KeptCamera {
    fn new(camera: &Camera) -> KeptCamera {
        KeptCamera {
            id: camera.id.clone(),
            name: String::new(),
            is_hidden: false,
        }
    }
}

/// The next place in a direction, or the same one at the end of a list.
fn neighbour(place: usize, n: usize, is_down: bool) -> usize {
    if is_down {
        (place + 1).min(n.saturating_sub(1))
    } else {
        place.saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cameras 1 to 3 of a recorder that calls them Door, Yard and Till.
    fn recorder() -> Recorder {
        let cameras = [("1", "Door"), ("2", "Yard"), ("3", "Till")];
        let cameras: Vec<String> = cameras
            .iter()
            .map(|(id, name)| format!(r#"{{"id":"{id}","name":"{name}","isOnline":true}}"#))
            .collect();
        Recorder {
            serial: "PV-0123-4567-89ABZ".to_owned(),
            public_key: String::new(),
            account_id: Some("ana".to_owned()),
            name: "Home".to_owned(),
            cameras: format!("[{}]", cameras.join(",")),
            first_seen_at: 0,
            last_seen_at: 0,
            claimed_at: Some(0),
            position: None,
            arrangement: None,
        }
    }

    fn change(recorder: &mut Recorder, camera: &str, change: CameraChange<'_>) -> usize {
        let (cameras, place) = changed(recorder, camera, change).expect("a camera");
        recorder.arrangement = Some(serde_json::to_string(&cameras).expect("JSON"));
        place
    }

    fn names(recorder: &Recorder) -> Vec<String> {
        let shown = shown_cameras(recorder).into_iter();
        shown.map(|camera| camera.name).collect()
    }

    fn set(name: &str, place: usize) -> CameraChange<'_> {
        CameraChange::Set {
            name,
            place: Some(place),
            is_hidden: false,
        }
    }

    #[test]
    fn without_an_arrangement_cameras_are_shown_as_reported() {
        assert_eq!(names(&recorder()), ["Door", "Yard", "Till"]);
    }

    #[test]
    fn a_damaged_arrangement_shows_cameras_as_reported() {
        let damaged = Recorder {
            arrangement: Some("nonsense".to_owned()),
            ..recorder()
        };

        assert_eq!(names(&damaged), ["Door", "Yard", "Till"]);
    }

    #[test]
    fn cameras_move_rename_and_hide_independently() {
        let mut home = recorder();

        assert_eq!(change(&mut home, "3", CameraChange::Up), 1);
        assert_eq!(change(&mut home, "1", CameraChange::Hide), 0);
        assert_eq!(change(&mut home, "2", set(" 👩\u{200d}👧 הבית ", 9)), 2);

        assert_eq!(names(&home), ["Till", "👩\u{200d}👧 הבית"]);
        let all = all_cameras(&home);
        assert!(all[0].is_hidden, "{all:?}");
        assert_eq!(all[2].name_there, "Yard");
        assert_eq!(change(&mut home, "1", CameraChange::Show), 0);
        assert_eq!(names(&home)[0], "Door");
    }

    #[test]
    fn the_ends_of_the_list_stop_a_camera() {
        let mut home = recorder();

        assert_eq!(change(&mut home, "1", CameraChange::Up), 0);
        assert_eq!(change(&mut home, "3", CameraChange::Down), 2);
        assert_eq!(names(&home), ["Door", "Yard", "Till"]);
    }

    #[test]
    fn a_camera_is_put_at_any_place_of_the_list() {
        let mut home = recorder();

        assert_eq!(change(&mut home, "1", CameraChange::To(2)), 2);
        assert_eq!(names(&home), ["Yard", "Till", "Door"]);
        assert_eq!(change(&mut home, "1", CameraChange::To(0)), 0);
        assert_eq!(change(&mut home, "2", CameraChange::To(usize::MAX)), 2);
        assert_eq!(names(&home), ["Door", "Till", "Yard"]);
    }

    #[test]
    fn an_empty_name_is_the_recorders_again() {
        let mut home = recorder();
        change(&mut home, "1", set("Front", 0));
        let named = names(&home);

        change(&mut home, "1", set("", 0));

        assert_eq!(named[0], "Front");
        assert_eq!(names(&home)[0], "Door");
    }

    #[test]
    fn a_camera_that_comes_back_is_shown_as_before() {
        let mut home = recorder();
        change(&mut home, "1", set("Front", 2));
        let all = home.cameras.clone();

        home.cameras = r#"[{"id":"2","name":"Yard","isOnline":true}]"#.to_owned();
        change(&mut home, "2", set("Garden", 0));
        home.cameras = all;

        assert_eq!(names(&home), ["Garden", "Till", "Front"]);
    }

    #[test]
    fn a_new_camera_comes_last() {
        let mut home = recorder();
        change(&mut home, "3", set("Till", 0));
        let new = r#"[{"id":"0","name":"Gate","isOnline":true},"#;

        home.cameras = home.cameras.replacen('[', new, 1);

        assert_eq!(names(&home), ["Till", "Door", "Yard", "Gate"]);
    }

    #[test]
    fn changing_cameras_a_recorder_lost_keeps_few_rows() {
        let mut home = recorder();
        for n in 0..2 * MAX_CAMERAS {
            home.cameras = format!(r#"[{{"id":"{n}","name":"","isOnline":true}}]"#);
            change(&mut home, &n.to_string(), CameraChange::Hide);
        }

        assert_eq!(kept(&home).len(), MAX_CAMERAS);
        assert!(changed(&home, "another", CameraChange::Hide).is_none());
    }

    #[test]
    fn camera_names_have_two_hundred_visible_characters_at_most() {
        let longest = "🚪".repeat(MAX_CAMERA_NAME_CHARS);

        assert!(check_name(&longest).is_ok());
        assert!(check_name(&format!("{longest}x")).is_err());
        assert!(check_name("Door\u{202e}").is_err());
    }
}
