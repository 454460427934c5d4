//! `scripts/look.sh tour`: writes the pictures of docs/tour.md and of Help, from the real app with the simulated recorder.

use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use serde_json::json;

use crate::support::World;
use crate::support::person::Person;

const PHONE: (u32, u32) = (390, 844);
const LAPTOP: (u32, u32) = (1280, 800);
/// All pictures of docs/tour together, so that a clone of the repository stays small.
const MOST_BYTES: u64 = 1_500_000;
/// All pictures of Help together: they are part of the program.
const MOST_BYTES_OF_HELP: u64 = 120_000;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Writes what is shown as WebP.
async fn takes(ana: &Person, (width, height): (u32, u32), scheme: &str, quality: u8, to: &Path) {
    ana.browser.has_screen(width, height, scheme).await;
    let drawn = "const done = arguments[0];
        Promise.all([...document.images].map((image) => image.decode().catch(() => {})))
            .then(() => requestAnimationFrame(() => requestAnimationFrame(done)))";
    ana.browser.runs_until_done(drawn, vec![]).await;
    let how = json!({ "format": "webp", "quality": quality });
    let picture = ana.browser.devtools("Page.captureScreenshot", how).await;
    let picture = picture["data"].as_str().expect("a picture");
    let bytes = BASE64.decode(picture.as_bytes()).expect("base64");
    std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder can be made");
    std::fs::write(to, bytes).expect("a picture can be written");
}

/// One picture of the tour.
async fn shoots(ana: &Person, name: &str, size: (u32, u32), scheme: &str) {
    let file = repository().join(format!("docs/tour/{name}.webp"));
    takes(ana, size, scheme, 62, &file).await;
}

fn bytes_in(folder: &str) -> u64 {
    let entries = std::fs::read_dir(repository().join(folder)).expect("it was written");
    let sizes = entries.map(|entry| entry.expect("an entry").metadata().expect("a size").len());
    sizes.sum()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes pictures into the repository: `scripts/look.sh tour`"]
async fn the_tour_is_photographed_from_the_real_app() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.goes_to("/login").await;
    shoots(&ana, "login-phone", PHONE, "light").await;
    ana.has_account().await;
    ana.goes_to("/devices/new").await;
    shoots(&ana, "add-device-phone", PHONE, "light").await;
    let help = repository().join("crates/cloud/static/img/help");
    takes(&ana, (390, 620), "light", 50, &help.join("add.webp")).await;
    ana.adds(&world.recorder, "Home").await;
    ana.goes_to("/live").await;
    ana.browser.has_screen(PHONE.0, PHONE.1, "dark").await;
    ana.browser.sees_moving_pictures(4).await;
    shoots(&ana, "live-phone", PHONE, "dark").await;
    takes(&ana, (390, 620), "dark", 50, &help.join("live.webp")).await;
    shoots(&ana, "live-laptop", LAPTOP, "dark").await;
    ana.browser.has_screen(PHONE.0, PHONE.1, "dark").await;
    ana.browser.presses("Capture").await;
    ana.browser.sees("is kept on this phone").await;
    ana.goes_to(&format!("/live/{}", world.recorder.serial))
        .await;
    ana.browser.sees_moving_pictures(4).await;
    // The only camera of the simulated recorder that turns.
    ana.browser.presses("Car park").await;
    ana.browser.presses("PTZ").await;
    ana.browser.sees("No position is saved yet").await;
    shoots(&ana, "ptz-phone", PHONE, "dark").await;
    for (page, name) in [
        ("/devices", "devices"),
        ("/pictures", "pictures"),
        ("/configuration", "configuration"),
        ("/help", "help"),
        ("/account", "account"),
    ] {
        ana.goes_to(page).await;
        for scheme in ["light", "dark"] {
            shoots(&ana, &format!("{name}-phone-{scheme}"), PHONE, scheme).await;
        }
    }
    ana.goes_to("/devices").await;
    takes(&ana, (390, 420), "light", 50, &help.join("devices.webp")).await;
    shoots(&ana, "devices-laptop", LAPTOP, "light").await;
    ana.browser.has_screen(PHONE.0, PHONE.1, "light").await;
    ana.browser.presses("Settings of Home").await;
    shoots(&ana, "device-phone", PHONE, "light").await;
    ana.goes_to("/help/connection").await;
    ana.browser.presses("Start the test").await;
    ana.browser.sees("This network is fine.").await;
    shoots(&ana, "connection-test-phone", PHONE, "light").await;

    assert!(
        bytes_in("docs/tour") <= MOST_BYTES,
        "{}",
        bytes_in("docs/tour")
    );
    let of_help = bytes_in("crates/cloud/static/img/help");
    assert!(of_help <= MOST_BYTES_OF_HELP, "{of_help}");
}
