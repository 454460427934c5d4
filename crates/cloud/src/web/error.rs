//! The errors that page functions return, turned into pages in one place.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::page;
use crate::accounts::Refusal;
use crate::db;
use crate::hasher::Overloaded;
use crate::language::moment::wait_in_words;

/// A refusal or failure with words for the visitor: a page of its own, or the message above a form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status}")]
pub struct Error {
    /// Status code of the answer.
    pub status: StatusCode,
    /// What to do, in the language of the visitor.
    pub message: String,
    /// Seconds until another try makes sense.
    pub retry_after: Option<i64>,
}

/// What page functions return: an answer, or words for the visitor.
pub type Result<T = Response> = std::result::Result<T, Error>;

impl Error {
    /// Adds the headers of the answer.
    pub fn with_headers(&self, mut response: Response) -> Response {
        if let Some(seconds) = self.retry_after {
            let seconds = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

fn error(status: StatusCode, message: impl Into<String>) -> Error {
    Error {
        status,
        message: message.into(),
        retry_after: None,
    }
}

/// This address does not exist, or not for this person.
pub fn not_found() -> Error {
    error(StatusCode::NOT_FOUND, say!("error-not-found"))
}

/// What a form is about does not exist: 404 with this message.
pub fn gone(message: impl Into<String>) -> Error {
    error(StatusCode::NOT_FOUND, message)
}

/// Something that was typed is not valid: 422 with this message.
pub fn unfit(message: impl Into<String>) -> Error {
    error(StatusCode::UNPROCESSABLE_ENTITY, message)
}

/// The request did not come from one of our pages.
pub fn refused() -> Error {
    error(StatusCode::FORBIDDEN, say!("error-refused"))
}

/// The person has to log in first.
pub fn signed_out() -> Error {
    error(StatusCode::UNAUTHORIZED, say!("error-signed-out"))
}

/// The request is invalid: 400 with this message.
pub fn invalid(message: impl Into<String>) -> Error {
    error(StatusCode::BAD_REQUEST, message)
}

/// The address does not support this method.
pub fn wrong_method() -> Error {
    error(StatusCode::METHOD_NOT_ALLOWED, say!("error-wrong-method"))
}

/// Too many requests; try again after `seconds`.
pub fn too_many(message: impl Into<String>, seconds: i64) -> Error {
    Error {
        retry_after: Some(seconds.max(1)),
        ..error(StatusCode::TOO_MANY_REQUESTS, message)
    }
}

/// Something behind the page does not answer; nothing was lost.
pub fn unavailable() -> Error {
    Error {
        retry_after: Some(db::connection::limits::RETRY_AFTER),
        ..error(StatusCode::SERVICE_UNAVAILABLE, say!("error-unavailable"))
    }
}

/// A defect of ours: 500 without details.
pub fn broken() -> Error {
    error(StatusCode::INTERNAL_SERVER_ERROR, say!("error-broken"))
}

impl From<db::Error> for Error {
    fn from(source: db::Error) -> Error {
        // For the log only: the visitor reads nothing of it (ASVS 16.5.1).
        tracing::error!(error = %source, "the database failed a request");
        match source {
            db::Error::Full(_) => Error {
                message: say!("error-disk-full"),
                ..unavailable()
            },
            db::Error::Busy(_) | db::Error::Gone(_) | db::Error::Silent => unavailable(),
            db::Error::Broken(_) => broken(),
        }
    }
}

impl From<Refusal> for Error {
    fn from(source: Refusal) -> Error {
        match source {
            Refusal::TooMany { seconds } => too_many(
                say!("error-too-often", wait = wait_in_words(seconds)),
                seconds,
            ),
            Refusal::MailsUsedUp { seconds } => too_many(
                say!("error-mails-used-up", wait = wait_in_words(seconds)),
                seconds,
            ),
            Refusal::Db(source) => source.into(),
            Refusal::Overloaded(source) => source.into(),
        }
    }
}

impl From<Overloaded> for Error {
    fn from(_: Overloaded) -> Error {
        unavailable()
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    title: &'a str,
    message: &'a str,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let title = say!("error-title", status = self.status.as_u16());
        let page = ErrorPage {
            title: &title,
            message: &self.message,
        };
        self.with_headers(page::show_with(self.status, &page))
    }
}
