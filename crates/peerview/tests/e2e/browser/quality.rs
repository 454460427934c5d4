//! The quality setting of Live view: which stream is sent, what the page says about it, and how much data it
//! uses.

use serde_json::json;

use super::accessibility::Walk;
use crate::support::World;
use crate::support::person::Person;

/// The value of a row in the panel of figures.
fn figure(name: &str) -> String {
    format!("return document.querySelector('[data-figure={name}]')?.textContent ?? ''")
}

async fn chooses(person: &Person, quality: &str) {
    // It is loaded after the first pictures, and then says what is chosen.
    person
        .browser
        .waits_until("quality can be chosen", async || {
            let shown = "return document.querySelector('[data-quality]').textContent";
            person.browser.runs(shown, vec![]).await != json!("Quality")
        })
        .await;
    let script = "const select = document.querySelector('.tools__quality select');
        select.value = arguments[0]; select.dispatchEvent(new Event('change'))";
    person.browser.runs(script, vec![json!(quality)]).await;
}

pub(super) async fn has_figure(person: &Person, name: &str, is_so: impl Fn(&str) -> bool) {
    person
        .browser
        .waits_until(&format!("a figure in {name}"), async || {
            let shown = person.browser.runs(&figure(name), vec![]).await;
            is_so(shown.as_str().unwrap_or_default())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_chooses_a_quality_and_sees_what_it_costs() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;

    ana.browser.presses("Statistics").await;
    has_figure(&ana, "size", |words| words == "640\u{a0}×\u{a0}360").await;
    has_figure(&ana, "rate", |words| words.ends_with("per second")).await;
    has_figure(&ana, "bits", |words| words.ends_with("b/s")).await;
    has_figure(&ana, "lost", |words| words.ends_with('%')).await;
    has_figure(&ana, "codec", |words| words == "H.264").await;
    has_figure(&ana, "path", |words| words.starts_with("Direct")).await;
    has_figure(&ana, "note", |words| words.contains("In a tile")).await;
    // With the panel open one still goes on to other pictures, and a small tile names its camera alone.
    assert!(ana.browser.shows("Forward one page").await);
    let name = "return document.querySelector('.tile__name').innerText";
    assert_eq!(ana.browser.runs(name, vec![]).await, json!("Entrance"));
    let mut walk = Walk::new(&ana);
    walk.looks("Live view with the panel Statistics").await;

    // The recorder has no picture between the two, and it is said which one comes instead.
    chooses(&ana, "balanced").await;
    ana.browser
        .sees("Balanced: the picture has 1280\u{a0}×\u{a0}720. This camera’s full picture is no larger")
        .await;
    has_figure(&ana, "size", |words| words == "1280\u{a0}×\u{a0}720").await;
    chooses(&ana, "fluent").await;
    ana.browser
        .sees("Fluent: the picture has 640\u{a0}×\u{a0}360.")
        .await;
    ana.browser.client().refresh().await.expect("a page");
    ana.browser.sees_moving_pictures(4).await;
    let chosen = "return document.querySelector('.tools__quality select').value";
    ana.browser
        .waits_until("the choice is kept", async || {
            ana.browser.runs(chosen, vec![]).await == json!("fluent")
        })
        .await;

    ana.goes_to("/configuration").await;
    ana.browser.sees("one quality applies to both").await;
    let quality = ana.browser.value("Default quality").await;
    assert_eq!(quality, "fluent");
    let today =
        "return document.querySelector('[data-span=today] [data-network=unknown]').textContent";
    let used = ana.browser.runs(today, vec![]).await;
    assert!(
        !used.as_str().unwrap_or_default().starts_with('0'),
        "{used}"
    );
    walk.looks("Configuration with data used").await;
    ana.browser.presses("Reset").await;
    ana.browser.sees("The count starts again now.").await;
    let used = ana.browser.runs(today, vec![]).await;
    assert!(used.as_str().unwrap_or_default().starts_with('0'), "{used}");
    walk.ends(2);
}
