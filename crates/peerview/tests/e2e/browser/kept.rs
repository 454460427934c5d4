//! Capture, and Pictures and videos: what a person stores on the phone, and who can see it there.

use serde_json::json;

use super::accessibility::{Walk, tabs_to, types};
use crate::support::World;
use crate::support::person::Person;
use crate::support::world::RECORDER_PASSWORD;

const KEPT: &str = "is kept on this phone";

pub(super) async fn captures(ana: &Person) {
    ana.browser.lets_a_double_tap_pass().await;
    ana.browser.presses("Capture").await;
    ana.browser.sees(KEPT).await;
}

/// Opens Pictures and videos, and waits until it lists this many.
pub(super) async fn opens_pictures(ana: &Person, count: usize) {
    ana.goes_to("/pictures").await;
    lists(ana, count).await;
}

pub(super) async fn lists(ana: &Person, count: usize) {
    let script = "return deep('.kept__item').length";
    ana.browser
        .waits_until(&format!("{count} items are listed"), async || {
            ana.browser.runs(script, vec![]).await == json!(count)
        })
        .await;
}

/// The file that the page offers to save.
async fn offered(ana: &Person) -> String {
    let script = "return document.querySelector('.told__save').download";
    let name = ana.browser.runs(script, vec![]).await;
    name.as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_captured_picture_is_kept_named_and_offered() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    // West of the date line, so that local time and UTC show different hours everywhere.
    let zone = json!({ "timezoneId": "Pacific/Marquesas" });
    ana.browser
        .devtools("Emulation.setTimezoneOverride", zone)
        .await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;

    captures(&ana).await;

    let script = "const shown = new Date(); const two = (value) => String(value).padStart(2, '0');
        return [shown.getFullYear(), two(shown.getMonth() + 1), two(shown.getDate())].join('-') + ' ' + two(shown.getHours())";
    let now = ana.browser.runs(script, vec![]).await;
    let (name, now) = (offered(&ana).await, now.as_str().unwrap().to_owned());
    assert!(name.ends_with(".jpg"), "{name}");
    assert!(name.starts_with("Home · "), "{name}");
    assert!(name.contains(&now), "{name} at {now}");

    opens_pictures(&ana, 1).await;
    ana.browser.sees("Today").await;
    let open = "deep('.kept__open')[0].click()";
    ana.browser.runs(open, vec![]).await;
    ana.browser
        .waits_until("the picture is shown", async || {
            let width = "return deep('.kept__stage img')[0]?.naturalWidth > 0";
            ana.browser.runs(width, vec![]).await == json!(true)
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn capture_says_why_nothing_was_kept() {
    let mut world = World::new().await;
    let card = world.simulated_recorder("Shop").await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    let origin = ana.url().to_owned();
    let full = json!({ "origin": origin, "quotaSize": 1 });
    // Before the page stores anything: for half a minute after that, the browser asks for the room no more.
    ana.browser
        .devtools("Storage.overrideQuotaForOrigin", full)
        .await;
    ana.watches(&card).await;

    ana.browser.presses("Capture").await;
    ana.browser.sees("This phone’s storage is full").await;
    assert!(offered(&ana).await.ends_with(".jpg"));

    let roomy = json!({ "origin": origin });
    ana.browser
        .devtools("Storage.overrideQuotaForOrigin", roomy)
        .await;
    world.agent(0).signal("KILL");
    ana.browser.waits_until_pictures_stand_still().await;
    ana.browser
        .waits_until("nothing plays", async || {
            let playing = "return deep('.tile[data-state=playing]').length";
            ana.browser.runs(playing, vec![]).await == json!(0)
        })
        .await;
    ana.browser.presses("Capture").await;
    ana.browser.sees("There is no picture to capture").await;

    opens_pictures(&ana, 0).await;
    ana.browser.sees("Nothing captured yet").await;
    ana.browser.presses("Live view").await;
    ana.browser
        .waits_until("Live view is open", async || {
            ana.browser.path().await.starts_with("/live")
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cameras_of_any_name_give_files_of_good_names() {
    let mut world = World::new().await;
    let mut config = simdvr::Config::four_cameras("admin", RECORDER_PASSWORD);
    for (camera, name) in config.cameras.iter_mut().zip([
        "Yard / gate: \"north\"",
        "\u{5de}\u{5e6}\u{5dc}\u{5de}\u{5d4} \u{202e}gpj.exe",
        "Kitchen 👨\u{200d}👩\u{200d}👧",
        &"n".repeat(200),
    ]) {
        camera.name = name.to_owned();
    }
    let card = world.recorder_with("Shop", config).await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    ana.watches(&card).await;

    let mut names = Vec::new();
    for index in 0..4 {
        let select = "deep('.tile__open')[arguments[0]].dispatchEvent(new MouseEvent('click', { detail: 1 }));
            deep('.told [role=status]')[0].textContent = ''";
        ana.browser.runs(select, vec![json!(index)]).await;
        captures(&ana).await;
        names.push(offered(&ana).await);
    }

    for name in &names {
        assert!(name.len() < 200, "{name}");
        let is_unfit = |letter: char| letter.is_control() || "/\\:*?\"<>|\u{202e}".contains(letter);
        assert!(!name.contains(is_unfit), "{name:?}");
    }
    assert!(names[0].starts_with("Yard gate north 2"), "{names:?}");
    opens_pictures(&ana, 4).await;
    let mut walk = Walk::new(&ana);
    walk.looks("Pictures and videos with odd names").await;
    walk.ends(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn kept_pictures_are_selected_deleted_and_erased() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    for _ in 0..3 {
        captures(&ana).await;
        let again = "deep('.told [role=status]')[0].textContent = ''";
        ana.browser.runs(again, vec![]).await;
    }
    opens_pictures(&ana, 3).await;

    // By keyboard alone.
    tabs_to(&ana, "Select").await;
    types(&ana, " ").await;
    let first = first_box(&ana).await;
    assert_eq!(tabs_to(&ana, &first).await, "checkbox");
    types(&ana, " ").await;
    ana.browser.sees("1 selected").await;
    tabs_to(&ana, "Delete").await;
    types(&ana, "\u{e007}").await;
    ana.browser.sees("Delete 1 item?").await;
    assert_eq!(ana.browser.focus_name().await, "Cancel");
    tabs_to(&ana, "Delete").await;
    types(&ana, "\u{e007}").await;
    lists(&ana, 2).await;

    let mut walk = Walk::new(&ana);
    walk.looks("Pictures and videos").await;
    ana.goes_to("/menu").await;
    ana.browser.presses("Log out").await;
    ana.browser
        .sees("2 pictures and videos are on this phone")
        .await;
    walk.looks("the question of Log out").await;
    walk.ends(2);
    ana.browser.presses("Cancel").await;
    opens_pictures(&ana, 2).await;
    ana.goes_to("/menu").await;
    ana.browser.presses("Log out").await;
    ana.browser.presses("Erase and go on").await;
    ana.browser.sees("Cloud P2P").await;
    ana.logs_in(false).await;
    opens_pictures(&ana, 0).await;
    ana.browser.sees("Nothing captured yet").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_sees_a_persons_pictures() {
    let world = World::new().await;
    let mut ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    captures(&ana).await;
    // Her session ends elsewhere; nobody logs out here.
    ana.browser.client().delete_all_cookies().await.unwrap();

    ana.name = "ben".to_owned();
    ana.has_account().await;
    opens_pictures(&ana, 0).await;
    ana.browser.sees("Nothing captured yet").await;
    ana.browser.client().delete_all_cookies().await.unwrap();

    ana.name = "ana".to_owned();
    ana.logs_in(false).await;
    opens_pictures(&ana, 1).await;
}

async fn first_box(ana: &Person) -> String {
    let script = "return deep('.kept__pick input')[0].getAttribute('aria-label')";
    let name = ana.browser.runs(script, vec![]).await;
    name.as_str().expect("a box has a name").to_owned()
}
