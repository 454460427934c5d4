//! A person's own order, names and hidden cameras, and the order of recorders: by keyboard, and as Live view
//! shows them.

use fantoccini::key::Key;
use serde_json::json;

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

    ana.goes_to("/devices/order").await;
    tabs_to(&ana, "Move Home up").await;
    types(&ana, &Key::Enter.to_string()).await;
    says(&ana, SAID, json!("Home: place 1 of 2")).await;

    let mut walk = Walk::new(&ana);
    for page in [
        &list,
        "/devices/order",
        &format!("/devices/{}", shop.serial),
    ] {
        walk.goes_to(page).await;
    }
    walk.ends(3);
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    ana.goes_to(&format!("/live/{}", shop.serial)).await;
    ana.browser.sees_moving_pictures(3).await;
    let tiles = "return deep('live-tile .tile__name').map((name) => name.textContent)";
    let shown = json!(["Eingang 🚪", names[1], names[3]]);
    assert_eq!(ana.browser.runs(tiles, vec![]).await, shown);
}
