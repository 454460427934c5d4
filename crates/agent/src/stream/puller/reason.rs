//! Maps the errors of the RTSP client to the reason why a stream failed.

use proto::reason::Reason;
use rtsp::client::RtspError;

/// How one session with a recorder ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SessionEnd {
    /// Nobody needs it any more, or the source changed.
    Unwanted,
    /// The login was refused; nothing more may be tried.
    Refused(Reason),
    /// It failed or was never established.
    Failed(Reason),
}

/// How a session ends with this error. A login that the camera does not take is not tried again.
pub(super) fn end_of(error: &RtspError) -> SessionEnd {
    match reason(error) {
        reason @ (Reason::Refused { .. } | Reason::LoginMissing | Reason::NoDigest) => {
            SessionEnd::Refused(reason)
        }
        reason => SessionEnd::Failed(reason),
    }
}

fn reason(error: &RtspError) -> Reason {
    match error {
        RtspError::Refused => Reason::Refused { n_tries_left: None },
        RtspError::LoginNeeded => Reason::LoginMissing,
        RtspError::BasicOnly | RtspError::LoginUnsupported => Reason::NoDigest,
        RtspError::NotAllowed => Reason::Forbidden,
        RtspError::NotFound => Reason::NoStream,
        RtspError::Full => Reason::Full,
        // Unsupported Transport (RFC 2326 §11.3.14).
        RtspError::UnsupportedTransport => Reason::Status(461),
        RtspError::Server(status) => Reason::Status(*status),
        RtspError::Moved { .. } | RtspError::RedirectLoop => Reason::Moved,
        RtspError::NoMedia => Reason::NoVideo,
        RtspError::Silent => Reason::NoAnswer,
        RtspError::NoPackets => Reason::NoPicture,
        RtspError::Closed => Reason::Closed,
        RtspError::NotRtsp | RtspError::Garbage => Reason::InvalidAnswer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorder_refusals_are_distinguished() {
        for (error, expected) in [
            (RtspError::NotAllowed, Reason::Forbidden),
            (RtspError::NotFound, Reason::NoStream),
            (RtspError::Full, Reason::Full),
            (RtspError::Server(500), Reason::Status(500)),
        ] {
            assert_eq!(end_of(&error), SessionEnd::Failed(expected));
        }
    }

    #[test]
    fn a_login_that_is_not_taken_is_not_tried_again() {
        for error in [
            RtspError::Refused,
            RtspError::LoginNeeded,
            RtspError::BasicOnly,
        ] {
            assert!(matches!(end_of(&error), SessionEnd::Refused(_)), "{error}");
        }
    }
}
