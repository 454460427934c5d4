//! A second factor and passkeys, as people use them: with a finger, an app, and a lost phone.

use fantoccini::Locator;

use crate::support::World;
use crate::support::authenticator::{app_code, read_qr};
use crate::support::folder::Folder;
use crate::support::person::{PASSWORD, Person};

const PASSKEY_GONE: &str = "This passkey does not open an account here";

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_can_be_added_used_and_removed() {
    let world = World::new().await;
    let mut ana = world.person("Ana").await;
    ana.comes_by_name();
    let reader = ana.browser.gets_fingerprint_reader().await;
    ana.has_account().await;

    ana.goes_to("/account/passkeys").await;
    ana.browser.types("Name of the passkey", "Phone").await;
    ana.browser.presses("Add a passkey").await;
    ana.browser.sees("Not used yet").await;
    ana.browser.has_right_finger(&reader, false).await;
    ana.logs_out().await;

    ana.browser.presses("Log in with a passkey").await;
    ana.browser.sees("No passkey was given").await;
    ana.browser.has_right_finger(&reader, true).await;
    ana.browser.presses("Log in with a passkey").await;
    ana.browser.sees("Add device").await;
    ana.goes_to("/account/passkeys").await;
    ana.browser.sees("Last used").await;

    ana.opens_details().await;
    ana.browser.presses("Remove passkey").await;
    ana.browser.sees("No passkey yet.").await;
    ana.logs_out().await;
    ana.browser.sees(PASSKEY_GONE).await;
    assert!(!ana.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ip_address_page_links_to_the_named_address() {
    let world = World::new().await;
    let ana = world.person("Ana").await;

    ana.goes_to("/login").await;

    ana.browser.sees("only at its own address").await;
    ana.browser.sees("http://localhost:").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_is_set_up_and_replaced_after_its_loss() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.has_account().await;

    ana.goes_to("/account/second-factor").await;
    ana.browser.presses("Set up an app").await;
    ana.browser.sees("Scan this picture").await;
    let key = key_in_picture(&ana).await;
    ana.browser
        .types("Code from your app", &app_code(&key, 0).await)
        .await;
    ana.browser.presses("Turn on").await;
    ana.browser.sees("Keep these codes now").await;
    let codes = ana
        .browser
        .runs(
            "return deep('#codes li').map((code) => code.innerText)",
            vec![],
        )
        .await;
    let code = codes[0].as_str().expect("ten codes are shown").to_owned();
    ana.browser.presses("I have kept them").await;
    ana.browser.sees("10 recovery codes are left").await;
    ana.logs_out().await;

    ana.gives_password().await;
    // The code that confirmed the app is used up; the clock of a phone may be a little fast.
    ana.browser
        .types("Code from your app", &app_code(&key, 30).await)
        .await;
    ana.browser.presses("Continue").await;
    ana.browser.sees("Add device").await;
    ana.logs_out().await;

    ana.gives_password().await;
    ana.opens_details().await;
    ana.browser
        .types("Recovery code", &code.to_lowercase())
        .await;
    ana.presses_last("Continue").await;
    ana.browser.sees("Add device").await;
    ana.goes_to("/account/second-factor").await;
    ana.browser.sees("9 recovery codes are left").await;
}

/// What a QR reader finds in the picture; the page shows the same key to type.
async fn key_in_picture(person: &Person) -> String {
    let folder = Folder::new("qr");
    let file = folder.path().join("qr.png");
    let picture = person.browser.client().find(Locator::Css("img.qr")).await;
    let png = picture
        .expect("there is a picture")
        .screenshot()
        .await
        .expect("it can be seen");
    std::fs::write(&file, png).expect("the folder takes files");
    let uri = read_qr(&file.to_string_lossy()).await;
    let key = uri
        .split_once("secret=")
        .expect("the picture holds a key")
        .1;
    let key = key.split('&').next().unwrap_or_default().to_owned();
    let shown = person
        .browser
        .runs("return deep('.key')[0].innerText", vec![])
        .await;
    assert_eq!(
        shown.as_str().expect("the key is text").replace(' ', ""),
        key
    );
    key
}

impl Person {
    /// Name and password, as far as the second step.
    pub(crate) async fn gives_password(&self) {
        self.goes_to("/login").await;
        self.browser.types("User name / Email", &self.name).await;
        self.browser.types("Password", PASSWORD).await;
        self.browser.presses("Login").await;
        self.browser.sees("One more step").await;
    }

    /// Opens whatever the page keeps folded up.
    pub(crate) async fn opens_details(&self) {
        let script = "for (const more of deep('main details')) more.open = true";
        self.browser.runs(script, vec![]).await;
    }

    /// Presses the last of several buttons of this name.
    async fn presses_last(&self, name: &str) {
        let script =
            "deep('main button').filter((b) => b.innerText.trim() === arguments[0]).at(-1).click()";
        self.browser
            .runs(script, vec![serde_json::json!(name)])
            .await;
    }
}
