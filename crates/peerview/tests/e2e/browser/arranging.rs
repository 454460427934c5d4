//! A person's own order, names and hidden cameras, and the order of recorders: by keyboard, and as Live view
//! shows them.

use fantoccini::key::Key;
use serde_json::{Value, json};

use super::accessibility::{Walk, tabs_to, types};
use crate::support::World;
use crate::support::person::Person;
use crate::support::world::RECORDER_PASSWORD;

const FOCUSED: &str = "return document.activeElement.getAttribute('aria-label')";
const SAID: &str = "return deep('arranged-list [role=status]')[0].textContent";
const ROWS: &str = "return deep('.arranged__row').map((row) => row.dataset.name)";

async fn says(ana: &Person, script: &str, wanted: serde_json::Value) {
    ana.browser
        .waits_until(&format!("{script} says {wanted}"), async || {
            ana.browser.runs(script, vec![]).await == wanted
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cameras_and_recorders_are_put_in_order_by_keyboard() {
    let mut world = World::new().await;
    let mut four = simdvr::Config::four_cameras("admin", RECORDER_PASSWORD);
    four.empty_inputs = 0;
    let shop = world.recorder_with("Shop", four).await;
    let ana = world.person("Ana").await;
    ana.owns_all(&[(&shop, "Shop"), (&world.recorder, "Home")])
        .await;
    let list = format!("/devices/{}/cameras", shop.serial);

    ana.goes_to(&list).await;
    let rows = ana.browser.runs(ROWS, vec![]).await;
    let names: Vec<String> = serde_json::from_value(rows).expect("names");
    let third = names[2].clone();
    tabs_to(&ana, &format!("Move {third} up")).await;
    types(&ana, &Key::Enter.to_string()).await;
    says(&ana, SAID, json!(format!("{third}: place 2 of 4"))).await;
    types(&ana, &Key::Enter.to_string()).await;
    says(&ana, SAID, json!(format!("{third}: place 1 of 4"))).await;
    assert_eq!(
        ana.browser.runs(FOCUSED, vec![]).await,
        json!(format!("Move {third} up")),
        "the next press goes on"
    );
    tabs_to(&ana, &format!("Hide {third}")).await;
    types(&ana, &Key::Enter.to_string()).await;
    says(&ana, FOCUSED, json!(format!("Show {third}"))).await;
    ana.browser
        .presses(&format!("Name and place of {}", names[0]))
        .await;
    ana.browser.types("Name", "Eingang 🚪").await;
    ana.browser.presses("Save").await;
    let expected = json!([third, "Eingang 🚪", names[1], names[3]]);
    says(&ana, ROWS, expected).await;
    let ([from, to], last) = (handles(&ana, [3, 0]).await, &names[3]);
    ana.browser.drags(from, to).await;
    ana.browser.lets_go().await;
    says(&ana, SAID, json!(format!("{last}: place 1 of 4"))).await;
    // What holds is what the cloud has kept.
    ana.goes_to(&list).await;
    let dragged = json!([last, third, "Eingang 🚪", names[1]]);
    says(&ana, ROWS, dragged).await;

    puts_recorders_in_order(&ana).await;
    let mut walk = Walk::new(&ana);
    for page in [
        &list,
        "/devices/order",
        &format!("/devices/{}", shop.serial),
    ] {
        walk.goes_to(page).await;
    }
    walk.ends(3);
    leaves_posters_after_a_short_look(&ana).await;
    ana.goes_to(&format!("/live/{}", shop.serial)).await;
    ana.browser.sees_moving_pictures(3).await;
    let tiles = "return deep('live-tile .tile__name').map((name) => name.textContent)";
    let shown = json!([names[3], "Eingang 🚪", names[1]]);
    assert_eq!(ana.browser.runs(tiles, vec![]).await, shown);
}

/// Moves Home before Shop and back, by keyboard and by finger.
async fn puts_recorders_in_order(ana: &Person) {
    ana.goes_to("/devices/order").await;
    tabs_to(ana, "Move Home up").await;
    types(ana, &Key::Enter.to_string()).await;
    says(ana, SAID, json!("Home: place 1 of 2")).await;
    drags_with_a_finger(ana, 0, 1).await;
    says(ana, SAID, json!("Home: place 2 of 2")).await;
    drags_with_a_finger(ana, 1, 0).await;
    says(ana, SAID, json!("Home: place 1 of 2")).await;
}

/// Looks at Live view, and then finds a picture on Devices: of Home, whose four cameras were seen.
async fn leaves_posters_after_a_short_look(ana: &Person) {
    // What is done every second is done for nobody who leaves before.
    let hasty = json!({"source": "window.setInterval = () => 0;"});
    let hasty = ana
        .browser
        .devtools("Page.addScriptToEvaluateOnNewDocument", hasty)
        .await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    for index in 0..4 {
        ana.browser.keeps_a_poster(index).await;
    }
    ana.browser
        .devtools("Page.removeScriptToEvaluateOnNewDocument", hasty)
        .await;
    ana.goes_to("/devices").await;
    let pictures = "return deep('poster-image img').map((it) => it.naturalWidth > 0)";
    says(ana, pictures, json!([true])).await;
}

/// The middles of the handles of these rows.
async fn handles<const N: usize>(ana: &Person, rows: [usize; N]) -> [(f64, f64); N] {
    let script = "return deep('[data-drag-handle]').map((it) => it.getBoundingClientRect())
        .map(({ x, y, width, height }) => [x + width / 2, y + height / 2, Math.min(width, height)])";
    let all = ana.browser.runs(script, vec![]).await;
    let all: Vec<[f64; 3]> = serde_json::from_value(all).expect("places");
    assert!(all.iter().all(|[_, _, side]| *side >= 44.0), "{all:?}");
    rows.map(|row| (all[row][0], all[row][1]))
}

/// Holds the handle of a row, moves it in steps as a finger does, and lets it go at another row.
async fn drags_with_a_finger(ana: &Person, from: usize, to: usize) {
    let [(x, start), (_, end)] = handles(ana, [from, to]).await;
    let touch = async |kind: &str, points: Value| {
        let event = json!({"type": kind, "touchPoints": points});
        ana.browser
            .devtools("Input.dispatchTouchEvent", event)
            .await;
    };
    touch("touchStart", json!([{"x": x, "y": start}])).await;
    for step in 1..=5 {
        let y = start + (end - start) * f64::from(step) / 5.0;
        touch("touchMove", json!([{"x": x, "y": y}])).await;
    }
    touch("touchEnd", json!([])).await;
}
