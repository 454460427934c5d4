//! Talking through a camera: the button of the panel Talk is held or tapped, and the simulated recorder hears it.

use simdvr::{DvrStats, Faults};

use crate::support::World;
use crate::support::browser::Microphone;
use crate::support::person::Person;
use crate::support::process::PATIENCE;

const BUTTON: &str = "Hold to talk";
/// Samples of G.711 that are more than a click: a twentieth of a second.
const HEARD: u64 = 400;

#[tokio::test(flavor = "multi_thread")]
async fn the_camera_plays_the_voice_while_the_button_is_held() {
    let mut world = World::new().await;
    let card = world.simulated_recorder("Shop").await;
    let ana = world.person_with("Ana", Microphone::Allowed).await;
    ana.owns(&card).await;
    ana.goes_to("/live").await;
    ana.browser.presses("Talk").await;
    let dvr = world.faults(0);

    ana.browser.holds(BUTTON).await;
    ana.browser.sees("You are heard: speak now").await;
    hears(dvr, |stats| stats.loud_talk_samples >= HEARD).await;

    let tablet = world.person_with("Ana", Microphone::Allowed).await;
    tablet.logs_in(false).await;
    tablet.goes_to("/live").await;
    tablet.browser.presses("Talk").await;
    // Said before the tablet tries.
    let somebody = "You are talking in another window";
    tablet.browser.sees(somebody).await;
    tablet.browser.holds(BUTTON).await;
    is_refused(&tablet).await;
    tablet.browser.lets_go().await;
    tablet.browser.sees(somebody).await;
    assert!(ana.browser.text().await.contains("You are heard"));

    ana.browser.lets_go().await;
    is_silent(&ana).await;
    does_not_say(&tablet, somebody).await;
    tablet.browser.holds(BUTTON).await;
    tablet.browser.sees("You are heard: speak now").await;
    ana.browser.sees(somebody).await;
    tablet.browser.lets_go().await;
    does_not_say(&ana, somebody).await;
    // Nobody watches the first camera's main stream: a session on it is a talk.
    hears(dvr, |stats| !stats.sessions.contains_key(&101)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recorder_plays_the_voice_while_a_key_is_held() {
    let mut world = World::new().await;
    let card = world.simulated_recorder("Shop").await;
    let ana = world.person_with("Ana", Microphone::Allowed).await;
    ana.owns(&card).await;
    ana.goes_to(&format!("/live/{}", card.serial)).await;
    let dvr = world.faults(0);
    ana.browser.sees_moving_pictures(4).await;
    ana.browser.presses("Talk").await;

    for (camera, key) in [("Counter", ' '), ("Back door", '\u{e007}')] {
        let before = dvr.stats().loud_talk_samples;
        ana.browser.presses(camera).await;
        ana.browser.holds_key(BUTTON, key).await;
        ana.browser.sees("You are heard at the recorder").await;
        hears(dvr, |stats| {
            stats.loud_talk_samples >= before + HEARD && stats.is_talk_line_open
        })
        .await;

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
    ana.owns(&card).await;
    ana.watches(&card).await;
    ana.browser.presses("Counter").await;
    ana.browser.presses("Talk").await;
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
    ana.owns(&card).await;
    ana.goes_to("/live").await;
    ana.browser.presses("Talk").await;

    ana.browser.holds(BUTTON).await;

    ana.browser.sees("Allow it in the browser’s settings").await;
    ana.browser.lets_go().await;
    assert_eq!(world.faults(0).stats().talk_samples, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tap_keeps_the_microphone_open_in_each_call() {
    let mut world = World::new().await;
    let home = world.simulated_recorder("Home").await;
    let shop = world.simulated_recorder("Shop").await;
    let ana = world.person_with("Ana", Microphone::Allowed).await;
    ana.owns(&home).await;
    ana.adds(&shop, "Shop").await;
    // Beside the panel of a large screen one leafs to the other recorder's cameras.
    ana.goes_to("/live").await;
    ana.browser.has_screen(1280, 800, "light").await;
    ana.browser.presses("Talk").await;

    for (index, camera) in [(0, "Home · Entrance"), (1, "Shop · Entrance")] {
        let dvr = world.faults(index);
        let before = dvr.stats().loud_talk_samples;
        if index == 1 {
            ana.browser.presses("Forward one page").await;
        }
        ana.browser.presses(camera).await;
        taps_to_talk(&ana).await;
        hears(dvr, |stats| stats.loud_talk_samples >= before + HEARD).await;
        shows_the_level(&ana).await;
    }
    // The panel goes, and with it the talk.
    ana.browser.presses("Close").await;

    hears(world.faults(1), |stats| !stats.sessions.contains_key(&101)).await;
    hears(world.faults(0), |stats| !stats.sessions.contains_key(&101)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_ends_a_talk_and_an_order() {
    let mut world = World::new().await;
    let card = world.simulated_recorder("Shop").await;
    let ana = world.person_with("Ana", Microphone::Allowed).await;
    ana.owns(&card).await;
    ana.watches(&card).await;
    ana.browser.presses("Talk").await;
    taps_to_talk(&ana).await;
    hears(world.faults(0), |stats| stats.loud_talk_samples >= HEARD).await;

    world.agent(0).signal("KILL");
    ana.browser.sees("The camera no longer accepts sound").await;
    let pressed = "return deep('.talk__button[aria-pressed=true]').length";
    assert_eq!(ana.browser.runs(pressed, vec![]).await, 0);
    world.restarts_agent(0).await;
    ana.browser.sees_moving_pictures(4).await;

    ana.browser.presses("Close").await;
    ana.browser.presses("Image").await;
    let contrast = world.faults(0).image(1).expect("it has settings").contrast;
    shows_contrast(&ana, contrast).await;
    world.agent(0).signal("KILL");
    let moves = "const level = document.querySelector('[name=contrast]'); level.value = 3;
        for (const name of ['input', 'change']) level.dispatchEvent(new Event(name, { bubbles: true }));";
    ana.browser.runs(moves, vec![]).await;
    let trouble = "return deep('.panel__words[data-trouble]').some((words) => words.textContent)";
    ana.browser
        .waits_until("the panel says that it failed", async || {
            ana.browser.runs(trouble, vec![]).await == true
        })
        .await;
    shows_contrast(&ana, contrast).await;
    world.restarts_agent(0).await;
    ana.browser.sees_moving_pictures(4).await;
    ana.browser
        .waits_until("the panel has nothing to say any more", async || {
            ana.browser.runs(trouble, vec![]).await == false
        })
        .await;
    shows_contrast(&ana, contrast).await;
}

async fn shows_contrast(ana: &Person, contrast: impl ToString) {
    let shown = contrast.to_string();
    ana.browser
        .waits_until("the camera's contrast is shown", async || {
            ana.browser.value("Contrast").await == shown
        })
        .await;
}

/// A machine that is too busy for a tap makes a short hold of it, which says so.
async fn taps_to_talk(person: &Person) {
    let browser = &person.browser;
    browser
        .waits_until("a tap is heard", async || {
            if browser.text().await.contains("until you press the button") {
                return true;
            }
            let is_over = "return document.querySelector('.talk__button')?.ariaPressed === 'false'";
            if browser.runs(is_over, vec![]).await == true {
                browser.taps(BUTTON).await;
            }
            false
        })
        .await;
}

async fn shows_the_level(person: &Person) {
    let level = "return Number(document.querySelector('.talk__level').style.getPropertyValue('--level')) > 0.05";
    person
        .browser
        .waits_until("the level of the microphone is shown", async || {
            person.browser.runs(level, vec![]).await == true
        })
        .await;
}

async fn is_silent(person: &Person) {
    does_not_say(person, "You are heard").await;
}

async fn does_not_say(person: &Person, words: &str) {
    let browser = &person.browser;
    browser
        .waits_until(&format!("`{words}` is gone"), async || {
            !browser.text().await.contains(words)
        })
        .await;
}

/// The button is held, and whoever holds it is not heard.
async fn is_refused(person: &Person) {
    let state = "return document.querySelector('.talk__button').dataset.talk";
    person
        .browser
        .waits_until("the talk is refused", async || {
            person.browser.runs(state, vec![]).await == "trouble"
        })
        .await;
}

async fn hears(dvr: &Faults, is_so: impl FnMut(&DvrStats) -> bool) {
    let heard = tokio::time::timeout(PATIENCE, dvr.wait_for(is_so)).await;
    assert!(heard.is_ok(), "what the recorder hears: {:?}", dvr.stats());
}
