//! Debian's Firefox, which decodes, scans and lays out by its own rules: one walk through the app, first on a phone's
//! screen, then on a laptop's.

use serde_json::json;
use simdvr::ClipCodec;

use super::accessibility::{tabs_to, types};
use super::add_device::{chooses_photo, holds};
use super::kept::{captures, opens_pictures};
use super::quality::has_figure;
use super::recording::{BEGAN, begins, ends, has_recorded, plays_the_newest};
use super::steering::{DOME, camera, pan, stands_still};
use super::way_in::{fragment, gives_password, stands_on_the_filled_form};
use crate::support::World;
use crate::support::engine::Engine;
use crate::support::folder::Folder;
use crate::support::person::{PASSWORD, Person};
use crate::support::world::Card;

/// Enter, as WebDriver names the key.
const ENTER: &str = "\u{e007}";

#[tokio::test(flavor = "multi_thread")]
async fn firefox_does_all_that_people_do_with_cameras() {
    let mut world = World::new().await;
    let shop = world.simulated_recorder("Shop").await;
    // Firefox has no decoder for it.
    world.faults(0).set_camera_codec(2, ClipCodec::H265);
    let ana = world.person_in(Engine::Firefox, "Ana").await;

    ana.browser.has_window(390, 844).await;
    comes_in_by_a_link(&ana, &shop).await;
    watches_and_steers(&ana, &world, &shop).await;
    keeps_pictures(&ana).await;
    fits(&ana, &shop).await;
    logs_out_and_erases(&ana).await;

    ana.browser.has_window(1280, 800).await;
    goes_back_over_refused_forms(&ana, &world.recorder).await;
    adds_by_photo(&ana, &world.recorder).await;
    records_by_keyboard(&ana, &shop).await;
    fits(&ana, &shop).await;
    hears_of_a_lost_link(&ana, &mut world, &shop).await;
    logs_out_and_erases(&ana).await;
}

/// Opened while signed out, as a phone does that scanned it: it survives Register.
async fn comes_in_by_a_link(ana: &Person, shop: &Card) {
    ana.goes_to(fragment(&shop.claim_link)).await;
    ana.browser.sees("the recorder that you scanned").await;
    ana.creates_an_account().await;
    stands_on_the_filled_form(ana, &shop.serial, &shop.code).await;
    ana.browser.presses("Add").await;
    ana.browser.sees("Online").await;
}

async fn watches_and_steers(ana: &Person, world: &World, shop: &Card) {
    ana.goes_to("/live").await;
    ana.browser.sees_live_tiles(4).await;

    ana.browser.enlarges_tile(0).await;
    ana.browser
        .waits_until("one camera is enlarged", async || {
            let path = ana.browser.path().await;
            path.contains(&format!("camera={}", shop.serial))
        })
        .await;
    ana.browser.sees_live_tiles(1).await;
    ana.browser.client().back().await.expect("the grid");
    ana.browser.sees_live_tiles(4).await;

    let dvr = world.faults(0);
    ana.goes_to(&format!("/live/{}", shop.serial)).await;
    ana.browser.sees_live_tiles(4).await;
    ana.browser.presses(DOME).await;
    ana.browser.presses("PTZ").await;
    ana.browser.sees("No position is saved yet").await;
    let before = pan(dvr);
    ana.browser.holds("Right").await;
    camera(dvr, "it turns", |dvr| pan(dvr) > before + 100).await;
    ana.browser.lets_go().await;
    stands_still(dvr).await;
}

async fn keeps_pictures(ana: &Person) {
    ana.goes_to("/live").await;
    ana.browser.sees_live_tiles(4).await;
    captures(ana).await;
    begins(ana).await;
    has_recorded(ana, 2).await;
    ends(ana).await;
    opens_pictures(ana, 2).await;
    plays_the_newest(ana, 2.0).await;
}

/// Nothing sticks out of the pages that people open most.
async fn fits(ana: &Person, shop: &Card) {
    let device = format!("/devices/{}", shop.serial);
    for path in [
        "/live",
        "/devices",
        &device,
        "/devices/new",
        "/pictures",
        "/menu",
        "/help",
    ] {
        ana.goes_to(path).await;
        let wide = "return document.documentElement.scrollWidth > innerWidth";
        assert_eq!(ana.browser.runs(wide, vec![]).await, false, "{path}");
    }
}

async fn logs_out_and_erases(ana: &Person) {
    ana.goes_to("/menu").await;
    ana.browser.presses("Log out").await;
    ana.browser.sees("on this phone").await;
    ana.browser.presses("Erase and go on").await;
    ana.browser.sees("Cloud P2P").await;
}

async fn goes_back_over_refused_forms(ana: &Person, card: &Card) {
    gives_password(ana, "a wrong password").await;
    ana.browser.sees("User name or password is wrong").await;
    gives_password(ana, PASSWORD).await;
    ana.browser.sees("Add device").await;
    ana.tries_to_add(&card.with_wrong_code(), "Home").await;
    ana.browser.sees("or the device is offline").await;
    ana.goes_to("/help").await;
    for step in 0..3 {
        ana.browser.leaves_by("history.back()").await;
        let says = ana.browser.text().await;
        let is_refused = says.contains("or the device is offline") || says.contains("is wrong");
        assert!(!is_refused, "{step}: {says}");
    }
}

/// By the module of the page: Firefox reads no QR codes by itself.
async fn adds_by_photo(ana: &Person, card: &Card) {
    let folder = Folder::new("qr");
    ana.goes_to("/devices/new").await;
    let own = "return 'BarcodeDetector' in globalThis";
    assert_eq!(ana.browser.runs(own, vec![]).await, false);
    chooses_photo(ana, &folder, &card.claim_link).await;
    holds(ana, &card.serial).await;
    ana.browser.presses("Add").await;
    ana.browser.sees("Demo recorder").await;
}

async fn records_by_keyboard(ana: &Person, shop: &Card) {
    ana.goes_to(&format!("/live/{}/2", shop.serial)).await;
    // H.265, decoded in WebAssembly.
    ana.browser.sees_live_tiles(1).await;
    assert_eq!(tabs_to(ana, "Record").await, "button");
    types(ana, ENTER).await;
    ana.browser.sees(BEGAN).await;
    ends(ana).await;
    assert_eq!(tabs_to(ana, "Statistics").await, "button");
    types(ana, ENTER).await;
    has_figure(ana, "codec", |words| words == "H.265").await;
    has_figure(ana, "rate", |words| words.ends_with("per second")).await;
    has_figure(ana, "bits", |words| words.ends_with("b/s")).await;
    has_figure(ana, "path", |words| words.starts_with("Direct")).await;
    types(ana, "\u{e00c}").await;
    assert_eq!(ana.browser.focus_name().await, "Statistics");
    opens_pictures(ana, 1).await;
}

async fn hears_of_a_lost_link(ana: &Person, world: &mut World, shop: &Card) {
    ana.goes_to(&format!("/live/{}", shop.serial)).await;
    ana.browser.sees_live_tiles(4).await;
    world.agent(0).signal("KILL");
    ana.browser.sees("The device is offline").await;
    let playing = "return deep('.tile[data-state=playing]').length";
    assert_eq!(ana.browser.runs(playing, vec![]).await, json!(0));
}
