//! All texts, in every language: messages of Project Fluent, one file per area in `locales`, embedded in the
//! program. If a language lacks a text, English is used.

use std::borrow::Cow;
use std::sync::LazyLock;

use askama::filters::HtmlSafeOutput;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

use super::{Language, current};

/// An argument of a text: its name and value.
pub type Arg<'a> = (&'static str, FluentValue<'a>);

#[derive(RustEmbed)]
#[folder = "locales/"]
struct TextFiles;

type Texts = FluentBundle<FluentResource>;

static ALL: LazyLock<[Texts; 6]> = LazyLock::new(|| Language::ALL.map(read));

/// The text of a key in the language of the request.
pub fn say(key: &str, args: &[Arg<'_>]) -> String {
    let args = args.iter().map(|(name, value)| (*name, value.clone()));
    let args: FluentArgs = args.collect();
    format(current(), key, &args)
        .or_else(|| format(Language::English, key, &args))
        .unwrap_or_else(|| {
            tracing::error!(key, "missing text for this key");
            key.to_owned()
        })
}

/// Like [`say`] for a text that holds markup: what comes from outside is escaped, the text is not.
pub fn say_html(key: &str, args: &[Arg<'_>]) -> HtmlSafeOutput<String> {
    let args: Vec<Arg<'_>> = args
        .iter()
        .map(|(name, value)| (*name, escaped(value)))
        .collect();
    HtmlSafeOutput(say(key, &args))
}

/// The files of a language, by name: for what is made from the texts.
pub(crate) fn file(language: Language, name: &str) -> Option<String> {
    let file = TextFiles::get(&format!("{}/{name}", language.code()))?;
    String::from_utf8(file.data.into_owned()).ok()
}

/// SHA-256 of every file, in a fixed order.
pub(crate) fn file_hashes() -> Vec<[u8; 32]> {
    let mut paths: Vec<_> = TextFiles::iter().collect();
    paths.sort();
    let files = paths.iter().filter_map(|path| TextFiles::get(path));
    files.map(|file| file.metadata.sha256_hash()).collect()
}

fn format(language: Language, key: &str, args: &FluentArgs<'_>) -> Option<String> {
    let index = Language::ALL.iter().position(|known| *known == language)?;
    let texts = &ALL[index];
    let pattern = texts.get_message(key)?.value()?;
    let mut errors = Vec::new();
    let text = texts.format_pattern(pattern, Some(args), &mut errors);
    if !errors.is_empty() {
        tracing::error!(
            key,
            language = language.code(),
            ?errors,
            "a text lacks an argument"
        );
    }
    Some(text.into_owned())
}

fn read(language: Language) -> Texts {
    let tag: LanguageIdentifier = language.code().parse().expect("our codes are BCP 47 tags");
    let mut texts = FluentBundle::new_concurrent(vec![tag]);
    // No marks around arguments: all our languages run from left to right, and the marks would be
    // in names that tests and scripts find fields by.
    texts.set_use_isolating(false);
    for path in TextFiles::iter() {
        let Some(name) = path.strip_prefix(&format!("{}/", language.code())) else {
            continue;
        };
        let source = file(language, name).unwrap_or_default();
        let resource = FluentResource::try_new(source).unwrap_or_else(|(resource, errors)| {
            tracing::error!(%path, ?errors, "a file of texts has errors");
            resource
        });
        if let Err(errors) = texts.add_resource(resource) {
            tracing::error!(%path, ?errors, "a text is defined twice");
        }
    }
    texts
}

fn escaped<'a>(value: &FluentValue<'a>) -> FluentValue<'a> {
    let FluentValue::String(text) = value else {
        return value.clone();
    };
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&#38;"),
            '<' => safe.push_str("&#60;"),
            '>' => safe.push_str("&#62;"),
            '"' => safe.push_str("&#34;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    FluentValue::String(Cow::Owned(safe))
}

#[cfg(test)]
mod tests {
    use super::super::speaking;
    use super::*;

    #[test]
    fn texts_use_the_current_language_and_its_plural_forms() {
        let cameras = |language, n: usize| speaking(language, || say!("cameras", n = n));

        assert_eq!(cameras(Language::English, 1), "1 camera");
        assert_eq!(cameras(Language::English, 8), "8 cameras");
        assert_eq!(cameras(Language::German, 8), "8 Kameras");
        assert_eq!(cameras(Language::French, 0), "0 caméra");
        assert_eq!(cameras(Language::Chinese, 1), "1 个摄像机");
    }

    #[test]
    fn an_unknown_message_key_is_shown_as_itself() {
        assert_eq!(say("no-such-text", &[]), "no-such-text");
    }

    #[test]
    fn user_input_in_a_text_is_escaped() {
        let said = say_html!(
            "removal-question",
            name = "<b onclick='x'>\"&",
            serial = "PV"
        );

        assert!(
            said.0
                .contains("<strong>&#60;b onclick=&#39;x&#39;&#62;&#34;&#38;</strong>"),
            "{}",
            said.0
        );
    }
}
