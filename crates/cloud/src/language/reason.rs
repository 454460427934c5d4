//! The text of a page about a recorder or camera without a picture: the problem, and what to do.

use proto::reason::Reason;

use super::moment::moment;

/// The words for a reason. `static/js/lib/words.js` says the same.
pub fn words(reason: &Reason) -> String {
    match reason {
        Reason::Refused { .. } => say!("reason-refused"),
        Reason::Locked { until } => match until.and_then(|at| i64::try_from(at).ok()) {
            Some(at) => say!("reason-locked-until", when = moment(at)),
            None => say!("reason-locked"),
        },
        Reason::LoginMissing => say!("reason-login-missing"),
        Reason::NoDigest => say!("reason-no-digest"),
        Reason::Forbidden => say!("reason-forbidden"),
        Reason::HttpsWanted => say!("reason-https-wanted"),
        Reason::Certificate => say!("reason-certificate"),
        Reason::CertificateChanged => say!("reason-certificate-changed"),
        Reason::Unreachable => say!("reason-unreachable"),
        Reason::NoAnswer => say!("reason-no-answer"),
        Reason::Closed => say!("reason-closed"),
        Reason::InvalidAnswer => say!("reason-invalid-answer"),
        Reason::Moved => say!("reason-moved"),
        Reason::Full => say!("reason-full"),
        Reason::NoStream => say!("reason-no-stream"),
        // Without digit grouping: it is a name, not a quantity.
        Reason::Status(status) => say!("reason-status", status = status.to_string()),
        Reason::Unplugged => say!("reason-unplugged"),
        Reason::NoCamera => say!("reason-no-camera"),
        Reason::NoVideo => say!("reason-no-video"),
        Reason::NoPicture => say!("reason-no-picture"),
        Reason::NoKeyFrame => say!("reason-no-key-frame"),
        Reason::NoParameterSets => say!("reason-no-parameter-sets"),
        Reason::Codec(codec) => say!("reason-codec", codec = codec.as_str()),
        Reason::Unknown => say!("reason-unknown"),
    }
}

#[cfg(test)]
mod tests {
    use proto::reason::CodecName;

    use super::super::{Language, speaking};
    use super::*;

    #[test]
    fn a_reason_says_what_to_do_in_each_language() {
        for (language, words_of_mjpeg) in [
            (
                Language::English,
                "The camera sends MJPEG video, which cannot be shown. Set its stream to H.264.",
            ),
            (
                Language::German,
                "Die Kamera sendet MJPEG-Video, das nicht gezeigt werden kann. Stellen Sie ihren Stream auf H.264.",
            ),
        ] {
            let mjpeg = Reason::Codec(CodecName::new("jpeg"));
            speaking(language, || assert_eq!(words(&mjpeg), words_of_mjpeg));
        }
    }

    #[test]
    fn pages_and_scripts_have_a_text_for_every_reason() {
        let script = include_str!("../../static/js/lib/words.js");

        for kind in Reason::KINDS {
            let fields = serde_json::json!({"kind": kind, "status": 503, "codec": "MPEG4"});
            let reason: Reason = serde_json::from_value(fields).unwrap();

            assert!(!words(&reason).starts_with("reason-"), "{kind}");
            let is_known = script.contains(&format!("[\"{kind}\", \"reason-{kind}\"]"));
            assert!(is_known || kind == "unknown", "{kind}");
        }
    }

    #[test]
    fn a_lock_out_names_its_end_where_it_is_known() {
        let known = words(&Reason::Locked {
            until: Some(1_795_500_000),
        });

        assert!(
            known.contains("until 24 November 2026, 06:00 UTC"),
            "{known}"
        );
        assert!(words(&Reason::Locked { until: None }).contains("half an hour"));
    }
}
