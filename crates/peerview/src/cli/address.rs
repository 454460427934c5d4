//! Addresses on the command line and in its variables. Refused addresses are not repeated, because
//! they may contain a password.

use std::ffi::OsStr;

use agent::config::address::{self, BadAddress, CameraAddress};
use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command, Error};
use url::Url;

/// Parses one kind of address.
#[derive(Clone)]
pub(crate) struct Address<T>(fn(&str) -> Result<T, BadAddress>);

impl Address<CameraAddress> {
    pub(crate) const RTSP: Address<CameraAddress> = Address(CameraAddress::parse);
}

impl Address<Url> {
    pub(crate) const WEB: Address<Url> = Address(address::web_url);
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Address<T> {
    type Value = T;

    fn parse_ref(&self, cmd: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, Error> {
        let read = match value.to_str() {
            Some(text) => (self.0)(text).map_err(|error| error.to_string()),
            None => Err("it is not UTF-8".to_owned()),
        };
        read.map_err(|cause| {
            let flag = arg.map(Arg::to_string).unwrap_or_default();
            let words = format!("an address for '{flag}' cannot be used: {cause}\n");
            Error::raw(ErrorKind::ValueValidation, words).with_cmd(cmd)
        })
    }
}

/// clap's message about a wrong command line, without the values that contain a login.
pub(crate) fn without_logins(said: &str, values: impl IntoIterator<Item = String>) -> String {
    let mut secret: Vec<String> = values
        .into_iter()
        .flat_map(|value| {
            let words = value.split_whitespace().map(str::to_owned);
            let words: Vec<String> = words.chain([value.clone()]).collect();
            words
        })
        .flat_map(|word| match word.split_once('=') {
            Some((_, behind)) => vec![behind.to_owned(), word],
            None => vec![word],
        })
        .filter(|word| word.contains('@'))
        .collect();
    // Longer texts first, because shorter ones may be parts of them.
    secret.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut said = said.to_owned();
    for word in secret {
        said = said.replace(&word, "(an address, not shown)");
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_with_a_login_is_not_repeated() {
        let said = "error: unexpected argument 'rtsp://ana:secret@192.0.2.1/' found";
        let values = ["peerview", "agent", "rtsp://ana:secret@192.0.2.1/"];

        let words = without_logins(said, values.map(str::to_owned));

        assert!(!words.contains("secret") && words.contains("unexpected argument"));
    }
}
