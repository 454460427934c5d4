//! The supported languages, and the choice of the one that a browser requests.

/// Ranges of an `Accept-Language` header that are looked at.
const MOST_RANGES: usize = 20;

/// A language that everything is said in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, the fallback where another language lacks a text.
    #[default]
    English,
    /// German.
    German,
    /// Spanish.
    Spanish,
    /// French.
    French,
    /// Portuguese.
    Portuguese,
    /// Chinese in simplified characters.
    Chinese,
}

impl Language {
    /// All, in the order in which they are offered.
    pub const ALL: [Language; 6] = [
        Language::English,
        Language::German,
        Language::Spanish,
        Language::French,
        Language::Portuguese,
        Language::Chinese,
    ];

    /// Its tag (BCP 47); also the name of its folder in `locales`.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
            Language::Spanish => "es",
            Language::French => "fr",
            Language::Portuguese => "pt",
            Language::Chinese => "zh-Hans",
        }
    }

    /// What its speakers call it.
    pub fn own_name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::German => "Deutsch",
            Language::Spanish => "Español",
            Language::French => "Français",
            Language::Portuguese => "Português",
            Language::Chinese => "简体中文",
        }
    }

    /// The language of a [`Language::code`].
    pub fn from_code(code: &str) -> Option<Language> {
        Language::ALL
            .into_iter()
            .find(|language| language.code() == code)
    }

    /// The best of an `Accept-Language` header (RFC 9110 §12.5.4). Regions do not matter; of two
    /// that are wanted alike, the one named first.
    pub fn wanted(header: &str) -> Option<Language> {
        let mut best: Option<(Language, u16)> = None;
        for range in header.split(',').take(MOST_RANGES) {
            let (tag, quality) = range.split_once(';').unwrap_or((range, "q=1"));
            let Some(language) = Language::of_tag(tag.trim()) else {
                continue;
            };
            let quality = thousandths(quality.trim());
            if quality > best.map_or(0, |(_, quality)| quality) {
                best = Some((language, quality));
            }
        }
        best.map(|(language, _)| language)
    }

    fn of_tag(tag: &str) -> Option<Language> {
        let primary = tag.split('-').next()?;
        Language::ALL.into_iter().find(|language| {
            let code = language.code().split('-').next();
            code.is_some_and(|code| code.eq_ignore_ascii_case(primary))
        })
    }
}

/// `q=0.8` as 800; what cannot be read is not wanted.
fn thousandths(quality: &str) -> u16 {
    let number = quality.strip_prefix("q=").or(quality.strip_prefix("Q="));
    let number = number.and_then(|number| number.parse::<f32>().ok());
    match number {
        // The range makes the cast exact enough and never wrong.
        Some(number) if (0.0..=1.0).contains(&number) => (number * 1_000.0).round() as u16,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_browser_gets_its_first_supported_language() {
        for (header, language) in [
            ("de", Some(Language::German)),
            ("de-AT,de;q=0.9,en;q=0.8", Some(Language::German)),
            ("it,pt-BR;q=0.7,en;q=0.3", Some(Language::Portuguese)),
            ("en;q=0.5, fr;q=0.9", Some(Language::French)),
            ("ZH-cn", Some(Language::Chinese)),
            ("es;q=0", None),
            ("it, *;q=0.1", None),
            ("es;q=nonsense, en;q=0.1", Some(Language::English)),
            ("", None),
        ] {
            assert_eq!(Language::wanted(header), language, "{header}");
        }
    }

    #[test]
    fn only_the_first_twenty_language_ranges_are_read() {
        let after = |n: usize| format!("{}de", "it,".repeat(n));

        assert_eq!(Language::wanted(&after(19)), Some(Language::German));
        assert_eq!(Language::wanted(&after(20)), None);
    }

    proptest! {
        #[test]
        fn no_accept_language_header_causes_a_panic(header in any::<String>()) {
            let _ = Language::wanted(&header);
        }
    }
}
