//! The password policy: long enough, not a common password, not derived from the person's own name. No
//! composition rules and no expiry (NIST SP 800-63B-4 §3.1.1.2).

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Fewest characters that a password may have.
pub const MIN: usize = 12;
/// Most characters that a password may have.
pub const MAX: usize = 128;
/// Characters of a password that must remain besides the person's own words.
const MIN_BESIDES: usize = 8;
/// Shorter own words are part of too many good passwords by chance.
const MIN_OWN_WORD: usize = 4;

/// Up to so many different words of the list are a common password; more are a passphrase.
const MOST_COMMON_WORDS: usize = 2;

/// Common passwords and the words they are built from, one a line.
const COMMON: &str = include_str!("common_passwords.txt");
/// Hashes of the most frequent leaked passwords that are long enough to be chosen, one a line, sorted.
const TOP: &str = include_str!("top_passwords.txt");

/// Why a password may not be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    /// It has fewer than [`MIN`] characters.
    #[error("too short")]
    Short,
    /// It has more than [`MAX`] characters.
    #[error("too long")]
    Long,
    /// Control characters, which nobody can type again.
    #[error("holds control characters")]
    Control,
    /// On the list of common passwords, or built from its words.
    #[error("common")]
    Common,
    /// Made of user name, address or the name of this app.
    #[error("consists of the person's own name or address")]
    OwnWord,
}

impl BadPassword {
    /// What is wrong, for the person who typed it.
    pub fn words(self) -> String {
        match self {
            BadPassword::Short => say!("password-short", min = MIN),
            BadPassword::Long => say!("password-long", max = MAX),
            BadPassword::Control => say!("password-control"),
            BadPassword::Common => say!("password-common"),
            BadPassword::OwnWord => say!("password-own-word"),
        }
    }
}

/// NFC, the form in which passwords are hashed and compared (NIST SP 800-63B-4 §3.1.1.2).
pub fn normal_form(typed: &str) -> Zeroizing<String> {
    Zeroizing::new(typed.nfc().collect())
}

/// Checks a password of somebody with these own words; returns its [`normal_form`].
pub fn check(typed: &str, own_words: &[&str]) -> Result<Zeroizing<String>, BadPassword> {
    let password = normal_form(typed);
    let n_characters = password.chars().count();
    if n_characters < MIN {
        return Err(BadPassword::Short);
    }
    if n_characters > MAX {
        return Err(BadPassword::Long);
    }
    if password.chars().any(char::is_control) {
        return Err(BadPassword::Control);
    }
    let lower = Zeroizing::new(password.to_lowercase());
    if is_common(&lower) {
        return Err(BadPassword::Common);
    }
    if is_made_of(&lower, own_words) {
        return Err(BadPassword::OwnWord);
    }
    Ok(password)
}

/// Whether it is on the list, or one or two words of the list with any digits and signs around them.
fn is_common(lower: &str) -> bool {
    if lower.chars().all(|c| c.is_ascii_digit()) {
        return is_run_or_repeat(lower) || is_top(lower);
    }
    // A digit at an end may stand for a letter or be an addition, so both orders are tried: cut first,
    // replace first.
    let is_sign = |c: char| !c.is_alphabetic();
    let trimmed = Zeroizing::new(
        lower
            .trim_matches(is_sign)
            .chars()
            .map(unleet)
            .collect::<String>(),
    );
    let replaced = Zeroizing::new(lower.chars().map(unleet).collect::<String>());
    is_listed(lower) || is_few_words(&trimmed) || is_few_words(replaced.trim_matches(is_sign))
}

fn words() -> impl Iterator<Item = &'static str> {
    COMMON.lines().filter(|line| !line.starts_with('#'))
}

fn is_listed(text: &str) -> bool {
    let letters: Zeroizing<String> =
        Zeroizing::new(text.chars().filter(|c| c.is_alphanumeric()).collect());
    words().any(|word| word == letters.as_str()) || is_top(&letters)
}

fn is_top(letters: &str) -> bool {
    // The list keeps 64 bits of each hash, which makes the program smaller; a collision refuses one password
    // too many.
    let hash = Sha256::digest(letters.as_bytes());
    let hex = HEXLOWER.encode(&hash[..8]);
    TOP.lines().any(|line| line == hex)
}

fn is_few_words(text: &str) -> bool {
    let mut used = std::collections::BTreeSet::new();
    let mut rest = text;
    while let Some(word) = words()
        .filter(|word| rest.starts_with(*word))
        .max_by_key(|word| word.len())
    {
        used.insert(word);
        rest = rest[word.len()..].trim_start_matches(|c: char| !c.is_alphabetic());
    }
    rest.is_empty() && (1..=MOST_COMMON_WORDS).contains(&used.len())
}

/// Letters that digits and signs stand for in passwords ("leet").
fn unleet(c: char) -> char {
    match c {
        '@' | '4' => 'a',
        '3' => 'e',
        '0' => 'o',
        '$' | '5' => 's',
        other => other,
    }
}

/// `123456789012`, `111111111111`, `121212121212`: digits that follow from the first few.
fn is_run_or_repeat(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    let repeats = |period: usize| bytes.iter().zip(&bytes[period..]).all(|(a, b)| a == b);
    let steps = |step: u8| {
        bytes
            .windows(2)
            .all(|pair| (pair[0] - b'0' + step) % 10 == pair[1] - b'0')
    };
    // Steps of nine modulo ten are descending digits.
    (1..=4).any(repeats) || steps(1) || steps(9)
}

fn is_made_of(lower: &str, own_words: &[&str]) -> bool {
    let mut rest = Zeroizing::new(lower.to_owned());
    let mut found = false;
    let parts = own_words
        .iter()
        .flat_map(|word| word.split(['@', '.', '_', '-', '+']))
        .chain(own_words.iter().copied());
    let mut words: Vec<String> = parts.chain(["peerview"]).map(str::to_lowercase).collect();
    // Longest first, or a short word would break up a longer one that contains it.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in words.iter().filter(|word| word.len() >= MIN_OWN_WORD) {
        if rest.contains(word.as_str()) {
            found = true;
            *rest = rest.replace(word.as_str(), "");
        }
    }
    found && rest.chars().count() < MIN_BESIDES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(password: &str) -> Result<(), BadPassword> {
        check(password, &["anna", "anna.berg@example.org"]).map(|_| ())
    }

    #[test]
    fn asvs_6_2_1_a_password_needs_at_least_twelve_characters() {
        assert_eq!(verdict("elf charactr"), Ok(()));
        assert_eq!(verdict("elf charact"), Err(BadPassword::Short));
        assert_eq!(verdict(&"ü".repeat(12)), Ok(()));
        assert_eq!(verdict(&"w".repeat(128)), Ok(()));
        assert_eq!(verdict(&"w".repeat(129)), Err(BadPassword::Long));
    }

    #[test]
    fn a_password_may_use_any_kind_of_character() {
        for good in [
            "gate lamp river moon",
            "😀🐟🚲🌧🎈🧭🪴🔭🛶🧵🥁🪁",
            "Wq8-kTr2-vBn5",
            "кошка у окна спит",
            "7302946158264930",
        ] {
            assert_eq!(verdict(good), Ok(()), "{good}");
        }
        assert_eq!(verdict("gate\0lamp river"), Err(BadPassword::Control));
    }

    #[test]
    fn common_passwords_are_refused_in_any_disguise() {
        for bad in [
            "password1234",
            "Password1234!",
            "P@ssw0rd2024!",
            "passwordpassword",
            "qwertyuiop12",
            "123456789012",
            "111111111111",
            "121212121212",
            "098765432109",
            "iloveyou12345",
            "letmein letmein",
            "correct horse battery staple",
            "!!!football!!!",
        ] {
            assert_eq!(verdict(bad), Err(BadPassword::Common), "{bad}");
        }
    }

    #[test]
    fn asvs_6_2_4_frequent_leaked_passwords_are_refused() {
        let hashes: Vec<&str> = TOP.lines().filter(|line| !line.starts_with('#')).collect();

        assert!(hashes.len() >= 300 && hashes.is_sorted());
        for bad in [
            "1qaz2wsx3edc",
            "1qaz2wsx3edc4rfv",
            "leavemealone",
            "Unbelievable",
            "sony-ericsson",
            "123321123321",
            "supernatural",
        ] {
            assert_eq!(verdict(bad), Err(BadPassword::Common), "{bad}");
        }
    }

    #[test]
    fn asvs_6_2_5_one_kind_of_character_is_enough() {
        assert_eq!(verdict("aaaaaaaaaaaaaaaaaaaaaaaa"), Ok(()));
        assert_eq!(verdict("gatelampriverhorizon"), Ok(()));
        assert_eq!(verdict("GATE LAMP RIVER MOON"), Ok(()));
    }

    #[test]
    fn asvs_6_2_8_all_128_characters_of_a_password_count() {
        let long = "ab".repeat(63) + "xy";
        let other = "ab".repeat(63) + "xz";

        let [one, two] = [&long, &other].map(|text| check(text, &[]).unwrap());

        assert_eq!(one.chars().count(), 128);
        assert_ne!(*one, *two);
        assert_ne!(
            *check("Gate lamp river", &[]).unwrap(),
            *check("gate lamp river", &[]).unwrap()
        );
    }

    #[test]
    fn asvs_6_2_11_personal_and_product_names_are_refused_as_passwords() {
        for bad in [
            "peerviewpeerview",
            "anna.bergberg",
            "Peerview 2026!",
            "annaanna2026",
        ] {
            assert_eq!(verdict(bad), Err(BadPassword::OwnWord), "{bad}");
        }
    }

    #[test]
    fn passwords_made_of_personal_words_are_refused() {
        for bad in [
            "annaannaanna",
            "anna.berg@example.org",
            "Peerview-2026",
            "example.org12",
        ] {
            assert_eq!(verdict(bad), Err(BadPassword::OwnWord), "{bad}");
        }
        assert_eq!(verdict("anna walks the dog"), Ok(()));
    }

    #[test]
    fn unicode_spellings_of_a_letter_give_the_same_password() {
        assert_eq!(*normal_form("cafe\u{301}"), *normal_form("café"));
    }
}
