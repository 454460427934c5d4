//! `/live`: the cameras of all recorders, of one recorder, or a single camera. The page only lists
//! them; pictures come directly from the recorders.

use askama::Template;
use axum::extract::{Path, State as From};
use axum::response::{IntoResponse, Redirect};
use proto::link::limits::MAX_SLOTS;
use serde::Serialize;

use super::device;
use super::devices::ListedRecorder;
use super::menu::{Menu, Place};
use crate::db::live_arrangements::{self, LiveArrangement};
use crate::live::Live;
use crate::visitor::SignedIn;
use crate::web::error::Result;
use crate::web::page;

/// The arrows of the pad that turns a camera: where to (right, up), what it is called, and whether the Tab key
/// stops there. The others are between two of these, which two arrow keys together are, too.
const TURNS: [(&str, &str, bool); 8] = [
    ("0 1", key!("ptz-up"), true),
    ("-1 0", key!("ptz-left"), true),
    ("1 0", key!("ptz-right"), true),
    ("0 -1", key!("ptz-down"), true),
    ("-1 1", key!("ptz-up-left"), false),
    ("1 1", key!("ptz-up-right"), false),
    ("-1 -1", key!("ptz-down-left"), false),
    ("1 -1", key!("ptz-down-right"), false),
];

/// What the panel of statistics says about the selected camera.
const FIGURES: [(&str, &str); 6] = [
    ("size", key!("statistics-size")),
    ("rate", key!("statistics-rate")),
    ("bits", key!("statistics-bits")),
    ("lost", key!("statistics-lost")),
    ("codec", key!("statistics-codec")),
    ("path", key!("statistics-path")),
];

/// Tiles of the grid before a person chooses another layout.
const USUAL_TILES: usize = 4;

/// Squares, up to as many pictures as a call has slots.
fn layouts() -> Vec<u8> {
    let squares = (1..=u8::MAX).map_while(|side| side.checked_mul(side));
    squares.take_while(|tiles| *tiles <= MAX_SLOTS).collect()
}

/// The cameras of one recorder as the script reads them: serial, name of the recorder where the page has several,
/// and id and name of every camera.
#[derive(Serialize)]
struct Listed<'a>(&'a str, &'a str, Vec<(&'a str, &'a str)>);

#[derive(Template)]
#[template(path = "devices/live_view.html")]
struct LiveViewPage {
    menu: Menu,
    title: String,
    /// How many pictures one may see at once.
    layouts: Vec<u8>,
    /// The page with the grid.
    home: String,
    /// The enlarged camera, or empty.
    camera: String,
    /// What the account keeps of order, favourites and saved views.
    kept: Option<LiveArrangement>,
    /// All cameras, as JSON for the script, which makes the tiles that are shown.
    cameras: String,
    n_cameras: usize,
    /// Places for tiles, so that nothing below them moves when the script has made these.
    n_places: usize,
    has_recorders: bool,
    /// Whether there are cameras, but all are hidden.
    are_all_hidden: bool,
    /// What is wrong with a recorder, where there are no cameras to show.
    trouble: String,
    /// Recorders that have no tile because something is wrong with them.
    untold: Vec<ListedRecorder>,
}

/// Recorders without a tile that are listed above the others.
const MAX_UNTOLD: usize = 3;

/// `GET /live`: the cameras of all recorders.
pub async fn index(From(live): From<Live>, who: SignedIn) -> Result {
    let recorders = ListedRecorder::all(&live, &who).await?;
    let n_cameras = recorders.iter().map(|it| it.cameras.len()).sum();
    Ok(page::show(&LiveViewPage {
        menu: Menu::new(&who, Place::Live),
        trouble: trouble(&recorders),
        untold: untold(&recorders),
        title: say!("live-title"),
        layouts: layouts(),
        home: "/live".to_owned(),
        camera: String::new(),
        kept: live_arrangements::find(&live.db, &who.account_id).await?,
        n_cameras,
        n_places: USUAL_TILES.min(n_cameras),
        cameras: listed(recorders.iter().map(|it| (it.name.as_str(), it))),
        has_recorders: !recorders.is_empty(),
        are_all_hidden: n_cameras == 0 && recorders.iter().any(|it| it.n_hidden > 0),
    }))
}

/// `GET /live/{serial}`: the cameras of one recorder.
pub async fn show(From(live): From<Live>, who: SignedIn, Path(serial): Path<String>) -> Result {
    let recorder = ListedRecorder::find(&live, &who, &serial).await?;
    Ok(page::show(
        &of_recorder(&live, &who, recorder, String::new()).await?,
    ))
}

/// `GET /live/{serial}/{camera}`: one camera of it, enlarged.
pub async fn show_camera(
    From(live): From<Live>,
    who: SignedIn,
    Path((serial, camera)): Path<(String, String)>,
) -> Result {
    let recorder = ListedRecorder::find(&live, &who, &serial).await?;
    if !recorder.cameras.iter().any(|known| known.id == camera) {
        let hidden = device::cameras::find(&live, &who, &serial, &camera).await?;
        // It is in no grid, so it cannot be enlarged; where it is, it can be shown again.
        let address = format!("/devices/{serial}/cameras/{}", hidden.camera.id);
        return Ok(Redirect::to(&address).into_response());
    }
    Ok(page::show(
        &of_recorder(&live, &who, recorder, camera).await?,
    ))
}

async fn of_recorder(
    live: &Live,
    who: &SignedIn,
    recorder: ListedRecorder,
    camera: String,
) -> Result<LiveViewPage> {
    Ok(LiveViewPage {
        kept: live_arrangements::find(&live.db, &who.account_id).await?,
        menu: Menu::new(who, Place::Live),
        layouts: layouts(),
        home: format!("/live/{}", recorder.serial),
        n_places: if camera.is_empty() {
            USUAL_TILES.min(recorder.cameras.len())
        } else {
            1
        },
        camera,
        n_cameras: recorder.cameras.len(),
        cameras: listed([("", &recorder)].into_iter()),
        trouble: recorder.reason_words(),
        untold: Vec::new(),
        are_all_hidden: recorder.cameras.is_empty() && recorder.n_hidden > 0,
        title: recorder.name,
        has_recorders: true,
    })
}

fn trouble(recorders: &[ListedRecorder]) -> String {
    let mut words = recorders.iter().map(ListedRecorder::reason_words);
    words.find(|words| !words.is_empty()).unwrap_or_default()
}

fn untold(recorders: &[ListedRecorder]) -> Vec<ListedRecorder> {
    let untold = recorders
        .iter()
        .filter(|recorder| recorder.cameras.is_empty() && recorder.is_troubled());
    untold.take(MAX_UNTOLD).cloned().collect()
}

fn listed<'a>(recorders: impl Iterator<Item = (&'a str, &'a ListedRecorder)>) -> String {
    let listed: Vec<Listed<'_>> = recorders
        .map(|(name, recorder)| {
            let cameras = recorder.cameras.iter();
            let cameras = cameras.map(|it| (it.id.as_str(), it.name.as_str()));
            Listed(&recorder.serial, name, cameras.collect())
        })
        .collect();
    serde_json::to_string(&listed).expect("strings are JSON")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::assets;

    #[test]
    fn the_largest_layout_fills_all_slots_of_a_call() {
        let layouts = layouts();

        assert_eq!(layouts.last(), Some(&MAX_SLOTS));
        assert!(layouts.contains(&u8::try_from(USUAL_TILES).unwrap()));
    }

    /// A panel or a tool that few people open loads its modules when it is opened.
    #[test]
    fn what_live_view_loads_first_stays_small() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("static");
        let bytes: usize = assets::imported("js/live.js")
            .into_iter()
            .map(|module| std::fs::read(root.join(module)).unwrap().len())
            .sum();

        assert!(bytes > 50_000 && bytes <= 140_000, "{bytes} bytes");
    }
}
