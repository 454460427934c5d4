//! PTZ in Live view: the simulated recorder's camera really turns, and it stops whatever happens to the
//! viewer.

use fantoccini::key::Key;
use simdvr::Faults;

use super::accessibility::{Walk, tabs_to, types};
use crate::support::World;
use crate::support::person::Person;
use crate::support::process::PATIENCE;
use crate::support::world::{Card, RECORDER_PASSWORD};

/// The only camera of the simulated recorder that can be steered.
pub(super) const DOME: &str = "Car park";
const DOME_NUMBER: usize = 4;

/// Ana has the panel PTZ open for the camera that turns.
async fn ana_at_the_pad(world: &mut World) -> (Person, Card) {
    let card = world.simulated_recorder("Shop").await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    opens_the_pad(&ana, &card).await;
    (ana, card)
}

async fn opens_the_pad(ana: &Person, card: &Card) {
    ana.watches(card).await;
    ana.browser.presses(DOME).await;
    ana.browser.presses("PTZ").await;
    ana.browser.sees("No position is saved yet").await;
}

pub(super) async fn camera(dvr: &Faults, what: &str, is_so: impl Fn(&Faults) -> bool) {
    let so = tokio::time::timeout(PATIENCE, async {
        while !is_so(dvr) {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    });
    assert!(so.await.is_ok(), "{what}: {:?}", dvr.ptz(DOME_NUMBER));
}

pub(super) async fn stands_still(dvr: &Faults) {
    camera(dvr, "the camera stands still", |dvr| {
        !dvr.is_moving(DOME_NUMBER)
    })
    .await;
}

pub(super) fn pan(dvr: &Faults) -> i64 {
    dvr.ptz(DOME_NUMBER).expect("it can be steered").pan
}

#[tokio::test(flavor = "multi_thread")]
async fn a_camera_turns_while_the_pad_is_held() {
    let mut world = World::new().await;
    let (ana, _) = ana_at_the_pad(&mut world).await;
    let dvr = world.faults(0);

    ana.browser.holds("Right").await;
    // Further than any one order would move it, and into the next scene.
    camera(dvr, "it turns far", |dvr| {
        (1_200..3_000).contains(&pan(dvr))
    })
    .await;
    ana.browser.lets_go().await;
    stands_still(dvr).await;

    let before = dvr.ptz(DOME_NUMBER).expect("it can be steered");
    ana.browser.holds("Zoom in").await;
    camera(dvr, "it zooms", |dvr| {
        dvr.ptz(DOME_NUMBER)
            .is_some_and(|at| at.zoom > before.zoom + 20)
    })
    .await;
    ana.browser.lets_go().await;
    stands_still(dvr).await;
    for (button, moves) in [("Focus farther", "focus"), ("Close the iris", "iris")] {
        ana.browser.presses(button).await;
        camera(dvr, moves, |dvr| {
            let at = dvr.ptz(DOME_NUMBER).expect("it can be steered");
            at.focus != before.focus && (moves == "focus" || at.iris != before.iris)
        })
        .await;
        stands_still(dvr).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_camera_is_steered_with_the_keyboard_alone() {
    let mut world = World::new().await;
    let card = world.simulated_recorder("Shop").await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    ana.goes_to(&format!("/live/{}/{DOME_NUMBER}", card.serial))
        .await;
    ana.browser.sees_moving_pictures(1).await;
    let dvr = world.faults(0);

    assert_eq!(tabs_to(&ana, "PTZ").await, "button");
    types(&ana, &Key::Enter.to_string()).await;
    ana.browser.sees("No position is saved yet").await;
    let at_first = pan(dvr);
    ana.browser.holds_key("Close", '\u{e014}').await;
    camera(dvr, "it turns", |dvr| pan(dvr) > at_first + 300).await;
    ana.browser.lets_go().await;
    stands_still(dvr).await;

    types(&ana, &Key::Escape.to_string()).await;
    assert_eq!(ana.browser.focus_name().await, "PTZ");
    assert!(!ana.browser.shows("Zoom in").await);
    // The same key would have left the enlarged camera.
    let path = ana.browser.path().await;
    assert!(path.ends_with(&format!("/{DOME_NUMBER}")), "{path}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enlarged_picture_turns_as_it_is_dragged() {
    let mut world = World::new().await;
    let card = world.simulated_recorder("Shop").await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    ana.goes_to(&format!("/live/{}/{DOME_NUMBER}", card.serial))
        .await;
    ana.browser.sees_moving_pictures(1).await;
    ana.browser.presses("PTZ").await;
    ana.browser.sees("No position is saved yet").await;
    let dvr = world.faults(0);

    ana.browser.drags((100.0, 160.0), (300.0, 160.0)).await;
    camera(dvr, "it turns", |dvr| (400..3_000).contains(&pan(dvr))).await;
    ana.browser.lets_go().await;

    stands_still(dvr).await;
    // It was no swipe to another camera.
    let path = ana.browser.path().await;
    assert!(path.ends_with(&format!("/{DOME_NUMBER}")), "{path}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_position_is_visited_and_deleted() {
    let mut world = World::new().await;
    let (ana, _) = ana_at_the_pad(&mut world).await;
    let dvr = world.faults(0);

    ana.browser.types("Name of this position", "Gate").await;
    ana.browser.presses("Save").await;
    ana.browser.sees("Saved as “Gate”.").await;
    let saved = pan(dvr);
    ana.browser.holds("Left").await;
    camera(dvr, "it turns away", |dvr| pan(dvr) != saved).await;
    ana.browser.lets_go().await;
    stands_still(dvr).await;
    ana.browser.presses("Go").await;
    ana.browser.sees("The camera goes to “Gate”.").await;
    camera(dvr, "it is back", |dvr| pan(dvr) == saved).await;

    ana.browser.presses("Start").await;
    ana.browser.sees("Patrol 1 runs").await;
    camera(dvr, "it is on its way", |dvr| dvr.is_moving(DOME_NUMBER)).await;
    ana.browser.presses("Stop").await;
    ana.browser.sees("Patrol 1 is stopped.").await;
    stands_still(dvr).await;

    ana.browser.presses("Delete").await;
    ana.browser.sees("Press Delete again").await;
    ana.browser.lets_a_double_tap_pass().await;
    ana.browser.presses("Delete").await;
    ana.browser.sees("No position is saved yet").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_person_is_told_who_controls_the_camera() {
    let mut world = World::new().await;
    let (ana, card) = ana_at_the_pad(&mut world).await;
    // The same person in a second browser is a second viewer, too.
    let tablet = world.person("Ana").await;
    tablet.logs_in(false).await;
    opens_the_pad(&tablet, &card).await;
    let dvr = world.faults(0);

    ana.browser.holds("Right").await;
    camera(dvr, "it turns", |dvr| dvr.is_moving(DOME_NUMBER)).await;
    // Said before the tablet tries, and then when to try again.
    tablet
        .browser
        .sees("You are steering this camera in another window.")
        .await;
    tablet.browser.holds("Left").await;
    tablet.browser.sees("once you have let go there").await;
    tablet.browser.lets_go().await;
    assert!(dvr.is_moving(DOME_NUMBER));
    ana.browser.lets_go().await;

    stands_still(dvr).await;
    // Ana let go after the answer that said when, so it may be refused once more.
    while !dvr.is_moving(DOME_NUMBER) {
        tablet.browser.sees("The camera should be free").await;
        tablet.browser.holds("Left").await;
        tablet
            .browser
            .waits_until("it is answered", async || {
                dvr.is_moving(DOME_NUMBER) || !is_held(&tablet).await
            })
            .await;
        if !dvr.is_moving(DOME_NUMBER) {
            tablet.browser.lets_go().await;
        }
    }
    tablet.browser.lets_go().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_camera_stops_when_its_viewer_is_gone() {
    let mut world = World::new().await;
    let mut config = simdvr::Config::four_cameras("admin", RECORDER_PASSWORD);
    // A recorder that would turn for ever.
    config.has_momentary_ptz = false;
    let card = world.recorder_with("Shop", config).await;
    let mut ana = world.person("Ana").await;
    ana.owns(&card).await;
    opens_the_pad(&ana, &card).await;
    let dvr = world.faults(0);

    ana.browser.holds("Right").await;
    camera(dvr, "it turns", |dvr| dvr.is_moving(DOME_NUMBER)).await;
    ana.browser.closes().await;

    stands_still(dvr).await;
}

/// Whether the panel orders a movement; a refusal ends that.
async fn is_held(person: &Person) -> bool {
    let script = "return document.querySelector('tool-panel').hasAttribute('data-moving')";
    person.browser.runs(script, vec![]).await == true
}

/// Waits until the panel says what keeps it from working, and tells what.
async fn trouble(ana: &Person) -> String {
    let said = "return document.querySelector('.panel__words[data-trouble]')?.textContent ?? ''";
    let browser = &ana.browser;
    browser
        .waits_until("the panel says what is wrong", async || {
            browser.runs(said, vec![]).await != ""
        })
        .await;
    let words = browser.runs(said, vec![]).await;
    words.as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_camera_that_is_unplugged_ends_its_movement() {
    let mut world = World::new().await;
    let (ana, _) = ana_at_the_pad(&mut world).await;
    let dvr = world.faults(0);
    ana.browser.holds("Right").await;
    camera(dvr, "it turns", |dvr| dvr.is_moving(DOME_NUMBER)).await;

    dvr.set_camera_online(DOME_NUMBER, false);

    assert!(!trouble(&ana).await.is_empty());
    ana.browser.sees("The camera is offline").await;
    ana.browser.lets_go().await;
    dvr.set_camera_online(DOME_NUMBER, true);
    ana.browser.sees_moving_pictures(4).await;
    // The panel is still there, and works again.
    ana.browser.holds("Left").await;
    camera(dvr, "it turns again", |dvr| dvr.is_moving(DOME_NUMBER)).await;
    ana.browser.lets_go().await;
    stands_still(dvr).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_movement_ends_with_the_call_and_says_so() {
    let mut world = World::new().await;
    let (ana, _) = ana_at_the_pad(&mut world).await;
    ana.browser.holds("Right").await;
    camera(world.faults(0), "it turns", |dvr| {
        dvr.is_moving(DOME_NUMBER)
    })
    .await;

    world.agent(0).signal("KILL");

    stands_still(world.faults(0)).await;
    assert!(!trouble(&ana).await.is_empty());
    assert!(!is_held(&ana).await);
    ana.browser.lets_go().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panel_says_what_its_camera_lacks() {
    let mut world = World::new().await;
    let (ana, _) = ana_at_the_pad(&mut world).await;
    let mut walk = Walk::new(&ana);
    walk.looks("Live view with the panel PTZ").await;

    ana.browser.presses("Entrance").await;
    ana.browser.sees("This camera does not turn").await;
    walk.looks("Live view with a panel for nothing").await;
    ana.browser.presses(DOME).await;
    ana.browser.sees("No position is saved yet").await;
    ana.browser.presses("Close").await;

    assert_eq!(ana.browser.focus_name().await, "PTZ");
    walk.ends(2);
}
