//! Why a stream failed, in words for people. The library's own messages name packets and offsets;
//! they are logged at debug level.

use retina::Error;

/// A sentence without a full stop for an error of the RTSP client.
pub(super) fn reason(error: &Error) -> String {
    tracing::debug!("RTSP: {error}");
    match error.status_code() {
        Some(status) if status >= 300 => status_reason(status),
        _ => text_reason(&error.to_string()).to_owned(),
    }
}

fn status_reason(status: u16) -> String {
    match status {
        // A login that is refused never comes here, so a 401 is about rights as well.
        401 | 403 => "the recorder does not allow this user to see the camera".to_owned(),
        404 => "the recorder has no such stream; the camera may be unplugged".to_owned(),
        // Not Enough Bandwidth (RFC 2326 §7.1.1): all sessions of the recorder are taken.
        453 => "the recorder has no free stream left".to_owned(),
        other => format!("the recorder refused the stream (RTSP status {other})"),
    }
}

/// The library has no error kinds, only texts; an unknown text counts as invalid data.
fn text_reason(text: &str) -> &'static str {
    if text.starts_with("Unable to connect") {
        "the recorder cannot be reached"
    } else if text.starts_with("Error reading") || text.starts_with("Error writing") {
        "the recorder closed the connection"
    } else {
        "the recorder's answer is invalid"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorder_refusals_are_distinguished() {
        assert!(status_reason(453).contains("no free stream"));
        assert!(status_reason(404).contains("unplugged"));
        assert!(status_reason(500).contains("500"));
    }

    #[test]
    fn unknown_errors_are_reported_as_invalid_answers() {
        assert_eq!(text_reason(""), "the recorder's answer is invalid");
        assert_eq!(
            text_reason("Error reading from RTSP peer: x"),
            "the recorder closed the connection"
        );
    }
}
