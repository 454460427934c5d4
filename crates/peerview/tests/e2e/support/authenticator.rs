//! Chromium's virtual authenticator (WebAuthn §11): a finger that is always there. And a code app,
//! oathtool, an independent implementation.

use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};
use url::Url;

use super::browser::Browser;

impl Browser {
    /// Puts a fingerprint reader into the browser; it is there until the browser closes.
    pub(crate) async fn gets_fingerprint_reader(&self) -> Reader {
        let options = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserConsenting": true,
            "isUserVerified": true,
        });
        let command = Command("webauthn/authenticator".to_owned(), options);
        let id = self.client().issue_cmd(command).await;
        let id = id.expect("the driver has virtual authenticators");
        Reader(id.as_str().expect("it has an identifier").to_owned())
    }

    /// Whether the finger on the reader is the right one. While it is, the reader answers at once
    /// whatever asks, also what a page only offers.
    pub(crate) async fn has_right_finger(&self, reader: &Reader, is_right: bool) {
        let path = format!("webauthn/authenticator/{}/uv", reader.0);
        let command = Command(path, json!({ "isUserVerified": is_right }));
        let set = self.client().issue_cmd(command).await;
        set.expect("the reader is there");
    }
}

/// A fingerprint reader in a browser.
pub(crate) struct Reader(String);

/// What is posted where below the session.
#[derive(Debug)]
struct Command(String, Value);

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        let session = session.expect("the browser is open");
        base.join(&format!("session/{session}/{}", self.0))
    }

    fn method_and_body(&self, _: &Url) -> (reqwest::Method, Option<String>) {
        (reqwest::Method::POST, Some(self.1.to_string()))
    }
}

/// The code of this key, so many seconds from now.
pub(crate) async fn app_code(key: &str, seconds: u32) -> String {
    let when = format!("now + {seconds} seconds");
    run("oathtool", &["--totp", "--base32", "--now", &when, key]).await
}

/// What a QR reader says to the picture in this file.
pub(crate) async fn read_qr(file: &str) -> String {
    run("zbarimg", &["--quiet", "--raw", file]).await
}

async fn run(program: &str, arguments: &[&str]) -> String {
    let output = tokio::process::Command::new(program)
        .args(arguments)
        .output()
        .await;
    let output = output.unwrap_or_else(|error| panic!("running {program}: {error}"));
    assert!(output.status.success(), "{program}: {output:?}");
    let text = String::from_utf8(output.stdout).expect("it prints text");
    text.trim().to_owned()
}
