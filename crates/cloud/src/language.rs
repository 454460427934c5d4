//! The language of the current request. The texts of each language are in [`texts`].

/// A text in the language of the request: `say!("login-title")`, `say!("cameras", n = 3)`.
/// In templates too, where fields of the page are written with `self`.
#[macro_export]
macro_rules! say {
    ($key:expr $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::language::texts::say($key, &[$((stringify!($name), $value.into())),*])
    };
}

/// Like [`say!`](crate::say!) for texts that contain markup; arguments are escaped.
#[macro_export]
macro_rules! say_html {
    ($key:expr $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::language::texts::say_html($key, &[$((stringify!($name), $value.into())),*])
    };
}

/// Marks the key of a text that is said elsewhere, so that the checks find it.
#[macro_export]
macro_rules! key {
    ($key:literal) => {
        $key
    };
}

pub mod browser_name;
pub mod moment;
pub mod reason;
pub mod script;
pub mod texts;

use std::cell::Cell;

pub use proto::language::Language;

tokio::task_local! {
    static CURRENT: Cell<Language>;
}

/// The language that the work at hand speaks: the request's, or English where nobody asked.
pub fn current() -> Language {
    CURRENT.try_with(Cell::get).unwrap_or_default()
}

/// Runs `work`, and everything that it says is in `language`.
pub async fn scope<F: Future>(language: Language, work: F) -> F::Output {
    CURRENT.scope(Cell::new(language), work).await
}

/// Runs `work`, which waits for nothing, in `language`.
pub fn speaking<T>(language: Language, work: impl FnOnce() -> T) -> T {
    CURRENT.sync_scope(Cell::new(language), work)
}

/// Goes on in another language until the [`scope`] ends: the account is known, and with it the
/// language that its owner chose.
pub fn switch_to(language: Language) {
    CURRENT.try_with(|current| current.set(language)).ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_language_applies_to_its_scope_and_can_be_switched() {
        let heard = scope(Language::German, async {
            let before = current();
            switch_to(Language::French);
            (before, current())
        });

        assert_eq!(heard.await, (Language::German, Language::French));
        switch_to(Language::French);
        assert_eq!(current(), Language::English);
    }
}
