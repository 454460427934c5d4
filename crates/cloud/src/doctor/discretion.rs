//! Removes from findings the secrets of the settings, which another machine's messages may repeat.

use data_encoding::BASE64;

use super::finding::{Finding, printable};
use crate::config::Config;

/// Shorter secrets are part of too many words.
const SHORTEST: usize = 4;
const HIDDEN: &str = "(hidden)";

pub(super) struct Discretion {
    secrets: Vec<String>,
}

impl Discretion {
    /// The secrets of these settings, also in the form sent to a mail server.
    pub(super) fn of(config: Option<&Config>) -> Discretion {
        let Some(config) = config else {
            return Discretion {
                secrets: Vec::new(),
            };
        };
        let mail = &config.mail;
        let url = url::Url::parse(&config.database.url).ok();
        let in_url = url.and_then(|url| url.password().map(str::to_owned));
        let in_file = config.database.password().ok().flatten();
        let in_address = config.public_url.as_ref().and_then(url::Url::password);
        let mut secrets = vec![
            in_address.unwrap_or_default().to_owned(),
            in_url.unwrap_or_default(),
            in_file
                .map(|password| password.to_string())
                .unwrap_or_default(),
        ];
        if !mail.password.is_empty() {
            secrets.push(mail.password.clone());
            // As AUTH PLAIN (RFC 4616) and AUTH LOGIN send it; some servers repeat what they refuse.
            secrets.push(BASE64.encode(format!("\0{}\0{}", mail.user, mail.password).as_bytes()));
            secrets.push(BASE64.encode(mail.password.as_bytes()));
        }
        secrets.retain(|secret| secret.len() >= SHORTEST);
        // In findings `printable` may have changed a password already.
        let shown: Vec<String> = secrets.iter().map(|secret| printable(secret)).collect();
        secrets.extend(shown);
        Discretion { secrets }
    }

    /// The finding without the secrets.
    pub(super) fn clean(&self, finding: Finding) -> Finding {
        Finding {
            found: self.clean_text(&finding.found),
            fix: self.clean_text(&finding.fix),
            ..finding
        }
    }

    fn clean_text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.secrets {
            text = text.replace(secret, HIDDEN);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asvs_16_2_5_secrets_repeated_by_a_server_are_hidden() {
        let config: Config = toml::from_str(
            "mail.user = \"cloud\"\nmail.password = \"opensesame\"\n\
             public_url = \"https://ana:tigertiger@cloud.example.org\"\n\
             database.url = \"postgres://peerview:hunter2@localhost/x\"",
        )
        .unwrap();
        let discretion = Discretion::of(Some(&config));
        let plain = BASE64.encode(b"\0cloud\0opensesame");
        let login = BASE64.encode(b"opensesame");

        for secret in ["opensesame", "hunter2", "tigertiger", &plain, &login] {
            let words = format!("500 what is {secret}?");
            let clean = discretion.clean(Finding::bad("mail server", words.clone(), words));
            assert_eq!(clean.found, "500 what is (hidden)?");
            assert_eq!(clean.fix, "500 what is (hidden)?");
        }
    }
}
