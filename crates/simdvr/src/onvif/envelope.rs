//! SOAP as a device reads and writes it, in the prefixes of gSOAP.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use crate::xml_text::text;

/// A request.
pub(super) struct SoapCall {
    /// The local name of the first element in the body.
    pub(super) operation: String,
    body: String,
}

impl SoapCall {
    pub(super) fn read(body: &str) -> Option<SoapCall> {
        let mut reader = Reader::from_str(body);
        let mut is_in_body = false;
        loop {
            match reader.read_event().ok()? {
                Event::Start(tag) | Event::Empty(tag) if is_in_body => {
                    return Some(SoapCall {
                        operation: tag.local_name().as_ref().to_owned(),
                        body: body.to_owned(),
                    });
                }
                Event::Start(tag) => is_in_body = tag.local_name().as_ref() == "Body",
                Event::Eof => return None,
                _ => {}
            }
        }
    }

    /// The text of the first element with this local name.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        text(&self.body, name).map(|text| text.trim().to_owned())
    }

    /// Whether the request holds this markup, byte for byte.
    pub(super) fn holds(&self, markup: &str) -> bool {
        self.body.contains(markup)
    }

    /// The attribute of the first element with this local name.
    pub(super) fn attribute(&self, element: &str, name: &str) -> Option<String> {
        let value = |tag: &BytesStart<'_>| {
            let found = tag.attributes().flatten();
            let mut found = found.filter(|it| it.key.local_name().as_ref() == name);
            let value = found
                .next()?
                .normalized_value(XmlVersion::Implicit1_0)
                .ok()?;
            Some(value.into_owned())
        };
        let mut reader = Reader::from_str(&self.body);
        loop {
            match reader.read_event().ok()? {
                Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == element => {
                    return value(&tag);
                }
                Event::Eof => return None,
                _ => {}
            }
        }
    }
}

/// A refusal.
pub(super) struct SimFault {
    code: &'static str,
    subcode: &'static str,
    reason: &'static str,
}

impl SimFault {
    /// Something is wrong with the request.
    pub(super) fn sender(subcode: &'static str, reason: &'static str) -> SimFault {
        SimFault {
            code: "SOAP-ENV:Sender",
            subcode,
            reason,
        }
    }

    /// The device cannot do it.
    pub(super) fn unsupported() -> SimFault {
        SimFault {
            code: "SOAP-ENV:Receiver",
            subcode: "ter:ActionNotSupported",
            reason: "Optional Action Not Implemented",
        }
    }
}

impl IntoResponse for SimFault {
    fn into_response(self) -> Response {
        let SimFault {
            code,
            subcode,
            reason,
        } = self;
        let mut response = answered(&format!(
            "<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>{code}</SOAP-ENV:Value><SOAP-ENV:Subcode>\
             <SOAP-ENV:Value>{subcode}</SOAP-ENV:Value></SOAP-ENV:Subcode></SOAP-ENV:Code>\
             <SOAP-ENV:Reason><SOAP-ENV:Text xml:lang=\"en\">{reason}</SOAP-ENV:Text>\
             </SOAP-ENV:Reason></SOAP-ENV:Fault>"
        ));
        *response.status_mut() = match code {
            "SOAP-ENV:Sender" => StatusCode::BAD_REQUEST,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        response
    }
}

/// An answer with this in its body.
pub(super) fn answered(inside: &str) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/soap+xml; charset=utf-8")];
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:tds=\"http://www.onvif.org/ver10/device/wsdl\" \
         xmlns:trt=\"http://www.onvif.org/ver10/media/wsdl\" \
         xmlns:tr2=\"http://www.onvif.org/ver20/media/wsdl\" \
         xmlns:tptz=\"http://www.onvif.org/ver20/ptz/wsdl\" \
         xmlns:tt=\"http://www.onvif.org/ver10/schema\" \
         xmlns:ter=\"http://www.onvif.org/ver10/error\">\n\
         <SOAP-ENV:Body>{inside}</SOAP-ENV:Body>\n</SOAP-ENV:Envelope>\n"
    );
    (kind, text).into_response()
}
