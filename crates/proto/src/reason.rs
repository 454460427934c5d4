//! Why a recorder or a camera shows no picture: one enumeration from the driver that detects it, over control
//! channel and link, to the text on a page. A recorder's own text is never forwarded: the only free text in a
//! reason is the bounded name of a codec.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest name of a codec, in characters; `MPEG4-GENERIC` has 13.
pub const MAX_CODEC_CHARS: usize = 20;
/// Later moments are dropped: the year 2100, in seconds since 1970.
const MAX_UNTIL: u64 = 4_102_444_800;
/// Largest plausible number of tries; recorders lock after 5 to 10.
const MAX_TRIES: u64 = 100;

/// Why there is no picture. Each reason has its own sentence on a page, with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "ReasonFields", into = "ReasonFields")]
pub enum Reason {
    /// The recorder refused the user name or password; it is not tried again.
    Refused {
        /// Wrong passwords left before the recorder locks, if it says so.
        n_tries_left: Option<u32>,
    },
    /// The recorder has locked the user after too many wrong passwords; it is not tried again.
    Locked {
        /// When it unlocks, in seconds since 1970, if the recorder says so.
        until: Option<u64>,
    },
    /// The recorder requires a login and the settings have none.
    LoginMissing,
    /// The recorder offers no Digest login, only one that shows the password to everybody on the way.
    NoDigest,
    /// The user may not see this on the recorder.
    Forbidden,
    /// The recorder answers only over HTTPS.
    HttpsWanted,
    /// The recorder's certificate cannot be used.
    Certificate,
    /// The recorder shows another certificate than before.
    CertificateChanged,
    /// Nothing answers at the recorder's address.
    Unreachable,
    /// The recorder took the connection and does not answer in time.
    NoAnswer,
    /// The recorder closed the connection or ended the stream.
    Closed,
    /// The recorder's answer makes no sense.
    InvalidAnswer,
    /// The recorder's pictures are at another address.
    Moved,
    /// All streams of the recorder are in use (RTSP status 453).
    Full,
    /// The recorder has no stream under this address.
    NoStream,
    /// The recorder refused the stream with another status.
    Status(
        /// Of HTTP or RTSP.
        u16,
    ),
    /// The recorder reports that the camera does not respond.
    Unplugged,
    /// The recorder has no such camera.
    NoCamera,
    /// What is under the address has no pictures.
    NoVideo,
    /// The stream is open and no picture arrives.
    NoPicture,
    /// Pictures arrive, but none yet that a viewer can begin with.
    NoKeyFrame,
    /// Pictures arrive without the parameter sets (SPS, PPS) that every decoder needs.
    NoParameterSets,
    /// Pictures are in a codec that cannot be shown.
    Codec(
        /// Which one.
        CodecName,
    ),
    /// A reason of a newer agent.
    Unknown,
}

/// The name of a codec: upper case letters, digits, `-`, `.` and `+`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodecName(String);

impl CodecName {
    /// The usable characters of a name that a recorder sent.
    pub fn new(name: &str) -> CodecName {
        let kept: String = name
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '+'))
            .take(MAX_CODEC_CHARS)
            .collect();
        CodecName(match kept.to_ascii_uppercase().as_str() {
            "" => "?".to_owned(),
            // RFC 2435 calls one picture after the other JPEG; recorders' menus call them MJPEG.
            "JPEG" => "MJPEG".to_owned(),
            other => other.to_owned(),
        })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A reason on the wire. What a newer agent adds is ignored, and what it writes differently is absent.
#[derive(Debug, Default, Serialize, Deserialize)]
struct ReasonFields {
    kind: String,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    codec: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    until: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    status: Value,
    #[serde(rename = "triesLeft", default, skip_serializing_if = "Value::is_null")]
    tries_left: Value,
}

impl Reason {
    /// All names on the wire.
    pub const KINDS: [&'static str; 24] = [
        "refused",
        "locked",
        "login-missing",
        "no-digest",
        "forbidden",
        "https-wanted",
        "certificate",
        "certificate-changed",
        "unreachable",
        "no-answer",
        "closed",
        "invalid-answer",
        "moved",
        "full",
        "no-stream",
        "status",
        "unplugged",
        "no-camera",
        "no-video",
        "no-picture",
        "no-key-frame",
        "no-parameter-sets",
        "codec",
        "unknown",
    ];

    /// Its name on the wire, from which pages find the words.
    pub fn kind(&self) -> &'static str {
        match self {
            Reason::Refused { .. } => "refused",
            Reason::Locked { .. } => "locked",
            Reason::LoginMissing => "login-missing",
            Reason::NoDigest => "no-digest",
            Reason::Forbidden => "forbidden",
            Reason::HttpsWanted => "https-wanted",
            Reason::Certificate => "certificate",
            Reason::CertificateChanged => "certificate-changed",
            Reason::Unreachable => "unreachable",
            Reason::NoAnswer => "no-answer",
            Reason::Closed => "closed",
            Reason::InvalidAnswer => "invalid-answer",
            Reason::Moved => "moved",
            Reason::Full => "full",
            Reason::NoStream => "no-stream",
            Reason::Status(_) => "status",
            Reason::Unplugged => "unplugged",
            Reason::NoCamera => "no-camera",
            Reason::NoVideo => "no-video",
            Reason::NoPicture => "no-picture",
            Reason::NoKeyFrame => "no-key-frame",
            Reason::NoParameterSets => "no-parameter-sets",
            Reason::Codec(_) => "codec",
            Reason::Unknown => "unknown",
        }
    }
}

impl From<Reason> for ReasonFields {
    fn from(reason: Reason) -> ReasonFields {
        let mut fields = ReasonFields {
            kind: reason.kind().to_owned(),
            ..ReasonFields::default()
        };
        match reason {
            Reason::Refused { n_tries_left } => fields.tries_left = n_tries_left.into(),
            Reason::Locked { until } => fields.until = until.into(),
            Reason::Status(status) => fields.status = status.into(),
            Reason::Codec(codec) => fields.codec = codec.0.into(),
            _ => {}
        }
        fields
    }
}

impl From<ReasonFields> for Reason {
    fn from(fields: ReasonFields) -> Reason {
        let status = fields.status.as_u64().and_then(|it| u16::try_from(it).ok());
        let tries = fields.tries_left.as_u64().filter(|n| *n <= MAX_TRIES);
        match fields.kind.as_str() {
            "refused" => Reason::Refused {
                n_tries_left: tries.and_then(|n| u32::try_from(n).ok()),
            },
            "locked" => Reason::Locked {
                until: fields.until.as_u64().filter(|at| *at <= MAX_UNTIL),
            },
            "login-missing" => Reason::LoginMissing,
            "no-digest" => Reason::NoDigest,
            "forbidden" => Reason::Forbidden,
            "https-wanted" => Reason::HttpsWanted,
            "certificate" => Reason::Certificate,
            "certificate-changed" => Reason::CertificateChanged,
            "unreachable" => Reason::Unreachable,
            "no-answer" => Reason::NoAnswer,
            "closed" => Reason::Closed,
            "invalid-answer" => Reason::InvalidAnswer,
            "moved" => Reason::Moved,
            "full" => Reason::Full,
            "no-stream" => Reason::NoStream,
            "status" => status.map_or(Reason::Unknown, Reason::Status),
            "unplugged" => Reason::Unplugged,
            "no-camera" => Reason::NoCamera,
            "no-video" => Reason::NoVideo,
            "no-picture" => Reason::NoPicture,
            "no-key-frame" => Reason::NoKeyFrame,
            "no-parameter-sets" => Reason::NoParameterSets,
            "codec" => Reason::Codec(CodecName::new(fields.codec.as_str().unwrap_or_default())),
            _ => Reason::Unknown,
        }
    }
}

const NO_DIGEST: &str = "the recorder offers no Digest login; switch it on in the recorder's settings, or set \
     `allow_basic = true` in the agent's, which shows the password to everybody on the way";
const CERTIFICATE_CHANGED: &str = "the recorder shows another certificate than before; if it was replaced or \
     reset, accept the new one with `peerview agent trust`";

/// A sentence for logs and terminals: what is wrong, and what to do about it.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Reason::Refused { n_tries_left } => {
                f.write_str("the recorder refused the user name or password")?;
                if let Some(left) = n_tries_left {
                    write!(f, " and locks after {left} more tries")?;
                }
                "; set the right ones in the agent's settings, then restart the agent"
            }
            Reason::Locked { .. } => {
                "the recorder has locked the user after too many wrong passwords; check the \
                 password in the agent's settings, and restart the agent once it is unlocked"
            }
            Reason::LoginMissing => {
                "the recorder requires a login; set `user` and `password` in the agent's settings"
            }
            Reason::NoDigest => NO_DIGEST,
            Reason::Forbidden => {
                "the recorder does not allow this to the user; give the user the right there"
            }
            Reason::HttpsWanted => {
                "the recorder answers only over HTTPS; write https:// before its address"
            }
            Reason::Certificate => "the recorder's certificate cannot be used",
            Reason::CertificateChanged => CERTIFICATE_CHANGED,
            Reason::Unreachable => {
                "the recorder cannot be reached; check its power, cable and address"
            }
            Reason::NoAnswer => "the recorder does not answer",
            Reason::Closed => "the recorder closed the connection",
            Reason::InvalidAnswer => "the recorder's answer is invalid",
            Reason::Moved => "the recorder points to another address; use that in the settings",
            Reason::Full => {
                "all streams of the recorder are in use (453); close another viewer or program"
            }
            Reason::NoStream => "the recorder has no such stream; the camera may be unplugged",
            Reason::Status(status) => {
                return write!(f, "the recorder refused the stream (status {status})");
            }
            Reason::Unplugged => "the camera is offline; check its cable and power",
            Reason::NoCamera => "the recorder has no such camera",
            Reason::NoVideo => "the recorder sends no picture under this address",
            Reason::NoPicture => "the camera sends no picture",
            Reason::NoKeyFrame => "no key frame has arrived yet",
            Reason::NoParameterSets => {
                "the camera sends pictures without their parameter sets (SPS, PPS); restart it or \
                 update its firmware"
            }
            Reason::Codec(codec) => {
                let codec = codec.as_str();
                return write!(
                    f,
                    "{codec} video cannot be shown; set the camera's stream to H.264"
                );
            }
            Reason::Unknown => "there is no picture",
        };
        f.write_str(words)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// One of each kind, and what is known about some.
    fn all() -> Vec<Reason> {
        let of_kind = |kind| read(json!({"kind": kind, "status": 503, "codec": "MPEG4"}));
        let mut all: Vec<Reason> = Reason::KINDS.into_iter().map(of_kind).collect();
        all.push(Reason::Refused {
            n_tries_left: Some(4),
        });
        all.push(Reason::Locked {
            until: Some(1_795_500_000),
        });
        all
    }

    fn read(value: Value) -> Reason {
        serde_json::from_value(value).expect("an object with a kind")
    }

    #[test]
    fn every_reason_survives_the_wire() {
        for reason in all() {
            let text = serde_json::to_string(&reason).expect("strings and numbers");

            assert_eq!(serde_json::from_str::<Reason>(&text).ok(), Some(reason));
            assert!(text.len() < 80, "{text}");
        }
    }

    #[test]
    fn every_kind_is_read_as_itself() {
        for kind in Reason::KINDS {
            let fields = json!({"kind": kind, "status": 503, "codec": "MPEG4"});

            assert_eq!(read(fields).kind(), kind);
        }
    }

    #[test]
    fn a_reason_of_a_newer_agent_is_tolerated() {
        for value in [
            json!({"kind": "on-fire", "degrees": 300}),
            json!({"kind": "status", "status": 99_999}),
            json!({"kind": "status"}),
            json!({"kind": ""}),
        ] {
            assert_eq!(read(value), Reason::Unknown);
        }
        assert_eq!(
            read(json!({"kind": "locked", "until": "tomorrow", "by": "whom"})),
            Reason::Locked { until: None }
        );
        assert_eq!(
            read(json!({"kind": "locked", "until": u64::MAX})),
            Reason::Locked { until: None }
        );
        assert_eq!(
            read(json!({"kind": "refused", "triesLeft": 1_000})),
            Reason::Refused { n_tries_left: None }
        );
    }

    #[test]
    fn a_codec_name_is_a_short_token() {
        for (name, expected) in [
            ("jpeg", "MJPEG"),
            ("MP4V-ES", "MP4V-ES"),
            ("H.264+", "H.264+"),
            ("<b onclick=\"x()\">", "BONCLICKX"),
            ("\u{202e}", "?"),
            ("", "?"),
        ] {
            assert_eq!(CodecName::new(name).as_str(), expected);
        }
        let long = read(json!({"kind": "codec", "codec": "x".repeat(5_000)}));
        assert!(matches!(long, Reason::Codec(name) if name.as_str().len() == MAX_CODEC_CHARS));
    }

    #[test]
    fn every_reason_has_its_own_text() {
        let mut words: Vec<String> = all().iter().map(Reason::to_string).collect();
        words.sort();
        words.dedup();

        // The two lock-outs differ only in their time, which a page shows.
        assert_eq!(words.len(), all().len() - 1);
    }

    proptest! {
        #[test]
        fn any_codec_name_stays_bounded(name in ".{0,200}") {
            let codec = CodecName::new(&name);

            prop_assert!(!codec.as_str().is_empty() && codec.as_str().len() <= MAX_CODEC_CHARS);
            prop_assert!(codec.as_str().bytes().all(|byte| byte.is_ascii_graphic() && byte != b'<'));
        }
    }
}
