//! What browsers say a passkey has made or signed (WebAuthn): JSON, and CBOR in it.

use cloud::accounts::factors::passkeys::{self, CeremonyPurpose, Signed};
use cloud::visitor::SignedIn;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use super::site::site;

/// Any credential is taken or refused, in a ceremony that is ours; none of them logs anybody in.
pub(crate) fn passkeys(data: &[u8]) {
    let Some((which, rest)) = crate::input::chosen(data) else {
        return;
    };
    let state = &site().state;
    let who = nobody();
    let whom = who.session_id.as_str();
    match (which, crate::input::text(rest)) {
        (b'j', Some(credential)) => add(&who, &begun(&who), credential),
        (b'o', _) => {
            let options = begun(&who);
            add(&who, &options, &made(&options, rest));
        }
        (b'd', _) => {
            let options = begun(&who);
            let length = u8::try_from(rest.len()).unwrap_or(u8::MAX);
            let head = b"\xa3cfmtdnonegattStmt\xa0hauthData\x58";
            let attestation = [head.as_slice(), &[length], rest].concat();
            add(&who, &options, &made(&options, &attestation));
        }
        (b's', Some(credential)) => {
            let options = passkeys::options(state, CeremonyPurpose::StepUp, whom);
            let options = options.expect("this cloud has a name");
            let signed = Signed {
                ceremony: options["ceremony"].as_str().unwrap_or_default(),
                credential,
                whom,
            };
            let checked = site().wait(passkeys::check(state, CeremonyPurpose::StepUp, &signed));
            assert!(checked.expect("the database answers").is_none());
        }
        (b'c', Some(ceremony)) => {
            let signed = Signed {
                ceremony,
                credential: "{}",
                whom,
            };
            let checked = site().wait(passkeys::check(state, CeremonyPurpose::LogIn, &signed));
            assert!(checked.expect("the database answers").is_none());
        }
        _ => {}
    }
}

/// Somebody without an account, so that nothing is kept of what fits.
fn nobody() -> SignedIn {
    SignedIn {
        account_id: "nobody".to_owned(),
        user_name: "nobody".to_owned(),
        email: "nobody@example.org".to_owned(),
        session_id: "none".to_owned(),
        persistent: false,
        renews_in: None,
        proven_at: 0,
        lacks_factor: false,
    }
}

fn begun(who: &SignedIn) -> Value {
    let options = site().wait(passkeys::add_options(&site().state, who));
    let options = options.expect("the database answers");
    options.expect("this cloud has a name")
}

fn add(who: &SignedIn, options: &Value, credential: &str) {
    let signed = Signed {
        ceremony: options["ceremony"].as_str().unwrap_or_default(),
        credential,
        whom: &who.session_id,
    };
    // One that fits meets a database without its account.
    drop(site().wait(passkeys::add(&site().state, who, &signed, "phone")));
}

/// What a browser sends for an attestation, in answer to these options.
fn made(options: &Value, attestation: &[u8]) -> String {
    let port = site().state.public_url.port().unwrap_or_default();
    let client_data = json!({
        "type": "webauthn.create",
        "challenge": options["publicKey"]["challenge"],
        "origin": format!("http://localhost:{port}"),
        "crossOrigin": false,
    });
    let text = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
    let response = json!({
        "attestationObject": text(attestation),
        "clientDataJSON": text(client_data.to_string().as_bytes()),
    });
    let id = text(b"an id");
    json!({ "id": id, "rawId": id, "type": "public-key", "response": response }).to_string()
}
