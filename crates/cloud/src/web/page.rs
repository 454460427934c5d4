//! Renders a template into an answer.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::error::Error;

/// The template as a page with status 200.
pub fn show(template: &impl Template) -> Response {
    show_with(StatusCode::OK, template)
}

/// The template as a page with this status.
pub fn show_with(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "could not render a page");
            // Plain text, because the page of an error is a template, too.
            (StatusCode::INTERNAL_SERVER_ERROR, say!("error-broken")).into_response()
        }
    }
}

/// A form's page on which a field is not valid.
pub fn unfit(template: &impl Template) -> Response {
    show_with(StatusCode::UNPROCESSABLE_ENTITY, template)
}

/// A form's page: with the status of its problem, or 422 if a field is not valid.
pub fn answer(template: &impl Template, problem: Option<&Error>, has_errors: bool) -> Response {
    match problem {
        Some(problem) => problem.with_headers(show_with(problem.status, template)),
        None if has_errors => unfit(template),
        None => show(template),
    }
}
