//! Reading files that people edit.

/// A text without the byte order mark that some editors add (UTF-8 with BOM).
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}
