//! A small tree of elements with limits: local names and text only. No attributes, no entities
//! except the five of XML itself, no document types.

use std::borrow::Cow;

use encoding_rs::Encoding;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

use crate::shown::is_shown;

use super::error::{IsapiError, MAX_BODY_BYTES, MAX_LIST};
use super::security::ResponseStatus;

/// Real answers nest up to about ten deep.
const MAX_DEPTH: usize = 24;
/// Capabilities of large recorders have a few thousand elements.
const MAX_ELEMENTS: usize = 40_000;
/// Bytes in which an XML declaration must end.
const MAX_DECLARATION_BYTES: usize = 256;
/// Characters that are kept of one text; names and ids are much shorter.
const MAX_TEXT_CHARS: usize = 256;

/// One element with what is inside it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// Reads a document whose root has one of the names in `roots`.
    pub(super) fn read(body: &[u8], roots: &[&'static str]) -> Result<Element, IsapiError> {
        let root = parse(body)?;
        if roots.contains(&root.name.as_str()) {
            return Ok(root);
        }
        // Some firmware refuses with HTTP status 200 and this document in its place.
        if root.name == "ResponseStatus" {
            return Err(IsapiError::Status(ResponseStatus::from_element(&root)));
        }
        Err(IsapiError::Unexpected(roots.first().unwrap_or(&"it")))
    }

    /// Whether the element itself has that name.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.name == name
    }

    /// The first child of that name.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children of that name, at most [`MAX_LIST`].
    pub(super) fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children
            .iter()
            .filter(move |child| child.name == name)
            .take(MAX_LIST)
    }

    /// Follows a path of names, taking the first child at each step.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Element> {
        path.iter()
            .try_fold(self, |element, name| element.child(name))
    }

    /// The trimmed text of a child; empty counts as absent.
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        let text = self.child(name)?.text.trim();
        (!text.is_empty()).then_some(text)
    }

    /// The trimmed text of a child, or an empty string.
    pub(super) fn owned_text_of(&self, name: &str) -> String {
        self.text_of(name).unwrap_or_default().to_owned()
    }

    /// The number in a child.
    pub(super) fn number_of(&self, name: &str) -> Option<u32> {
        self.child(name)?.number()
    }

    /// The number in the element itself.
    pub(super) fn number(&self) -> Option<u32> {
        self.text.trim().parse().ok()
    }

    /// `true` or `false` in a child; some firmware writes 1 and 0.
    pub(super) fn flag_of(&self, name: &str) -> Option<bool> {
        match self.text_of(name)? {
            text if text.eq_ignore_ascii_case("true") || text == "1" => Some(true),
            text if text.eq_ignore_ascii_case("false") || text == "0" => Some(false),
            _ => None,
        }
    }

    fn push_text(&mut self, text: &str) {
        let free = MAX_TEXT_CHARS.saturating_sub(self.text.chars().count());
        let kept = text.chars().filter(|c| is_shown(*c)).take(free);
        self.text.extend(kept);
    }
}

fn parse(body: &[u8]) -> Result<Element, IsapiError> {
    if body.len() > MAX_BODY_BYTES {
        return Err(IsapiError::TooLong);
    }
    let text = decoded(body);
    // Strictly, nothing may precede the XML declaration.
    let mut reader = Reader::from_str(text.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']));
    // Recorders write camera names with a bare `&`.
    reader.config_mut().allow_dangling_amp = true;
    let mut builder = Builder::default();
    loop {
        match reader.read_event().map_err(|_| IsapiError::Malformed)? {
            Event::Start(tag) => builder.open(tag.local_name().as_ref())?,
            Event::Empty(tag) => {
                builder.open(tag.local_name().as_ref())?;
                builder.close()?;
            }
            Event::End(_) => builder.close()?,
            Event::Text(text) => builder.text(&text.xml10_content())?,
            Event::CData(text) => builder.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => builder.text(&resolved(&reference)?)?,
            // Entities of a document type could expand to gigabytes ("billion laughs").
            Event::DocType(_) => return Err(IsapiError::Entities),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => return builder.finish(),
        }
    }
}

/// The text in the character set that the document declares. What cannot be read in it loses letters,
/// but the list is kept.
pub(super) fn decoded(body: &[u8]) -> Cow<'_, str> {
    match declared_encoding(body) {
        Some(encoding) => encoding.decode_without_bom_handling(body).0,
        None => String::from_utf8_lossy(body),
    }
}

/// The character set that an XML declaration names, if it is one that begins like ASCII and not UTF-8.
fn declared_encoding(body: &[u8]) -> Option<&'static Encoding> {
    let start = &body[..body.len().min(MAX_DECLARATION_BYTES)];
    let end = start.windows(2).position(|two| two == b"?>")?;
    let declaration = std::str::from_utf8(&start[..end]).ok()?;
    let named = declaration.split_once("encoding")?.1.trim_start();
    let quoted = named.strip_prefix('=')?.trim_start();
    let quote = quoted.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let label = quoted[1..].split(quote).next()?;
    let encoding = Encoding::for_label(label.as_bytes())?;
    (encoding.is_ascii_compatible() && encoding != encoding_rs::UTF_8).then_some(encoding)
}

/// One of the five entities of XML, or a character by number.
fn resolved(reference: &BytesRef<'_>) -> Result<String, IsapiError> {
    if let Some(character) = reference
        .resolve_char_ref()
        .map_err(|_| IsapiError::Malformed)?
    {
        return Ok(character.to_string());
    }
    let text = match reference.xml10_content().as_ref() {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => return Err(IsapiError::Entities),
    };
    Ok(text.to_owned())
}

#[derive(Default)]
struct Builder {
    open: Vec<Element>,
    root: Option<Element>,
    n_elements: usize,
}

impl Builder {
    fn open(&mut self, local_name: &str) -> Result<(), IsapiError> {
        self.n_elements += 1;
        if self.n_elements > MAX_ELEMENTS || self.open.len() >= MAX_DEPTH {
            return Err(IsapiError::TooComplex);
        }
        if self.root.is_some() {
            return Err(IsapiError::Malformed);
        }
        self.open.push(Element {
            name: local_name.chars().take(MAX_TEXT_CHARS).collect(),
            ..Element::default()
        });
        Ok(())
    }

    fn close(&mut self) -> Result<(), IsapiError> {
        let closed = self.open.pop().ok_or(IsapiError::Malformed)?;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(closed),
            None => self.root = Some(closed),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), IsapiError> {
        match self.open.last_mut() {
            Some(element) => element.push_text(text),
            None if text.trim().is_empty() => {}
            None => return Err(IsapiError::Malformed),
        }
        Ok(())
    }

    fn finish(self) -> Result<Element, IsapiError> {
        if self.open.is_empty() {
            self.root.ok_or(IsapiError::Malformed)
        } else {
            Err(IsapiError::Malformed)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Element, IsapiError> {
        Element::read(text.as_bytes(), &["a"])
    }

    fn text_in_b(text: &str) -> Option<String> {
        read(text).ok()?.text_of("b").map(str::to_owned)
    }

    #[test]
    fn elements_are_matched_in_any_namespace_and_prefix() {
        for text in [
            "<a><b>1</b></a>",
            "<a xmlns=\"urn:psialliance-org\"><b>1</b></a>",
            "<x:a xmlns:x=\"http://www.isapi.org/ver20/XMLSchema\"><x:b>1</x:b></x:a>",
            "\u{feff}\r\n<?xml version=\"1.0\"?><!-- note --><a><b> 1\r\n</b></a>\n",
        ] {
            assert_eq!(text_in_b(text).as_deref(), Some("1"), "{text}");
        }
    }

    #[test]
    fn names_are_read_in_the_declared_character_set() {
        // "Front door" in GB2312, as firmware of 2014 sends it; its first half happens to be UTF-8.
        const UNDECLARED: &str = "\u{1f0}\u{fffd}\u{fffd}";
        let name = b"<a><b>\xc7\xb0\xc3\xc5</b></a>";
        for (declaration, expected) in [
            ("<?xml version=\"1.0\" encoding=\"GB2312\"?>", "前门"),
            ("<?xml version='1.0' encoding = 'gbk' ?>\n", "前门"),
            ("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>", "Ç°ÃÅ"),
            ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", UNDECLARED),
            ("<?xml version=\"1.0\" encoding=\"UTF-16\"?>", UNDECLARED),
            ("<?xml version=\"1.0\" encoding=\"no such\"?>", UNDECLARED),
            ("<?xml encoding=\"?>", UNDECLARED),
        ] {
            let body = [declaration.as_bytes(), name].concat();
            let root = Element::read(&body, &["a"]);
            let text = root
                .ok()
                .and_then(|root| root.text_of("b").map(str::to_owned));
            assert_eq!(text.as_deref(), Some(expected), "{declaration}");
        }
    }

    #[test]
    fn xml_entities_and_stray_ampersands_are_read_as_text() {
        for (text, expected) in [
            ("<a><b>A &amp; B</b></a>", "A & B"),
            ("<a><b>A & B</b></a>", "A & B"),
            ("<a><b>&lt;&#65;&#x42;&gt;&quot;&apos;</b></a>", "<AB>\"'"),
            ("<a><b><![CDATA[A & B]]></b></a>", "A & B"),
        ] {
            assert_eq!(text_in_b(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn asvs_1_5_1_document_types_and_entities_are_refused() {
        for text in [
            "<!DOCTYPE a><a/>",
            "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
            "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
            "<a>&x;</a>",
        ] {
            assert_eq!(read(text), Err(IsapiError::Entities), "{text}");
        }
    }

    #[test]
    fn an_incomplete_document_is_malformed() {
        for text in [
            "",
            "nonsense",
            "<a>",
            "<a></b>",
            "</a>",
            "<a/><a/>",
            "<a/>text",
            "<a",
            "HTTP/1.1 200 OK",
            "<a>&#xFFFFFFFF;</a>",
        ] {
            assert_eq!(read(text), Err(IsapiError::Malformed), "{text}");
        }
    }

    #[test]
    fn asvs_1_5_1_size_depth_and_element_count_are_limited() {
        let deep = format!("{}{}", "<a>".repeat(25), "</a>".repeat(25));
        let wide = format!("<a>{}</a>", "<b/>".repeat(MAX_ELEMENTS));
        let long = format!("<a>{}</a>", " ".repeat(MAX_BODY_BYTES));

        assert_eq!(read(&deep), Err(IsapiError::TooComplex));
        assert_eq!(read(&wide), Err(IsapiError::TooComplex));
        assert_eq!(read(&long), Err(IsapiError::TooLong));
    }

    #[test]
    fn long_texts_and_control_characters_are_cut() {
        let text = format!("<a><b>x\u{7}{}</b></a>", "y".repeat(1000));

        let kept = text_in_b(&text).expect("a document");

        assert_eq!(kept.len(), MAX_TEXT_CHARS);
        assert!(kept.starts_with("xy"));
    }

    #[test]
    fn a_refusal_under_status_200_is_an_error() {
        let body = include_bytes!("../../testdata/hostile/response_status.xml");

        let Err(IsapiError::Status(status)) = Element::read(body, &["a"]) else {
            panic!("the root is a ResponseStatus");
        };
        assert_eq!(status.sub_status, "badXmlContent");
    }

    proptest! {
        #[test]
        fn no_bytes_cause_a_panic_in_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _any_result = Element::read(&bytes, &["a"]);
        }

        #[test]
        fn no_markup_causes_a_panic_in_the_reader(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "<a>", "</a>", "<b", ">", "/>", "&", ";", "&amp;", "&#", "<![CDATA[", "]]>",
                    "<!--", "-->", "<?xml", "?>", "<!DOCTYPE", "text", "\"", "x=", "\u{e9}", "\0",
                ]),
                0..60,
            )
        ) {
            let _any_result = Element::read(parts.concat().as_bytes(), &["a"]);
        }
    }
}
