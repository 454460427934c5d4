//! `/devices`: every recorder of the account, online or offline since when.

use askama::Template;
use axum::extract::State as From;
use proto::link::message::Camera;
use proto::reach::PictureWay;
use proto::reason::Reason;

use super::menu::{Menu, Place};
use crate::accounts::arrangement;
use crate::db::recorders::{self, Recorder};
use crate::language::moment::moment;
use crate::language::reason;
use crate::live::Live;
use crate::visitor::SignedIn;
use crate::web::error::{Result, not_found};
use crate::web::page;

/// Above this number of recorders, or of cameras of several recorders, the list can be searched.
const SEARCH_BEYOND: usize = 8;

/// One recorder of the account, as shown on pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRecorder {
    /// Serial number in its canonical form.
    pub serial: String,
    /// The name given by its owner.
    pub name: String,
    /// Whether its link is up.
    pub is_online: bool,
    /// When it was last seen, in seconds since 1970.
    pub last_seen_at: i64,
    /// Its cameras that are shown, as its owner names and orders them.
    pub cameras: Vec<Camera>,
    /// How many cameras its owner has hidden.
    pub n_hidden: usize,
    /// What is wrong with it although its link is up, if anything.
    pub reason: Option<Reason>,
    /// By which way its pictures go, as far as its agent knows its network.
    pub way: Option<PictureWay>,
}

impl ListedRecorder {
    /// All recorders of `who`, in their chosen order, else as they were added.
    pub async fn all(live: &Live, who: &SignedIn) -> Result<Vec<ListedRecorder>> {
        let recorders = recorders::of_account(&live.db, &who.account_id).await?;
        let online = live
            .links
            .presence_of(recorders.iter().map(|recorder| recorder.serial.as_str()));
        Ok(recorders
            .into_iter()
            .zip(online)
            .map(|(recorder, is_online)| {
                let reason = live.links.reason(&recorder.serial);
                ListedRecorder::new(recorder, is_online, reason).with_way(live)
            })
            .collect())
    }

    /// One recorder of `who`. Unknown and foreign recorders get the same answer.
    pub async fn find(live: &Live, who: &SignedIn, serial: &str) -> Result<ListedRecorder> {
        let recorder = recorders::find_owned(&live.db, serial, &who.account_id)
            .await?
            .ok_or_else(not_found)?;
        let is_online = live.links.is_online(&recorder.serial);
        let reason = live.links.reason(&recorder.serial);
        Ok(ListedRecorder::new(recorder, is_online, reason).with_way(live))
    }

    fn new(recorder: Recorder, is_online: bool, reason: Option<Reason>) -> ListedRecorder {
        let all = arrangement::all_cameras(&recorder);
        let n_hidden = all.iter().filter(|it| it.is_hidden).count();
        let shown = all.into_iter().filter(|it| !it.is_hidden);
        ListedRecorder {
            is_online,
            reason,
            way: None,
            n_hidden,
            cameras: shown.map(|it| it.camera).collect(),
            serial: recorder.serial,
            name: recorder.name,
            last_seen_at: recorder.last_seen_at,
        }
    }

    fn with_way(self, live: &Live) -> ListedRecorder {
        let reach = live.links.reach(&self.serial);
        ListedRecorder {
            way: reach.map(|reach| reach.picture_way()),
            ..self
        }
    }

    /// By which way its pictures mostly go, in words; empty while that is not known.
    pub fn way_words(&self) -> String {
        match self.way {
            None | Some(PictureWay::Unknown) => String::new(),
            Some(PictureWay::Relayed) => say!("relayed"),
            Some(PictureWay::DirectToFew) => say!("way-mostly-relayed"),
            Some(PictureWay::DirectToSome) => say!("way-either"),
            Some(PictureWay::DirectToMost) => say!("way-mostly-direct"),
            Some(PictureWay::DirectToNearlyAll) => say!("direct"),
        }
    }

    /// Number of its cameras in words, as in "8 cameras".
    pub fn camera_count(&self) -> String {
        say!("cameras", n = self.cameras.len())
    }

    /// Number of its hidden cameras in words; empty if there are none.
    pub fn hidden_count(&self) -> String {
        match self.n_hidden {
            0 => String::new(),
            n => say!("cameras-hidden", n = n),
        }
    }

    /// Whether its link is up and something is wrong behind it.
    pub fn is_troubled(&self) -> bool {
        self.is_online && self.reason.is_some()
    }

    /// What is wrong and what to do, in words; empty if nothing is.
    pub fn reason_words(&self) -> String {
        let reason = self.reason.as_ref().filter(|_| self.is_online);
        reason.map(reason::words).unwrap_or_default()
    }

    /// What to do if there are no pictures, in words; empty if there are.
    pub fn what_to_do(&self) -> String {
        match self.is_online {
            true => self.reason_words(),
            false => say!("offline-mend"),
        }
    }

    /// What is wrong with one camera, in words, unless it is what is wrong with the whole recorder.
    pub fn camera_note(&self, camera: &Camera) -> String {
        let own = camera.reason.as_ref();
        let own = own.filter(|_| self.is_online && camera.reason != self.reason);
        own.map(reason::words).unwrap_or_default()
    }

    /// Identifiers of its cameras, for the element that finds a stored picture.
    pub fn camera_ids(&self) -> String {
        let ids: Vec<&str> = self
            .cameras
            .iter()
            .map(|camera| camera.id.as_str())
            .collect();
        ids.join(" ")
    }

    /// Identifier and name of each camera, as JSON for the search.
    pub fn camera_names(&self) -> String {
        let names = self.cameras.iter().map(|it| (&it.id, &it.name));
        serde_json::to_string(&names.collect::<Vec<_>>()).unwrap_or_default()
    }

    /// [`ListedRecorder::last_seen_at`] in words; a script puts it into the person's own time zone.
    pub fn offline_since(&self) -> String {
        say!("offline-since", when = moment(self.last_seen_at))
    }
}

#[derive(Template)]
#[template(path = "devices/list.html")]
struct DevicesPage {
    menu: Menu,
    recorders: Vec<ListedRecorder>,
    has_search: bool,
}

/// Whether a person would search it: beyond a few recorders, or cameras.
fn is_long(recorders: &[ListedRecorder]) -> bool {
    let n_cameras: usize = recorders.iter().map(|it| it.cameras.len()).sum();
    recorders.len() > SEARCH_BEYOND || (recorders.len() > 1 && n_cameras > SEARCH_BEYOND)
}

/// `GET /devices`: the list, with a search when it is long.
pub async fn index(From(live): From<Live>, who: SignedIn) -> Result {
    let recorders = ListedRecorder::all(&live, &who).await?;
    Ok(page::show(&DevicesPage {
        menu: Menu::new(&who, Place::Devices),
        has_search: is_long(&recorders),
        recorders,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorder(cameras: &str) -> Recorder {
        Recorder {
            serial: "PV-0123-4567-89ABZ".to_owned(),
            public_key: String::new(),
            account_id: Some("ana".to_owned()),
            name: "Home".to_owned(),
            cameras: cameras.to_owned(),
            first_seen_at: 0,
            last_seen_at: 1_795_500_000,
            claimed_at: Some(0),
            position: None,
            arrangement: None,
        }
    }

    #[test]
    fn the_number_of_cameras_is_written_out() {
        let one = r#"[{"id":"1","name":"Door","isOnline":true}]"#;

        assert_eq!(
            ListedRecorder::new(recorder(one), true, None).camera_count(),
            "1 camera"
        );
        assert_eq!(
            ListedRecorder::new(recorder("[]"), true, None).camera_count(),
            "0 cameras"
        );
    }

    #[test]
    fn a_damaged_camera_list_is_shown_as_empty() {
        assert!(
            ListedRecorder::new(recorder("nonsense"), false, None)
                .cameras
                .is_empty()
        );
    }

    #[test]
    fn the_last_seen_time_names_its_time_zone() {
        assert_eq!(
            ListedRecorder::new(recorder("[]"), false, None).offline_since(),
            "Offline since 24 November 2026, 06:00 UTC"
        );
    }
}
