//! Registering and setting a new password in a real browser: the button of a mail, pictures off, and
//! what password managers need.

use serde_json::json;

use crate::support::person::{PASSWORD, Person};
use crate::support::world::World;

const NEW: &str = "seven lamps above the harbour";

async fn asks_for_a_code(ana: &Person) {
    ana.goes_to("/register").await;
    ana.asks_for_a_code(&ana.letters().await).await;
    ana.browser.sees("Create account").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailed_link_continues_in_the_browser_that_opens_it() {
    let world = World::new().await;
    let (laptop, phone) = (world.person("Ana").await, world.person("Ana").await);
    asks_for_a_code(&laptop).await;

    let button = phone.mailed_button("/register/button").await;
    phone.goes_to(&button).await;
    phone.browser.sees("Continue to create your account").await;
    let address = phone.browser.runs("return location.href", vec![]).await;
    assert!(
        !address.to_string().contains('#'),
        "{address}: the token is out of sight"
    );
    phone.browser.presses("Continue").await;
    phone.browser.sees("is confirmed").await;
    assert!(!phone.browser.shows("Verification code").await);
    phone.browser.types("User name", "ana").await;
    phone.browser.types("Password", PASSWORD).await;
    phone.browser.presses("Finish").await;
    phone.browser.sees("Add device").await;

    laptop.goes_to("/register/finish").await;
    laptop.browser.sees("Enter Email").await;
    laptop.goes_to(&button).await;
    laptop.browser.presses("Continue").await;
    laptop.browser.sees("used up").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_reset_by_a_mailed_link() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.registers().await;
    ana.logs_out().await;

    ana.browser.presses("Forgot password").await;
    ana.browser.sees("We mail you").await;
    ana.browser.types("User name or e-mail", "ana").await;
    let letters = ana.letters().await;
    ana.browser.types("Letters in the picture", &letters).await;
    ana.browser.presses("Send mail").await;
    ana.browser.sees("Code from the mail").await;
    ana.goes_to(&ana.mailed_button("/forgot/button").await)
        .await;
    ana.browser.presses("Continue").await;
    ana.browser.sees("New password").await;
    ana.browser.types("New password", NEW).await;
    ana.browser.sees("Very good").await;
    ana.browser.presses("Set password").await;
    ana.browser.sees("Your new password is set").await;

    ana.browser.types("User name / Email", "ana").await;
    ana.browser.types("Password", NEW).await;
    ana.browser.presses("Login").await;
    ana.browser.sees("Add device").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_digits_of_a_code_fit_their_boxes() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    asks_for_a_code(&ana).await;
    ana.browser.types("Verification code", "6853").await;
    let scrolled = "
        const field = deep('.codes input')[0];
        field.focus();
        return [field.value, field.scrollLeft, document.documentElement.scrollLeft]";

    let scrolled = ana.browser.runs(scrolled, vec![]).await;

    assert_eq!(scrolled, json!(["6853", 0, 0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_6_2_6_a_password_is_masked_until_it_is_shown() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    asks_for_a_code(&ana).await;
    ana.browser.types("Password", PASSWORD).await;
    let kind = "return deep('#password')[0].type";

    let masked = ana.browser.runs(kind, vec![]).await;
    ana.browser.presses("Show password").await;
    let shown = ana.browser.runs(kind, vec![]).await;

    assert_eq!((masked, shown), (json!("password"), json!("text")));
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_6_2_7_passwords_can_be_pasted_and_filled_in() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    let hints = "return deep('input').map((i) => i.autocomplete).filter(Boolean)";
    ana.goes_to("/login").await;
    let login = ana.browser.runs(hints, vec![]).await.to_string();
    asks_for_a_code(&ana).await;
    let finish = ana.browser.runs(hints, vec![]).await.to_string();
    let paste = "
        const field = deep('#password')[0];
        field.focus();
        const data = new DataTransfer();
        data.setData('text/plain', arguments[0]);
        const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
        const allowed = field.dispatchEvent(event);
        document.execCommand('insertText', false, arguments[0]);
        return [allowed, field.value]";
    let pasted = ana.browser.runs(paste, vec![json!(PASSWORD)]).await;

    assert!(
        login.contains("username") && login.contains("current-password"),
        "{login}"
    );
    for hint in ["one-time-code", "username", "new-password"] {
        assert!(finish.contains(hint), "{hint} in {finish}");
    }
    assert_eq!(pasted, json!([true, PASSWORD]));
}

#[tokio::test(flavor = "multi_thread")]
async fn registering_works_without_picture_and_sound() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.goes_to("/register").await;
    ana.browser.types("Email", &ana.email()).await;
    ana.browser
        .presses("I can use neither the picture nor the sound")
        .await;
    ana.browser.presses("Get verification code").await;
    ana.browser.sees("Press the button in the mail").await;

    ana.goes_to(&ana.mailed_button("/register/button").await)
        .await;
    ana.browser.presses("Continue").await;
    ana.browser.types("User name", "ana").await;
    ana.browser.types("Password", PASSWORD).await;
    ana.browser.presses("Finish").await;

    ana.browser.sees("Add device").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn double_clicks_and_going_back_lose_nothing() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    let back = "history.back()";
    let twice = "
        const button = deep('button.p')[0];
        button.click();
        button.click();";
    ana.goes_to("/register").await;
    ana.browser.types("Email", &ana.email()).await;
    let letters = ana.letters().await;
    ana.browser.types("Letters in the picture", &letters).await;
    ana.browser.leaves_by(twice).await;
    ana.browser.sees("Create account").await;
    ana.mailed_code().await;
    assert_eq!(ana.mails().await.len(), 1, "a double click is one mail");

    ana.browser.leaves_by(back).await;
    ana.browser.sees("Enter Email").await;
    // A page that is still loading may drop the next step through the history.
    ana.browser
        .waits_until("the page is loaded", async || {
            let state = "return document.readyState";
            ana.browser.runs(state, vec![]).await == json!("complete")
        })
        .await;
    ana.browser.leaves_by("history.forward()").await;
    ana.browser.sees("Create account").await;
    ana.browser
        .types("Verification code", &ana.mailed_code().await)
        .await;
    ana.browser.types("User name", "ana").await;
    ana.browser.types("Password", PASSWORD).await;
    ana.browser.leaves_by(twice).await;
    ana.browser.sees("Add device").await;

    ana.browser.leaves_by(back).await;
    ana.browser
        .waits_until("a page that goes on is shown", async || {
            let shown = ana.browser.text().await;
            shown.contains("Add device")
                || shown.contains("Enter Email")
                || shown.contains("Create account")
        })
        .await;
    ana.goes_to("/devices").await;
    ana.browser.sees("Add device").await;
    assert_eq!(ana.mails().await.len(), 1);
}
