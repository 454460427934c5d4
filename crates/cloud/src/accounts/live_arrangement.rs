//! Order, favourites and saved views of Live view, stored for all browsers of an account. The browsers define
//! their meaning; this file limits the size. The last writer wins.

use proto::shown::is_all_shown;
use serde::{Deserialize, Serialize};

use super::arrangement::{self, ArrangementError};
use crate::db::{self, Writing, live_arrangements};
use crate::state::State;
use crate::throttle::limits::LIVE_ARRANGEMENTS_PER_ACCOUNT;
use crate::visitor::SignedIn;

/// Bytes that are stored for an account.
pub const MAX_LIVE_ARRANGEMENT_BYTES: usize = 48 * 1024;
const MAX_KEYS: usize = 4_000;
const MAX_KEY_BYTES: usize = 64;
const MAX_VIEWS: usize = 30;
const MAX_VIEW_NAME_CHARS: usize = 40;

/// What browsers write. A camera is `SERIAL/ID`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Arrangement {
    order: Vec<String>,
    favourites: Vec<String>,
    views: Vec<SavedView>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedView {
    name: String,
    layout: u32,
    cameras: Vec<String>,
}

/// Stores it; returns the new version.
pub async fn keep(state: &State, who: &SignedIn, text: &str) -> Result<i64, ArrangementError> {
    let arrangement = checked(text).ok_or(ArrangementError::NoArrangement)?;
    arrangement::count(state, who, LIVE_ARRANGEMENTS_PER_ACCOUNT).await?;
    let mut tx = arrangement::held(state, who).await?;
    let version = live_arrangements::set_in(&mut tx, &who.account_id, &arrangement).await?;
    tx.commit().await?;
    Ok(version)
}

/// Forgets the order of all cameras, because the account's own is newer; favourites and views stay.
pub async fn forget_order(tx: &mut Writing, account_id: &str) -> db::Result<()> {
    let Some(kept) = live_arrangements::find_in(tx, account_id).await? else {
        return Ok(());
    };
    if let Some(json) = without_order(&kept.arrangement) {
        live_arrangements::set_in(tx, account_id, &json).await?;
    }
    Ok(())
}

/// `None` if it has none.
fn without_order(json: &str) -> Option<String> {
    let mut kept: Arrangement = serde_json::from_str(json).ok()?;
    let order = std::mem::take(&mut kept.order);
    serde_json::to_string(&kept)
        .ok()
        .filter(|_| !order.is_empty())
}

/// The same in canonical form.
fn checked(text: &str) -> Option<String> {
    let parsed: Arrangement = serde_json::from_str(text).ok()?;
    let lists = [&parsed.order, &parsed.favourites];
    let views = parsed.views.iter();
    let is_sound = lists.into_iter().all(|keys| are_keys(keys))
        && parsed.views.len() <= MAX_VIEWS
        && views.clone().all(|view| are_keys(&view.cameras))
        && views.clone().all(|view| is_name(&view.name));
    let json = serde_json::to_string(&parsed).ok()?;
    (is_sound && json.len() <= MAX_LIVE_ARRANGEMENT_BYTES).then_some(json)
}

fn are_keys(keys: &[String]) -> bool {
    let is_key = |key: &String| {
        key.len() <= MAX_KEY_BYTES && key.bytes().all(|byte| byte.is_ascii_graphic())
    };
    keys.len() <= MAX_KEYS && keys.iter().all(is_key)
}

fn is_name(name: &str) -> bool {
    name.chars().count() <= MAX_VIEW_NAME_CHARS && is_all_shown(name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with(order: &[String], name: &str) -> String {
        let view = json!({"name": name, "layout": 9, "cameras": ["PV-1/1"]});
        json!({"order": order, "favourites": [], "views": [view]}).to_string()
    }

    #[test]
    fn what_browsers_write_is_kept() {
        let order: Vec<String> = (0..337)
            .map(|n| format!("PV-0123-4567-89ABZ/{n}"))
            .collect();

        assert!(checked(&with(&order, "Nacht 🌙")).is_some());
    }

    #[test]
    fn what_is_no_arrangement_or_too_long_is_refused() {
        let one = |key: &str| [key.to_owned()];
        for text in [
            "",
            "[]",
            "{}",
            r#"{"order":[],"favourites":[],"views":[],"more":1}"#,
            &with(&one(&"x".repeat(MAX_KEY_BYTES + 1)), "x"),
            &with(&one("PV-1/\u{202e}"), "x"),
            &with(&[], &"x".repeat(MAX_VIEW_NAME_CHARS + 1)),
            &with(&[], "a\u{202e}b"),
            &with(&vec!["x".repeat(MAX_KEY_BYTES); 1_000], "x"),
        ] {
            assert!(checked(text).is_none(), "{text}");
        }
    }
}
