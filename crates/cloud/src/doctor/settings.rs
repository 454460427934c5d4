//! The settings themselves, before any check that uses them: unreadable, contradictory, and
//! suspicious ones. Nothing is contacted.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::advice;
use super::finding::Finding;
use super::part::SettingsPart;
use crate::config::{Config, Fault, Reading, without_mark};

const TOPIC: &str = "settings";
const TABLES: [&str; 2] = ["cloud", "agent"];

/// What is known about the settings.
#[derive(Debug)]
pub struct Settings {
    /// The readable settings, and defaults for the others; none if the file cannot be read at all.
    pub(super) config: Option<Config>,
    pub(super) file: Option<PathBuf>,
    unread: Vec<Fault>,
}

impl From<Config> for Settings {
    fn from(config: Config) -> Settings {
        Settings {
            config: Some(config),
            file: None,
            unread: Vec::new(),
        }
    }
}

impl Settings {
    /// Reads a file, as far as possible if it has errors, or uses the defaults if there is none.
    pub fn read(file: Option<&Path>) -> Settings {
        let Some(file) = file else {
            return Settings::from(Config::default());
        };
        let mut settings = match std::fs::read_to_string(file) {
            Ok(text) => Settings::parse(without_mark(&text), &file.display().to_string()),
            Err(error) => {
                let found = format!("{} cannot be read: {error}", file.display());
                let fix =
                    "set an existing file with --config, and run this as a user who may read it";
                Settings::unreadable(found, fix)
            }
        };
        settings.file = Some(file.to_owned());
        settings
    }

    /// Reads the text of a file; `name` is for messages.
    fn parse(text: &str, name: &str) -> Settings {
        let table: Table = match text.parse() {
            Ok(table) => table,
            Err(error) => return Settings::malformed(text, name, &error),
        };
        let Some(Value::Table(cloud)) = table.get("cloud") else {
            let found = format!("{name} has no [cloud] table");
            let fix =
                "put the settings of the cloud below a line [cloud], as in config.example.toml";
            return Settings::unreadable(found, fix);
        };
        let Reading { config, faults } = Reading::of(cloud);
        let unknown = table.keys().filter(|key| !TABLES.contains(&key.as_str()));
        let unknown = unknown.map(|key| {
            let fix = "correct its name: only [cloud] and [agent] exist";
            Fault::new(
                "file",
                format!("{name} has a table or setting `{key}`"),
                fix,
            )
        });
        Settings {
            config: Some(config),
            file: None,
            unread: unknown.chain(faults).collect(),
        }
    }

    /// The line is named but not shown, because it may contain a password.
    fn malformed(text: &str, name: &str, error: &toml::de::Error) -> Settings {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 1);
        let found = format!("{name}, line {line}: this is not TOML");
        let fix =
            "write one setting per line, with text in quotation marks, as in config.example.toml";
        Settings::unreadable(found, fix)
    }

    fn unreadable(found: String, fix: &str) -> Settings {
        Settings {
            config: None,
            file: None,
            unread: vec![Fault::new("file", found, fix)],
        }
    }

    /// Whether a part could be read completely, so that its checks are meaningful.
    pub(super) fn is_known(&self, part: SettingsPart) -> bool {
        let mut parts = self
            .unread
            .iter()
            .map(|fault| SettingsPart::of(&fault.setting));
        self.config.is_some() && !parts.any(|unread| unread == part)
    }

    /// Whether the password may be sent to the mail server.
    pub(super) fn lets_mail_out(&self) -> bool {
        let faults = self.config.as_ref().map(Config::faults).unwrap_or_default();
        !faults
            .iter()
            .any(|fault| fault.setting == "mail.encryption")
    }

    /// The problems, or the finding that there are none.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self
            .unread
            .iter()
            .map(|fault| {
                let fix = format!("{}; checks that depend on it were skipped", fault.fix);
                Finding::bad(TOPIC, fault.found.clone(), fix)
            })
            .collect();
        if let Some(config) = &self.config {
            let faults = config.faults().into_iter();
            let known = faults.filter(|fault| self.is_known(SettingsPart::of(&fault.setting)));
            findings.extend(known.map(|fault| Finding::bad(TOPIC, fault.found, fault.fix)));
            let advice = advice::of(config).into_iter();
            let known = advice.filter(|advice| self.is_known(advice.part));
            findings.extend(known.map(|a| Finding::new(TOPIC, a.grade, a.found, a.fix)));
        }
        if findings.is_empty() {
            findings.push(Finding::ok(TOPIC, self.praise()));
        }
        findings
    }

    fn praise(&self) -> String {
        match &self.file {
            Some(file) => format!("{} is valid, without contradictions", file.display()),
            None => "no file is given: these are the defaults".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Grade;

    fn told(text: &str) -> Vec<Finding> {
        Settings::parse(text, "peerview.toml").findings()
    }

    #[test]
    fn an_unreadable_settings_file_is_reported_without_its_contents() {
        for (text, words) in [
            (
                "[cloud]\nlisten = \"127.0.0.1:1\"\n[cloud.mail]\npassword = \"hunter2\nport = 1\n",
                "line 4",
            ),
            ("[cloud]\npassword: hunter2", "line 2"),
            ("[agent]\n", "no [cloud] table"),
            ("cloud = \"hunter2\"", "no [cloud] table"),
            ("", "no [cloud] table"),
        ] {
            let told = told(text);

            assert_eq!(told.len(), 1, "{told:?}");
            assert_eq!(told[0].grade, Grade::Bad);
            assert!(told[0].found.contains(words), "{told:?}");
            assert!(!format!("{told:?}").contains("hunter2"), "{told:?}");
        }
    }

    #[test]
    fn an_unreadable_setting_hides_only_its_own_consequences() {
        let text = "[cloud]\nlistn = \"0.0.0.0:1\"\nlisten = \"0.0.0.0:1\"\n\
                    mail.host = \"mail.example.org\"\nmail.encryption = \"none\"\n[clould]\n";
        let settings = Settings::parse(text, "peerview.toml");

        let told = settings.findings();

        let found: Vec<&str> = told.iter().map(|finding| &*finding.found).collect();
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(
            found[0].contains("`clould`") && found[1].contains("`listn`"),
            "{found:?}"
        );
        assert!(found[2].contains("mail.encryption"), "{found:?}");
        assert!(!settings.is_known(SettingsPart::Address) && settings.is_known(SettingsPart::Mail));
        assert!(!settings.lets_mail_out());
    }

    #[test]
    fn valid_settings_are_reported_as_ok() {
        let told = told("[cloud]\n[agent]\n");

        assert_eq!(told.len(), 1);
        assert_eq!(told[0].grade, Grade::Ok, "{told:?}");
    }
}
