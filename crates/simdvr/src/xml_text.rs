//! Reads single texts from documents that clients send.

use quick_xml::Reader;
use quick_xml::events::Event;

/// The text of the first element with this local name.
pub(crate) fn text(body: &str, name: &str) -> Option<String> {
    let mut reader = Reader::from_str(body);
    let mut found: Option<String> = None;
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) if tag.local_name().as_ref() == name => {
                found = Some(String::new());
            }
            Event::Text(text) => {
                if let Some(found) = &mut found {
                    found.push_str(&text.xml10_content());
                }
            }
            Event::GeneralRef(reference) => {
                if let Some(found) = &mut found {
                    let character = match reference.xml10_content().as_ref() {
                        "amp" => "&",
                        "lt" => "<",
                        "gt" => ">",
                        "quot" => "\"",
                        "apos" => "'",
                        _ => return None,
                    };
                    found.push_str(character);
                }
            }
            Event::End(_) if found.is_some() => return found,
            Event::Eof => return None,
            _ => {}
        }
    }
}
