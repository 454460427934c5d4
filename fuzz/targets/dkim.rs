//! Mails as they are signed. They are ours, but names, subjects and addresses in them are not.

use std::sync::OnceLock;
use std::time::SystemTime;

use cloud::config::MailConfig;
use cloud::mail::dkim::canonical::{body, fields, split};
use cloud::mail::dkim::{DkimKey, DkimKeyKind, Signer};

static SIGNER: OnceLock<Signer> = OnceLock::new();

fn signer() -> &'static Signer {
    SIGNER.get_or_init(|| {
        let file = std::env::temp_dir().join(format!("peerview-fuzz-{}.pem", std::process::id()));
        let key = DkimKey::generate(DkimKeyKind::Ed25519).expect("keys can be made");
        std::fs::write(&file, key.to_pem().expect("a key is text")).expect("a file can be written");
        let config = MailConfig {
            from: "Peerview <cloud@example.org>".to_owned(),
            dkim_key_file: file.clone(),
            dkim_selector: "s".to_owned(),
            ..MailConfig::default()
        };
        let signer = Signer::new(&config);
        drop(std::fs::remove_file(file));
        signer
            .expect("a key that was written is read")
            .expect("a key is set")
    })
}

/// The relaxed form of a mail is its own relaxed form, needless space does not change it, and the
/// signature in front is one header field that says what it covers.
pub(crate) fn dkim(data: &[u8]) {
    let (headers, text) = split(data);
    let relaxed = body(text);
    assert_eq!(body(&relaxed), relaxed);
    let spaced: Vec<u8> = relaxed
        .iter()
        .flat_map(|byte| match byte {
            b' ' => b"\t  ".as_slice(),
            other => std::slice::from_ref(other),
        })
        .copied()
        .collect();
    assert_eq!(body(&[spaced.as_slice(), b" \r\n\t\r\n"].concat()), relaxed);
    let read = fields(headers);
    let written: String = read
        .iter()
        .map(|(name, value)| format!("{name}:{value}\r\n"))
        .collect();
    assert_eq!(fields(written.as_bytes()), read);
    is_signed(data, &read);
}

fn is_signed(message: &[u8], read: &[(String, String)]) {
    let signed = signer().sign(message, SystemTime::UNIX_EPOCH);
    let signed = signed.expect("any message can be signed");
    let front = signed.strip_suffix(message).expect("the mail itself stays");
    assert!(front.ends_with(b"\r\n") && front.is_ascii());
    // The names of fields stand in one line, and no mail of ours has as many.
    let mut lines = front.split(|byte| *byte == b'\n');
    assert!(
        read.len() > 40 || lines.all(|line| line.len() <= 998),
        "RFC 5322 §2.1.1"
    );
    let [(name, value)] = &fields(front)[..] else {
        panic!("a signature is one field");
    };
    assert_eq!(name, "dkim-signature");
    let tags: Vec<&str> = value
        .split(';')
        .filter_map(|tag| Some(tag.split_once('=')?.0.trim()))
        .collect();
    assert_eq!(tags, ["v", "a", "c", "d", "s", "t", "h", "bh", "b"]);
    let n_from = read.iter().filter(|(name, _)| name == "from").count();
    let covered = value
        .split(';')
        .find_map(|tag| tag.trim().strip_prefix("h="));
    let names = covered.expect("it names what it covers").split(':');
    assert_eq!(names.filter(|name| *name == "from").count(), n_from + 1);
}
