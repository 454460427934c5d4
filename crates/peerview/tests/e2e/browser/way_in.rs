//! The way in with a claim link or a live link, through Login and Register; a session that ends; and the way back over
//! forms.

use serde_json::json;

use crate::support::World;
use crate::support::person::{PASSWORD, Person};

/// The path and fragment of a claim link.
pub(super) fn fragment(link: &str) -> &str {
    &link[link.find("/devices/new").expect("a claim link")..]
}

pub(super) async fn gives_password(ana: &Person, password: &str) {
    ana.browser.types("User name / Email", "ana").await;
    ana.browser.types("Password", password).await;
    ana.browser.presses("Login").await;
}

/// Waits for the form with this recorder in it, and that neither address bar nor history tell the code.
pub(super) async fn stands_on_the_filled_form(ana: &Person, serial: &str, code: &str) {
    ana.browser
        .waits_until("the form is filled in", async || {
            ana.browser.path().await == "/devices/new"
                && ana.browser.value("Verification code (6 letters)").await == code
        })
        .await;
    assert_eq!(ana.browser.value("Serial number").await, serial);
    let address = ana.browser.runs("return location.href", vec![]).await;
    assert!(!address.to_string().contains('#'), "{address}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_link_survives_register_and_login() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    let (serial, code) = (&world.recorder.serial, &world.recorder.code);
    let link = fragment(&world.recorder.claim_link);

    ana.goes_to(link).await;
    ana.browser.sees("the recorder that you scanned").await;
    let address = ana.browser.runs("return location.href", vec![]).await;
    assert!(!address.to_string().contains(code), "{address}");
    ana.creates_an_account().await;
    stands_on_the_filled_form(&ana, serial, code).await;
    ana.goes_to("/devices/new").await;
    assert_eq!(ana.browser.value("Serial number").await, "", "used once");

    ana.logs_out().await;
    ana.goes_to(link).await;
    gives_password(&ana, "a wrong password").await;
    ana.browser.sees("User name or password is wrong").await;
    gives_password(&ana, PASSWORD).await;
    stands_on_the_filled_form(&ana, serial, code).await;
    ana.browser.presses("Add").await;
    ana.browser.sees("4 cameras").await;
    // Nothing was typed: it is called as on its site.
    assert_eq!(ana.browser.path().await, "/devices");
    assert!(!ana.browser.text().await.contains(serial.as_str()));

    // What was opened and left is not there for the next person.
    ana.logs_out().await;
    ana.goes_to(link).await;
    ana.browser.sees("the recorder that you scanned").await;
    gives_password(&ana, PASSWORD).await;
    stands_on_the_filled_form(&ana, serial, code).await;
    ana.logs_out().await;
    let kept = "return [sessionStorage.length, localStorage.length]";
    assert_eq!(ana.browser.runs(kept, vec![]).await, json!([0, 0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_session_comes_back_to_its_camera() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    let camera = format!("/live/{}/2", world.recorder.serial);
    ana.goes_to(&camera).await;
    ana.browser.sees_moving_pictures(1).await;
    let shown = ana.browser.path().await;

    let tablet = world.person("Ana").await;
    tablet.logs_in(false).await;
    tablet.goes_to("/account/sessions").await;
    tablet.browser.presses("Log out everywhere else").await;
    ana.browser.sees("You were logged out").await;
    gives_password(&ana, PASSWORD).await;

    ana.browser.sees_moving_pictures(1).await;
    assert_eq!(ana.browser.path().await, shown);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_back_never_meets_a_refused_form() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.has_account().await;
    ana.logs_out().await;

    gives_password(&ana, "a wrong password").await;
    ana.browser.sees("User name or password is wrong").await;
    gives_password(&ana, PASSWORD).await;
    ana.browser.sees("Add device").await;
    ana.tries_to_add(&world.recorder.with_wrong_code(), "Home")
        .await;
    ana.browser.sees("or the device is offline").await;
    ana.goes_to("/help").await;
    ana.browser.sees("First steps").await;

    for step in 0..3 {
        ana.browser.leaves_by("history.back()").await;
        let says = ana.browser.text().await;
        assert!(
            !says.contains("or the device is offline") && !says.contains("is wrong"),
            "{step}: {says}"
        );
        assert!(says.contains("Add"), "{step}: a page of the app: {says}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailed_button_brings_the_scanned_recorder_along() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    let (serial, code) = (&world.recorder.serial, &world.recorder.code);
    ana.goes_to(fragment(&world.recorder.claim_link)).await;
    ana.browser.sees("the recorder that you scanned").await;
    ana.browser.presses("Register").await;
    ana.asks_for_a_code(&ana.letters().await).await;
    ana.browser.sees("Create account").await;

    // The mail's button opens another tab of the same browser.
    let client = ana.browser.client();
    let mailed = client.new_window(true).await.expect("a second tab");
    let switched = client.switch_to_window(mailed.handle).await;
    switched.expect("the second tab");
    ana.goes_to(&ana.mailed_button("/register/button").await)
        .await;
    ana.browser.presses("Continue").await;
    ana.browser.types("User name", "ana").await;
    ana.browser.types("Password", PASSWORD).await;
    ana.browser.presses("Finish").await;
    stands_on_the_filled_form(&ana, serial, code).await;

    // Where no tab has it, the page says what to do.
    ana.goes_to("/devices/new?linked=1").await;
    ana.browser.sees("scan or open it once more").await;
}
