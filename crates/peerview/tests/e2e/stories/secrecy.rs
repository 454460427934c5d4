//! Every secret is used once, with all logs on: none of them appears in a log or in a URL.

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER};

use crate::support::World;
use crate::support::person::{PASSWORD, Person};
use crate::support::world::RECORDER_PASSWORD;

/// Our own parts say all they can; what others wrote says what an operator might ask for.
const LOG: &str =
    "debug,agent=trace,cloud=trace,peer=trace,peerview=trace,proto=trace,simdvr=trace";
/// Typed once where the right one belongs.
const WRONG_PASSWORD: &str = "seven grey herons at low tide";

/// Secrets by what they are, gathered on the way.
#[derive(Default)]
struct Secrets(Vec<(String, String)>);

impl Secrets {
    fn has(&mut self, what: &str, secret: &str) {
        assert!(secret.len() >= 4, "{what} is `{secret}`");
        self.0.push((what.to_owned(), secret.to_owned()));
    }

    /// A secret as a program might write it down.
    fn has_bytes(&mut self, what: &str, bytes: &[u8]) {
        self.has(what, &HEXLOWER.encode(bytes));
        self.has(what, &BASE64_NOPAD.encode(bytes));
        self.has(what, &BASE64URL_NOPAD.encode(bytes));
    }

    async fn has_cookies_of(&mut self, person: &Person) {
        let cookies = person.browser.client().get_all_cookies().await;
        for cookie in cookies.expect("a browser has cookies") {
            if cookie.value().len() > 20 {
                self.has(&format!("cookie {}", cookie.name()), cookie.value());
            }
        }
    }

    /// Every secret that stands in one of these lines, with the line.
    fn told_in<'a>(&self, lines: impl Iterator<Item = &'a str>) -> Vec<String> {
        let mut told = Vec::new();
        for line in lines {
            for (what, secret) in self.0.iter().filter(|(_, secret)| stands_in(line, secret)) {
                told.push(format!("{what} `{secret}`: {line}"));
            }
        }
        told
    }
}

/// Whether a line says this; short ones count as whole words only.
fn stands_in(line: &str, secret: &str) -> bool {
    if secret.len() > 8 {
        let escaped = secret.replace(' ', "+");
        return line.contains(secret)
            || line.contains(&escaped)
            || line.contains(&secret.replace(' ', "%20"));
    }
    let mut words = line.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| word == secret)
}

/// Registers, logs out and in, fails once, adds a recorder, watches it and forgets the password.
async fn uses_everything(world: &mut World, ana: &Person) -> Secrets {
    let mut secrets = Secrets::default();
    let barn = world.simulated_recorder("Barn").await;
    secrets.has("a recorder's six letters", &barn.code);
    ana.goes_to("/register").await;
    secrets.has_cookies_of(ana).await;
    ana.registers().await;
    secrets.has("the mailed code", &ana.mailed_code().await);
    secrets.has_cookies_of(ana).await;
    ana.adds(&barn, "Barn").await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    ana.logs_out().await;
    ana.browser.types("User name / Email", &ana.name).await;
    ana.browser.types("Password", WRONG_PASSWORD).await;
    ana.browser.presses("Login").await;
    ana.logs_in(true).await;
    secrets.has_cookies_of(ana).await;
    ana.logs_out().await;
    ana.forgets_the_password().await;
    let mails = ana.mails().await;
    for word in mails[0].split(|c: char| !c.is_ascii_alphanumeric()) {
        if word.len() == 28 {
            secrets.has("the token of the mailed button", word);
        }
        if word.len() == 8
            && word
                .bytes()
                .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        {
            secrets.has("the mailed code for a new password", word);
        }
    }
    secrets.has("the password", PASSWORD);
    secrets.has("a wrong password", WRONG_PASSWORD);
    secrets.has("the recorder's password", RECORDER_PASSWORD);
    let key = std::fs::read(world.data().join("cloud/server.key")).expect("the cloud's key");
    secrets.has_bytes("the server key", &key);
    assert!(secrets.0.len() > 12, "only {} secrets", secrets.0.len());
    secrets
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_16_2_5_no_log_or_url_contains_a_secret() {
    let mut world = World::logging(LOG).await;
    let mut ana = world.person("Ana").await;
    ana.browser.restarts_with_notes().await;

    let secrets = uses_everything(&mut world, &ana).await;

    let output = format!("{}\n{}", world.demo.output(), world.agent(0).output());
    let mut lines: Vec<&str> = output
        .lines()
        .filter(|line| line.starts_with("20"))
        .collect();
    let audit = std::fs::read_to_string(world.data().join("cloud/audit.log")).unwrap_or_default();
    lines.extend(audit.lines());
    assert!(lines.len() > 200, "only {} lines of log", lines.len());
    let told = secrets.told_in(lines.iter().copied());
    assert!(
        told.is_empty(),
        "{} times:\n{}",
        told.len(),
        told.join("\n")
    );
    let named: Vec<&&str> = lines
        .iter()
        .filter(|line| line.contains(&ana.email()))
        .collect();
    assert!(named.is_empty(), "addresses are masked:\n{named:?}");

    let addresses = ana.browser.addresses().await;
    for seen in ["/login", "/devices", "/call"] {
        assert!(
            addresses.iter().any(|it| it.contains(seen)),
            "{seen} was not asked for"
        );
    }
    let told = secrets.told_in(addresses.iter().map(String::as_str));
    assert!(
        told.is_empty(),
        "{} times:\n{}",
        told.len(),
        told.join("\n")
    );
}
