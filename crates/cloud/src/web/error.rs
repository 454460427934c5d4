//! What a page answers when it cannot do what was asked, turned into a page in one place.

use std::borrow::Cow;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::page;
use crate::accounts::Refusal;
use crate::accounts::password::Overloaded;
use crate::db;

/// A refusal or failure with words for the visitor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status}: {message}")]
pub struct Error {
    /// Status of the answer.
    pub status: StatusCode,
    /// Words for the visitor.
    pub message: Cow<'static, str>,
    /// Seconds until it is worth asking again.
    pub retry_after: Option<i64>,
}

/// What page functions return.
pub type Result<T = Response> = std::result::Result<T, Error>;

fn error(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Error {
    Error {
        status,
        message: message.into(),
        retry_after: None,
    }
}

/// There is nothing at this address, or nothing for this person.
pub fn not_found() -> Error {
    error(
        StatusCode::NOT_FOUND,
        "There is nothing here. It may have moved, or belong to somebody else.",
    )
}

/// The request did not come from our own page.
pub fn refused() -> Error {
    error(
        StatusCode::FORBIDDEN,
        "This request did not come from a page of this cloud. Open the page again and repeat it there.",
    )
}

/// Somebody has to log in first.
pub fn signed_out() -> Error {
    error(StatusCode::UNAUTHORIZED, "You are not logged in.")
}

/// What was sent makes no sense.
pub fn invalid(message: impl Into<Cow<'static, str>>) -> Error {
    error(StatusCode::BAD_REQUEST, message)
}

/// The address does not take this method.
pub fn wrong_method() -> Error {
    error(
        StatusCode::METHOD_NOT_ALLOWED,
        "This page cannot be used that way.",
    )
}

/// Too often; worth asking again after `seconds`.
pub fn too_many(message: impl Into<Cow<'static, str>>, seconds: i64) -> Error {
    Error {
        retry_after: Some(seconds.max(1)),
        ..error(StatusCode::TOO_MANY_REQUESTS, message)
    }
}

/// Something behind the page does not answer just now; nothing was lost.
pub fn unavailable() -> Error {
    let message =
        "This does not work just now, and nothing was changed. Please try again in a moment.";
    Error {
        retry_after: Some(5),
        ..error(StatusCode::SERVICE_UNAVAILABLE, message)
    }
}

/// A defect of ours.
pub fn broken() -> Error {
    error(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something went wrong on our side. Please try again.",
    )
}

impl From<db::Error> for Error {
    fn from(source: db::Error) -> Error {
        tracing::error!(error = %source, "the database failed a request");
        match source {
            db::Error::Full(_) => Error {
                message:
                    "The cloud's disk is full, so nothing can be saved just now. Nothing was lost. \
                          Please try again later."
                        .into(),
                retry_after: Some(60),
                ..unavailable()
            },
            db::Error::Busy(_) | db::Error::Gone(_) => unavailable(),
            db::Error::Broken(_) => broken(),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(source: sqlx::Error) -> Error {
        db::Error::from(source).into()
    }
}

impl From<Refusal> for Error {
    fn from(source: Refusal) -> Error {
        match source {
            Refusal::TooMany { seconds } => too_many(
                format!(
                    "That was too often. Please wait {} and try again.",
                    wait_in_words(seconds)
                ),
                seconds,
            ),
            Refusal::Db(source) => source.into(),
            Refusal::Overloaded(source) => source.into(),
        }
    }
}

/// `40 seconds`, `1 minute`, `3 hours`: rounded up.
pub fn wait_in_words(seconds: i64) -> String {
    let (n, unit) = match seconds {
        ..=90 => (seconds.max(1), "second"),
        91..=5_400 => ((seconds + 59) / 60, "minute"),
        5_401..=172_800 => ((seconds + 3_599) / 3_600, "hour"),
        _ => ((seconds + 86_399) / 86_400, "day"),
    };
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {unit}{plural}")
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
        let title = self.status.canonical_reason().unwrap_or("Error");
        let mut response = page::show_with(
            self.status,
            &ErrorPage {
                title,
                message: &self.message,
            },
        );
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_rounded_up_to_words() {
        for (seconds, words) in [
            (0, "1 second"),
            (60, "60 seconds"),
            (91, "2 minutes"),
            (3_600, "60 minutes"),
            (7_201, "3 hours"),
            (172_801, "3 days"),
        ] {
            assert_eq!(wait_in_words(seconds), words);
        }
    }
}
