//! How a connection ends, and why: reasons that can be explained to a person, without any text of the camera.

use super::config::ClientConfig;
use crate::login::LoginFailure;

/// The end of a connection.
#[derive(Debug, Clone, PartialEq)]
pub enum RtspEnd {
    /// It was asked to end.
    Done,
    /// The driver opens another connection with these settings, at once: the camera is somewhere else, wants
    /// another transport, or failed on a track that is not required. This is bounded.
    Again(Box<ClientConfig>),
    /// It failed.
    Failed(RtspError),
}

/// Why a stream does not play.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RtspError {
    /// The camera refused user name or password. They must not be sent again.
    #[error("the camera refused user name or password")]
    Refused,
    /// The camera requires a login, and there is none.
    #[error("the camera requires a user name and password")]
    LoginNeeded,
    /// The camera requires the password in clear text, and that is not allowed.
    #[error("the camera requires the password in clear text, which is not allowed")]
    BasicOnly,
    /// The camera requires a kind of login that we do not support.
    #[error("the camera requires a kind of login that is not supported")]
    LoginUnsupported,
    /// The user lacks the right to see this stream.
    #[error("the camera does not allow this user to see the stream")]
    NotAllowed,
    /// There is no such stream.
    #[error("the camera has no such stream")]
    NotFound,
    /// All sessions of the camera are taken, or its bandwidth.
    #[error("the camera has no free stream left")]
    Full,
    /// The camera supports none of the transports that may be used.
    #[error("the camera does not support this transport")]
    UnsupportedTransport,
    /// The camera answered with this status.
    #[error("the camera refused the stream (RTSP status {0})")]
    Server(u16),
    /// Behind this port is something else, such as a web server.
    #[error("there is no RTSP server behind this port")]
    NotRtsp,
    /// The stream is at another host, which is not followed.
    #[error("the camera redirects the stream to {to}")]
    Moved {
        /// Host and port.
        to: String,
    },
    /// The camera sent the client from one address to the next.
    #[error("the camera redirects too often")]
    RedirectLoop,
    /// The description has no track that can be played.
    #[error("the camera offers nothing to play")]
    NoMedia,
    /// A request was not answered.
    #[error("the camera does not answer")]
    Silent,
    /// The camera plays, but nothing arrives.
    #[error("the camera sends nothing")]
    NoPackets,
    /// The camera closed the connection.
    #[error("the camera closed the connection")]
    Closed,
    /// What the camera sends makes no sense.
    #[error("the camera's answer is invalid")]
    Garbage,
}

impl From<LoginFailure> for RtspError {
    fn from(failure: LoginFailure) -> RtspError {
        match failure {
            LoginFailure::Needed => RtspError::LoginNeeded,
            LoginFailure::Refused => RtspError::Refused,
            LoginFailure::NotAllowed => RtspError::NotAllowed,
            LoginFailure::BasicOnly => RtspError::BasicOnly,
            LoginFailure::Unsupported => RtspError::LoginUnsupported,
        }
    }
}

impl RtspError {
    /// Of the status of an answer that is no success.
    pub(super) fn of_status(status: u16) -> RtspError {
        match status {
            403 => RtspError::NotAllowed,
            404 | 410 => RtspError::NotFound,
            453 => RtspError::Full,
            461 => RtspError::UnsupportedTransport,
            status => RtspError::Server(status),
        }
    }
}
