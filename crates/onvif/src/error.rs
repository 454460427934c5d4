//! Why an answer was not accepted.

use std::fmt;

use crate::limits::{MAX_FAULT_CODES, MAX_REASON_CHARS};
use crate::xml::XmlNode;

/// Why an answer was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OnvifError {
    /// Longer than [`crate::limits::MAX_ANSWER_BYTES`].
    #[error("the device's answer is too long")]
    TooLong,
    /// Nested more deeply, or with more elements, than any real answer.
    #[error("the device's answer is too deep or has too many parts")]
    TooComplex,
    /// A document type or its own entity, which no device sends.
    #[error("the device's answer declares or uses XML entities")]
    Entities,
    /// Not XML, or cut off.
    #[error("the device's answer is not XML")]
    Malformed,
    /// Another document than requested.
    #[error("the device answered with another document than {0}")]
    Unexpected(&'static str),
    /// A required element is missing or invalid.
    #[error("the device's answer has no usable {0}")]
    Field(&'static str),
    /// The device refuses.
    #[error("the device answered: {0}")]
    Fault(SoapFault),
}

/// A fault with the device's own text (SOAP 1.2 part 1 §5.4, and SOAP 1.1 of old firmware).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SoapFault {
    /// Its codes without prefixes, from the general to the special.
    pub codes: Vec<String>,
    /// Its own words.
    pub reason: String,
}

impl SoapFault {
    /// Whether the login is missing, wrong, or outside the device's time window.
    pub fn is_about_login(&self) -> bool {
        self.has_code(&[
            "NotAuthorized",
            "FailedAuthentication",
            "FailedCheck",
            "InvalidSecurity",
            "InvalidSecurityToken",
            "MessageExpired",
        ]) || {
            // Old Dahua and Xiongmai firmware sends only `Sender` with one of these texts.
            let reason = self.reason.to_ascii_lowercase();
            reason.contains("not authorized")
                || reason.contains("authority failure")
                || reason.contains("unauthorized")
        }
    }

    /// Whether the user whose login was accepted may not do it.
    pub fn is_about_rights(&self) -> bool {
        self.has_code(&["OperationProhibited"])
    }

    /// Whether the device cannot do it at all, whoever asks.
    pub fn is_unsupported(&self) -> bool {
        self.has_code(&[
            "ActionNotSupported",
            "OptionalActionNotImplemented",
            "MustUnderstand",
            "PTZNotSupported",
            "ImagingSettingsNotSupported",
            "NoPTZProfile",
            "NoImagingForSource",
            "UnknownAction",
        ])
    }

    fn has_code(&self, known: &[&str]) -> bool {
        self.codes
            .iter()
            .any(|code| known.iter().any(|known| code.eq_ignore_ascii_case(known)))
    }

    pub(crate) fn of(fault: &XmlNode) -> SoapFault {
        let mut codes = Vec::new();
        let mut code = fault.child("Code");
        while let Some(part) = code.filter(|_| codes.len() < MAX_FAULT_CODES) {
            codes.extend(part.text_of("Value").map(without_prefix));
            code = part.child("Subcode");
        }
        // SOAP 1.1.
        codes.extend(fault.text_of("faultcode").map(without_prefix));
        let reason = fault
            .child("Reason")
            .and_then(|reason| reason.text_of("Text"))
            .or_else(|| fault.text_of("faultstring"))
            .unwrap_or_default();
        SoapFault {
            codes,
            reason: reason.chars().take(MAX_REASON_CHARS).collect(),
        }
    }
}

/// The local part of a qualified name.
fn without_prefix(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).trim().to_owned()
}

impl fmt::Display for SoapFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.codes.last().map_or("a fault", String::as_str);
        write!(f, "{code} ({})", self.reason)
    }
}
