//! `GET /demo/mailbox`: the mails of the demo, newest first. Routed only in the demo.

use askama::Template;
use axum::extract::State as From;

use crate::db;
use crate::db::mail::mailbox::Arrived;
use crate::state::State;
use crate::web::error::Result;
use crate::web::page;

#[derive(Template)]
#[template(path = "mailbox.html")]
struct MailboxPage {
    mails: Vec<Arrived>,
}

/// All mails that were delivered.
pub async fn index(From(state): From<State>) -> Result {
    Ok(page::show(&MailboxPage {
        mails: db::mail::mailbox::list(&state.db).await?,
    }))
}
