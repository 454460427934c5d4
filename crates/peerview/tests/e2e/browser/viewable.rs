//! A camera that this browser cannot show, because its pictures are H.265 and too large for the decoder in software:
//! what is shown instead, and how a person makes the camera viewable.

use simdvr::{ClipCodec, Faults, HttpFaults, SettingsFate};

use super::accessibility::Walk;
use crate::support::World;
use crate::support::person::Person;
use crate::support::world::RECORDER_PASSWORD;

const BUTTON: &str = "Make this camera viewable";
const SUB_STREAM: &str = "/ISAPI/Streaming/channels/102";

/// Ana looks at the four cameras of a recorder; all streams of the first are large.
async fn ana_and_a_large_camera(world: &mut World) -> Person {
    let barn = world.simulated_recorder("Barn").await;
    world.faults(0).set_camera_codec(1, ClipCodec::LargeH265);
    let ana = world.person("Ana").await;
    ana.owns(&barn).await;
    ana.goes_to(&format!("/live/{}", barn.serial)).await;
    ana
}

fn n_changes(faults: &Faults) -> u64 {
    faults.stats().settings_changed
}

async fn button_has_focus(ana: &Person) {
    ana.browser
        .waits_until("the button has the focus", async || {
            let focused = "return document.activeElement?.innerText";
            ana.browser.runs(focused, vec![]).await == BUTTON
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_makes_a_camera_viewable_in_the_page() {
    let mut world = World::new().await;
    let ana = ana_and_a_large_camera(&mut world).await;

    ana.browser.presses(BUTTON).await;
    ana.browser.sees("Video format: H.265 becomes H.264").await;
    ana.browser.presses("Cancel").await;
    button_has_focus(&ana).await;
    assert_eq!(n_changes(world.faults(0)), 0);

    ana.browser.presses(BUTTON).await;
    ana.browser.presses("Change").await;
    ana.browser
        .sees("Done. The picture starts by itself.")
        .await;
    ana.browser.presses("Close").await;

    ana.browser.sees_moving_pictures(4).await;
    ana.browser.sees_no_still_above(0).await;
    assert!(!ana.browser.shows(BUTTON).await);
    assert_eq!(n_changes(world.faults(0)), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tile_that_still_waits_offers_no_change() {
    let mut world = World::new().await;
    let ana = ana_and_a_large_camera(&mut world).await;
    let notes_offers = "window.offers = []; \
        const note = (changes) => changes.map(({ target }) => target) \
          .filter((target) => target.localName === 'viewable-offer' && !target.hidden) \
          .forEach((offer) => offers.push(offer.closest('live-tile').dataset.state)); \
        new MutationObserver(note).observe(document.body, { subtree: true, attributeFilter: ['hidden'] });";
    ana.browser.sees(BUTTON).await;
    ana.browser.runs(notes_offers, vec![]).await;

    // The first camera leaves the screen and starts again.
    ana.browser.presses("1 picture").await;
    ana.browser.presses("Forward one page").await;
    ana.browser.presses("Back one page").await;
    ana.browser.sees(BUTTON).await;

    let offers = ana.browser.runs("return window.offers", vec![]).await;
    let offers = offers.as_array().expect("a list of states");
    assert!(!offers.is_empty());
    assert!(
        offers.iter().all(|state| state == "unplayable"),
        "{offers:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorder_that_refuses_the_change_is_explained() {
    let mut world = World::new().await;
    let ana = ana_and_a_large_camera(&mut world).await;
    let faults = world.faults(0);
    let fails = |forbidden: &[&'static str], settings| {
        faults.set_http_faults(HttpFaults {
            forbidden: forbidden.to_vec(),
            settings,
            ..HttpFaults::default()
        });
    };
    let refused = "The recorder refused the change or did not keep it.";

    fails(&[SUB_STREAM], SettingsFate::Kept);
    ana.browser.presses(BUTTON).await;
    ana.browser.sees(refused).await;
    ana.browser.presses("Close").await;
    button_has_focus(&ana).await;

    for (fate, words) in [
        (SettingsFate::Forgotten, refused),
        (
            SettingsFate::AfterRestart,
            "Restart it: the picture is there after that.",
        ),
    ] {
        fails(&[], fate);
        ana.browser.presses(BUTTON).await;
        ana.browser.presses("Change").await;
        ana.browser.sees(words).await;
        ana.browser.presses("Close").await;
    }
    assert_eq!(n_changes(faults), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dialog_suits_every_screen_and_reader() {
    let mut world = World::new().await;
    let ana = ana_and_a_large_camera(&mut world).await;

    ana.browser.presses(BUTTON).await;
    ana.browser.sees("Video format: H.265 becomes H.264").await;

    let mut walk = Walk::new(&ana);
    walk.looks("what would change").await;
    ana.browser.presses("Cancel").await;
    button_has_focus(&ana).await;
    walk.ends(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sub_stream_replaces_a_main_stream_too_large() {
    let mut world = World::new().await;
    let barn = world.simulated_recorder("Barn").await;
    let faults = world.faults(0);
    faults.set_stream_codec(1, 0, ClipCodec::LargeH265);
    faults.set_stream_codec(1, 1, ClipCodec::H265);
    let ana = world.person("Ana").await;
    ana.owns(&barn).await;
    ana.goes_to(&format!("/live/{}", barn.serial)).await;
    ana.browser.sees_a_drawn_picture_move().await;

    ana.browser.enlarges_the_drawn_picture().await;

    ana.browser.sees_a_drawn_picture_move().await;
    assert!(!ana.browser.shows(BUTTON).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_full_picture_replaces_a_sub_stream_too_large() {
    let mut world = World::new().await;
    let barn = world.simulated_recorder("Barn").await;
    world.faults(0).set_stream_codec(1, 1, ClipCodec::LargeH265);
    let ana = world.person("Ana").await;
    ana.owns(&barn).await;

    ana.watches(&barn).await;
    assert!(!ana.browser.shows(BUTTON).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_picture_size_is_learned_from_the_first_picture() {
    let mut world = World::new().await;
    world.simulated_recorder("Barn").await;
    let faults = world.faults(0);
    faults.set_stream_codec(1, 0, ClipCodec::LargeH265);
    let password = RECORDER_PASSWORD.replace(' ', "%20");
    let address = faults.rtsp_address();
    let url = format!("rtsp://admin:{password}@{address}/Streaming/Channels/101");
    let door = world.rtsp_recorder("Door", &url).await;
    let ana = world.person("Ana").await;
    ana.owns(&door).await;

    ana.goes_to(&format!("/live/{}", door.serial)).await;
    ana.browser
        .sees("This browser cannot play this camera’s video")
        .await;
    ana.browser.presses(BUTTON).await;

    ana.browser
        .sees("This camera cannot be changed from here.")
        .await;
}
