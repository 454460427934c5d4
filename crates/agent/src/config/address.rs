//! Addresses as people type them, possibly with passwords. Implausible addresses are refused with the reason,
//! and the address is never repeated. Camera addresses are parsed only by crate `rtsp`, which first removes
//! the login. Otherwise a `#` in a password would end the address there: one part would be read as the path,
//! and the other as the recorder's name.

use rtsp::address::{AddressError, StreamAddress};
use rtsp::login::Credentials;
use serde::{Deserialize, Deserializer, de};
use url::{ParseError, Url};

/// The address of a stream, and the login that was in it. Neither path nor login is ever printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraAddress {
    /// Where the stream is.
    pub at: StreamAddress,
    /// The login that was in the address, unescaped.
    pub login: Option<Credentials>,
}

impl CameraAddress {
    /// Parses the RTSP or RTSPS address of a camera.
    pub fn parse(text: &str) -> Result<CameraAddress, BadAddress> {
        let (at, login) = StreamAddress::parse(text)?;
        Ok(CameraAddress { at, login })
    }
}

impl<'de> Deserialize<'de> for CameraAddress {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<CameraAddress, D::Error> {
        CameraAddress::parse(&String::deserialize(from)?).map_err(de::Error::custom)
    }
}

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
    /// It is not the address of a camera for another reason.
    #[error("{0}")]
    Camera(AddressError),
    /// The address of the cloud is not an HTTP address.
    #[error("it must be an address for a browser, such as https://cloud.example.org")]
    NotHttp,
    /// The address of a recorder is not the address of its home page.
    #[error(
        "the address of a recorder must look like 192.0.2.10, 192.0.2.10:8000 or https://…, with \
         user name and password set separately"
    )]
    NotRecorder,
    /// A login in an address that must not contain one.
    #[error("it must not contain a user name or password")]
    Login,
    /// Anything else.
    #[error("{0}")]
    Malformed(ParseError),
}

impl From<AddressError> for BadAddress {
    /// These two need words about settings and flags.
    fn from(error: AddressError) -> BadAddress {
        match error {
            AddressError::LoginCut => BadAddress::LoginCut,
            AddressError::Fragment => BadAddress::Fragment,
            error => BadAddress::Camera(error),
        }
    }
}

/// Completes the address of a recorder as people write it.
pub fn recorder_url(text: &str) -> Result<Url, BadAddress> {
    let url = if text.contains("://") {
        parse(text)?
    } else {
        parse(&format!("http://{text}"))?
    };
    // A login is not repeated: it would appear on terminals, and a part of it as the recorder's name.
    let is_plain = url.username().is_empty() && url.password().is_none() && url.path() == "/";
    let is_whole = url.query().is_none() && url.fragment().is_none();
    if !matches!(url.scheme(), "http" | "https") || !is_plain || !is_whole {
        return Err(BadAddress::NotRecorder);
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

pub(super) fn recorder_option<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(from)?;
    recorder_url(&text).map_err(de::Error::custom)?;
    Ok(Some(text))
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
            let error = CameraAddress::parse(text).expect_err(text);

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
            let error = CameraAddress::parse(text).expect_err(text);
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn usual_camera_addresses_are_accepted() {
        for text in [
            "rtsp://192.0.2.1/Streaming/Channels/101?transportmode=unicast",
            "rtsp://ana:a%40b%23c@[2001:db8::1]:8554/live",
            "rtsp://ana@192.0.2.1",
            "rtsps://ana@cam.lan/live",
            "rtsp://ana:x@[fe80::1%25eth0]/live",
            "rtsp://192.0.2.1:554/user=admin_password=tlJwpbo6_channel=1_stream=0.sdp?real_stream",
        ] {
            assert!(CameraAddress::parse(text).is_ok(), "{text}");
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
