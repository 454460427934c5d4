//! Why a recorder's answer was not accepted, and how much of one is read.

use super::security::ResponseStatus;

/// Longest body that is read, in bytes; the largest known capabilities are below 200 kB.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;
/// Most entries of a list that are kept; recorders have at most 256 channels of four streams.
pub const MAX_LIST: usize = 1024;

/// Why an answer was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IsapiError {
    /// Longer than [`MAX_BODY_BYTES`].
    #[error("the recorder's answer is too long")]
    TooLong,
    /// Nested more deeply, or with more elements, than any real answer.
    #[error("the recorder's answer is too deep or has too many parts")]
    TooComplex,
    /// A document type or its own entity, which no recorder sends.
    #[error("the recorder's answer declares or uses XML entities")]
    Entities,
    /// Not XML, or cut off.
    #[error("the recorder's answer is not XML")]
    Malformed,
    /// A document of another type than requested.
    #[error("the recorder answered with another document than {0}")]
    Unexpected(&'static str),
    /// A required field is missing or invalid.
    #[error("the recorder's answer has no usable {0}")]
    Field(&'static str),
    /// The recorder refuses; some do so with HTTP status 200.
    #[error("the recorder answered: {0}")]
    Status(ResponseStatus),
}
