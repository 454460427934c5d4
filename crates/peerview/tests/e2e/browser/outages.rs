//! What a tile shows while something on the way to its camera has failed.

use serde_json::{Value, json};

use simdvr::CameraFault;

use super::accessibility::Walk;
use crate::support::World;
use crate::support::browser::Browser;
use crate::support::person::Person;
use crate::support::process::report;
use crate::support::world::{Card, RECORDER_PASSWORD};

/// Notes every state of the first tile, with its words.
const NOTES: &str = "
    const tile = deep('live-tile')[0];
    window.said = [];
    const note = () => {
        const text = tile.dataset.state + ': ' + tile.querySelector('.tile__words').textContent;
        if (window.said.at(-1) !== text) window.said.push(text);
    };
    new MutationObserver(note).observe(tile, { subtree: true, childList: true, characterData: true, attributeFilter: ['data-state'] });
    note();";

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_site_leaves_its_last_picture() {
    let mut world = World::new().await;
    let barn = world.simulated_recorder("Barn").await;
    let ana = world.person("Ana").await;
    ana.owns(&barn).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    ana.browser.keeps_a_poster(0).await;
    ana.browser.runs(NOTES, vec![]).await;

    world.agent(0).signal("STOP");

    ana.browser.sees("No data from the device").await;
    ana.browser.sees("Try again").await;
    let said = said(&ana.browser).await;
    report(&format!("{said:#?}"));
    assert!(said[0].starts_with("playing"), "{said:?}");
    let again = said[1..].iter().find(|it| it.starts_with("playing"));
    assert_eq!(again, None, "{said:?}");
    for index in 0..4 {
        let black = part_black_of_poster(&ana.browser, index).await;
        assert!(black < 0.9, "poster {index} is black: {black:.2}");
    }

    world.agent(0).signal("CONT");
    ana.browser.sees_moving_pictures(4).await;
}

/// The camera sends no key frame, so nothing of its video can be shown.
#[tokio::test(flavor = "multi_thread")]
async fn a_still_is_marked_until_the_video_plays() {
    let mut world = World::new().await;
    let barn = world.simulated_recorder("Barn").await;
    let no_key_frames = Some(CameraFault::NoKeyFrames);
    world.faults(0).set_camera_fault(1, no_key_frames);
    let ana = world.person("Ana").await;
    ana.owns(&barn).await;
    ana.goes_to(&format!("/live/{}", barn.serial)).await;
    let first = "return deep('live-tile')[0]";
    let marked = "const mark = deep('.tile__still')[0]; \
        return [mark.checkVisibility(), deep('.tile__poster')[0].naturalWidth > 0]";

    ana.browser
        .waits_until("a still with its mark", async || {
            ana.browser.runs(marked, vec![]).await == json!([true, true])
        })
        .await;

    let state = format!("{first}.dataset.state");
    assert_eq!(ana.browser.runs(&state, vec![]).await, "waiting");
    let first_still = "return performance.getEntriesByName('peerview:first-still')[0].startTime";
    let ms = ana.browser.runs(first_still, vec![]).await;
    report(&format!("first still {ms} ms after the page was opened"));
    let mut walk = Walk::new(&ana);
    walk.looks("a still while the camera starts").await;
    world.faults(0).set_camera_fault(1, None);
    ana.browser.sees_moving_pictures(4).await;
    let shown = ana.browser.runs(marked, vec![]).await;
    assert_eq!(shown[0], false, "{shown}");
    walk.ends(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_recorder_password_is_reported_from_the_start() {
    let mut world = World::new().await;
    let config = simdvr::Config::four_cameras("admin", "another password");
    let barn = world.recorder_with("Barn", config).await;
    let ana = world.person("Ana").await;
    ana.owns(&barn).await;

    let words = "The recorder refused the user name or password.";
    is_said_everywhere(&ana, &barn, words).await;
    // On a phone the reason has the width of the card, not of a column.
    ana.browser.has_screen(320, 568, "light").await;
    ana.goes_to("/devices").await;
    ana.browser.sees(words).await;
    let wide = "const [card, reason] = ['.dev', '.dev__reason'].map((one) =>
        document.querySelector(one).getBoundingClientRect().width); return reason > card * 0.8";
    assert_eq!(ana.browser.runs(wide, vec![]).await, true);
    let mut walk = Walk::new(&ana);
    walk.looks("a recorder with a wrong password").await;
    walk.ends(1);
    let said = world.agent(0).says_with("refused the user name").await;
    assert!(said.contains("ERROR"), "{said}");

    // Beside another one, whose cameras are there.
    ana.adds(&world.recorder, "Home").await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    ana.browser.sees(words).await;
    assert!(!ana.browser.text().await.contains("no cameras yet"));
    let tries = world.faults(0).stats().failed_logins;
    assert!(tries <= 2, "{tries} tries");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorder_without_free_sessions_says_so() {
    let mut world = World::new().await;
    let mut config = simdvr::Config::four_cameras("admin", RECORDER_PASSWORD);
    config.max_sessions = 0;
    let barn = world.recorder_with("Barn", config).await;
    let ana = world.person("Ana").await;
    ana.owns(&barn).await;

    let words = "All streams of the recorder are in use.";
    is_said_everywhere(&ana, &barn, words).await;
    let line = world.agent(0).says_with("no camera has pictures").await;
    assert!(line.contains("Barn") && line.contains("in use"), "{line}");
    let n_lines = world.agent(0).output().matches("no camera has").count();
    assert_eq!(n_lines, 1);
}

/// What is wrong with the recorder is on Devices, on its page and in Live view.
async fn is_said_everywhere(person: &Person, recorder: &Card, words: &str) {
    let device = format!("/devices/{}", recorder.serial);
    for path in ["/devices", &device] {
        person.goes_to(path).await;
        person.browser.sees("Connected, no picture").await;
        person.browser.sees(words).await;
    }
    for path in ["/live", &format!("/live/{}", recorder.serial)] {
        person.goes_to(path).await;
        person.browser.sees(words).await;
    }
}

async fn said(browser: &Browser) -> Vec<String> {
    let said = browser.runs("return window.said", vec![]).await;
    serde_json::from_value(said).expect("texts")
}

/// Part of the n-th tile's poster, 0 to 1, that is all but black; all of it where there is none.
async fn part_black_of_poster(browser: &Browser, index: usize) -> f64 {
    let script = "
        const poster = deep('.tile__poster')[arguments[0]];
        if (poster.hidden || !poster.naturalWidth) return 1;
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [64, 36];
        const context = canvas.getContext('2d');
        context.drawImage(poster, 0, 0, 64, 36);
        const { data } = context.getImageData(0, 0, 64, 36);
        let nBlack = 0;
        for (let i = 0; i < data.length; i += 4) nBlack += Math.max(data[i], data[i + 1], data[i + 2]) < 24;
        return nBlack / (64 * 36);";
    let part: Value = browser.runs(script, vec![json!(index)]).await;
    part.as_f64().expect("a part")
}
