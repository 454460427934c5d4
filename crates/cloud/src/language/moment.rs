//! Formats dates, times and waits in each language.

use jiff::Timestamp;
use jiff::tz::Offset;

/// `24 November 2026, 04:43 UTC`, from seconds since 1970.
pub fn moment(unix_seconds: i64) -> String {
    let moment = Timestamp::from_second(unix_seconds).unwrap_or_default();
    let time = Offset::UTC.to_datetime(moment);
    say!(
        "moment",
        day = time.day(),
        month = time.month(),
        year = time.year(),
        time = time.strftime("%H:%M").to_string()
    )
}

/// `40 seconds`, `1 minute`, `3 hours`: rounded up.
pub fn wait_in_words(seconds: i64) -> String {
    match seconds {
        // A unit begins where rounding up to it adds little: 61 seconds are not "2 minutes".
        ..=90 => say!("wait-seconds", n = seconds.max(1)),
        91..=5_400 => say!("wait-minutes", n = (seconds + 59) / 60),
        5_401..=172_800 => say!("wait-hours", n = (seconds + 3_599) / 3_600),
        _ => say!("wait-days", n = (seconds + 86_399) / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Language, speaking};
    use super::*;

    #[test]
    fn waits_are_rounded_up_and_written_out() {
        for (seconds, words) in [
            (0, "1 second"),
            (60, "60 seconds"),
            (91, "2 minutes"),
            (3_600, "60 minutes"),
            (7_201, "3 hours"),
            (172_801, "3 days"),
        ] {
            assert_eq!(wait_in_words(seconds), words);
        }
        assert_eq!(speaking(Language::German, || wait_in_words(1)), "1 Sekunde");
    }

    #[test]
    fn moments_are_formatted_for_each_language() {
        for (language, words) in [
            (Language::English, "24 November 2026, 04:43 UTC"),
            (Language::German, "24. November 2026, 04:43 UTC"),
            (Language::Spanish, "24 de noviembre de 2026, 04:43 UTC"),
            (Language::French, "24 novembre 2026, 04:43 UTC"),
            (Language::Portuguese, "24 de novembro de 2026, 04:43 UTC"),
            (Language::Chinese, "2026年11月24日 04:43 UTC"),
        ] {
            assert_eq!(speaking(language, || moment(1_795_495_380)), words);
        }
    }
}
