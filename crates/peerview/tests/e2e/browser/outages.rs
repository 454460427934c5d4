//! What a tile shows and says while something on the way to its camera is out of order.

use serde_json::{Value, json};

use crate::support::World;
use crate::support::browser::Browser;
use crate::support::process::report;

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
    ana.registers_and_adds(&barn).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    ana.browser.keeps_a_poster(0).await;
    ana.browser.runs(NOTES, vec![]).await;

    world.agent(0).signal("STOP");

    ana.browser.sees("Nothing comes from the device").await;
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
