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
