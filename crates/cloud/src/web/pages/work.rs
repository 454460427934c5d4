//! `GET /form-work/{purpose}`: the proof of work that a page solves before it submits its form.

use axum::extract::{Path, Query, State as From};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::accounts::bot_check::captcha;
use crate::accounts::bot_check::proof_of_work::{self, For, WorkPurpose, Worker};
use crate::state::State;
use crate::visitor::{Client, SignedIn};
use crate::web::error::{self, Result};

/// Longest form id that can be valid.
const MAX_FORM_BYTES: usize = 100;

/// The form that the work is for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkQuery {
    form: String,
    other_way: Option<String>,
}

/// Creates a proof of work for one form.
pub async fn show(
    From(state): From<State>,
    client: Client,
    headers: HeaderMap,
    Path(purpose): Path<String>,
    Query(query): Query<WorkQuery>,
) -> Result<Response> {
    let purpose = WorkPurpose::parse(&purpose).ok_or_else(error::not_found)?;
    if query.form.len() > MAX_FORM_BYTES {
        return Err(error::not_found());
    }
    let age = captcha::age(&state, &query.form).ok_or_else(error::not_found)?;
    // A claim is the work of an account, from wherever it acts; before the other forms nobody is signed in.
    let who = match purpose {
        WorkPurpose::Claim => SignedIn::find(&headers, &state).await?,
        WorkPurpose::Register | WorkPurpose::Forgot | WorkPurpose::LogIn => None,
    };
    let worker = match (&who, purpose) {
        (Some(who), _) => Worker::Account(&who.account_id),
        (None, WorkPurpose::Claim) => return Err(error::not_found()),
        (None, _) => Worker::Client(&client),
    };
    let wanted = For {
        worker,
        purpose,
        form_id: &query.form,
        age,
        other_way: query.other_way.is_some(),
    };
    Ok(proof_of_work::set(&state, &wanted).await?.into_response())
}
