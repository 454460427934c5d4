//! Somebody with a second factor: a code app with their key, recovery codes, passkeys.

use cloud::accounts::factors;
use cloud::accounts::factors::app_code::{Key, STEP_SECONDS};
use serde_json::Value;

use super::authenticator::Authenticator;
use super::browser::{Browser, Page, between};
use super::{PASSWORD, TestCloud};

/// The app on somebody's phone.
pub(crate) struct App(Key);

impl App {
    /// The code that stands now, or so many steps from now.
    pub(crate) fn code(&self, cloud: &TestCloud, steps: i64) -> String {
        self.0
            .code(cloud.state.clock.now() / STEP_SECONDS + steps)
            .to_string()
    }

    /// A code that does not stand.
    pub(crate) fn wrong_code(&self, cloud: &TestCloud) -> String {
        let near: Vec<String> = (-1..=1).map(|steps| self.code(cloud, steps)).collect();
        (0..)
            .map(|n| format!("{n:06}"))
            .find(|code| !near.contains(code))
            .unwrap()
    }
}

impl TestCloud {
    /// Identifier of somebody's account.
    pub(crate) async fn account_id(&self, name: &str) -> String {
        let found = cloud::db::accounts::find_by_login(&self.state.db, name, "").await;
        found.unwrap().unwrap().id
    }

    /// Somebody with an app and recovery codes, whose browser is signed in; a step later, so that
    /// the code which confirmed the app is old.
    pub(crate) async fn person_with_app(&self, name: &str) -> (Browser, App, Vec<String>) {
        let mut browser = self.person(name).await;
        let (app, page) = browser.sets_up_app(self, name).await;
        // The mails so far: the code of the registration, and that there is an app.
        self.nth_mail_to(&format!("{name}@example.org"), 2).await;
        self.clock.advance(STEP_SECONDS);
        (browser, app, codes_on(&page))
    }

    /// A browser that has given the right password of somebody with a second factor.
    pub(crate) async fn at_second_step(&self, name: &str) -> Browser {
        let mut browser = self.browser();
        let page = browser.logs_in(name, PASSWORD, false).await;
        assert_eq!(page.location(), Some("/login/factor"), "{}", page.body);
        browser
    }
}

impl Browser {
    /// Reads the key that the page of a new app shows into an app.
    pub(crate) async fn reads_key(&mut self, cloud: &TestCloud, name: &str) -> App {
        let page = self.get("/account/second-factor/app").await;
        let shown = between(&page.body, "class=\"key\" translate=\"no\">", "<").replace(' ', "");
        let id = cloud.account_id(name).await;
        let key = factors::offered_app(&cloud.state, &id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(*key.text(), shown);
        App(key)
    }

    /// Sets an app up and types its first code.
    pub(crate) async fn sets_up_app(&mut self, cloud: &TestCloud, name: &str) -> (App, Page) {
        self.post("/account/second-factor/app/new", &[]).await;
        let app = self.reads_key(cloud, name).await;
        let code = app.code(cloud, 0);
        let page = self
            .post("/account/second-factor/app", &[("code", &code)])
            .await;
        (app, page)
    }

    /// Shows once more who is there.
    pub(crate) async fn proves(&mut self, password: &str, code: &str) -> Page {
        let fields = [("to", "/account"), ("password", password), ("code", code)];
        self.post("/step-up", &fields).await
    }

    /// Shows once more who is there, with the newest passkey of this authenticator.
    pub(crate) async fn steps_up_with(&mut self, phone: &mut Authenticator) -> Page {
        let (options, ceremony) = self.ceremony("/step-up/options").await;
        let credential = phone.signs(&options);
        let fields = [
            ("to", "/account/passkeys"),
            ("ceremony", &*ceremony),
            ("credential", &*credential),
        ];
        self.post("/step-up/passkey", &fields).await
    }

    /// Types a code at the second step.
    pub(crate) async fn types_code(&mut self, code: &str) -> Page {
        self.post("/login/factor", &[("code", code)]).await
    }

    /// Asks for a ceremony: options and what to send back with the answer.
    pub(crate) async fn ceremony(&mut self, path: &str) -> (Value, String) {
        let page = self.post(path, &[]).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let mut json: Value = serde_json::from_str(&page.body).unwrap();
        let ceremony = json["ceremony"].as_str().unwrap().to_owned();
        (json["publicKey"].take(), ceremony)
    }

    /// Adds a passkey of this authenticator.
    pub(crate) async fn adds_passkey(&mut self, phone: &mut Authenticator, name: &str) -> Page {
        let (options, ceremony) = self.ceremony("/account/passkeys/options").await;
        let credential = phone.makes(&options);
        self.sends_passkey(name, &ceremony, &credential).await
    }

    /// Sends a new passkey.
    pub(crate) async fn sends_passkey(
        &mut self,
        name: &str,
        ceremony: &str,
        credential: &str,
    ) -> Page {
        let fields = [
            ("name", name),
            ("ceremony", ceremony),
            ("credential", credential),
        ];
        self.post("/account/passkeys", &fields).await
    }

    /// Signs with the newest passkey of this authenticator, at `path`.
    pub(crate) async fn signs_with(&mut self, phone: &mut Authenticator, path: &str) -> Page {
        let (options, ceremony) = self.ceremony("/login/passkey/options").await;
        let credential = phone.signs(&options);
        let fields = [("ceremony", &*ceremony), ("credential", &*credential)];
        self.post(path, &fields).await
    }
}

/// A browser as rules see one that has never been here.
pub(crate) fn unknown_browser() -> cloud::visitor::Browser {
    cloud::visitor::Browser {
        token: cloud::random::Random.token(),
        user_agent: "a browser".to_owned(),
        place: "10.0.0.x".to_owned(),
    }
}

/// The recovery codes that a page shows.
pub(crate) fn codes_on(page: &Page) -> Vec<String> {
    let list = between(&page.body, "id=\"codes\"", "</ol>");
    let items = list.split("<li>").skip(1);
    items
        .map(|item| item.split('<').next().unwrap().to_owned())
        .collect()
}
