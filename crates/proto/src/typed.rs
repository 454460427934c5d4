//! Codes as people type and paste them: with blanks and dashes, in the wide letters and digits of
//! an input method, or in the digits of their script. The page does the same in `lib/typed.js`.

/// The zeros of decimal digits in other scripts (Unicode category Nd).
const ZEROS: [u32; 43] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
    0x104a0, 0x11066, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6,
];

/// Removes blanks and invisible characters; converts digits of any script and wide letters to
/// ASCII.
pub fn without_blanks(typed: &str) -> String {
    let kept = |c: &char| !c.is_whitespace() && super::shown::is_shown(*c) && !is_joiner(*c);
    typed.chars().filter(kept).map(ascii).collect()
}

/// [`without_blanks`], and also without dashes.
pub fn plain(typed: &str) -> String {
    without_blanks(typed).replace(is_dash, "")
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

fn is_dash(c: char) -> bool {
    matches!(
        c,
        // U+30FC is the long vowel mark, which Japanese keyboards give for a dash.
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}' | '\u{fe63}'
    )
}

fn ascii(c: char) -> char {
    let code = u32::from(c);
    let wide = (0xff01..=0xff5e).contains(&code);
    let digit = || {
        ZEROS
            .iter()
            .find_map(|zero| code.checked_sub(*zero).filter(|n| *n < 10))
    };
    if c.is_ascii() {
        c
    } else if wide {
        // The fullwidth forms follow ASCII in the same order, 0xfee0 further on.
        char::from_u32(code - 0xfee0).unwrap_or(c)
    } else {
        digit().and_then(|n| char::from_digit(n, 10)).unwrap_or(c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_digits_are_read_in_every_script_and_spacing() {
        for typed in [
            "2641",
            " 2641 ",
            "26 41",
            "26\u{a0}41\n",
            "\u{feff}26\u{200b}41",
            "26-41",
            "26–41",
            "２６４１",
            "٢٦٤١",
            "۲۶۴۱",
            "२६४१",
            "𝟐𝟔𝟒𝟏",
            "２6 ٤१",
        ] {
            assert_eq!(plain(typed), "2641", "{typed:?}");
        }
    }

    #[test]
    fn letters_keep_their_case_and_other_symbols_stay() {
        assert_eq!(plain("ＫＱＸ－ｗｂｄ"), "KQXwbd");
        assert_eq!(without_blanks(" a_b-C "), "a_b-C");
        for wrong in ["²641", "Ⅳ", "二六四一", "①②③④", "O641"] {
            assert_eq!(plain(wrong), wrong);
        }
    }

    #[test]
    fn every_digit_of_a_script_has_its_value() {
        for zero in ZEROS {
            let digits: String = (zero..zero + 10).filter_map(char::from_u32).collect();
            assert_eq!(plain(&digits), "0123456789", "{zero:x}");
        }
    }
}
