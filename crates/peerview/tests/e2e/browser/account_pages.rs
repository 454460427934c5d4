//! The account's pages, its second factor and passkeys: axe-core on states that appear only after an action,
//! and everything with the keyboard alone.

use fantoccini::key::Key;
use serde_json::json;

use super::accessibility::{Walk, tabs_to, types};
use crate::support::World;
use crate::support::authenticator::app_code;
use crate::support::person::{PASSWORD, Person};

const NEW_PASSWORD: &str = "four blue kettles sing";

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_answers_of_the_account_pages() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.has_account().await;
    let tablet = world.person("Ana").await;
    tablet.logs_in(true).await;
    let mut walk = Walk::new(&ana);

    walk.goes_to("/account/sessions").await;
    ana.goes_to("/account/password").await;
    ana.browser
        .types("Old password", "gate lamp river mood")
        .await;
    ana.browser.types("New password", NEW_PASSWORD).await;
    ana.browser.presses("Change password").await;
    ana.browser.sees("That is not right").await;
    walk.looks("a refused Change password").await;
    ana.browser.types("Old password", PASSWORD).await;
    ana.browser.types("New password", "short").await;
    ana.browser.presses("Change password").await;
    walk.looks("a short new password").await;
    walk.goes_to("/account?notice=password").await;
    ana.goes_to("/account/email").await;
    ana.browser.types("New email", &ana.email()).await;
    ana.browser.presses("Send the button").await;
    ana.browser.sees("This is your address already").await;
    walk.looks("a refused Change email").await;
    ana.browser.types("New email", "ana@new.example").await;
    ana.browser.presses("Send the button").await;
    ana.browser.sees("nothing changes").await;
    walk.looks("a new address that waits").await;
    ana.goes_to("/account/deletion").await;
    let keep = "localStorage.setItem('peerview.kept', 'here')";
    ana.browser.runs(keep, vec![]).await;
    ana.browser.types("User name", "ben").await;
    ana.browser.presses("Delete account").await;
    ana.browser.sees("Nothing was deleted").await;
    let kept = "return localStorage.getItem('peerview.kept')";
    assert_eq!(ana.browser.runs(kept, vec![]).await, json!("here"));
    walk.looks("a refused Delete account").await;
    walk.goes_to("/account/email/button").await;
    walk.goes_to("/not-me").await;
    ana.browser.types("Code from the link", "0123").await;
    ana.browser.presses("Lock my account").await;
    ana.browser.sees("This link is used up").await;
    walk.looks("a dead link").await;
    ana.goes_to("/account/lock").await;
    ana.browser.presses("Lock my account").await;
    ana.browser.sees("The account is locked").await;
    assert_eq!(ana.browser.runs(kept, vec![]).await, json!(null));
    walk.looks("a locked account").await;

    walk.ends(11);
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_passkey_and_second_factor_pages() {
    let world = World::new().await;
    let mut ana = world.person("Ana").await;
    ana.comes_by_name();
    let reader = ana.browser.gets_fingerprint_reader().await;
    ana.has_account().await;
    let mut walk = Walk::new(&ana);

    walk.goes_to("/account/passkeys").await;
    ana.browser.types("Name of the passkey", "Phone").await;
    ana.browser.presses("Add a passkey").await;
    ana.browser.sees("Not used yet").await;
    walk.looks("a passkey").await;
    ana.opens_details().await;
    walk.looks("a passkey, opened").await;
    walk.goes_to("/account/second-factor").await;
    ana.browser.presses("Set up an app").await;
    ana.browser.sees("Scan this picture").await;
    walk.looks("an app is set up").await;
    let key = key_of_the_app(&ana).await;
    ana.browser.types("Code from your app", "000000").await;
    ana.browser.presses("Turn on").await;
    walk.looks("a refused app").await;
    ana.browser
        .types("Code from your app", &app_code(&key, 0).await)
        .await;
    ana.browser.presses("Turn on").await;
    ana.browser.sees("Keep these codes now").await;
    walk.looks("recovery codes").await;
    ana.browser.presses("I have kept them").await;
    ana.browser.sees("10 recovery codes are left").await;
    walk.looks("a second factor that is on").await;
    ana.goes_to("/step-up?to=/account/email").await;
    walk.looks("a step-up").await;
    ana.browser.types("Password", "gate lamp river mood").await;
    ana.browser
        .types("Code from your app, or a recovery code", "000000")
        .await;
    ana.browser.presses("Continue").await;
    ana.browser.sees("That is not right").await;
    walk.looks("a refused step-up").await;
    ana.browser.has_right_finger(&reader, false).await;
    ana.logs_out().await;
    ana.gives_password().await;
    ana.opens_details().await;
    walk.looks("the second step of a log-in").await;
    ana.browser.types("Code from your app", "000000").await;
    ana.browser.presses("Continue").await;
    walk.looks("a refused second step").await;

    walk.ends(11);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_pages_work_by_keyboard() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.has_account().await;
    let tablet = world.person("Ana").await;
    tablet.logs_in(false).await;

    opens(&ana, "/configuration", "My account ana").await;
    for page in [
        "Change email",
        "Passkeys",
        "Second factor",
        "Notices",
        "Lock my account",
        "Download my data",
        "Delete account",
    ] {
        opens(&ana, "/account", page).await;
        ana.browser.sees(page).await;
    }
    opens(&ana, "/account", "Where I am signed in").await;
    ana.browser.sees("This browser").await;
    assert_eq!(tabs_to(&ana, "Log out Chrome on Linux").await, "button");
    presses_enter(&ana).await;
    ana.browser
        .waits_until("one browser is left", async || {
            !ana.browser.shows("Log out Chrome on Linux").await
        })
        .await;
    assert!(!tablet.is_signed_in().await);

    opens(&ana, "/account", "Change password").await;
    ana.browser.sees("Old password").await;
    tabs_to(&ana, "Old password").await;
    types(&ana, PASSWORD).await;
    tabs_to(&ana, "New password").await;
    types(&ana, NEW_PASSWORD).await;
    presses_enter(&ana).await;
    ana.browser.sees("Your new password is set").await;

    opens(&ana, "/account", "Notices").await;
    ana.browser.sees("Logins and changes").await;
    assert_eq!(
        tabs_to(&ana, "Devices that were added or removed").await,
        "checkbox"
    );
    types(&ana, " ").await;
    tabs_to(&ana, "Save").await;
    presses_enter(&ana).await;
    ana.browser.sees("Your choice is saved").await;

    opens(&ana, "/account", "Delete account").await;
    ana.browser.sees("You may want this first").await;
    tabs_to(&ana, "User name").await;
    types(&ana, "ana").await;
    tabs_to(&ana, "Delete account").await;
    presses_enter(&ana).await;
    ana.browser.sees("Your account is deleted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn passkeys_and_the_second_factor_work_by_keyboard() {
    let world = World::new().await;
    let mut ana = world.person("Ana").await;
    ana.comes_by_name();
    let reader = ana.browser.gets_fingerprint_reader().await;
    ana.has_account().await;

    ana.goes_to("/account/passkeys").await;
    tabs_to(&ana, "Name of the passkey").await;
    types(&ana, "Phone").await;
    assert_eq!(tabs_to(&ana, "Add a passkey").await, "button");
    presses_enter(&ana).await;
    ana.browser.sees("Not used yet").await;
    ana.browser.has_right_finger(&reader, false).await;

    ana.goes_to("/account/second-factor").await;
    tabs_to(&ana, "Set up an app").await;
    presses_enter(&ana).await;
    ana.browser.sees("Scan this picture").await;
    let key = key_of_the_app(&ana).await;
    tabs_to(&ana, "Code from your app").await;
    types(&ana, &app_code(&key, 0).await).await;
    assert_eq!(tabs_to(&ana, "Turn on").await, "button");
    // The answer to the second press of a double click would not show them any more.
    let twice = "
        const sent = [];
        addEventListener('submit', (event) => sent.push(!event.defaultPrevented));
        document.activeElement.click();
        document.activeElement.click();
        return sent";
    let sent = ana.browser.runs(twice, vec![]).await;
    assert_eq!(sent, serde_json::json!([true, false]));
    ana.browser.sees("Keep these codes now").await;
    let code = first_code(&ana).await;
    for name in ["Copy", "Print"] {
        assert_eq!(tabs_to(&ana, name).await, "button");
    }
    assert_eq!(tabs_to(&ana, "I have kept them").await, "link");
    presses_enter(&ana).await;
    ana.browser.sees("10 recovery codes are left").await;
    ana.logs_out().await;

    ana.gives_password().await;
    tabs_to(&ana, "Use a recovery code instead").await;
    presses_enter(&ana).await;
    assert_eq!(tabs_to(&ana, "Recovery code").await, "textbox");
    types(&ana, &code).await;
    presses_enter(&ana).await;
    ana.browser.sees("Add device").await;

    ana.goes_to("/step-up?to=/account/email").await;
    tabs_to(&ana, "Password").await;
    types(&ana, PASSWORD).await;
    tabs_to(&ana, "Code from your app, or a recovery code").await;
    types(&ana, &app_code(&key, 30).await).await;
    assert_eq!(tabs_to(&ana, "Continue").await, "button");
    presses_enter(&ana).await;
    ana.browser.sees("New email").await;
}

/// Opens a page and follows the link of this name with the keyboard.
async fn opens(person: &Person, page: &str, link: &str) {
    person.goes_to(page).await;
    assert_eq!(tabs_to(person, link).await, "link");
    presses_enter(person).await;
}

async fn presses_enter(person: &Person) {
    types(person, &Key::Enter.to_string()).await;
}

/// The key that the page shows for typing into an app.
async fn key_of_the_app(person: &Person) -> String {
    shown(person, ".key").await.replace(' ', "")
}

async fn first_code(person: &Person) -> String {
    shown(person, "#codes li").await
}

async fn shown(person: &Person, selector: &str) -> String {
    let script = "return deep(arguments[0])[0].innerText";
    let text = person.browser.runs(script, vec![selector.into()]).await;
    text.as_str().expect("it is text").to_owned()
}
