//! Changes single texts in a document of the recorder. Everything else, including unknown elements, is kept
//! byte for byte, because recorders refuse or reset what is left out.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::error::IsapiError;

/// Real documents nest up to about ten deep.
const MAX_DEPTH: usize = 24;

/// Where an element is in a text: all of it, and what is inside.
pub(super) struct ElementSpan {
    pub(super) whole: Range<usize>,
    pub(super) inside: Range<usize>,
}

/// Every element with its path of local names, in the order of their ends.
pub(super) struct Elements<'a> {
    reader: Reader<&'a [u8]>,
    /// Those that have begun: their names, and where they and their insides begin.
    open: Vec<(String, usize, usize)>,
}

impl<'a> Elements<'a> {
    pub(super) fn of(text: &'a str) -> Elements<'a> {
        Elements {
            reader: reader_of(text),
            open: Vec::new(),
        }
    }

    /// The next one; `None` at the end of the text.
    pub(super) fn next(&mut self) -> Result<Option<(Vec<String>, ElementSpan)>, IsapiError> {
        loop {
            let before = position(&self.reader);
            let event = self.reader.read_event();
            let after = position(&self.reader);
            match event.map_err(|_| IsapiError::Malformed)? {
                Event::Start(tag) => {
                    if self.open.len() >= MAX_DEPTH {
                        return Err(IsapiError::TooComplex);
                    }
                    let name = tag.local_name().as_ref().to_owned();
                    self.open.push((name, before, after));
                }
                Event::End(_) => {
                    let path = self.open.iter().map(|(name, ..)| name.clone()).collect();
                    let (_, start, inside) = self.open.pop().ok_or(IsapiError::Malformed)?;
                    let span = ElementSpan {
                        whole: start..after,
                        inside: inside..before,
                    };
                    return Ok(Some((path, span)));
                }
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }
}

/// Where the first element at this path of local names is. Markup that is no document gives nothing.
pub(super) fn find(text: &str, path: &[&str]) -> Result<Option<ElementSpan>, IsapiError> {
    let mut elements = Elements::of(text);
    while let Some((found, span)) = elements.next()? {
        if found == path {
            return Ok(Some(span));
        }
    }
    Ok(None)
}

/// Reads a recorder's text without a change.
pub(super) fn reader_of(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    // Recorders write names with a bare `&`.
    reader.config_mut().allow_dangling_amp = true;
    reader
}

/// The document with another text at this path, where it has that element.
pub(super) fn replaced(text: &str, path: &[&str], new: &str) -> Result<String, IsapiError> {
    let Some(ElementSpan { inside, .. }) = find(text, path)? else {
        return Ok(text.to_owned());
    };
    let new = quick_xml::escape::escape(new);
    Ok([&text[..inside.start], &new, &text[inside.end..]].concat())
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_text_changes_and_the_rest_stays() {
        let text = "<?xml version=\"1.0\"?>\r\n<x:A a='1'><!-- B --><B><C/>\n<C> 1 </C></B><C>2 & 3</C></x:A>\n";

        let edited = replaced(text, &["A", "B", "C"], "<9>").expect("a document");

        assert_eq!(edited, text.replace(" 1 ", "&lt;9&gt;"));
        let same = replaced(text, &["A", "D"], "9").expect("a document");
        assert_eq!(same, text);
    }

    proptest! {
        #[test]
        fn no_text_causes_a_panic_in_an_edit(text in "[<>/aAé&; \"=?!-]{0,60}") {
            let _any = replaced(&text, &["A", "a"], "x");
        }
    }
}
