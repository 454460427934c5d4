//! The button in a mail: 140 bits behind the `#` of its link, so that no server or proxy on the way
//! writes them down. Opening the link shows a page; pressing the button there uses it up.

use super::{Refusal, token};
use crate::audit::{Action, Event, Outcome};
use crate::db;
use crate::db::mailed_links::Purpose;
use crate::secrets::Secrets;
use crate::state::State;
use crate::throttle::{self, limits};

/// Crockford's base 32: no letter looks like a digit.
pub const ALPHABET: &[u8] = super::factors::base32::CROCKFORD.as_bytes();
/// Characters of every token behind the `#` of a mailed link: 140 bits.
pub const CHARACTERS: usize = 28;

/// The token of a walk's newest mail: derived, so that neither database nor outbox hold it.
pub fn token(secrets: &Secrets, purpose: Purpose, flow_id: &str, nonce: &str) -> String {
    let fields = [
        purpose.as_str().as_bytes(),
        flow_id.as_bytes(),
        nonce.as_bytes(),
    ];
    secrets.derive_characters("mail button", &fields, ALPHABET, CHARACTERS)
}

/// The database's form of a token.
pub fn hash(token: &str) -> String {
    token::hash(token)
}

/// What somebody typed or pasted, as [`ALPHABET`] writes it; of a whole link, what stands behind `#`.
pub fn read(typed: &str) -> String {
    let typed = typed.replace("%23", "#");
    let behind = typed.rsplit('#').next().unwrap_or_default();
    proto::typed::plain(behind)
        .chars()
        .take(CHARACTERS + 1)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

/// After a refusal to mail: the newest button of this mailbox stays good for a day.
pub async fn prolong_last(
    state: &State,
    purpose: Purpose,
    subject: &str,
    error: throttle::Error,
) -> Refusal {
    let throttle::Error::TooMany { seconds } = error else {
        return error.into();
    };
    let seconds_good = limits::LAST_BUTTON_SECONDS;
    match db::mailed_links::prolong_last(&state.db, purpose, subject, seconds_good).await {
        Ok(()) => Refusal::MailsUsedUp { seconds },
        Err(error) => error.into(),
    }
}

/// Notes a press.
pub fn note(state: &State, purpose: Purpose, goes_on: bool) {
    let event = Event::new(Action::ButtonPressed, Outcome::of(goes_on));
    state.audit.note(event.subject(purpose.as_str()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_is_read_alike() {
        assert_eq!(read(" oil-1o\tz9 "), "0111 0Z9".replace(' ', ""));
        assert_eq!(read("ｏｉｌ－１"), "0111");
        assert_eq!(read("https://dvr.example.org/not-me#ab12"), "AB12");
        assert_eq!(read("https://dvr.example.org/not-me%23ab12"), "AB12");
        assert_eq!(read(&"a".repeat(1_000)).len(), CHARACTERS + 1);
    }
}
