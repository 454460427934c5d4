//! An authenticator in software: makes P-256 passkeys and signs with them as WebAuthn has it, and
//! misbehaves where a test wants it to.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use cloud::random::Random;
use cloud::state::State;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const HAS_CREDENTIAL: u8 = 0x40;

/// A phone with passkeys, newest last.
pub(crate) struct Authenticator {
    /// Where the browser says that it is.
    pub(crate) origin: String,
    /// Whether it asks for finger, face or PIN.
    pub(crate) verifies: bool,
    keys: Vec<Key>,
}

struct Key {
    id: Vec<u8>,
    handle: Vec<u8>,
    pair: EcdsaKeyPair,
    /// Zero for ever with those that sync.
    counter: u32,
}

impl Authenticator {
    /// One that behaves, in a browser at this cloud.
    pub(crate) fn at(state: &State) -> Authenticator {
        let port = state.public_url.port().unwrap();
        Authenticator {
            origin: format!("http://localhost:{port}"),
            verifies: true,
            keys: Vec::new(),
        }
    }

    /// Makes a passkey; gives what the browser sends.
    pub(crate) fn makes(&mut self, options: &Value) -> String {
        let key = Key {
            id: Random.bytes::<32>().to_vec(),
            handle: bytes(&options["user"]["id"]),
            pair: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            counter: 0,
        };
        let mut data = self.data(&options["rp"]["id"], HAS_CREDENTIAL, 0);
        data.extend([0; 16]);
        data.extend(u16::try_from(key.id.len()).unwrap().to_be_bytes());
        data.extend(&key.id);
        // COSE_Key: EC2, ES256, P-256, x, y.
        let point = key.pair.public_key().as_ref();
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 32]);
        data.extend(&point[33..]);
        let mut attestation = b"\xa3cfmtdnonegattStmt\xa0hauthData\x58".to_vec();
        attestation.push(u8::try_from(data.len()).unwrap());
        attestation.extend(&data);
        let response = json!({
            "attestationObject": text(&attestation),
            "clientDataJSON": text(&self.client_data("webauthn.create", options)),
        });
        let id = text(&key.id);
        self.keys.push(key);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response }).to_string()
    }

    /// Signs with the newest passkey; gives what the browser sends.
    pub(crate) fn signs(&mut self, options: &Value) -> String {
        let counter = self.keys.last().unwrap().counter;
        let data = self.data(&options["rpId"], 0, counter);
        let client_data = self.client_data("webauthn.get", options);
        let key = self.keys.last_mut().unwrap();
        key.counter += u32::from(counter > 0);
        let signed = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        let signature = key.pair.sign(&SystemRandom::new(), &signed).unwrap();
        let response = json!({
            "authenticatorData": text(&data),
            "clientDataJSON": text(&client_data),
            "signature": text(signature.as_ref()),
            "userHandle": text(&key.handle),
        });
        let id = text(&key.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response }).to_string()
    }

    /// Counts its uses from here on, as security keys do.
    pub(crate) fn counts_from(&mut self, counter: u32) {
        self.keys.last_mut().unwrap().counter = counter;
    }

    fn data(&self, host: &Value, more: u8, counter: u32) -> Vec<u8> {
        let mut data = Sha256::digest(host.as_str().unwrap()).to_vec();
        let verified = if self.verifies { USER_VERIFIED } else { 0 };
        data.push(USER_PRESENT | verified | more);
        data.extend(counter.to_be_bytes());
        data
    }

    fn client_data(&self, what: &str, options: &Value) -> Vec<u8> {
        let data = json!({
            "type": what,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": false,
        });
        data.to_string().into_bytes()
    }
}

fn text(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

fn bytes(text: &Value) -> Vec<u8> {
    BASE64URL_NOPAD
        .decode(text.as_str().unwrap().as_bytes())
        .unwrap()
}
