//! Add device in a browser that cannot read QR codes by itself: by camera and by photo, several in turn.

use fantoccini::Locator;

use super::accessibility::Walk;
use crate::support::World;
use crate::support::browser::Browser;
use crate::support::folder::Folder;
use crate::support::person::Person;
use crate::support::qr;
use crate::support::world::Letters;

/// Ana with a phone whose camera sees this QR code.
async fn comes_with_camera(world: &World, folder: &Folder, sees: &str) -> Person {
    let file = folder.path().join("camera.y4m");
    std::fs::write(&file, qr::video(sees)).expect("a folder of the test");
    let flags = [
        "--use-fake-device-for-media-stream".to_owned(),
        "--use-fake-ui-for-media-stream".to_owned(),
        format!("--use-file-for-fake-video-capture={}", file.display()),
    ];
    let letters = Letters::of(world.cloud_folder());
    let browser = Browser::open_with(&flags).await;
    Person::comes_with(browser, "Ana", &world.url, &world.mailbox, letters)
}

/// Chooses a photo of this QR code.
pub(super) async fn chooses_photo(ana: &Person, folder: &Folder, text: &str) {
    let file = folder.path().join("photo.bmp");
    std::fs::write(&file, qr::photo(text)).expect("a folder of the test");
    let field = ana.browser.client().find(Locator::Css("qr-scanner input"));
    let field = field.await.expect("a field for photos");
    let path = file.to_str().expect("a plain path");
    field.send_keys(path).await.expect("a photo can be chosen");
}

pub(super) async fn holds(ana: &Person, serial: &str) {
    ana.browser
        .waits_until("the form is filled in", async || {
            ana.browser.value("Serial number").await == serial
        })
        .await;
}

/// How far what was on the page has moved since it was first painted, once its scripts have run (Cumulative Layout Shift).
const SHIFT: &str = "
const done = arguments[arguments.length - 1];
let sum = 0;
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) sum += hadRecentInput ? 0 : value;
}).observe({ type: 'layout-shift', buffered: true });
const look = () => {
  if (document.querySelector('.filters').hidden) return setTimeout(look, 10);
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum), 50)));
};
look();";

/// With a camera that sees nothing.
async fn scans_until_stopped(ana: &Person) {
    let blank = "const canvas = document.createElement('canvas'); \
         canvas.getContext('2d').fillRect(0, 0, 9, 9); \
         globalThis.blank = canvas.captureStream(5); \
         navigator.mediaDevices.getUserMedia = async () => globalThis.blank";
    ana.browser.runs(blank, vec![]).await;

    ana.browser.presses("Scan QR code").await;
    ana.browser.sees("Looking for a code").await;
    ana.browser.presses("Stop scanning").await;

    assert!(ana.browser.shows("Scan QR code").await);
    let camera = "return globalThis.blank.getTracks()[0].readyState";
    assert_eq!(ana.browser.runs(camera, vec![]).await, "ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_recorders_are_scanned_in_turn() {
    let mut world = World::new().await;
    let shop = world.simulated_recorder("Shop").await;
    let folder = Folder::new("qr");
    let ana = comes_with_camera(&world, &folder, &world.recorder.claim_link).await;
    ana.has_account().await;
    ana.goes_to("/devices/new").await;
    let own = ana
        .browser
        .runs("return 'BarcodeDetector' in globalThis", vec![])
        .await;
    assert_eq!(own, false, "the module of the page is what reads");

    ana.browser.presses("Scan QR code").await;
    holds(&ana, &world.recorder.serial).await;
    ana.browser.sees("Code read").await;
    ana.browser.presses("Add another one after this").await;
    ana.browser.presses("Add").await;
    ana.browser.sees("Here you can add the next one").await;
    assert!(ana.browser.is_checked("Add another one after this").await);

    scans_until_stopped(&ana).await;
    chooses_photo(&ana, &folder, "https://example.org/menu").await;
    ana.browser.sees("not the QR code of a recorder").await;
    chooses_photo(&ana, &folder, &shop.claim_link).await;
    holds(&ana, &shop.serial).await;
    let mut walk = Walk::new(&ana);
    walk.looks("a scanned code").await;
    walk.ends(1);
    ana.browser.presses("Add another one after this").await;
    ana.browser.presses("Add").await;
    ana.browser.sees("Shop").await;
    assert_eq!(ana.browser.path().await, "/devices");
}

#[tokio::test(flavor = "multi_thread")]
async fn cameras_are_found_on_devices_without_accents() {
    let mut world = World::new().await;
    let shop = world.simulated_recorder("Shop").await;
    let store = world.simulated_recorder("Store").await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    ana.adds(&shop, "Café Übersee").await;
    // Written from right to left, and as long as a name may be.
    ana.adds(&store, &"ש".repeat(64)).await;
    let shown = "return deep('[data-filter]').filter((it) => it.checkVisibility()).length";
    ana.browser.has_screen(390, 844, "light").await;
    ana.goes_to("/devices").await;
    let shift = ana.browser.runs_until_done(SHIFT, vec![]).await;
    assert!(shift.as_f64().is_some_and(|it| it < 0.05), "{shift}");

    ana.browser
        .types("Search devices and cameras", "cafe uber")
        .await;
    assert_eq!(ana.browser.runs(shown, vec![]).await, 1);
    let mut walk = Walk::new(&ana);
    walk.looks("a search for a device").await;
    ana.browser
        .types("Search devices and cameras", "BACK dóor")
        .await;
    ana.browser.sees("Back door").await;
    assert_eq!(ana.browser.runs(shown, vec![]).await, 3);
    walk.looks("a search for a camera").await;
    walk.ends(2);
    ana.browser
        .types("Search devices and cameras", "nothing")
        .await;
    ana.browser.sees("No device or camera has that name").await;

    ana.browser
        .types("Search devices and cameras", "cafe")
        .await;
    world.agent(0).signal("KILL");
    ana.browser.sees("Offline since").await;
    let offline = "
        const choice = deep('select[aria-label=Show]')[0];
        choice.value = 'false';
        choice.dispatchEvent(new Event('input', { bubbles: true }));";
    ana.browser.runs(offline, vec![]).await;
    assert_eq!(ana.browser.runs(shown, vec![]).await, 1);
    ana.browser
        .types("Search devices and cameras", "door")
        .await;
    ana.browser.presses("Back door").await;
    ana.browser
        .waits_until("Live view of that camera", async || {
            let path = ana.browser.path().await;
            path.starts_with(&format!("/live/{}/", shop.serial))
        })
        .await;
}
