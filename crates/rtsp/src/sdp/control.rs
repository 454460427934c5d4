//! The addresses of a stream and its tracks (RFC 2326 §C.1.1), resolved as the players do that cameras are
//! tested with: a track is appended to the address, also behind a query.

use crate::address::without_login;

/// The address to which those of tracks are relative; PLAY and TEARDOWN go to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlBase(String);

impl ControlBase {
    /// The base of a description: what the whole stream's `a=control` says if it is absolute, else `Content-Base`,
    /// else `Content-Location`, else the address that was asked.
    pub fn new(
        asked: &str,
        content_base: Option<&str>,
        content_location: Option<&str>,
        control: Option<&str>,
    ) -> ControlBase {
        let mut base = asked.to_owned();
        // Some cameras write quotation marks, or only a path, or nothing.
        for header in [content_location, content_base].into_iter().flatten() {
            let header = header.trim().trim_matches('"');
            if is_absolute(header) {
                base = without_login(header);
            } else if header.starts_with('/')
                && let Some(root) = root(asked)
            {
                base = without_login(&format!("{root}{header}"));
            }
        }
        match control {
            Some(control) if is_absolute(control) => ControlBase(without_login(control)),
            _ => ControlBase(base),
        }
    }

    /// The base as an address.
    pub fn url(&self) -> &str {
        &self.0
    }

    /// The address of a track.
    pub fn resolve(&self, control: Option<&str>) -> String {
        let base = self.0.as_str();
        let control = without_login(control.unwrap_or_default());
        if control.is_empty() || control == "*" {
            return base.to_owned();
        }
        if is_absolute(&control) {
            return control;
        }
        if control.starts_with('/')
            && let (Some(root), Some(path)) = (root(base), path(base))
            && !path.trim_matches('/').is_empty()
            && is_below(&control, path)
        {
            // The path of the whole stream is part of it.
            return format!("{root}{control}");
        }
        match (base.ends_with('/'), control.starts_with(['/', '?'])) {
            (true, true) if control.starts_with('/') => format!("{base}{}", &control[1..]),
            (false, false) => format!("{base}/{control}"),
            _ => format!("{base}{control}"),
        }
    }
}

/// Whether a path lies below another, or is it.
fn is_below(path: &str, above: &str) -> bool {
    let rest = path.strip_prefix(above.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

fn is_absolute(url: &str) -> bool {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        scheme.eq_ignore_ascii_case("rtsp") || scheme.eq_ignore_ascii_case("rtsps")
    })
}

/// Scheme, host and port.
fn root(url: &str) -> Option<&str> {
    let host = url.find("://")? + 3;
    let end = url[host..]
        .find(['/', '?'])
        .map_or(url.len(), |at| host + at);
    Some(&url[..end])
}

/// The path without its query.
fn path(url: &str) -> Option<&str> {
    let rest = url.get(root(url)?.len()..)?;
    rest.split('?').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: &str = "rtsp://192.0.2.1:554/live";

    fn base(
        content_base: Option<&str>,
        content_location: Option<&str>,
        control: Option<&str>,
    ) -> String {
        ControlBase::new(ASKED, content_base, content_location, control).0
    }

    #[test]
    fn the_base_url_is_the_one_that_the_camera_sends() {
        let base_header = Some("rtsp://192.0.2.1:554/live/");
        let location = Some("rtsp://192.0.2.1:554/other");

        assert_eq!(base(None, None, None), ASKED);
        assert_eq!(
            base(base_header, location, Some("*")),
            "rtsp://192.0.2.1:554/live/"
        );
        assert_eq!(base(None, location, Some("")), "rtsp://192.0.2.1:554/other");
        assert_eq!(
            base(base_header, None, Some("rtsp://a:b@10.0.0.9/x")),
            "rtsp://10.0.0.9/x"
        );
        assert_eq!(
            base(Some("\"/live/\""), None, None),
            "rtsp://192.0.2.1:554/live/"
        );
        assert_eq!(base(Some(""), None, None), ASKED);
        assert_eq!(base(Some("192.0.2.1"), None, Some("track")), ASKED);
    }

    #[test]
    fn tracks_are_resolved_as_cameras_expect() {
        let cases = [
            ("rtsp://h/live/", "trackID=1", "rtsp://h/live/trackID=1"),
            ("rtsp://h/live", "trackID=1", "rtsp://h/live/trackID=1"),
            ("rtsp://h/live", "*", "rtsp://h/live"),
            ("rtsp://h/live", "", "rtsp://h/live"),
            (
                "rtsp://h/live",
                "rtsp://10.0.0.9:554/live/1",
                "rtsp://10.0.0.9:554/live/1",
            ),
            ("rtsp://h/live", "RTSP://a:b@h/live/1", "RTSP://h/live/1"),
            // Hikvision without a Content-Base: the track stands behind the query.
            (
                "rtsp://h/Streaming/Channels/101?transportmode=unicast",
                "trackID=1",
                "rtsp://h/Streaming/Channels/101?transportmode=unicast/trackID=1",
            ),
            // Dahua: the base ends in a slash behind a query.
            (
                "rtsp://h/cam/realmonitor?channel=1&subtype=0/",
                "trackID=0",
                "rtsp://h/cam/realmonitor?channel=1&subtype=0/trackID=0",
            ),
            ("rtsp://h/live", "?ctype=video", "rtsp://h/live?ctype=video"),
            (
                "rtsp://h/live/",
                "?ctype=video",
                "rtsp://h/live/?ctype=video",
            ),
            (
                "rtsp://h/live/",
                "/live/trackID=1",
                "rtsp://h/live/trackID=1",
            ),
            (
                "rtsp://h/live",
                "/live/trackID=1?x=1",
                "rtsp://h/live/trackID=1?x=1",
            ),
            ("rtsp://h/live/", "/trackID=1", "rtsp://h/live/trackID=1"),
            ("rtsp://h/live", "/liver", "rtsp://h/live/liver"),
            ("rtsp://h", "trackID=1", "rtsp://h/trackID=1"),
            ("rtsp://h/", "/trackID=1", "rtsp://h/trackID=1"),
        ];

        for (base, control, expected) in cases {
            assert_eq!(
                ControlBase(base.to_owned()).resolve(Some(control)),
                expected,
                "{base} {control}"
            );
        }
    }
}
