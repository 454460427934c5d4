//! `POST /language`: changes the language of this browser and of the signed-in account.

use axum::extract::State as From;
use axum::http::header::REFERER;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Redirect;
use serde::Deserialize;
use url::Url;

use crate::accounts::session;
use crate::language::Language;
use crate::state::State;
use crate::throttle::limits::LANGUAGE_COOKIE;
use crate::visitor::SignedIn;
use crate::web::cookies::Cookie;
use crate::web::csrf::is_ours;
use crate::web::error::{self, Result};
use crate::web::form::Form;

/// Fields of the form: the code of a language, such as `zh-Hans`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LanguageForm {
    language: String,
}

/// Stores the choice, and shows the page again where it was made.
pub async fn create(
    From(state): From<State>,
    headers: HeaderMap,
    Form(chosen): Form<LanguageForm>,
) -> Result {
    let language =
        Language::from_code(&chosen.language).ok_or_else(|| error::invalid(say!("error-form")))?;
    if let Some(who) = SignedIn::find(&headers, &state).await? {
        session::choose_language(&state, &who.account_id, language).await?;
    }
    // For a signed-in person, too: the pages for signing in know no account.
    let back = Redirect::to(&came_from(headers.get(REFERER), &state.public_url));
    Ok(Cookie::Language.set(&state, language.code(), Some(LANGUAGE_COOKIE), back))
}

/// Path and query of the page that contained the form; the start page if it was not one of ours.
fn came_from(referer: Option<&HeaderValue>, ours: &Url) -> String {
    let page = referer
        .and_then(|value| Url::parse(value.to_str().ok()?).ok())
        .filter(|page| is_ours(page, ours));
    let Some(page) = page else {
        return "/".to_owned();
    };
    // Two leading slashes would redirect to another host.
    let path = format!("/{}", page.path().trim_start_matches(['/', '\\']));
    match page.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_stays_on_this_site() {
        let ours = Url::parse("http://127.0.0.1:8080/").unwrap();
        let back = |referer: &str| came_from(Some(&HeaderValue::from_str(referer).unwrap()), &ours);

        assert_eq!(
            back("http://127.0.0.1:8080/login?notice=x"),
            "/login?notice=x"
        );
        assert_eq!(back("http://localhost:8080/help"), "/help");
        assert_eq!(back("http://127.0.0.1:8080//example.org/"), "/example.org/");
        assert_eq!(
            back("http://127.0.0.1:8080/\\example.org/"),
            "/example.org/"
        );
        assert_eq!(back("http://example.org/login"), "/");
        assert_eq!(back("nonsense"), "/");
        assert_eq!(came_from(None, &ours), "/");
    }
}
