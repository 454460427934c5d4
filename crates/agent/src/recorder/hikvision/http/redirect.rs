//! Follows redirects only from HTTP to HTTPS of the same host, which recorders send once HTTPS is enabled. A
//! login must not be sent to an address that anybody on the network path can choose.

use proto::reason::Reason;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, LOCATION};
use url::Url;

/// An answer that points somewhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HttpRedirect {
    /// HTTPS on the same host, at this port.
    Https(u16),
    /// What is not followed, and why.
    Elsewhere(Reason),
}

/// What a redirect of an answer to `base` means.
pub(super) fn redirect_of(
    base: &Url,
    status: StatusCode,
    headers: &HeaderMap,
) -> Option<HttpRedirect> {
    if !status.is_redirection() {
        return None;
    }
    let to = headers.get(LOCATION).and_then(|to| to.to_str().ok());
    let to = to.and_then(|to| base.join(to).ok());
    let is_https = to.as_ref().is_some_and(|to| to.scheme() == "https");
    let port = to
        .filter(|to| base.scheme() == "http" && to.host() == base.host())
        .filter(|to| to.username().is_empty() && to.password().is_none())
        .and_then(|to| to.port_or_known_default());
    Some(match port {
        Some(port) if is_https => HttpRedirect::Https(port),
        _ if is_https => HttpRedirect::Elsewhere(Reason::HttpsWanted),
        _ => HttpRedirect::Elsewhere(Reason::Moved),
    })
}

/// Why there is no document, where no redirect is followed at all.
pub(in crate::recorder) fn why_elsewhere(
    base: &Url,
    status: StatusCode,
    headers: &HeaderMap,
) -> Option<Reason> {
    Some(match redirect_of(base, status, headers)? {
        HttpRedirect::Https(_) => Reason::HttpsWanted,
        HttpRedirect::Elsewhere(reason) => reason,
    })
}

/// The same device over HTTPS.
pub(super) fn over_https(base: &Url, port: u16) -> Url {
    let mut url = base.clone();
    let is_changed = url
        .set_scheme("https")
        .and_then(|()| url.set_port(Some(port)));
    is_changed.expect("HTTP becomes HTTPS");
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redirected(base: &str, status: u16, location: &str) -> Option<HttpRedirect> {
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, location.parse().expect("a header value"));
        let status = StatusCode::from_u16(status).expect("a status");
        redirect_of(&Url::parse(base).expect("a URL"), status, &headers)
    }

    #[test]
    fn https_of_the_same_host_is_followed() {
        for (base, location, port) in [
            ("http://192.0.2.1:81/", "https://192.0.2.1/", 443),
            ("http://192.0.2.1/", "HTTPS://192.0.2.1:8443/x", 8443),
            ("http://dvr.lan/", "https://DVR.lan/x", 443),
        ] {
            let followed = redirected(base, 302, location);
            assert_eq!(followed, Some(HttpRedirect::Https(port)), "{location}");
        }
        assert_eq!(redirected("http://dvr/", 200, "https://dvr/"), None);
    }

    #[test]
    fn no_other_redirect_is_followed() {
        let plain = "http://192.0.2.1:81/";
        for (base, location, reason) in [
            (plain, "https://192.0.2.2/", Reason::HttpsWanted),
            (plain, "https://192.0.2.1.example.org/", Reason::HttpsWanted),
            (plain, "https://a:b@192.0.2.1/", Reason::HttpsWanted),
            (plain, "http://192.0.2.1:82/", Reason::Moved),
            (plain, "/doc/index.asp", Reason::Moved),
            (plain, "ftp://192.0.2.1/", Reason::Moved),
            (plain, "https://[", Reason::Moved),
            ("https://dvr.lan/", "http://dvr.lan/", Reason::Moved),
            (
                "https://dvr.lan/",
                "https://dvr.lan:444/",
                Reason::HttpsWanted,
            ),
        ] {
            let elsewhere = redirected(base, 307, location);
            assert_eq!(
                elsewhere,
                Some(HttpRedirect::Elsewhere(reason)),
                "{location}"
            );
        }
    }

    #[test]
    fn https_has_the_host_and_its_own_port() {
        for (base, port, expected) in [
            ("http://192.0.2.1:81/", 443, "https://192.0.2.1/"),
            ("http://[2001:db8::1]/", 8443, "https://[2001:db8::1]:8443/"),
        ] {
            let base = Url::parse(base).expect("a URL");
            assert_eq!(over_https(&base, port).as_str(), expected);
        }
    }
}
