//! A person with a phone, as methods named after the screens' actions.

use super::browser::Browser;
use super::forms::Forms;
use super::process::PATIENCE;
use super::world::{Card, Letters};

/// Long enough for every rule, and in no list of known ones.
pub(crate) const PASSWORD: &str = "blue kettle on the fourth shelf";

/// A person and their browser.
pub(crate) struct Person {
    /// User name; the address is made from it.
    pub(crate) name: String,
    pub(crate) browser: Browser,
    url: String,
    mailbox: String,
    letters: Letters,
}

impl Person {
    /// Opens a browser that knows nothing yet.
    pub(crate) async fn arrives(name: &str, url: &str, mailbox: &str, letters: Letters) -> Person {
        Person::comes_with(Browser::open().await, name, url, mailbox, letters)
    }

    /// The same, with this browser.
    pub(crate) fn comes_with(
        browser: Browser,
        name: &str,
        url: &str,
        mailbox: &str,
        letters: Letters,
    ) -> Person {
        Person {
            name: name.to_lowercase(),
            browser,
            url: url.to_owned(),
            mailbox: mailbox.to_owned(),
            letters,
        }
    }

    /// Where the app is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Their e-mail address.
    pub(crate) fn email(&self) -> String {
        format!("{}@example.org", self.name)
    }

    /// Reaches the app by the name of this machine: passkeys know no bare addresses.
    pub(crate) fn comes_by_name(&mut self) {
        self.url = self.url.replace("127.0.0.1", "localhost");
    }

    /// Opens a page of the app.
    pub(crate) async fn goes_to(&self, path: &str) {
        self.browser.goes_to(&format!("{}{path}", self.url)).await;
    }

    /// Cloud P2P, Enter Email, Create account, in this order, until Devices shows.
    pub(crate) async fn registers(&self) {
        self.goes_to("/").await;
        self.browser.sees("Cloud P2P").await;
        self.creates_an_account().await;
        self.browser.sees("Add device").await;
    }

    /// From the button Register to the button Finish.
    pub(crate) async fn creates_an_account(&self) {
        self.browser.presses("Register").await;
        self.browser.sees("Enter Email").await;
        self.asks_for_a_code(&self.letters().await).await;

        self.browser.sees("Create account").await;
        self.browser
            .types("Verification code", &self.mailed_code().await)
            .await;
        self.browser.types("User name", &self.name).await;
        self.browser.types("Password", PASSWORD).await;
        self.browser.presses("Finish").await;
    }

    /// The letters in the picture that the page shows.
    pub(crate) async fn letters(&self) -> String {
        self.letters.read(&self.browser).await
    }

    /// Fills in Enter Email, on the page of that name, and asks for a code.
    pub(crate) async fn asks_for_a_code(&self, letters: &str) {
        self.browser.types("Email", &self.email()).await;
        self.browser.types("Letters in the picture", letters).await;
        self.browser.presses("Get verification code").await;
    }

    /// Has an account, as after [`Person::registers`] but without its pages; Devices shows.
    pub(crate) async fn has_account(&self) {
        self.registers_by_forms().await;
        self.goes_to("/devices").await;
    }

    /// Has an account with this recorder, without the pages of both; Devices shows it.
    pub(crate) async fn owns(&self, card: &Card) {
        self.owns_all(&[(card, "Home")]).await;
    }

    /// The same with several recorders and their names.
    pub(crate) async fn owns_all(&self, recorders: &[(&Card, &str)]) {
        let mut forms = self.registers_by_forms().await;
        for (card, name) in recorders {
            let fields = [
                ("serial", card.serial.as_str()),
                ("code", &card.code),
                ("name", name),
            ];
            forms.submits("/devices", &fields, "/devices").await;
        }
        self.goes_to("/devices").await;
    }

    /// Opens Live view of one recorder, and sees its four cameras move.
    pub(crate) async fn watches(&self, card: &Card) {
        self.goes_to(&format!("/live/{}", card.serial)).await;
        self.browser.sees_moving_pictures(4).await;
    }

    async fn registers_by_forms(&self) -> Forms {
        let mut forms = Forms::of(&self.url);
        let page = forms.opens("/register").await;
        let captcha = captcha_in(&page).expect("the page shows a picture of letters");
        let letters = self.letters.of_picture(captcha);
        let work = forms.works("/register", captcha).await;
        let email = self.email();
        let fields = [
            ("email", email.as_str()),
            ("captcha", captcha),
            ("letters", &letters),
            ("work", &work),
        ];
        forms
            .submits("/register", &fields, "/register/finish")
            .await;
        let code = self.mailed_code().await;
        let fields = [
            ("code", code.as_str()),
            ("user_name", &self.name),
            ("password", PASSWORD),
        ];
        forms.submits("/register/finish", &fields, "/devices").await;
        forms.hands_over_to(&self.browser).await;
        forms
    }

    /// Logs in on the screen Cloud P2P.
    pub(crate) async fn logs_in(&self, with_auto_login: bool) {
        self.goes_to("/").await;
        self.browser.sees("Cloud P2P").await;
        self.browser.types("User name / Email", &self.name).await;
        self.browser.types("Password", PASSWORD).await;
        if self.browser.is_checked("Auto-login").await != with_auto_login {
            self.browser.presses("Auto-login").await;
        }
        self.browser.presses("Login").await;
        self.browser.sees("Add device").await;
    }

    /// Ends the session from the menu.
    pub(crate) async fn logs_out(&self) {
        self.goes_to("/menu").await;
        self.browser.presses("Log out").await;
        self.browser.sees("Cloud P2P").await;
    }

    /// Whether the app takes them for signed in, once it has made up its mind: with Auto-login the
    /// browser's key may have to sign first.
    pub(crate) async fn is_signed_in(&self) -> bool {
        self.goes_to("/devices").await;
        self.browser
            .waits_until("Devices or Cloud P2P is shown", async || {
                self.browser.shows("Add device").await || self.browser.shows("Login").await
            })
            .await;
        self.browser.shows("Add device").await
    }

    /// Types serial number and verification code on Add device, and presses Add.
    pub(crate) async fn tries_to_add(&self, card: &Card, name: &str) {
        self.goes_to("/devices").await;
        self.browser.presses("Add device").await;
        self.browser.types("Serial number", &card.serial).await;
        self.browser
            .types("Verification code (6 letters)", &card.code)
            .await;
        self.browser.types("Name", name).await;
        self.browser.presses("Add").await;
    }

    /// Adds a recorder and waits until it is listed.
    pub(crate) async fn adds(&self, card: &Card, name: &str) {
        self.tries_to_add(card, name).await;
        self.browser
            .waits_until(&format!("{name} is on Devices"), async || {
                self.browser.path().await == "/devices" && self.browser.text().await.contains(name)
            })
            .await;
    }

    /// Asks for a new password on Forgot password, and waits for the mail.
    pub(crate) async fn forgets_the_password(&self) {
        self.goes_to("/forgot").await;
        self.browser
            .types("User name or e-mail", &self.email())
            .await;
        let letters = self.letters().await;
        self.browser.types("Letters in the picture", &letters).await;
        let n_before = self.mails().await.len();
        self.browser.presses("Send mail").await;
        self.browser
            .waits_until("a mail arrives", async || {
                self.mails().await.len() > n_before
            })
            .await;
    }

    /// The mails to this person, newest first.
    pub(crate) async fn mails(&self) -> Vec<String> {
        let page = self.opens_the_mailbox().await;
        let page = page.text().await.expect("the mailbox is text");
        let mails = page.split("<article").skip(1);
        mails
            .filter(|mail| mail.contains(&self.email()))
            .map(str::to_owned)
            .collect()
    }

    /// The link of the newest mail to an address that holds `way`.
    pub(crate) async fn mailed_link(&self, address: &str, way: &str) -> String {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let page = self.opens_the_mailbox().await;
            let page = page.text().await.expect("the mailbox is text");
            let mut mails = page.split("<article").skip(1);
            let mail = mails.find(|mail| mail.contains(address) && mail.contains(way));
            if let Some((_, rest)) = mail.and_then(|mail| mail.split_once(way)) {
                let token: String = rest
                    .chars()
                    .take_while(char::is_ascii_alphanumeric)
                    .collect();
                return format!("{}{way}{token}", self.url);
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "no {way} for {address} in the mailbox:\n{page}"
            );
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// What the newest mail to this person says, as code of four digits.
    pub(crate) async fn mailed_code(&self) -> String {
        self.mailed(four_digits).await
    }

    /// Where the button of the newest mail to this person leads, on this cloud.
    pub(crate) async fn mailed_button(&self, path: &str) -> String {
        self.mailed(|text| link_to(path, text)).await
    }

    /// The mailbox's page; the demo's own certificate is taken as a person takes it.
    async fn opens_the_mailbox(&self) -> reqwest::Response {
        let client = reqwest::Client::builder().tls_danger_accept_invalid_certs(true);
        let client = client.build().expect("a client can be built");
        let asked = client.get(&self.mailbox).send();
        asked.await.expect("the mailbox answers")
    }

    async fn mailed(&self, what: impl Fn(&str) -> Option<String>) -> String {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let page = self.opens_the_mailbox().await;
            let page = page.text().await.expect("the mailbox is text");
            // Newest first: the first mail to this address.
            let mail = page
                .split_once(&self.email())
                .and_then(|(_, rest)| rest.split_once("<pre>"))
                .and_then(|(_, rest)| rest.split_once("</pre>"));
            if let Some(found) = mail.and_then(|(text, _)| what(text)) {
                return found;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "not in a mail to {} in the mailbox:\n{page}",
                self.email()
            );
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}

/// The id of the picture of letters that a page shows.
fn captcha_in(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("/captcha/")?;
    Some(rest.split_once(".png")?.0)
}

/// The path and token of the first link that leads to `path`.
fn link_to(path: &str, text: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("{path}#"))?;
    let token: String = rest
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    Some(format!("{path}#{token}"))
}

/// The first number of exactly four digits that stands alone.
fn four_digits(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .into_iter()
        .find(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()))
        .map(str::to_owned)
}
