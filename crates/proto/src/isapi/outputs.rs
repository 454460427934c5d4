//! The outputs of a recorder, and whether it has events.

use super::error::IsapiError;
use super::xml::Element;
use crate::control::outputs::{MAX_OUTPUT_NAME_CHARS, MAX_OUTPUTS};
use crate::shown::shown;

/// An output in a recorder's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IsapiOutput {
    /// Its number.
    pub id: u32,
    /// Its name; may be empty.
    pub name: String,
}

/// The outputs, from `GET /ISAPI/System/IO/outputs`, at most [`MAX_OUTPUTS`].
pub fn parse_outputs(body: &[u8]) -> Result<Vec<IsapiOutput>, IsapiError> {
    let root = Element::read(body, &["IOOutputPortList", "IOOutputPort"])?;
    let single = root.is_named("IOOutputPort").then_some(&root);
    let all = single.into_iter().chain(root.children("IOOutputPort"));
    let read = all.filter_map(|output| {
        let id = output.number_of("id").filter(|id| *id > 0)?;
        let name = output
            .text_of("name")
            .or_else(|| output.text_of("IODescription"));
        Some(IsapiOutput {
            id,
            name: shown(name.unwrap_or_default(), MAX_OUTPUT_NAME_CHARS),
        })
    });
    Ok(read.take(MAX_OUTPUTS).collect())
}

/// Whether an output is on, from `GET …/outputs/{id}/status`; `None` if the recorder does not say so.
pub fn parse_state(body: &[u8]) -> Result<Option<bool>, IsapiError> {
    let root = Element::read(body, &["IOPortStatus"])?;
    Ok(match root.text_of("ioState") {
        Some(state) if state.eq_ignore_ascii_case("active") => Some(true),
        Some(state) if state.eq_ignore_ascii_case("inactive") => Some(false),
        _ => None,
    })
}

/// The body that switches an output.
pub fn trigger(is_on: bool) -> String {
    let state = if is_on { "high" } else { "low" };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <IOPortData version=\"2.0\" xmlns=\"http://www.isapi.org/ver20/XMLSchema\">\
         <outputState>{state}</outputState></IOPortData>"
    )
}

/// Whether a recorder has events, from `GET /ISAPI/Event/triggers`.
pub fn has_triggers(body: &[u8]) -> Result<bool, IsapiError> {
    let root = Element::read(body, &["EventNotification", "EventTriggerList"])?;
    let list = root.child("EventTriggerList").unwrap_or(&root);
    Ok(list.child("EventTrigger").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_listed_with_their_names() {
        let body = b"<IOOutputPortList version=\"1.0\" xmlns=\"http://www.hikvision.com/ver20/XMLSchema\">\
            <IOOutputPort><id>1</id><PowerOnState><defaultState>low</defaultState></PowerOnState>\
            <name>Gate & door</name></IOOutputPort><IOOutputPort><id>2</id></IOOutputPort>\
            <IOOutputPort><id>x</id></IOOutputPort></IOOutputPortList>";

        let outputs = parse_outputs(body).expect("a list");

        let told: Vec<_> = outputs.iter().map(|it| (it.id, it.name.as_str())).collect();
        assert_eq!(told, [(1, "Gate & door"), (2, "")]);
        let many = format!(
            "<IOOutputPortList>{}</IOOutputPortList>",
            "<IOOutputPort><id>7</id></IOOutputPort>".repeat(99)
        );
        assert_eq!(
            parse_outputs(many.as_bytes()).map(|it| it.len()),
            Ok(MAX_OUTPUTS)
        );
    }

    #[test]
    fn the_state_of_an_output_is_read_or_unknown() {
        let state = |text: &str| {
            parse_state(
                format!("<IOPortStatus><ioState>{text}</ioState></IOPortStatus>").as_bytes(),
            )
        };

        assert_eq!(
            (state("active"), state("inactive")),
            (Ok(Some(true)), Ok(Some(false)))
        );
        assert_eq!(state("?"), Ok(None));
        let refusal = include_bytes!("../../testdata/hostile/response_status.xml");
        assert!(matches!(parse_state(refusal), Err(IsapiError::Status(_))));
    }

    #[test]
    fn a_device_without_triggers_has_no_events() {
        let triggers = |list: &str| {
            has_triggers(format!("<EventNotification>{list}</EventNotification>").as_bytes())
        };

        let some =
            "<EventTriggerList><EventTrigger><id>VMD-1</id></EventTrigger></EventTriggerList>";
        assert_eq!(triggers(some), Ok(true));
        assert_eq!(triggers("<EventTriggerList/>"), Ok(false));
        assert!(has_triggers(b"<html/>").is_err());
    }
}
