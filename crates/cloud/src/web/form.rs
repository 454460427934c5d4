//! Reads a form strictly: exactly its own fields, each once.

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

use super::error::{self, Error};
use crate::live::Live;

/// A form; its type has `deny_unknown_fields`.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Live> for Form<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &Live) -> Result<Form<T>, Response> {
        let read = axum::Form::<T>::from_request(request, state).await;
        let refusal = match read {
            Ok(axum::Form(form)) => return Ok(Form(form)),
            Err(refusal) => refusal,
        };
        let status = refusal.status();
        let message = say!("error-form");
        let refusal = match status {
            StatusCode::PAYLOAD_TOO_LARGE => Error {
                status,
                ..error::invalid(say!("error-form-too-large"))
            },
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Error {
                status,
                ..error::invalid(message)
            },
            _ => error::invalid(message),
        };
        Err(refusal.into_response())
    }
}

/// A message above a form: what went wrong with it as a whole.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Status code of the answer.
    pub status: StatusCode,
    /// What to do, in the language of the visitor.
    pub message: String,
    retry_after: Option<i64>,
}

impl Problem {
    /// Something that was typed is not valid.
    pub fn unfit(message: impl Into<String>) -> Problem {
        Problem {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            message: message.into(),
            retry_after: None,
        }
    }

    /// The requested thing does not exist.
    pub fn gone(message: impl Into<String>) -> Problem {
        Problem {
            status: StatusCode::NOT_FOUND,
            ..Problem::unfit(message)
        }
    }

    /// Adds the headers of the answer.
    pub fn with_headers(&self, mut response: Response) -> Response {
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(axum::http::header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        Problem {
            status: error.status,
            message: error.message,
            retry_after: error.retry_after,
        }
    }
}
