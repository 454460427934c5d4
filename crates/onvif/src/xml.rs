//! A small tree of elements with limits: local names, text, and the few attributes that mean something here. No
//! entities except the five of XML itself, no document types.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::error::{OnvifError, SoapFault};
use crate::limits::{MAX_ANSWER_BYTES, MAX_DEPTH, MAX_ELEMENTS, MAX_TEXT_BYTES, MAX_WORD_BYTES};

/// Attributes that are read: the token, three of events, and two lists of what an encoder of Media2 can do.
const READ_ATTRIBUTES: [&str; 6] = [
    "token",
    "Name",
    "Value",
    "PropertyOperation",
    "GovLengthRange",
    "ProfilesSupported",
];

/// One element with what is inside it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct XmlNode {
    name: String,
    attributes: Vec<(&'static str, String)>,
    text: String,
    children: Vec<XmlNode>,
}

impl XmlNode {
    /// Reads a document.
    pub(crate) fn read(bytes: &[u8]) -> Result<XmlNode, OnvifError> {
        if bytes.len() > MAX_ANSWER_BYTES {
            return Err(OnvifError::TooLong);
        }
        let text = String::from_utf8_lossy(bytes);
        // Strictly, nothing may precede the XML declaration; some devices end with zeros.
        let text = text
            .trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t'])
            .trim_end_matches('\0');
        let mut reader = Reader::from_str(text);
        // Addresses of streams come with a bare `&`.
        reader.config_mut().allow_dangling_amp = true;
        let mut tree = TreeBuilder::default();
        loop {
            match reader.read_event().map_err(|_| OnvifError::Malformed)? {
                Event::Start(tag) => tree.open(&tag)?,
                Event::Empty(tag) => {
                    tree.open(&tag)?;
                    tree.close()?;
                }
                Event::End(_) => tree.close()?,
                Event::Text(text) => tree.text(&text.xml10_content())?,
                Event::CData(text) => tree.text(&text.xml10_content())?,
                Event::GeneralRef(reference) => tree.text(&resolved(&reference)?)?,
                // Entities of a document type could expand to gigabytes ("billion laughs").
                Event::DocType(_) => return Err(OnvifError::Entities),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => return tree.finish(),
            }
        }
    }

    /// The answer of that name in an envelope, or the fault in its place.
    pub(crate) fn answer(bytes: &[u8], name: &'static str) -> Result<XmlNode, OnvifError> {
        let mut root = XmlNode::read(bytes)?;
        if root.name == "Envelope" {
            root = root.take("Body").ok_or(OnvifError::Field("Body"))?;
        } else if root.name != name {
            return Err(OnvifError::Unexpected(name));
        } else {
            // Without an envelope around it.
            return Ok(root);
        }
        if let Some(fault) = root.child("Fault") {
            return Err(OnvifError::Fault(SoapFault::of(fault)));
        }
        root.take(name).ok_or(OnvifError::Unexpected(name))
    }

    /// Takes the first child of that name out.
    pub(crate) fn take(self, name: &str) -> Option<XmlNode> {
        self.children.into_iter().find(|child| child.name == name)
    }

    /// The local name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The attribute `token`, by which most things of ONVIF are called.
    pub(crate) fn token(&self) -> Option<&str> {
        self.attribute("token").filter(|token| !token.is_empty())
    }

    /// One of the attributes that are read, [`READ_ATTRIBUTES`].
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The first child of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&XmlNode> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children.
    pub(crate) fn all(&self) -> &[XmlNode] {
        &self.children
    }

    /// All children of that name.
    pub(crate) fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a XmlNode> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Follows a path of names, taking the first child at each step.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&XmlNode> {
        path.iter().try_fold(self, |node, name| node.child(name))
    }

    /// The first element of that name, however deep.
    pub(crate) fn find(&self, name: &str) -> Option<&XmlNode> {
        // At most MAX_DEPTH deep.
        self.children.iter().find_map(|child| {
            if child.name == name {
                Some(child)
            } else {
                child.find(name)
            }
        })
    }

    /// Its own trimmed text; empty counts as absent.
    pub(crate) fn own_text(&self) -> Option<&str> {
        let text = self.text.trim();
        (!text.is_empty()).then_some(text)
    }

    /// The trimmed text of a child; empty counts as absent.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name)?.own_text()
    }

    /// The number in a child; some firmware writes `25.000000`.
    pub(crate) fn number_of(&self, name: &str) -> Option<u32> {
        let text = self.text_of(name)?;
        text.split('.').next()?.parse().ok()
    }

    fn push_text(&mut self, text: &str) {
        for character in text.chars() {
            if self.text.len() + character.len_utf8() > MAX_TEXT_BYTES {
                return;
            }
            let is_kept = !character.is_control() || matches!(character, '\n' | '\t' | '\r');
            if is_kept {
                self.text.push(character);
            }
        }
    }
}

/// One of the five entities of XML, or a character by number.
fn resolved(reference: &BytesRef<'_>) -> Result<String, OnvifError> {
    let by_number = reference.resolve_char_ref();
    if let Some(character) = by_number.map_err(|_| OnvifError::Malformed)? {
        return Ok(character.to_string());
    }
    let text = match reference.xml10_content().as_ref() {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => return Err(OnvifError::Entities),
    };
    Ok(text.to_owned())
}

/// The attributes that are read. A value that contains an entity is ignored.
fn attributes(tag: &BytesStart<'_>) -> Vec<(&'static str, String)> {
    let mut attributes = tag.attributes();
    let mut read = Vec::new();
    for attribute in attributes.with_checks(false).flatten() {
        let name = attribute.key.local_name();
        let known = READ_ATTRIBUTES
            .iter()
            .find(|known| **known == name.as_ref());
        let Some(known) = known.filter(|known| read.iter().all(|(other, _)| other != *known))
        else {
            continue;
        };
        let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else {
            continue;
        };
        if value.len() <= MAX_WORD_BYTES && !value.chars().any(char::is_control) {
            read.push((*known, value.into_owned()));
        }
    }
    read
}

#[derive(Default)]
struct TreeBuilder {
    open: Vec<XmlNode>,
    root: Option<XmlNode>,
    n_elements: usize,
}

impl TreeBuilder {
    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), OnvifError> {
        self.n_elements += 1;
        if self.n_elements > MAX_ELEMENTS || self.open.len() >= MAX_DEPTH {
            return Err(OnvifError::TooComplex);
        }
        if self.root.is_some() {
            return Err(OnvifError::Malformed);
        }
        let name = tag.local_name();
        self.open.push(XmlNode {
            // No name that is looked for is as long.
            name: name.as_ref().chars().take(MAX_WORD_BYTES).collect(),
            attributes: attributes(tag),
            ..XmlNode::default()
        });
        Ok(())
    }

    fn close(&mut self) -> Result<(), OnvifError> {
        let closed = self.open.pop().ok_or(OnvifError::Malformed)?;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(closed),
            None => self.root = Some(closed),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), OnvifError> {
        match self.open.last_mut() {
            Some(node) => node.push_text(text),
            None if text.trim().is_empty() => {}
            None => return Err(OnvifError::Malformed),
        }
        Ok(())
    }

    fn finish(self) -> Result<XmlNode, OnvifError> {
        if self.open.is_empty() {
            self.root.ok_or(OnvifError::Malformed)
        } else {
            Err(OnvifError::Malformed)
        }
    }
}

/// Escaped text for use between tags and in attributes.
pub(crate) fn escaped(text: &str) -> String {
    let allowed: String = text
        .chars()
        // XML 1.0 §2.2: control characters cannot be written at all.
        .filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .collect();
    quick_xml::escape::escape(allowed.as_str()).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<XmlNode, OnvifError> {
        XmlNode::read(text.as_bytes())
    }

    #[test]
    fn elements_are_matched_whatever_their_prefix() {
        for text in [
            "<a><b token='t'>1</b></a>",
            "<a xmlns=\"urn:x\"><b token=\"t\">1</b></a>",
            "<SOAP-ENV:a xmlns:SOAP-ENV=\"urn:x\"><n:b n:token=\"t\">1</n:b></SOAP-ENV:a>",
            "\u{feff}\r\n<?xml version=\"1.0\"?><!-- note --><a><b token=\"t\"> 1\r\n</b></a>\n\0\0",
        ] {
            let root = read(text).expect(text);
            let b = root.child("b").expect("there is one");
            assert_eq!((b.own_text(), b.token()), (Some("1"), Some("t")), "{text}");
        }
    }

    #[test]
    fn addresses_with_bare_ampersands_are_read_whole() {
        for text in [
            "<a><b>rtsp://h/?a=1&b=2</b></a>",
            "<a><b>rtsp://h/?a=1&amp;b=2</b></a>",
            "<a><b><![CDATA[rtsp://h/?a=1&b=2]]></b></a>",
        ] {
            let root = read(text).expect(text);
            assert_eq!(root.text_of("b"), Some("rtsp://h/?a=1&b=2"), "{text}");
        }
    }

    #[test]
    fn asvs_1_5_1_entities_of_a_device_are_refused() {
        for text in [
            "<!DOCTYPE a><a/>",
            "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
            "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
            "<a>&x;</a>",
        ] {
            assert_eq!(read(text), Err(OnvifError::Entities), "{text}");
        }
        let root = read("<a token=\"&x;\"/>").expect("a document");
        assert_eq!(root.token(), None);
    }

    #[test]
    fn asvs_1_5_1_an_answers_size_depth_and_parts_are_limited() {
        let deep = format!("{}{}", "<a>".repeat(33), "</a>".repeat(33));
        let wide = format!("<a>{}</a>", "<b/>".repeat(MAX_ELEMENTS));
        let long = format!("<a>{}</a>", " ".repeat(MAX_ANSWER_BYTES));
        let text = format!("<a>{}</a>", "x".repeat(MAX_TEXT_BYTES + 9));

        assert_eq!(read(&deep), Err(OnvifError::TooComplex));
        assert_eq!(read(&wide), Err(OnvifError::TooComplex));
        assert_eq!(read(&long), Err(OnvifError::TooLong));
        let kept = read(&text).expect("a document");
        assert_eq!(kept.own_text().map(str::len), Some(MAX_TEXT_BYTES));
    }

    #[test]
    fn incomplete_documents_are_malformed() {
        for text in [
            "", "nonsense", "<a>", "<a></b>", "</a>", "<a/><a/>", "<a/>x", "<a",
        ] {
            assert_eq!(read(text), Err(OnvifError::Malformed), "{text}");
        }
    }

    #[test]
    fn what_is_sent_is_escaped() {
        assert_eq!(escaped("a<b>&\"'\u{7}"), "a&lt;b&gt;&amp;&quot;&apos;");
    }

    proptest! {
        #[test]
        fn no_bytes_cause_a_panic_in_the_tree(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _any_result = XmlNode::read(&bytes);
        }

        #[test]
        fn no_markup_causes_a_panic_in_the_tree(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "<a>", "</a>", "<b", ">", "/>", "&", ";", "&amp;", "&#", "<![CDATA[", "]]>",
                    "<!--", "-->", "<?xml", "?>", "<!DOCTYPE", "text", "\"", " token=", "\u{e9}", "\0",
                ]),
                0..60,
            )
        ) {
            let _any_result = XmlNode::read(parts.concat().as_bytes());
        }
    }
}
