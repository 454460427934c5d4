//! `/account/sessions`: lists the sessions; ends one, or all others.

use askama::Template;
use axum::extract::{Path, State as From};
use axum::response::{IntoResponse, Redirect};

use crate::accounts::session;
use crate::language::browser_name::browser_name;
use crate::language::moment::moment;
use crate::state::State;
use crate::visitor::{Browser, SignedIn};
use crate::web::error::{Result, not_found};
use crate::web::guard::Proven;
use crate::web::page;
use crate::web::pages::menu::{Menu, Place};

#[derive(Template)]
#[template(path = "account/sessions.html")]
struct SessionsPage {
    menu: Menu,
    sessions: Vec<ListedSession>,
}

struct ListedSession {
    id: String,
    browser: String,
    place: String,
    is_this: bool,
    auto_login: bool,
    first_seen_at: i64,
    last_seen_at: i64,
}

impl ListedSession {
    fn first_seen(&self) -> String {
        moment(self.first_seen_at)
    }

    fn last_seen(&self) -> String {
        moment(self.last_seen_at)
    }
}

/// `GET /account/sessions`: the sessions, this one first.
pub async fn index(From(state): From<State>, who: SignedIn) -> Result {
    let sessions = session::list(&state, &who.account_id).await?;
    let mut sessions: Vec<ListedSession> = sessions
        .into_iter()
        .map(|session| ListedSession {
            browser: browser_name(&session.user_agent),
            place: session.place,
            is_this: session.id == who.session_id,
            auto_login: session.persistent,
            first_seen_at: session.created_at,
            last_seen_at: session.last_seen_at,
            id: session.id,
        })
        .collect();
    sessions.sort_by_key(|session| !session.is_this);
    Ok(page::show(&SessionsPage {
        menu: Menu::new(&who, Place::Configuration),
        sessions,
    }))
}

/// `POST /account/sessions/{id}/end`. Unknown and foreign sessions get the same answer.
pub async fn destroy(From(state): From<State>, who: SignedIn, Path(id): Path<String>) -> Result {
    if !session::end(&state, &who.account_id, &id).await? {
        return Err(not_found());
    }
    Ok(Redirect::to("/account/sessions").into_response())
}

/// `POST /account/sessions/end`: ends all but this one.
pub async fn destroy_others(
    From(state): From<State>,
    Proven(who): Proven,
    browser: Browser,
) -> Result {
    session::end_all_others(&state, &who, &browser).await?;
    Ok(Redirect::to("/account/sessions").into_response())
}
