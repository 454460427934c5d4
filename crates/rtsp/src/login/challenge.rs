//! Challenges of `WWW-Authenticate`: several in one header or in several, in any order, with and without
//! quotation marks (RFC 7235 §4.1, RFC 7616 §3.3).

use crate::limits::MAX_LIST;

/// Hash function of a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashAlgorithm {
    /// MD5, which most cameras want.
    Md5,
    /// SHA-256.
    Sha256,
    /// SHA-512/256.
    Sha512Trunc256,
}

/// The authentication challenge of a camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginChallenge {
    /// A hash of the password.
    Digest(DigestChallenge),
    /// The password in clear text.
    Basic,
    /// Something we do not know.
    Unknown,
}

/// Parameters of a Digest challenge that we can meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestChallenge {
    pub(super) realm: String,
    pub(super) nonce: String,
    pub(super) opaque: Option<String>,
    /// As the camera wrote it; absent where it named none.
    pub(super) algorithm_name: Option<String>,
    pub(super) algorithm: HashAlgorithm,
    /// Whether the hash covers the nonces first (`-sess`).
    pub(super) is_session: bool,
    /// Whether `qop=auth` is offered. Without it, the answer is that of RFC 2069.
    pub(super) has_qop_auth: bool,
    /// Whether the request was refused only because its nonce is too old.
    pub(super) is_stale: bool,
}

impl LoginChallenge {
    pub(super) fn digest(&self) -> Option<&DigestChallenge> {
        match self {
            LoginChallenge::Digest(digest) => Some(digest),
            LoginChallenge::Basic | LoginChallenge::Unknown => None,
        }
    }
}

/// The challenges of all `WWW-Authenticate` headers of an answer, in their order.
pub(super) fn parse<'a>(values: impl Iterator<Item = &'a str>) -> Vec<LoginChallenge> {
    let mut challenges = Vec::new();
    for value in values {
        let mut open: Option<Vec<(String, String)>> = None;
        let mut scheme = String::new();
        for item in items(value) {
            let (name, value) = match item {
                ChallengePart::Scheme(name) => {
                    challenges.extend(
                        open.take()
                            .map(|parameters| challenge(&scheme, &parameters)),
                    );
                    scheme = name;
                    open = Some(Vec::new());
                    continue;
                }
                ChallengePart::Parameter(name, value) => (name, value),
            };
            if let Some(parameters) = open
                .as_mut()
                .filter(|parameters| parameters.len() < MAX_LIST)
            {
                parameters.push((name, value));
            }
        }
        challenges.extend(open.map(|parameters| challenge(&scheme, &parameters)));
        if challenges.len() >= MAX_LIST {
            break;
        }
    }
    challenges.truncate(MAX_LIST);
    challenges
}

enum ChallengePart {
    Scheme(String),
    Parameter(String, String),
}

/// Reads one header from left to right. A word that is not followed by `=` begins a challenge.
fn items(value: &str) -> Vec<ChallengePart> {
    let mut items = Vec::new();
    let mut rest = value.trim_start_matches([',', ' ', '\t']);
    while !rest.is_empty() && items.len() < MAX_LIST * 8 {
        let end = rest.find(|c: char| c == '=' || c == ',' || c.is_ascii_whitespace());
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        let after = after.trim_start();
        rest = match after.strip_prefix('=') {
            Some(after) => {
                let (value, after) = parameter_value(after.trim_start());
                items.push(ChallengePart::Parameter(word.to_ascii_lowercase(), value));
                after
            }
            None => {
                if !word.is_empty() {
                    items.push(ChallengePart::Scheme(word.to_ascii_lowercase()));
                }
                after
            }
        };
        rest = rest.trim_start_matches([',', ' ', '\t', ';', '"']);
    }
    items
}

/// A quoted text without its quotation marks, or everything up to a comma; and what follows.
fn parameter_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        return (value.to_owned(), rest);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(chars.next().map(|(_, c)| c)),
            c => value.push(c),
        }
    }
    // The closing mark is missing: the text ends with the header.
    (value, "")
}

fn challenge(scheme: &str, parameters: &[(String, String)]) -> LoginChallenge {
    let find = |name: &str| {
        let found = parameters.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.trim().to_owned())
    };
    match scheme {
        "basic" => LoginChallenge::Basic,
        "digest" => digest(find).map_or(LoginChallenge::Unknown, LoginChallenge::Digest),
        _ => LoginChallenge::Unknown,
    }
}

/// `None` if there is no nonce, or a hash function or protection that we do not know.
fn digest(find: impl Fn(&str) -> Option<String>) -> Option<DigestChallenge> {
    let algorithm_name = find("algorithm").filter(|name| !name.is_empty());
    let upper = algorithm_name
        .as_deref()
        .unwrap_or("MD5")
        .to_ascii_uppercase();
    let (base, is_session) = match upper.strip_suffix("-SESS") {
        Some(base) => (base, true),
        None => (upper.as_str(), false),
    };
    let algorithm = match base {
        "MD5" => HashAlgorithm::Md5,
        "SHA-256" | "SHA256" => HashAlgorithm::Sha256,
        "SHA-512-256" => HashAlgorithm::Sha512Trunc256,
        _ => return None,
    };
    let qop = find("qop").unwrap_or_default().to_ascii_lowercase();
    let mut offers = qop
        .split([',', ' '])
        .filter(|offer| !offer.is_empty())
        .peekable();
    let is_offered = offers.peek().is_some();
    let has_qop_auth = offers.any(|offer| offer == "auth");
    if is_offered && !has_qop_auth {
        return None;
    }
    Some(DigestChallenge {
        realm: find("realm").unwrap_or_default(),
        nonce: find("nonce")?,
        opaque: find("opaque"),
        algorithm,
        algorithm_name,
        is_session,
        has_qop_auth,
        is_stale: find("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
    })
}
