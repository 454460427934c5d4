//! Talking through a camera: the button in Live view is held, and the simulated recorder hears it.

use simdvr::{DvrStats, Faults};

use crate::support::World;
use crate::support::browser::Microphone;
use crate::support::person::Person;
use crate::support::process::PATIENCE;

const BUTTON: &str = "Hold to talk";
/// Samples of G.711 that are more than a click: a twentieth of a second.
const HEARD: u64 = 400;

#[tokio::test(flavor = "multi_thread")]
async fn the_camera_hears_who_holds_the_button() {
    let mut world = World::new().await;
    let card = world.simulated_recorder("Shop").await;
    let ana = world.person_with("Ana", Microphone::Allowed).await;
    ana.registers_and_adds(&card).await;
    ana.goes_to("/live").await;
    let dvr = world.faults(0);

    ana.browser.holds(BUTTON).await;
    ana.browser.sees("You are heard: speak now").await;
    hears(dvr, |stats| stats.loud_talk_samples >= HEARD).await;

    let tablet = world.person_with("Ana", Microphone::Allowed).await;
    tablet.logs_in(false).await;
    tablet.goes_to("/live").await;
    tablet.browser.holds(BUTTON).await;
    tablet.browser.sees("ana is talking").await;
    tablet.browser.lets_go().await;
    drop(tablet);

    ana.browser.lets_go().await;
    is_silent(&ana).await;
    // Nobody watches the first camera's main stream: a session on it is a talk.
    hears(dvr, |stats| !stats.sessions.contains_key(&101)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recorder_hears_who_holds_a_key() {
    let mut world = World::new().await;
    let card = world.simulated_recorder("Shop").await;
    let ana = world.person_with("Ana", Microphone::Allowed).await;
    ana.registers_and_adds(&card).await;
    ana.goes_to(&format!("/live/{}", card.serial)).await;
    let dvr = world.faults(0);
    ana.browser.sees_moving_pictures(4).await;

    for (camera, key) in [("Counter", ' '), ("Back door", '\u{e007}')] {
        let before = dvr.stats().loud_talk_samples;
        ana.browser.presses(camera).await;
        ana.browser.holds_key(BUTTON, key).await;
        ana.browser.sees("You are heard at the recorder").await;
        hears(dvr, |stats| stats.loud_talk_samples >= before + HEARD).await;
        assert!(dvr.stats().is_talk_line_open);

        ana.browser.lets_go().await;
        is_silent(&ana).await;
        hears(dvr, |stats| !stats.is_talk_line_open).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_talk_that_the_recorder_ends_says_why() {
    let mut world = World::new().await;
    let card = world.simulated_recorder("Shop").await;
    let ana = world.person_with("Ana", Microphone::Allowed).await;
    ana.registers_and_adds(&card).await;
    ana.goes_to(&format!("/live/{}", card.serial)).await;
    ana.browser.sees_moving_pictures(4).await;
    ana.browser.presses("Counter").await;
    ana.browser.holds(BUTTON).await;
    ana.browser.sees("You are heard at the recorder").await;

    world.faults(0).end_talk();

    ana.browser
        .sees("The camera or recorder has ended the talk")
        .await;
    is_silent(&ana).await;
    let pressed = "return deep('.talk__button[aria-pressed=true]').length";
    assert_eq!(ana.browser.runs(pressed, vec![]).await, 0);
    ana.browser.lets_go().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_microphone_says_what_to_do() {
    let mut world = World::new().await;
    let card = world.simulated_recorder("Shop").await;
    let ana = world.person_with("Ana", Microphone::Refused).await;
    ana.registers_and_adds(&card).await;
    ana.goes_to("/live").await;

    ana.browser.holds(BUTTON).await;

    ana.browser.sees("Allow it in the browser’s settings").await;
    ana.browser.lets_go().await;
    assert_eq!(world.faults(0).stats().talk_samples, 0);
}

async fn is_silent(person: &Person) {
    let browser = &person.browser;
    browser
        .waits_until("nobody is heard any more", async || {
            !browser.text().await.contains("You are heard")
        })
        .await;
}

async fn hears(dvr: &Faults, is_so: impl FnMut(&DvrStats) -> bool) {
    let heard = tokio::time::timeout(PATIENCE, dvr.wait_for(is_so)).await;
    assert!(heard.is_ok(), "what the recorder hears: {:?}", dvr.stats());
}
