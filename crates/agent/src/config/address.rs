//! Addresses as people type them, possibly with passwords. Implausible addresses are refused with
//! the reason, and the address is never repeated. Otherwise a password with a `#` in it would be
//! cut there: one part would be read as the path, and the other as the recorder's name.

use serde::{Deserialize, Deserializer, de};
use url::{ParseError, Url};

/// Why an address is refused. It contains no part of the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// A character in the password ends the host too early.
    #[error(
        "there is an @ after the host: in the user name and password of an address, write # ? / @ : and % \
         as %23 %3F %2F %40 %3A and %25; or set them separately and unchanged as `user` and \
         `password`, or with --user and --password-file"
    )]
    LoginCut,
    /// A `#`, which no camera needs.
    #[error(
        "it contains a #, which camera addresses never have: write it as %23 in a path, \
         and put a password that contains one into `password` or the file of --password-file"
    )]
    Fragment,
    /// `http`, or nothing.
    #[error("the address of a camera must look like rtsp://host/path")]
    NotRtsp,
    /// The address of the cloud is not an HTTP address.
    #[error("it must be an address for a browser, such as https://cloud.example.org")]
    NotHttp,
    /// A login in an address that must not contain one.
    #[error("it must not contain a user name or password")]
    Login,
    /// Anything else.
    #[error("{0}")]
    Malformed(ParseError),
}

/// Parses the RTSP address of a camera, which may contain a login.
pub fn rtsp_url(text: &str) -> Result<Url, BadAddress> {
    let url = parse(text)?;
    if url.fragment().is_some() {
        return Err(BadAddress::Fragment);
    }
    if url.scheme() != "rtsp" || url.host_str().is_none_or(str::is_empty) {
        return Err(BadAddress::NotRtsp);
    }
    Ok(url)
}

/// Parses an address that a browser could open, without a login.
pub fn web_url(text: &str) -> Result<Url, BadAddress> {
    let url = parse(text)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BadAddress::Login);
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(BadAddress::NotHttp);
    }
    Ok(url)
}

/// Parses any address, unless its login extends beyond the host.
pub(crate) fn parse(text: &str) -> Result<Url, BadAddress> {
    let text = text.trim();
    let has_at = text.contains('@');
    let url = Url::parse(text).map_err(|error| match error {
        // If there is an @, an invalid host or port in front of it is most likely a password.
        _ if has_at => BadAddress::LoginCut,
        error => BadAddress::Malformed(error),
    })?;
    let behind_host = [Some(url.path()), url.query(), url.fragment()];
    if behind_host
        .into_iter()
        .flatten()
        .any(|part| part.contains('@'))
    {
        return Err(BadAddress::LoginCut);
    }
    Ok(url)
}

pub(super) fn rtsp<'de, D: Deserializer<'de>>(from: D) -> Result<Url, D::Error> {
    rtsp_url(&String::deserialize(from)?).map_err(de::Error::custom)
}

pub(super) fn rtsp_option<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Url>, D::Error> {
    rtsp(from).map(Some)
}

pub(super) fn web<'de, D: Deserializer<'de>>(from: D) -> Result<Url, D::Error> {
    web_url(&String::deserialize(from)?).map_err(de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unescaped_login_in_an_address_is_refused_and_explained() {
        for text in [
            "rtsp://admin:12345#67secret@192.0.2.1/live",
            "rtsp://viewer:pa#secret@192.0.2.1/live",
            "rtsp://viewer:pa?secret@192.0.2.1/live",
            "rtsp://viewer:12/secret@192.0.2.1/live",
            "rtsp://viewer:se/secret@192.0.2.1/live",
            "rtsp://192.0.2.1/live?user=admin&password=sec@ret",
        ] {
            let error = rtsp_url(text).expect_err(text);

            assert_eq!(error, BadAddress::LoginCut, "{text}");
            let words = error.to_string();
            assert!(words.contains("%23") && words.contains("--password-file"));
        }
    }

    #[test]
    fn a_refusal_does_not_repeat_the_address() {
        for text in [
            "rtsp://secret:secret#secret@secret/secret",
            "rtsp://secret:secret/#secret",
            "secret://secret:secret@secret/",
            "rtsp://secret:99999999/secret",
            "secret",
            "",
        ] {
            let error = rtsp_url(text).expect_err(text);
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn usual_camera_addresses_are_accepted() {
        for text in [
            "rtsp://192.0.2.1/Streaming/Channels/101?transportmode=unicast",
            "rtsp://ana:a%40b%23c@[2001:db8::1]:8554/live",
            "rtsp://ana@192.0.2.1",
            "rtsp://192.0.2.1:554/user=admin_password=tlJwpbo6_channel=1_stream=0.sdp?real_stream",
        ] {
            assert!(rtsp_url(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_cloud_address_with_a_login_is_refused() {
        assert!(web_url("https://cloud.example.org").is_ok());
        assert_eq!(web_url("https://ana:x@example.org"), Err(BadAddress::Login));
        assert_eq!(web_url("rtsp://example.org"), Err(BadAddress::NotHttp));
        assert_eq!(
            web_url("https://ana:x#y@example.org"),
            Err(BadAddress::LoginCut)
        );
    }
}
