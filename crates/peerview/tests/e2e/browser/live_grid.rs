//! The grid of Live view: many cameras, layouts and pages, and that a reload or another day shows the same again.

use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::key::Key;
use serde_json::json;

use super::accessibility::tabs_to;
use crate::support::World;
use crate::support::person::Person;
use crate::support::world::RECORDER_PASSWORD;

/// Ana with one recorder of so many cameras.
async fn ana_with(world: &mut World, n_cameras: usize) -> Person {
    let card = world.recorder_with("Shop", many_cameras(n_cameras)).await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    ana.browser.sees(&format!("{n_cameras} cameras")).await;
    ana
}

fn many_cameras(count: usize) -> simdvr::Config {
    let mut config = simdvr::Config::four_cameras("admin", RECORDER_PASSWORD);
    config.max_sessions = 64;
    config.empty_inputs = 0;
    for number in config.cameras.len() + 1..=count {
        let mut camera = config.cameras[2].clone();
        camera.name = format!("Aisle {number}");
        camera.clip = number;
        config.cameras.push(camera);
    }
    config
}

async fn says(ana: &Person, script: &str) -> serde_json::Value {
    ana.browser.runs(&format!("return {script}"), vec![]).await
}

async fn is_on_page(ana: &Person, page: &str) {
    ana.browser.sees(page).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_pictures_are_shown_at_once() {
    let mut world = World::new().await;
    let ana = ana_with(&mut world, 18).await;
    ana.goes_to("/live").await;
    assert_eq!(says(&ana, "deep('live-tile').length").await, json!(4));

    ana.browser.presses("16 pictures").await;

    ana.browser.sees_moving_pictures(16).await;
    ana.browser.presses("Forward one page").await;
    ana.browser.sees_moving_pictures(2).await;
    // What left the screen is gone, with its video.
    assert_eq!(
        says(&ana, "deep('live-tile, video').length").await,
        json!(4)
    );
    assert_eq!(ana.browser.path().await, "/live?layout=16&page=2");
}

#[tokio::test(flavor = "multi_thread")]
async fn layout_and_page_survive_a_reload() {
    let mut world = World::new().await;
    let ana = ana_with(&mut world, 10).await;
    ana.goes_to("/live").await;
    ana.browser.presses("9 pictures").await;
    ana.browser.presses("Forward one page").await;
    is_on_page(&ana, "2 / 2").await;

    ana.browser.client().refresh().await.expect("a page");

    is_on_page(&ana, "2 / 2").await;
    ana.browser.sees_moving_pictures(1).await;
    assert_eq!(
        says(&ana, "deep('.tile__name')[0].textContent").await,
        json!("Home · Aisle 10")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enlarged_camera_survives_a_reload() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    ana.browser.enlarges(1).await;
    ana.browser
        .waits_until("one picture is shown", async || {
            ana.browser.videos().await.len() == 1
        })
        .await;

    ana.browser.client().refresh().await.expect("a page");

    ana.browser.sees_moving_pictures(1).await;
    assert_eq!(
        says(&ana, "deep('.tile__name').map((it) => it.textContent)").await,
        json!(["Home · Counter"])
    );
    ana.browser.client().back().await.expect("a page");
    ana.browser.sees_moving_pictures(4).await;
    assert_eq!(ana.browser.path().await, "/live");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menu_leads_back_to_the_last_view() {
    let mut world = World::new().await;
    let ana = ana_with(&mut world, 10).await;
    ana.goes_to("/live").await;
    ana.browser.presses("9 pictures").await;
    ana.browser.presses("Forward one page").await;
    is_on_page(&ana, "2 / 2").await;

    ana.goes_to("/devices").await;
    ana.goes_to("/live").await;

    is_on_page(&ana, "2 / 2").await;
    assert_eq!(ana.browser.path().await, "/live?layout=9&page=2");

    ana.goes_to("/configuration").await;
    let off = "const select = deep('#resume')[0]; select.value = 'off'; select.dispatchEvent(new Event('change'))";
    ana.browser.runs(off, vec![]).await;
    ana.goes_to("/live").await;
    is_on_page(&ana, "1 / 3").await;
    assert_eq!(ana.browser.path().await, "/live");
}

async fn presses_key(ana: &Person, key: &str) {
    let active = ana.browser.client().active_element().await;
    let active = active.expect("something has the focus");
    active.send_keys(key).await.expect("a key can be pressed");
}

async fn waits_for(ana: &Person, script: &str, wanted: serde_json::Value) {
    ana.browser
        .waits_until(&format!("{script} is {wanted}"), async || {
            says(ana, script).await == wanted
        })
        .await;
}

const SAID: &str = "deep('selected-camera')[0].textContent";
const FOCUSED: &str = "document.activeElement.getAttribute('aria-label')";

#[tokio::test(flavor = "multi_thread")]
async fn keys_alone_select_enlarge_and_change_pages() {
    let mut world = World::new().await;
    let ana = ana_with(&mut world, 10).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;

    tabs_to(&ana, "Home · Entrance").await;
    waits_for(&ana, SAID, json!("Home · Entrance: Live")).await;
    presses_key(&ana, &Key::Right.to_string()).await;
    presses_key(&ana, &Key::Down.to_string()).await;
    assert_eq!(says(&ana, FOCUSED).await, json!("Home · Car park"));
    waits_for(&ana, SAID, json!("Home · Car park: Live")).await;

    // Past the last one of the page, and back a whole page.
    presses_key(&ana, &Key::Right.to_string()).await;
    assert_eq!(says(&ana, FOCUSED).await, json!("Home · Aisle 5"));
    is_on_page(&ana, "2 / 3").await;
    presses_key(&ana, &Key::PageUp.to_string()).await;
    assert_eq!(says(&ana, FOCUSED).await, json!("Home · Entrance"));

    presses_key(&ana, &Key::Enter.to_string()).await;
    waits_for(&ana, "deep('live-tile').length", json!(1)).await;
    assert_eq!(says(&ana, FOCUSED).await, json!("Home · Entrance"));
    presses_key(&ana, &Key::Escape.to_string()).await;
    ana.browser.sees_moving_pictures(4).await;
    assert_eq!(says(&ana, FOCUSED).await, json!("Home · Entrance"));

    // With a step that leads no further, the button keeps the focus.
    tabs_to(&ana, "Forward one page").await;
    for page in ["2 / 3", "3 / 3"] {
        presses_key(&ana, &Key::Enter.to_string()).await;
        is_on_page(&ana, page).await;
    }
    presses_key(&ana, &Key::Enter.to_string()).await;
    assert_eq!(says(&ana, FOCUSED).await, json!("Forward one page"));
}

#[tokio::test(flavor = "multi_thread")]
async fn controls_suit_every_screen_and_pointer() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;

    // A laptop: every tool is in the first row.
    has_screen(&ana, 1280, 800, false).await;
    let rows = "new Set(deep('.tools > *').filter((it) => it.checkVisibility())
        .map((it) => it.getBoundingClientRect().top)).size";
    assert_eq!(says(&ana, rows).await, json!(1));
    // A laptop at 200 %: low, but with a mouse.
    has_screen(&ana, 640, 400, false).await;
    assert!(ana.browser.shows("Forward one page").await);
    assert!(ana.browser.shows("Capture").await);
    // A phone on its side: video alone, and the rest after a tap.
    has_screen(&ana, 844, 390, true).await;
    assert!(!ana.browser.shows("Forward one page").await);
    assert!(!ana.browser.shows("Capture").await);
    let height = says(&ana, "document.documentElement.scrollHeight").await;
    assert_eq!(height, json!(390), "all of the video fits");
    let height = says(&ana, "deep('.grid')[0].getBoundingClientRect().height").await;
    assert!(height.as_f64() > Some(389.0), "the video is {height} high");
    ana.browser.presses("Home · Counter").await;
    assert!(ana.browser.shows("Forward one page").await);
    assert!(ana.browser.shows("Capture").await);
    ana.browser.presses("Home · Counter").await;
    assert!(!ana.browser.shows("Capture").await);

    // No tile of a narrow phone is too small for its name.
    has_screen(&ana, 320, 568, true).await;
    ana.browser.presses("16 pictures").await;
    for name in says(&ana, "deep('.tile__name').map((it) => it.clientWidth)")
        .await
        .as_array()
        .expect("widths")
    {
        assert!(name.as_u64() >= Some(40), "{name}");
    }
    let small = "deep('.pager button, .seg label, .tools button').filter((it) => it.checkVisibility())
        .map((it) => it.getBoundingClientRect()).filter(({ width, height }) => width < 44 || height < 44).length";
    assert_eq!(says(&ana, small).await, json!(0));
}

/// A screen of this size; a phone's is touched.
pub(super) async fn has_screen(ana: &Person, width: u32, height: u32, is_phone: bool) {
    ana.browser.has_screen(width, height, "dark").await;
    let size =
        json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone });
    ana.browser
        .devtools("Emulation.setDeviceMetricsOverride", size)
        .await;
    let touch = json!({ "enabled": is_phone, "maxTouchPoints": if is_phone { 5 } else { 1 } });
    ana.browser
        .devtools("Emulation.setTouchEmulationEnabled", touch)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_cameras_finds_stars_and_saves() {
    let mut world = World::new().await;
    let ana = ana_with(&mut world, 10).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;

    ana.browser.presses("Cameras").await;
    ana.browser.types("Search cameras", "áisle 9 HOME").await;
    ana.browser.sees("1 camera").await;
    ana.browser.presses("Favourite: Home · Aisle 9").await;
    let disabled = "document.querySelector('[data-set=favourites]').disabled";
    assert_eq!(says(&ana, disabled).await, json!(false));
    presses_key(&ana, &Key::Up.to_string()).await;
    presses_key(&ana, &Key::Enter.to_string()).await;
    is_on_page(&ana, "3 / 3").await;
    assert_eq!(says(&ana, FOCUSED).await, json!("Home · Aisle 9"));

    ana.browser.presses("Cameras").await;
    ana.browser.has_screen(320, 568, "dark").await;
    ana.browser.types("Name of a new view", "Night round").await;
    ana.browser.presses("Save what is shown").await;
    ana.browser.sees("2 cameras").await;
    let in_sight = "['.cameras__sets', '.cameras__sets [aria-pressed=true]']
        .map((one) => document.querySelector(one).getBoundingClientRect().right)
        .reduce((box, chip) => chip <= box + 1)";
    assert_eq!(says(&ana, in_sight).await, json!(true));
    ana.browser.has_screen(390, 844, "dark").await;
    ana.browser.presses("Favourites").await;
    ana.browser.sees("1 camera").await;
    ana.browser.presses("Close").await;
    ana.browser.sees_moving_pictures(1).await;
    ana.browser.client().refresh().await.expect("a page");
    ana.browser.sees_moving_pictures(1).await;
    assert_eq!(
        says(&ana, "deep('.tile__name').map((it) => it.textContent)").await,
        json!(["Home · Aisle 9"])
    );

    ana.browser.presses("Cameras").await;
    ana.browser.presses("Night round").await;
    ana.browser.presses("Remove this view").await;
    ana.browser.sees("10 cameras").await;
    assert!(!ana.browser.shows("Night round").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn tiles_are_swapped_by_mouse_and_by_keys() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    let names = "deep('.tile__name').map((it) => it.textContent.slice(7))";
    waits_for(
        &ana,
        "customElements.get('camera-list') !== undefined",
        json!(true),
    )
    .await;

    drags(&ana, 0, 3).await;

    waits_for(
        &ana,
        names,
        json!(["Car park", "Counter", "Back door", "Entrance"]),
    )
    .await;
    ana.browser.sees_moving_pictures(4).await;
    waits_for(&ana, FOCUSED, json!("Home · Entrance")).await;
    let keys = format!("{}{}", Key::Shift, Key::Left);
    presses_key(&ana, &keys).await;
    waits_for(
        &ana,
        names,
        json!(["Car park", "Counter", "Entrance", "Back door"]),
    )
    .await;
    assert_eq!(says(&ana, FOCUSED).await, json!("Home · Entrance"));
    ana.browser.client().refresh().await.expect("a page");
    waits_for(
        &ana,
        names,
        json!(["Car park", "Counter", "Entrance", "Back door"]),
    )
    .await;
}

/// Drags one tile onto another with the mouse.
async fn drags(ana: &Person, from: usize, to: usize) {
    let middles = "return deep('live-tile').map((it) => it.getBoundingClientRect())
        .map(({ x, y, width, height }) => [x + width / 2, y + height / 2])";
    let middles = ana.browser.runs(middles, vec![]).await;
    let middles: Vec<(f64, f64)> = serde_json::from_value(middles).expect("places");
    let by = |index: usize| {
        let (x, y) = middles[index];
        PointerAction::MoveTo {
            duration: None,
            x,
            y,
        }
    };
    let drag = MouseActions::new("mouse".to_owned())
        .then(by(from))
        .then(PointerAction::Down {
            button: MOUSE_BUTTON_LEFT,
        })
        .then(by(to))
        .then(PointerAction::Up {
            button: MOUSE_BUTTON_LEFT,
        });
    let dragged = ana.browser.client().perform_actions(drag).await;
    dragged.expect("a page can be touched");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enlarged_picture_is_zoomed_and_moved() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    waits_for(
        &ana,
        "customElements.get('camera-list') !== undefined",
        json!(true),
    )
    .await;
    tabs_to(&ana, "Home · Entrance").await;
    presses_key(&ana, &Key::Enter.to_string()).await;
    ana.browser.sees_moving_pictures(1).await;

    let wheel = json!({ "type": "mouseWheel", "x": 195, "y": 160, "deltaX": 0, "deltaY": -120 });
    for _ in 0..3 {
        ana.browser
            .devtools("Input.dispatchMouseEvent", wheel.clone())
            .await;
    }
    ana.browser.sees("2.0×").await;
    let zoom = "new DOMMatrix(getComputedStyle(deep('video')[0]).transform)";
    assert_eq!(
        says(&ana, &format!("Math.round({zoom}.a * 10)")).await,
        json!(20)
    );
    let before = says(&ana, &format!("{zoom}.e")).await.as_f64();
    let right = format!("{}{}", Key::Shift, Key::Right);
    presses_key(&ana, &right).await;
    assert!(says(&ana, &format!("{zoom}.e")).await.as_f64() < before);

    ana.browser
        .presses("Zoom 2.0×: show the whole picture")
        .await;
    assert_eq!(says(&ana, &format!("{zoom}.isIdentity")).await, json!(true));
    assert!(ana.browser.path().await.contains("camera="));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_page_ends_its_calls_and_resumes() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    waits_for(
        &ana,
        "customElements.get('camera-list') !== undefined",
        json!(true),
    )
    .await;
    let becomes = |state: &str| {
        format!(
            "Object.defineProperty(document, 'visibilityState', {{ configurable: true, get: () => '{state}' }});
             document.dispatchEvent(new Event('visibilitychange'));"
        )
    };

    ana.browser.runs(&becomes("hidden"), vec![]).await;

    waits_for(&ana, "deep('video').length", json!(0)).await;
    ana.browser.runs(&becomes("visible"), vec![]).await;
    ana.browser.sees_moving_pictures(4).await;
}
