//! Addresses and user names as people type them.

use cloud::accounts::names::{Email, UserName};

/// An address and a user name: what is read fits a mail header and a page, and reads again as the
/// same person.
pub(crate) fn names(data: &[u8]) {
    let Some(text) = crate::input::text(data) else {
        return;
    };
    if let Ok(email) = Email::parse(text) {
        assert!(
            !email
                .as_str()
                .chars()
                .any(|c| c.is_control() || c.is_whitespace())
        );
        assert!(email.as_str().len() <= 254, "{}", email.as_str());
        let again = Email::parse(email.as_str()).expect("an address that was read");
        assert_eq!(again.key(), email.key());
    }
    if let Ok(name) = UserName::parse(text) {
        assert!(!name.as_str().chars().any(char::is_control));
        assert!(!name.key().is_empty());
        let again = UserName::parse(name.as_str()).expect("a name that was read");
        assert_eq!(again.key(), name.key());
    }
}
