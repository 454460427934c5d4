//! Reads a file with errors: each setting is read by itself, so that one wrong line hides neither
//! the other wrong ones nor the right ones. The server itself only accepts a file that is right as
//! a whole; this is for finding errors.

use toml::{Table, Value};

use super::Config;
use super::fault::Fault;

/// Settings whose value is never repeated.
const SECRET: [&str; 2] = ["mail.password", "database.url"];

/// The settings that could be read.
#[derive(Debug)]
pub struct Reading {
    /// The valid settings, and defaults for the others.
    pub config: Config,
    /// Settings that cannot be used, in the order of the file.
    pub faults: Vec<Fault>,
}

impl Reading {
    /// Reads the table `[cloud]`.
    pub fn of(cloud: &Table) -> Reading {
        let mut reading = Reading {
            config: Config::default(),
            faults: Vec::new(),
        };
        let mut right = Table::new();
        reading.take(&mut right, &mut Vec::new(), cloud);
        reading
    }

    fn take(&mut self, right: &mut Table, path: &mut Vec<String>, table: &Table) {
        for (key, value) in table {
            path.push(key.clone());
            match value {
                Value::Table(inner) if !inner.is_empty() => self.take(right, path, inner),
                _ => self.take_one(right, path, value),
            }
            path.pop();
        }
    }

    fn take_one(&mut self, right: &mut Table, path: &[String], value: &Value) {
        let mut tried = right.clone();
        put(&mut tried, path, value);
        match tried.clone().try_into::<Config>() {
            Ok(config) => {
                self.config = config;
                *right = tried;
            }
            Err(error) => self.faults.push(fault(&path.join("."), error.message())),
        }
    }
}

fn put(table: &mut Table, path: &[String], value: &Value) {
    let Some((key, rest)) = path.split_first() else {
        return;
    };
    if rest.is_empty() {
        table.insert(key.clone(), value.clone());
        return;
    }
    let inner = table
        .entry(key.clone())
        .or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(inner) = inner {
        put(inner, rest, value);
    }
}

fn fault(setting: &str, words: &str) -> Fault {
    // The parser tells an unknown name from a bad value only in its words.
    if words.starts_with("unknown field") {
        return Fault::new(
            setting,
            format!("the setting `{setting}` does not exist"),
            "correct its name, or remove it; config.example.toml lists all settings",
        );
    }
    let found = if SECRET.contains(&setting) {
        format!("`{setting}` is not text in quotation marks")
    } else {
        format!("`{setting}` cannot be used: {words}")
    };
    Fault::new(
        setting,
        found,
        "correct it; config.example.toml describes the allowed values",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        Reading::of(&text.parse().unwrap())
    }

    #[test]
    fn the_checker_reads_a_valid_file_like_the_server() {
        let text = "listen = \"127.0.0.1:1\"\nmail.host = \"localhost\"\nrelay.enabled = false\n\
                    [tls]\nacme_domains = [\"a.example.org\", \"b.example.org\"]\n[audit]\n";

        let reading = read(text);

        assert_eq!(reading.faults, []);
        assert_eq!(reading.config, toml::from_str(text).unwrap());
    }

    #[test]
    fn each_wrong_setting_is_reported_and_the_others_apply() {
        let reading = read(
            "listn = \"127.0.0.1:1\"\nlisten = \"0.0.0.0\"\ndata_dir = \"here\"\nrelay = \"on\"\n\
             trusted_proxies = [\"everybody\"]\n\
             [mail]\nhost = \"mail.example.org\"\nport = 99999\nencryption = \"ssl\"\n\
             [listener]\naddress = 1\n",
        );

        let settings: Vec<&str> = reading.faults.iter().map(|fault| &*fault.setting).collect();
        let mut sorted = settings.clone();
        sorted.sort_unstable();
        assert_eq!(
            sorted,
            [
                "listen",
                "listener.address",
                "listn",
                "mail.encryption",
                "mail.port",
                "relay",
                "trusted_proxies"
            ]
        );
        assert_eq!(reading.config.mail.host, "mail.example.org");
        assert_eq!(reading.config.data_dir.as_os_str(), "here");
        let of = |setting: &str| {
            let mut all = reading.faults.iter();
            all.find(|fault| fault.setting == setting)
                .unwrap()
                .found
                .clone()
        };
        assert_eq!(of("listn"), "the setting `listn` does not exist");
        assert!(
            of("mail.encryption").contains("`starttls`"),
            "{}",
            of("mail.encryption")
        );
    }

    #[test]
    fn asvs_16_2_5_a_secret_of_the_wrong_type_is_not_repeated() {
        let reading =
            read("mail.password = 48151623\ndatabase.url = [\"postgres://a:48151623@b/c\"]\n");

        assert_eq!(reading.faults.len(), 2);
        let shown = format!("{:?}", reading.faults);
        assert!(!shown.contains("48151623"), "{shown}");
    }
}
