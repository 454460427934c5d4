//! The panels Image and Outputs of Live view: the simulated recorder really changes and switches.

use serde_json::json;
use simdvr::{DvrStats, Faults, HttpFaults};

use super::accessibility::Walk;
use super::live_grid::has_screen;
use crate::support::World;
use crate::support::person::Person;
use crate::support::process::PATIENCE;

/// Ana has this panel open for the first camera.
async fn ana_at(world: &mut World, panel: &str) -> Person {
    let card = world.simulated_recorder("Shop").await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    ana.watches(&card).await;
    ana.browser.presses("Entrance").await;
    ana.browser.presses(panel).await;
    ana
}

async fn recorder(dvr: &Faults, what: &str, is_so: impl FnMut(&DvrStats) -> bool) {
    let so = tokio::time::timeout(PATIENCE, dvr.wait_for(is_so)).await;
    assert!(so.is_ok(), "{what}: {:?}", dvr.stats());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_changes_the_image_of_a_camera() {
    let mut world = World::new().await;
    let ana = ana_at(&mut world, "Image").await;
    let dvr = world.faults(0);
    let before = dvr.image(1).expect("it has settings");
    let (left, right) = ('\u{e012}', '\u{e014}');

    ana.browser.holds_key("Contrast", left).await;
    ana.browser.lets_go().await;
    ana.browser.sees("The camera has taken the change.").await;
    let after = dvr.image(1).expect("it has settings");
    assert!(after.contrast < before.contrast, "{after:?}");
    assert_eq!(after.saturation, before.saturation);

    let chooses = "const mode = document.querySelector('[name=dayNight]'); \
        mode.value = 'night'; mode.dispatchEvent(new Event('change', { bubbles: true }));";
    ana.browser.runs(chooses, vec![]).await;
    recorder(dvr, "a second change", |stats| stats.image_orders == 2).await;
    assert_eq!(dvr.image(1).expect("it has settings").day_night, "night");

    let mirrors = chooses
        .replace("dayNight", "flip")
        .replace("night", "leftRight");
    ana.browser.runs(&mirrors, vec![]).await;
    // The plant of the scene is at its right; only what is mirrored shows it at the left.
    let plant_is_left = "const canvas = document.createElement('canvas'); \
        const picture = canvas.getContext('2d'); \
        picture.drawImage(deep('video')[0], 0, 0, 64, 36); \
        const [r, g, b] = picture.getImageData(12, 15, 1, 1).data; \
        return g > r + 15 && g > b + 15;";
    ana.browser
        .waits_until("a mirrored picture", async || {
            ana.browser.runs(plant_is_left, vec![]).await == true
        })
        .await;
    assert!(dvr.image(1).expect("it has settings").is_mirrored);

    // What the recorder refuses is said, and the camera's own value is shown again.
    let shown = ana.browser.value("Contrast").await;
    dvr.set_http_faults(HttpFaults {
        forbidden: vec!["/ISAPI/Image/channels/1"],
        ..HttpFaults::default()
    });
    ana.browser.holds_key("Contrast", right).await;
    ana.browser.lets_go().await;
    ana.browser.sees("The recorder refused.").await;
    assert_eq!(ana.browser.value("Contrast").await, shown);

    let mut walk = Walk::new(&ana);
    walk.looks("Live view with the panel Image").await;
    walk.ends(1);
    leaves_room_on_small_phones(&ana).await;
    keeps_close_in_sight(&ana).await;
}

/// The camera's name is whole, and nothing covers what leads to other pictures.
async fn leaves_room_on_small_phones(ana: &Person) {
    let script = "
        const name = deep('.panel__camera')[0];
        const covered = deep('.pager button').filter((button) => {
            const { x, y, width, height } = button.getBoundingClientRect();
            return !button.contains(document.elementFromPoint(x + width / 2, y + height / 2));
        });
        return `${name.textContent}${name.scrollWidth > name.clientWidth ? ' is cut' : ''}, ${covered.length} covered`;";
    for (width, height) in [(320, 568), (360, 640), (390, 844)] {
        ana.browser.has_screen(width, height, "light").await;
        let seen = ana.browser.runs(script, vec![]).await;
        assert_eq!(seen, "Entrance, 0 covered", "{width} × {height}");
    }
}

/// On low screens a panel is scrolled: nothing covers its Close, wherever one has scrolled to.
async fn keeps_close_in_sight(ana: &Person) {
    let script = "
        const panel = deep('.panel:not([hidden])')[0];
        const isSeen = () => {
            const close = panel.querySelector('.panel__head button');
            const { x, y, width, height } = close.getBoundingClientRect();
            return close.contains(document.elementFromPoint(x + width / 2, y + height / 2));
        };
        const before = isSeen();
        panel.scrollTop = panel.scrollHeight;
        return [before, panel.scrollTop > 0, isSeen()];";
    // A laptop at 200 %, and a phone on its side.
    for (width, height, is_phone) in [(640, 400, false), (844, 390, true)] {
        has_screen(ana, width, height, is_phone).await;
        let seen = ana.browser.runs(script, vec![]).await;
        assert_eq!(seen, json!([true, true, true]), "{width} × {height}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_switches_an_output() {
    let mut world = World::new().await;
    let ana = ana_at(&mut world, "Outputs").await;
    let dvr = world.faults(0);

    ana.browser.presses("On").await;
    recorder(dvr, "an order", |stats| stats.output_orders == 1).await;
    assert_eq!(dvr.outputs(), [true, false]);
    let is_shown = "return document.querySelector('[data-do=on]').ariaPressed";
    ana.browser
        .waits_until("it is shown as on", async || {
            ana.browser.runs(is_shown, vec![]).await == "true"
        })
        .await;
    let mut walk = Walk::new(&ana);
    walk.looks("Live view with the panel Outputs").await;

    ana.browser.presses("Off").await;
    recorder(dvr, "a second order", |stats| stats.output_orders == 2).await;
    assert_eq!(dvr.outputs(), [false, false]);
    ana.browser.presses("Pulse").await;
    ana.browser.sees("was on for a moment").await;
    // On, and off again by itself.
    recorder(dvr, "the end of a pulse", |stats| stats.output_orders == 4).await;
    assert_eq!(dvr.outputs(), [false, false]);

    walk.ends(1);

    ana.browser.lets_a_double_tap_pass().await;
    // A double tap is one pulse: an order to switch on, and one to switch off.
    let twice =
        "const pulse = document.querySelector('[data-do=pulse]'); pulse.click(); pulse.click()";
    ana.browser.runs(twice, vec![]).await;
    recorder(dvr, "one more pulse", |stats| stats.output_orders == 6).await;

    // The recorder's site is cut off in the middle of an order; afterwards it does what it is told.
    world.agent(0).signal("STOP");
    ana.browser.presses("On").await;
    let said = "return document.querySelector('.panel__words[data-trouble]')?.textContent ?? ''";
    let trouble = async || ana.browser.runs(said, vec![]).await != "";
    ana.browser
        .waits_until("it is said that nothing comes", trouble)
        .await;
    world.agent(0).signal("CONT");
    let dvr = world.faults(0);
    ana.browser
        .waits_until("that is over", async || !trouble().await)
        .await;
    ana.browser.presses("Off").await;
    ana.browser
        .waits_until("the output is off", async || {
            dvr.outputs() == [false, false] && ana.browser.text().await.contains("is off.")
        })
        .await;
    // Two for the pulse, one for Off, and one for On if it arrived.
    assert!(dvr.stats().output_orders <= 8, "{:?}", dvr.stats());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_shows_which_camera_has_its_sound_on() {
    let mut world = World::new().await;
    let ana = ana_at(&mut world, "Sound").await;
    let heard = "return [...document.querySelectorAll('live-tile')] \
        .filter((tile) => tile.querySelector('.tile__heard')?.checkVisibility()) \
        .map((tile) => tile.dataset.name).join()";
    assert_eq!(ana.browser.runs(heard, vec![]).await, "Entrance");

    ana.browser.presses("Counter").await;
    assert_eq!(ana.browser.runs(heard, vec![]).await, "Counter");
    ana.browser.presses("Sound").await;

    assert_eq!(ana.browser.runs(heard, vec![]).await, "");
}
