//! The code and token that a letter holds, derived when it leaves: no table keeps either.

use super::{email_change, mailed_link, not_me, recovery, registration};
use crate::db::mailed_links::Purpose;
use crate::mail::Letter;
use crate::mail::letter::LetterSecret;
use crate::state::State;

/// What this letter holds.
pub fn derive(state: &State, letter: &Letter) -> LetterSecret {
    let secrets = &state.secrets;
    let (code, token) = match letter {
        Letter::Code {
            flow,
            nonce,
            short_code,
        } => {
            let digits = usize::from(state.config.limits.code_digits);
            let code = short_code.then(|| registration::code(secrets, flow, nonce, digits));
            let token = mailed_link::token(secrets, Purpose::Register, flow, nonce);
            (code, Some(token))
        }
        Letter::Reset {
            flow,
            nonce,
            short_code,
        } => {
            let code = short_code.then(|| recovery::code(secrets, flow, nonce));
            let token = mailed_link::token(secrets, Purpose::Reset, flow, nonce);
            (code, Some(token))
        }
        Letter::ConfirmEmail { nonce, .. } => (None, Some(email_change::token(secrets, nonce))),
        Letter::Notice { objection, .. } => {
            let token = objection.as_ref();
            (None, token.map(|nonce| not_me::token(secrets, nonce)))
        }
        Letter::Known
        | Letter::NoAccount
        | Letter::PasswordChanged
        | Letter::EmailTaken
        | Letter::Deleted
        | Letter::SetUp
        | Letter::Factor { .. }
        | Letter::Alarm { .. } => (None, None),
    };
    LetterSecret { code, token }
}
