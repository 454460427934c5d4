//! JSON-RPC 2.0 envelopes as ONVIF WebRTC 26.06 uses them: strict about what we send,
//! liberal where the specification's own examples differ from JSON-RPC (ids as strings).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::link::work::WorkDemand;
use crate::steering::SteeredBy;
use crate::talking::TalkedBy;

/// Longest message accepted on a link, a call socket or a control channel, in bytes.
pub const MAX_MESSAGE_BYTES: usize = 64 * 1024;

/// Error codes of ONVIF WebRTC 26.06 §5 and JSON-RPC 2.0 §5.1.
pub mod code {
    /// Invalid session or SDP.
    pub const BAD_REQUEST: i64 = 400;
    /// The requester could not be authenticated.
    pub const UNAUTHORIZED: i64 = 401;
    /// Known, but not allowed.
    pub const FORBIDDEN: i64 = 403;
    /// No such session, method target or camera.
    pub const NOT_FOUND: i64 = 404;
    /// The other side did not react in time.
    pub const TIMEOUT: i64 = 408;
    /// Another key is registered for this serial; somebody else steers the camera or talks.
    pub const CONFLICT: i64 = 409;
    /// The other side has gone.
    pub const GONE: i64 = 410;
    /// Too many tries; wait.
    pub const TOO_MANY: i64 = 429;
    /// The recorder or camera cannot do it.
    pub const UNSUPPORTED: i64 = 501;
    /// The recorder refused, or its answer makes no sense.
    pub const BAD_RECORDER: i64 = 502;
    /// Temporarily unavailable: also the one answer for unknown, foreign and offline recorders.
    pub const UNAVAILABLE: i64 = 480;
    /// Out of resources.
    pub const RESOURCES: i64 = 1001;
    /// The peer's WebSocket closed.
    pub const PEER_CLOSED: i64 = 1002;
    /// A candidate could not be read.
    pub const BAD_CANDIDATE: i64 = 1003;
    /// Method not implemented.
    pub const NO_METHOD: i64 = -32601;
    /// Parameters do not match the method.
    pub const BAD_PARAMS: i64 = -32602;
}

/// A request id: a number, or a string as in the specification's example.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Id {
    /// A number; the only form we send.
    Number(u64),
    /// A string, echoed unchanged.
    Text(String),
}

/// A refusal or failure, as sent to the person or program at the other end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message} ({code})")]
pub struct RpcError {
    /// One of [`code`].
    pub code: i64,
    /// Text for a log or a developer; reveals nothing to an attacker.
    pub message: String,
    /// The session that the error is about, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// What the other side can do about it, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Box<ErrorData>>,
}

/// Data of an error besides its message (JSON-RPC 2.0 §5.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorData {
    /// The request is accepted with this work.
    #[serde(
        rename = "peerview/work",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub work: Option<WorkDemand>,
    /// Who steers the camera.
    #[serde(
        rename = "peerview/steeredBy",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub steered_by: Option<SteeredBy>,
    /// Who talks through the camera.
    #[serde(
        rename = "peerview/talkedBy",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub talked_by: Option<TalkedBy>,
}

impl RpcError {
    /// An error with no session.
    pub fn new(code: i64, message: &str) -> RpcError {
        RpcError {
            code,
            message: message.to_owned(),
            session: None,
            data: None,
        }
    }

    /// The same error, which this work resolves.
    pub fn mended_by(self, work: WorkDemand) -> RpcError {
        self.with(ErrorData {
            work: Some(work),
            ..ErrorData::default()
        })
    }

    /// The same error, because this person steers the camera.
    pub fn steered_by(self, by: SteeredBy) -> RpcError {
        self.with(ErrorData {
            steered_by: Some(by),
            ..ErrorData::default()
        })
    }

    /// The same error, because this person talks through the camera.
    pub fn talked_by(self, by: TalkedBy) -> RpcError {
        self.with(ErrorData {
            talked_by: Some(by),
            ..ErrorData::default()
        })
    }

    fn with(self, data: ErrorData) -> RpcError {
        RpcError {
            data: Some(Box::new(data)),
            ..self
        }
    }

    /// The work with which the request is accepted.
    pub fn work(&self) -> Option<WorkDemand> {
        self.data.as_ref()?.work
    }

    /// The same error, about `session`.
    pub fn about(self, session: &str) -> RpcError {
        RpcError {
            session: Some(session.to_owned()),
            ..self
        }
    }
}

/// One message of either direction.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// Wants a response with the same id.
    Request {
        /// Chosen by the sender.
        id: Id,
        /// Method name; our own carry the prefix `peerview/`.
        method: String,
        /// Parameters by name; `{}` if absent.
        params: Value,
    },
    /// Wants no response.
    Notification {
        /// Method name.
        method: String,
        /// Parameters by name; `{}` if absent.
        params: Value,
    },
    /// The answer to a request.
    Response {
        /// The id of the request; `None` for an error that answers no request.
        id: Option<Id>,
        /// The result, or the error.
        outcome: Result<Value, RpcError>,
    },
}

/// Why a text was not a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RpcParseError {
    /// Longer than [`MAX_MESSAGE_BYTES`].
    #[error("message is too long")]
    TooLong,
    /// Not JSON, or not an object of JSON-RPC 2.0.
    #[error("message is not JSON-RPC 2.0")]
    Malformed,
}

#[derive(Deserialize)]
struct Wire {
    jsonrpc: String,
    id: Option<Id>,
    method: Option<String>,
    params: Option<Value>,
    result: Option<Value>,
    error: Option<WireError>,
    session: Option<String>,
}

#[derive(Deserialize)]
struct WireError {
    code: i64,
    #[serde(default)]
    message: String,
    session: Option<String>,
    data: Option<Value>,
}

impl Message {
    /// Reads one message. The place of `session` in an error differs between devices: top level,
    /// `error` and `error.data` are all accepted.
    pub fn parse(text: &str) -> Result<Message, RpcParseError> {
        if text.len() > MAX_MESSAGE_BYTES {
            return Err(RpcParseError::TooLong);
        }
        let wire: Wire = serde_json::from_str(text).map_err(|_| RpcParseError::Malformed)?;
        if wire.jsonrpc != "2.0" {
            return Err(RpcParseError::Malformed);
        }
        let params = match wire.params {
            None => Value::Object(serde_json::Map::new()),
            Some(object @ Value::Object(_)) => object,
            // JSON-RPC 2.0 §4.2 allows arrays, too; ONVIF WebRTC uses names only.
            Some(_) => return Err(RpcParseError::Malformed),
        };
        match (wire.method, wire.id, wire.result, wire.error) {
            (Some(method), Some(id), None, None) => Ok(Message::Request { id, method, params }),
            (Some(method), None, None, None) => Ok(Message::Notification { method, params }),
            (None, Some(id), Some(result), None) => Ok(Message::Response {
                id: Some(id),
                outcome: Ok(result),
            }),
            (None, id, None, Some(error)) => Ok(Message::Response {
                id,
                outcome: Err(error.into_error(wire.session)),
            }),
            _ => Err(RpcParseError::Malformed),
        }
    }

    /// Writes the message as one line of JSON.
    pub fn to_text(&self) -> String {
        let value = match self {
            Message::Request { id, method, params } => {
                serde_json::json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
            }
            Message::Notification { method, params } => {
                serde_json::json!({"jsonrpc": "2.0", "method": method, "params": params})
            }
            Message::Response {
                id: Some(id),
                outcome: Ok(result),
            } => {
                serde_json::json!({"jsonrpc": "2.0", "id": id, "result": result})
            }
            Message::Response {
                id: None,
                outcome: Ok(result),
            } => {
                serde_json::json!({"jsonrpc": "2.0", "result": result})
            }
            Message::Response {
                id: Some(id),
                outcome: Err(error),
            } => {
                serde_json::json!({"jsonrpc": "2.0", "id": id, "error": error})
            }
            Message::Response {
                id: None,
                outcome: Err(error),
            } => {
                serde_json::json!({"jsonrpc": "2.0", "error": error})
            }
        };
        value.to_string()
    }

    /// A request with typed parameters.
    pub fn request(id: u64, method: &str, params: &impl Serialize) -> Message {
        Message::Request {
            id: Id::Number(id),
            method: method.to_owned(),
            params: to_value(params),
        }
    }

    /// A notification with typed parameters.
    pub fn notification(method: &str, params: &impl Serialize) -> Message {
        Message::Notification {
            method: method.to_owned(),
            params: to_value(params),
        }
    }

    /// The successful answer to `id`.
    pub fn result(id: Id, result: &impl Serialize) -> Message {
        Message::Response {
            id: Some(id),
            outcome: Ok(to_value(result)),
        }
    }

    /// The refusal of `id`.
    pub fn refusal(id: Id, error: RpcError) -> Message {
        Message::Response {
            id: Some(id),
            outcome: Err(error),
        }
    }
}

impl WireError {
    fn into_error(self, outer: Option<String>) -> RpcError {
        let in_data = self
            .data
            .as_ref()
            .and_then(|data| data.get("session"))
            .and_then(Value::as_str)
            .map(str::to_owned);
        RpcError {
            code: self.code,
            message: self.message,
            session: self.session.or(outer).or(in_data),
            data: self.data.and_then(|data| serde_json::from_value(data).ok()),
        }
    }
}

/// Reads typed parameters or a typed result.
pub fn typed<T: for<'de> Deserialize<'de>>(value: Value) -> Result<T, RpcError> {
    serde_json::from_value(value)
        .map_err(|_| RpcError::new(code::BAD_PARAMS, "parameters do not fit the method"))
}

fn to_value(params: &impl Serialize) -> Value {
    serde_json::to_value(params).expect("wire types have string keys and no failing serializers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_survives_writing_and_parsing() {
        let messages = [
            Message::request(7, "connect", &serde_json::json!({"peer": "x"})),
            Message::notification("trickle", &serde_json::json!({"session": "s"})),
            Message::result(Id::Text("4".into()), &serde_json::json!({"id": "x"})),
            Message::refusal(Id::Number(1), RpcError::new(code::GONE, "gone").about("s")),
            Message::refusal(
                Id::Number(2),
                RpcError::new(code::TOO_MANY, "work").mended_by(WorkDemand { bits: 17 }),
            ),
            Message::refusal(
                Id::Number(3),
                RpcError::new(code::CONFLICT, "busy").steered_by(SteeredBy {
                    name: "ben".to_owned(),
                    seconds: 3,
                }),
            ),
            Message::refusal(
                Id::Number(4),
                RpcError::new(code::CONFLICT, "busy").talked_by(TalkedBy {
                    name: "ben".to_owned(),
                }),
            ),
        ];
        for message in messages {
            assert_eq!(Message::parse(&message.to_text()), Ok(message));
        }
    }

    #[test]
    fn a_session_is_found_in_every_place_devices_use() {
        for text in [
            r#"{"jsonrpc":"2.0","session":"s","error":{"code":1002,"message":"m"}}"#,
            r#"{"jsonrpc":"2.0","error":{"code":1002,"message":"m","session":"s"}}"#,
            r#"{"jsonrpc":"2.0","error":{"code":1002,"message":"m","data":{"session":"s"}}}"#,
        ] {
            let Ok(Message::Response {
                outcome: Err(error),
                ..
            }) = Message::parse(text)
            else {
                panic!("not an error: {text}");
            };
            assert_eq!(error.session.as_deref(), Some("s"));
        }
    }

    #[test]
    fn messages_other_than_json_rpc_are_refused() {
        for text in [
            "",
            "{}",
            "[]",
            "null",
            r#"{"jsonrpc":"1.0","id":1,"method":"x"}"#,
            r#"{"jsonrpc":"2.0"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"x","params":[1]}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"x","result":{}}"#,
            r#"{"jsonrpc":"2.0","id":{},"method":"x"}"#,
        ] {
            assert_eq!(
                Message::parse(text),
                Err(RpcParseError::Malformed),
                "{text}"
            );
        }
        let long = format!(
            r#"{{"jsonrpc":"2.0","method":"{}"}}"#,
            "x".repeat(MAX_MESSAGE_BYTES)
        );
        assert_eq!(Message::parse(&long), Err(RpcParseError::TooLong));
    }
}
