//! XML answers: the envelope, error bodies, escaping, and the namespaces that real devices mix.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The namespaces of real devices, often several on one.
pub(crate) const HIKVISION: &str = "http://www.hikvision.com/ver20/XMLSchema";
pub(crate) const ISAPI: &str = "http://www.isapi.org/ver20/XMLSchema";
pub(crate) const PSIA: &str = "urn:psialliance-org";
pub(crate) const STD_CGI: &str = "http://www.std-cgi.com/ver10/XMLSchema";

pub(crate) struct Xml(pub(crate) String);

impl Xml {
    /// A document with the root element `root` around `content`.
    pub(crate) fn document(root: &str, namespace: &str, content: &str) -> Self {
        Self(format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <{root} version=\"2.0\" xmlns=\"{namespace}\">\n{content}</{root}>\n"
        ))
    }

    /// A list with the `size` attribute that some devices add.
    pub(crate) fn list(root: &str, namespace: &str, size: usize, items: &str) -> Self {
        Self(format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <{root} version=\"1.0\" xmlns=\"{namespace}\" size=\"{size}\">\n{items}</{root}>\n"
        ))
    }
}

impl IntoResponse for Xml {
    fn into_response(self) -> Response {
        let kind = [(header::CONTENT_TYPE, "application/xml; charset=\"UTF-8\"")];
        (kind, self.0).into_response()
    }
}

/// Escaped text for use between tags.
pub(crate) fn text(value: &str) -> String {
    quick_xml::escape::escape(value).into_owned()
}

/// `ResponseStatus` for a request that was carried out.
pub(crate) fn done(path: &str) -> Xml {
    response_status(path, 1, "OK", "ok")
}

/// `ResponseStatus` for settings that count only after a restart.
pub(crate) fn after_restart(path: &str) -> Xml {
    response_status(path, 7, "Reboot Required", "rebootRequired")
}

/// `ResponseStatus` for a request that was refused.
pub(crate) fn refused(path: &str, status: StatusCode, reason: &str) -> Response {
    let (code, words) = match status {
        StatusCode::BAD_REQUEST => (6, "Invalid XML Content"),
        StatusCode::SERVICE_UNAVAILABLE => (2, "Device Busy"),
        _ => (4, "Invalid Operation"),
    };
    (status, response_status(path, code, words, reason)).into_response()
}

fn response_status(path: &str, code: u8, words: &str, reason: &str) -> Xml {
    let path = text(path);
    let content = format!(
        "<requestURL>{path}</requestURL>\n<statusCode>{code}</statusCode>\n\
         <statusString>{words}</statusString>\n<subStatusCode>{reason}</subStatusCode>\n"
    );
    Xml::document("ResponseStatus", HIKVISION, &content)
}
