//! The texts of the set-up page, in the language that the browser requests. The messages are in the same
//! files as those of the cloud's pages, so that one check and one translator cover all of them.

use std::cell::Cell;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use proto::language::Language;
use proto::reason::Reason;
use unic_langid::LanguageIdentifier;

/// A text in the language of the page: `say!("site-title")`, `say!("site-cameras", n = 3)`.
macro_rules! say {
    ($key:expr $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::setup::texts::words($key, &[$((stringify!($name), $value.into())),*])
    };
}
pub(super) use say;

/// An argument of a text: its name and value.
pub(super) type Argument<'a> = (&'static str, FluentValue<'a>);

type Messages = FluentBundle<FluentResource>;

/// The page's own texts, and those about reasons.
macro_rules! sources {
    ($folder:literal) => {
        [
            include_str!(concat!("../../../cloud/locales/", $folder, "/site.ftl")),
            include_str!(concat!("../../../cloud/locales/", $folder, "/script.ftl")),
        ]
    };
}

static ALL: LazyLock<[Messages; 6]> = LazyLock::new(|| Language::ALL.map(read));

thread_local! {
    static CURRENT: Cell<Language> = const { Cell::new(Language::English) };
}

/// The language of the page that is being written.
pub(super) fn current() -> Language {
    CURRENT.get()
}

/// Writes a page in a language.
pub(super) fn speaking<T>(language: Language, write: impl FnOnce() -> T) -> T {
    let before = CURRENT.replace(language);
    let written = write();
    CURRENT.set(before);
    written
}

/// The text of a key.
pub(super) fn words(key: &str, arguments: &[Argument<'_>]) -> String {
    let arguments = arguments.iter().map(|(name, value)| (*name, value.clone()));
    let arguments: FluentArgs<'_> = arguments.collect();
    let said = format(current(), key, &arguments);
    said.or_else(|| format(Language::English, key, &arguments))
        .unwrap_or_else(|| {
            tracing::error!(key, "missing text for this key");
            key.to_owned()
        })
}

/// What is wrong with a recorder, and what to do about it.
pub(super) fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Refused { n_tries_left: None } => say!("site-refused"),
        Reason::Refused {
            n_tries_left: Some(n),
        } => say!("site-refused-left", n = *n),
        Reason::Locked { until } => match until.map(minutes_until) {
            Some(minutes) => say!("site-locked-for", minutes = minutes),
            None => say!("site-locked"),
        },
        Reason::LoginMissing => say!("site-login-missing"),
        Reason::HttpsWanted => say!("site-https-wanted"),
        Reason::CertificateChanged => say!("site-other-certificate"),
        Reason::Unreachable => say!("site-unreachable"),
        Reason::InvalidAnswer => say!("site-invalid-answer"),
        Reason::Status(status) => words("reason-status", &[("status", status.to_string().into())]),
        Reason::Codec(codec) => words("reason-codec", &[("codec", codec.as_str().into())]),
        other => words(&format!("reason-{}", other.kind()), &[]),
    }
}

fn minutes_until(until: u64) -> u64 {
    until
        .saturating_sub(crate::unix_time::unix_seconds())
        .div_ceil(60)
        .max(1)
}

fn format(language: Language, key: &str, arguments: &FluentArgs<'_>) -> Option<String> {
    let index = Language::ALL.iter().position(|known| *known == language)?;
    let messages = &ALL[index];
    let pattern = messages.get_message(key)?.value()?;
    let mut errors = Vec::new();
    let text = messages.format_pattern(pattern, Some(arguments), &mut errors);
    if !errors.is_empty() {
        tracing::error!(key, ?errors, "a text lacks an argument");
    }
    Some(text.into_owned())
}

fn read(language: Language) -> Messages {
    let sources = match language {
        Language::English => sources!("en"),
        Language::German => sources!("de"),
        Language::Spanish => sources!("es"),
        Language::French => sources!("fr"),
        Language::Portuguese => sources!("pt"),
        Language::Chinese => sources!("zh-Hans"),
    };
    let tag: LanguageIdentifier = language.code().parse().expect("our codes are BCP 47 tags");
    let mut messages = FluentBundle::new_concurrent(vec![tag]);
    // No marks around arguments: all our languages run from left to right.
    messages.set_use_isolating(false);
    for source in sources {
        let resource = FluentResource::try_new(source.to_owned());
        let resource = resource.unwrap_or_else(|(resource, errors)| {
            tracing::error!(?errors, "a file of texts has errors");
            resource
        });
        if let Err(errors) = messages.add_resource(resource) {
            tracing::error!(?errors, "a text is defined twice");
        }
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_a_text_for_every_reason_and_language() {
        for language in Language::ALL {
            for kind in Reason::KINDS {
                let fields = serde_json::json!({"kind": kind, "status": 503, "codec": "MPEG4"});
                let parsed: Reason = serde_json::from_value(fields).expect("a reason");

                let said = speaking(language, || reason(&parsed));

                assert!(
                    !said.contains("reason-") && !said.contains("site-"),
                    "{said}"
                );
            }
        }
    }

    #[test]
    fn a_refused_login_says_how_many_tries_are_left() {
        let left = Reason::Refused {
            n_tries_left: Some(1),
        };

        let english = reason(&left);
        let german = speaking(Language::German, || reason(&left));

        assert!(english.contains("after 1 more wrong password"), "{english}");
        assert!(
            german.contains("nach 1 weiteren falschen Passwort"),
            "{german}"
        );
    }

    #[test]
    fn a_lock_out_says_how_long_it_lasts() {
        let locked = Reason::Locked {
            until: Some(crate::unix_time::unix_seconds() + 1_500),
        };

        let said = reason(&locked);

        assert!(said.contains("25 minutes"), "{said}");
    }
}
