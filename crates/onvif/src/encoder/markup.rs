//! One element `Configuration` as text, with the namespaces that its prefixes stand for, so that it can be
//! sent back in another envelope with single texts changed.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::error::OnvifError;
use crate::limits::{MAX_DEPTH, MAX_NAMESPACES};
use crate::request::OnvifService;
use crate::xml::escaped;

/// A prefix that no device uses.
const PREFIX: &str = "peerview";

/// The element, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ConfigurationMarkup {
    /// `xmlns` and `xmlns:…` that are valid inside, as written.
    namespaces: Vec<(String, String)>,
    /// Its other attributes, as written.
    attributes: Vec<(String, String)>,
    inside: String,
}

/// Where a child is in the text.
struct ChildSpan {
    path: Vec<String>,
    /// With its prefix.
    name: String,
    whole: Range<usize>,
    inside: Range<usize>,
}

impl ConfigurationMarkup {
    /// The one with this token in an answer.
    pub(super) fn find(answer: &[u8], token: &str) -> Result<ConfigurationMarkup, OnvifError> {
        let text = std::str::from_utf8(answer).map_err(|_| OnvifError::Malformed)?;
        let text = text.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']);
        let mut reader = reader_of(text);
        // Declarations of each open element.
        let mut scopes: Vec<Vec<(String, String)>> = Vec::new();
        loop {
            match reader.read_event().map_err(|_| OnvifError::Malformed)? {
                Event::Start(tag) => {
                    let (declared, others) = attributes(&tag);
                    scopes.push(declared);
                    let is_it = others
                        .iter()
                        .any(|(name, it)| name == "token" && it == token);
                    let name = tag.local_name();
                    if is_it && matches!(name.as_ref(), "Configuration" | "Configurations") {
                        let start = position(&reader);
                        let end = end_of(&mut reader)?;
                        return Ok(ConfigurationMarkup {
                            namespaces: valid(&scopes),
                            attributes: others,
                            inside: text[start..end].to_owned(),
                        });
                    }
                    if scopes.len() > MAX_DEPTH {
                        return Err(OnvifError::TooComplex);
                    }
                }
                Event::End(_) => drop(scopes.pop()),
                Event::Eof => return Err(OnvifError::Field("Configuration")),
                _ => {}
            }
        }
    }

    /// The whole element, in the namespace of a service.
    pub(super) fn element(&self, service: OnvifService) -> String {
        let namespace = service.namespace();
        let written = |(name, value): &(String, String)| format!(" {name}=\"{value}\"");
        let namespaces: String = self.namespaces.iter().map(written).collect();
        let attributes: String = self.attributes.iter().map(written).collect();
        let inside = &self.inside;
        format!(
            "<{PREFIX}:Configuration xmlns:{PREFIX}=\"{namespace}\"{namespaces}{attributes}>{inside}\
             </{PREFIX}:Configuration>"
        )
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Changes an attribute that is there.
    pub(super) fn set_attribute(&mut self, name: &str, value: &str) {
        for (_, old) in self.attributes.iter_mut().filter(|(it, _)| it == name) {
            *old = escaped(value);
        }
    }

    /// Whether there is a child under this path.
    pub(super) fn has(&self, path: &[&str]) -> bool {
        self.child(path).is_some()
    }

    /// Changes the text of a child, if it is there.
    pub(super) fn set_text(&mut self, path: &[&str], text: &str) {
        if let Some(child) = self.child(path) {
            self.inside.replace_range(child.inside, &escaped(text));
        }
    }

    /// Leaves a child out.
    pub(super) fn remove(&mut self, path: &[&str]) {
        if let Some(child) = self.child(path) {
            self.inside.replace_range(child.whole, "");
        }
    }

    /// Adds an element after a child, with the same prefix.
    pub(super) fn insert_after(&mut self, path: &[&str], name: &str, parts: &[(&str, String)]) {
        let Some(child) = self.child(path) else {
            return;
        };
        let prefix = match child.name.split_once(':') {
            Some((prefix, _)) => format!("{prefix}:"),
            None => String::new(),
        };
        let parts: String = parts
            .iter()
            .map(|(part, text)| format!("<{prefix}{part}>{}</{prefix}{part}>", escaped(text)))
            .collect();
        let element = format!("<{prefix}{name}>{parts}</{prefix}{name}>");
        self.inside.insert_str(child.whole.end, &element);
    }

    fn child(&self, path: &[&str]) -> Option<ChildSpan> {
        let mut reader = reader_of(&self.inside);
        let mut open: Vec<(String, String, usize, usize)> = Vec::new();
        loop {
            let before = position(&reader);
            let event = reader.read_event().ok()?;
            let after = position(&reader);
            match event {
                Event::Start(tag) => {
                    let local = tag.local_name().as_ref().to_owned();
                    open.push((local, tag.name().as_ref().to_owned(), before, after));
                }
                Event::End(_) => {
                    let span = ChildSpan {
                        path: open.iter().map(|(local, ..)| local.clone()).collect(),
                        name: String::new(),
                        whole: 0..after,
                        inside: 0..before,
                    };
                    let (_, name, start, inside) = open.pop()?;
                    if span.path == path {
                        return Some(ChildSpan {
                            name,
                            whole: start..after,
                            inside: inside..before,
                            ..span
                        });
                    }
                }
                Event::Eof => return None,
                _ => {}
            }
        }
    }
}

/// Where the element ends whose start has been read.
fn end_of(reader: &mut Reader<&[u8]>) -> Result<usize, OnvifError> {
    let mut depth = 0;
    loop {
        let before = position(reader);
        match reader.read_event().map_err(|_| OnvifError::Malformed)? {
            Event::Start(_) => depth += 1,
            Event::End(_) if depth == 0 => return Ok(before),
            Event::End(_) => depth -= 1,
            Event::Eof => return Err(OnvifError::Malformed),
            _ => {}
        }
    }
}

/// The declarations of an element, and its other attributes; values are as written.
type NamedTexts = Vec<(String, String)>;

fn attributes(tag: &BytesStart<'_>) -> (NamedTexts, NamedTexts) {
    let mut attributes = tag.attributes();
    let all = attributes.with_checks(false).flatten().map(|it| {
        // A value in single quotes may hold a double one.
        let value = it.value.replace('"', "&quot;");
        (it.key.as_ref().to_owned(), value)
    });
    all.partition(|(name, _)| name == "xmlns" || name.starts_with("xmlns:"))
}

/// The declarations that are valid in the innermost scope: the last one of each name.
fn valid(scopes: &[NamedTexts]) -> NamedTexts {
    let mut valid: NamedTexts = Vec::new();
    for (name, value) in scopes.iter().rev().flatten() {
        let is_new = !valid.iter().any(|(it, _)| it == name);
        if is_new && valid.len() < MAX_NAMESPACES {
            valid.push((name.clone(), value.clone()));
        }
    }
    valid
}

fn reader_of(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().allow_dangling_amp = true;
    reader
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}
