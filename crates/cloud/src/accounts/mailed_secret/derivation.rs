//! Code and link of a mailed secret, derived from its row and the server's secret when the mail is sent and
//! when somebody brings one back: no table and no outbox contains either. The token of a link is behind its
//! `#`, so no server or proxy on the way logs it.

use crate::accounts::factors::base32;
use crate::db::accounts::mailed_secrets::Purpose;
use crate::mail::Letter;
use crate::mail::letter::LetterSecret;
use crate::secrets::Secrets;
use crate::state::State;
use crate::throttle::limits::RESET_CHARACTERS;

/// Crockford's base32, in which no letter looks like a digit.
const ALPHABET: &[u8] = base32::CROCKFORD.as_bytes();
/// Characters of the token behind the `#` of a mailed link: 140 bits.
pub const CHARACTERS: usize = 28;

/// The code of a mail; `None` for a mail with a link only.
pub fn code(state: &State, purpose: Purpose, id: &str, nonce: &str) -> Option<String> {
    let (secrets, fields) = (&state.secrets, [id.as_bytes(), nonce.as_bytes()]);
    let digits = usize::from(state.config.limits.code_digits);
    match purpose {
        Purpose::Registration => {
            Some(secrets.derive_characters("registration code", &fields, b"0123456789", digits))
        }
        Purpose::Recovery => {
            Some(secrets.derive_characters("reset code", &fields, ALPHABET, RESET_CHARACTERS))
        }
        Purpose::EmailChange | Purpose::NotMe | Purpose::Setup => None,
    }
}

/// The token of a mail's link.
pub fn link_token(secrets: &Secrets, purpose: Purpose, id: &str, nonce: &str) -> String {
    let (id, nonce) = (id.as_bytes(), nonce.as_bytes());
    // These labels and fields must not change: mails that wait in the outbox during an update still have to get
    // the token that their row knows.
    match purpose {
        Purpose::EmailChange => {
            secrets.derive_characters("email change token", &[nonce], ALPHABET, CHARACTERS)
        }
        Purpose::NotMe => {
            secrets.derive_characters("objection token", &[nonce], ALPHABET, CHARACTERS)
        }
        Purpose::Registration | Purpose::Recovery | Purpose::Setup => {
            let fields = [purpose.as_str().as_bytes(), id, nonce];
            secrets.derive_characters("mail button", &fields, ALPHABET, CHARACTERS)
        }
    }
}

/// Code and link token of a letter that is about to be sent.
pub fn of_letter(state: &State, letter: &Letter) -> LetterSecret {
    let Some(source) = letter.mail().secret() else {
        return LetterSecret::default();
    };
    let (purpose, id, nonce) = (source.purpose, source.id, source.nonce);
    let token = link_token(&state.secrets, purpose, id, nonce);
    let code = source.short_code.then(|| code(state, purpose, id, nonce));
    LetterSecret {
        code: code.flatten(),
        token: Some(token),
    }
}

/// Reads a typed or pasted code or token; of a whole link, the part behind `#`.
pub fn read(typed: &str) -> String {
    // A link may arrive with its `#` percent-encoded.
    let typed = typed.replace("%23", "#");
    let behind = typed.rsplit('#').next().unwrap_or_default();
    proto::typed::plain(behind)
        // One character more than valid: a longer text stays wrong instead of being cut to a right one.
        .chars()
        .take(CHARACTERS + 1)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn look_alike_characters_are_read_as_one() {
        assert_eq!(read(" oil-1o\tz9 "), "0111 0Z9".replace(' ', ""));
        assert_eq!(read("ｏｉｌ－１"), "0111");
        assert_eq!(read("https://dvr.example.org/not-me#ab12"), "AB12");
        assert_eq!(read("https://dvr.example.org/not-me%23ab12"), "AB12");
        assert_eq!(read(&"a".repeat(1_000)).len(), CHARACTERS + 1);
    }

    #[test]
    fn a_letter_that_waits_over_an_update_gets_its_token() {
        let dir = crate::db::test::tempdir::Dir::new();
        let secrets = Secrets::load_or_make(dir.path(), Random).unwrap();
        let before =
            |label, fields: &[&[u8]]| secrets.derive_characters(label, fields, ALPHABET, 28);
        let now = |purpose| link_token(&secrets, purpose, "f", "n");

        assert_eq!(
            now(Purpose::Registration),
            before("mail button", &[b"register", b"f", b"n"])
        );
        assert_eq!(
            now(Purpose::Recovery),
            before("mail button", &[b"reset", b"f", b"n"])
        );
        assert_eq!(
            now(Purpose::EmailChange),
            before("email change token", &[b"n"])
        );
        assert_eq!(now(Purpose::NotMe), before("objection token", &[b"n"]));
    }
}
