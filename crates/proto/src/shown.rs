//! The characters that a name may show. Names come from people, recorders and browsers, and others
//! read them in pages, mails, logs and terminals: nothing in them may move a cursor, change the
//! writing direction, or be present but invisible.

/// Light modules around a QR code (ISO/IEC 18004 §6.3.8 asks for 4).
pub const QUIET_ZONE: usize = 4;

/// Whether a name may contain this character. The joiners U+200C and U+200D are allowed: emoji of
/// several people, Persian and the scripts of India need them.
pub fn is_shown(character: char) -> bool {
    let is_hidden = matches!(
        character,
        // Among them the Hangul fillers (U+115F, U+1160, U+3164, U+FFA0): letters without ink.
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
            | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    // The last two code points of every plane are noncharacters (Unicode §23.7).
    let is_noncharacter = u32::from(character) & 0xfffe == 0xfffe;
    !(character.is_control() || is_hidden || is_noncharacter)
}

/// Whether all characters of a text may be shown.
pub fn is_all_shown(text: &str) -> bool {
    text.chars().all(is_shown)
}

/// The characters of a text that may be shown, at most this many, without surrounding blanks.
pub fn shown(text: &str, most_chars: usize) -> String {
    let kept: String = text.chars().filter(|c| is_shown(*c)).collect();
    let cut: String = kept.trim().chars().take(most_chars).collect();
    cut.trim_end().to_owned()
}

/// The text on one line, with a sign instead of each character that may not be shown.
pub fn with_signs(text: &str, sign: char) -> String {
    let or_sign = |c| if is_shown(c) { c } else { sign };
    text.chars().map(or_sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bidirectional_control_characters_are_removed() {
        let turns = ['\u{61c}', '\u{200e}', '\u{200f}'].into_iter();
        let turns = turns
            .chain('\u{202a}'..='\u{202e}')
            .chain('\u{2066}'..='\u{2069}');

        for character in turns {
            assert!(!is_shown(character), "{character:?}");
            assert_eq!(shown(&format!("Do{character}or"), 64), "Door");
        }
    }

    #[test]
    fn control_characters_line_ends_and_noncharacters_are_removed() {
        for character in "\0\n\r\t\u{1b}\u{7f}\u{85}\u{9b}\u{2028}\u{2029}\u{feff}\u{fdd0}\u{fffe}\u{ffff}\u{1fffe}\u{10ffff}\u{200b}\u{e0041}".chars() {
            assert!(!is_shown(character), "{character:?}");
        }
        assert_eq!(with_signs("a\u{1b}[2Jb\u{202e}", '?'), "a?[2Jb?");
    }

    #[test]
    fn names_in_all_scripts_are_kept() {
        for name in [
            "Haustür",
            "前门",
            "الباب",
            "דלת",
            "می\u{200c}خواهم",
            "👩\u{200d}👧",
            "क्\u{200d}ष",
            "Tor 1/2 (süd)",
        ] {
            assert!(is_all_shown(name), "{name}");
            assert_eq!(shown(name, 64), name);
        }
    }

    #[test]
    fn shown_text_is_trimmed_and_cut() {
        assert_eq!(shown(" \u{feff}Front door ", 6), "Front");
        assert_eq!(shown("\u{202e} \n", 6), "");
    }
}
