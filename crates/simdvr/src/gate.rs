//! Authentication: Digest challenges and answers (RFC 7616) for HTTP and RTSP, with the lock-out.
//! Pure except for random nonces: time is an argument.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use data_encoding::BASE64;
use digest_auth::{Algorithm, AlgorithmType, AuthContext, AuthorizationHeader, HttpMethod, Qop};
use sha1::{Digest, Sha1};

use crate::config::DigestAlgorithm;
use crate::limits::{MAX_NONCES, NONCE_LIFETIME};
use crate::lockout::{LockOut, LockState};

/// The account, its lock-out and the issued nonces.
pub(crate) struct Gate {
    user: String,
    password: String,
    realm: String,
    algorithm: DigestAlgorithm,
    has_only_basic: bool,
    lock_out: LockOut,
    nonces: BTreeMap<String, Duration>,
    skipped: Duration,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginRefusal {
    /// No login was sent; nothing is counted.
    NoLogin,
    /// The login is correct but its nonce is too old: the client may answer the new challenge.
    Stale,
    /// The user or the password is wrong.
    Wrong,
    /// The account is locked, whether the password is correct or not.
    Locked,
    /// The `Authorization` header is invalid; nothing is counted.
    Malformed,
}

/// The parts of a request that decide about its login.
pub(crate) struct LoginAttempt<'a> {
    pub(crate) method: &'a str,
    /// The value of `Authorization`, if there is one.
    pub(crate) authorization: Option<&'a str>,
    /// A nonce that stays valid on this connection, regardless of age.
    pub(crate) trusted_nonce: Option<&'a str>,
}

/// An admitted request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Admitted {
    /// The nonce that it used.
    pub(crate) nonce: String,
    /// The address that the digest covers; Basic covers none.
    pub(crate) uri: Option<String>,
}

/// The login of a WS-UsernameToken, as it was sent.
pub(crate) struct TokenAttempt {
    pub(crate) user: String,
    pub(crate) digest: String,
    pub(crate) nonce: String,
    pub(crate) created: String,
}

impl Gate {
    /// Checks a token, and counts a wrong login; so does one of another time.
    pub(crate) fn admit_token(
        &mut self,
        token: &TokenAttempt,
        is_timely: bool,
        now: Duration,
    ) -> Result<(), LoginRefusal> {
        let now = now + self.skipped;
        if matches!(
            self.lock_out.state(&token.user, now),
            LockState::Locked { .. }
        ) {
            return Err(LoginRefusal::Locked);
        }
        let nonce = BASE64.decode(token.nonce.as_bytes());
        let expected = nonce.map(|nonce| {
            // WS-Security UsernameToken Profile 1.0 §3.1.
            let digest = Sha1::new()
                .chain_update(nonce)
                .chain_update(&token.created)
                .chain_update(&self.password);
            BASE64.encode(&digest.finalize())
        });
        let is_right = token.user == self.user && expected.as_deref() == Ok(token.digest.as_str());
        if !is_right || !is_timely {
            self.lock_out.wrong_login(&token.user, now);
            return Err(LoginRefusal::Wrong);
        }
        self.lock_out.right_login(&token.user);
        Ok(())
    }

    pub(crate) fn new(user: &str, password: &str, realm: &str, algorithm: DigestAlgorithm) -> Self {
        Self {
            user: user.to_owned(),
            password: password.to_owned(),
            realm: realm.to_owned(),
            algorithm,
            has_only_basic: false,
            lock_out: LockOut::default(),
            nonces: BTreeMap::new(),
            skipped: Duration::ZERO,
        }
    }

    /// The same account on a device that knows no Digest.
    pub(crate) fn with_only_basic(mut self, has_only_basic: bool) -> Self {
        self.has_only_basic = has_only_basic;
        self
    }

    pub(crate) fn set_password(&mut self, password: &str) {
        password.clone_into(&mut self.password);
    }

    pub(crate) fn skip_time(&mut self, time: Duration) {
        self.skipped += time;
    }

    /// The lock state of the user in a login, or of the account if it names none.
    pub(crate) fn lock_state(&mut self, authorization: Option<&str>, now: Duration) -> LockState {
        let now = now + self.skipped;
        let user = authorization
            .and_then(parse)
            .map_or_else(|| self.user.clone(), |header| header.username);
        self.lock_out.state(&user, now)
    }

    /// Checks one request, and counts a wrong login.
    pub(crate) fn admit(
        &mut self,
        attempt: &LoginAttempt<'_>,
        now: Duration,
    ) -> Result<Admitted, LoginRefusal> {
        let now = now + self.skipped;
        if self.has_only_basic {
            let offered = attempt.authorization.ok_or(LoginRefusal::NoLogin)?;
            return self.admit_basic(offered, now);
        }
        // Many clients begin with Basic, which real recorders have switched off: they are challenged.
        let offered = attempt.authorization.filter(|it| !is_basic(it));
        let offered = offered.ok_or(LoginRefusal::NoLogin)?;
        let header = parse(offered).ok_or(LoginRefusal::Malformed)?;
        // Before the password is looked at: a lock holds for the right one, too.
        if matches!(
            self.lock_out.state(&header.username, now),
            LockState::Locked { .. }
        ) {
            return Err(LoginRefusal::Locked);
        }
        if !self.is_right(&header, attempt.method) {
            self.lock_out.wrong_login(&header.username, now);
            return Err(LoginRefusal::Wrong);
        }
        // After the digest: `stale` tells the client to go on with the same password.
        let fresh = self
            .nonces
            .get(&header.nonce)
            .is_some_and(|given| now.saturating_sub(*given) < NONCE_LIFETIME);
        if !fresh && attempt.trusted_nonce != Some(header.nonce.as_str()) {
            return Err(LoginRefusal::Stale);
        }
        self.lock_out.right_login(&header.username);
        Ok(Admitted {
            nonce: header.nonce,
            uri: Some(header.uri),
        })
    }

    /// RFC 7617.
    fn admit_basic(&mut self, offered: &str, now: Duration) -> Result<Admitted, LoginRefusal> {
        let pair = BASE64.encode(format!("{}:{}", self.user, self.password).as_bytes());
        if matches!(
            self.lock_out.state(&self.user, now),
            LockState::Locked { .. }
        ) {
            return Err(LoginRefusal::Locked);
        }
        if offered != format!("Basic {pair}") {
            self.lock_out.wrong_login(&self.user, now);
            return Err(LoginRefusal::Wrong);
        }
        self.lock_out.right_login(&self.user);
        Ok(Admitted {
            nonce: String::new(),
            uri: None,
        })
    }

    fn is_right(&self, header: &AuthorizationHeader, method: &str) -> bool {
        let wanted = algorithm_type(self.algorithm);
        if header.username != self.user
            || header.realm != self.realm
            || header.algorithm.algo != wanted
        {
            return false;
        }
        let mut expected = header.clone();
        expected.digest(&AuthContext::new_with_method(
            self.user.as_str(),
            self.password.as_str(),
            header.uri.as_str(),
            None::<&[u8]>,
            HttpMethod(method.into()),
        ));
        expected.response.eq_ignore_ascii_case(&header.response)
    }

    /// A `WWW-Authenticate` value with a new nonce. With MD5, recorders offer `qop` over HTTP only;
    /// SHA-256 requires it (RFC 7616 §3.3).
    pub(crate) fn challenge(&mut self, scheme: Scheme, stale: bool, now: Duration) -> String {
        let now = now + self.skipped;
        if self.has_only_basic {
            return format!("Basic realm=\"{}\"", self.realm);
        }
        if self.nonces.len() >= MAX_NONCES {
            let oldest = self.nonces.iter().min_by_key(|(_, given)| **given);
            if let Some(nonce) = oldest.map(|(nonce, _)| nonce.clone()) {
                self.nonces.remove(&nonce);
            }
        }
        let nonce = format!(
            "{:016x}{:016x}",
            crate::random::number(),
            crate::random::number()
        );
        let stale = if stale { "TRUE" } else { "FALSE" };
        let realm = &self.realm;
        let common = format!("realm=\"{realm}\", nonce=\"{nonce}\", stale=\"{stale}\"");
        let text = match (scheme, self.algorithm) {
            (Scheme::Rtsp, DigestAlgorithm::Md5) => format!("Digest {common}"),
            (Scheme::Http, DigestAlgorithm::Md5) => {
                format!("Digest qop=\"auth\", {common}, algorithm=\"MD5\"")
            }
            (_, DigestAlgorithm::Sha256) => {
                format!("Digest qop=\"auth\", {common}, algorithm=\"SHA-256\"")
            }
        };
        self.nonces.insert(nonce, now);
        text
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// The protocol a challenge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Rtsp,
}

fn algorithm_type(algorithm: DigestAlgorithm) -> AlgorithmType {
    match algorithm {
        DigestAlgorithm::Md5 => AlgorithmType::MD5,
        DigestAlgorithm::Sha256 => AlgorithmType::SHA2_256,
    }
}

/// Whether an `Authorization` value can be parsed.
pub(crate) fn is_login(value: &str) -> bool {
    parse(value).is_some()
}

fn is_basic(authorization: &str) -> bool {
    let scheme = authorization.split_ascii_whitespace().next();
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic"))
}

/// Parses an `Authorization` value. Own code, because the parser of `digest_auth` 0.3 indexes bytes
/// by characters and so panics on text outside ASCII.
fn parse(value: &str) -> Option<AuthorizationHeader> {
    let (scheme, rest) = value.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("digest") {
        return None;
    }
    let mut fields = parameters(rest)?;
    let algorithm: Algorithm = match fields.get("algorithm") {
        Some(name) => name.parse().ok()?,
        // RFC 7616 §3.3: without the parameter it is MD5.
        None => Algorithm::default(),
    };
    let qop = match fields.get("qop").map(String::as_str) {
        None => None,
        Some("auth") => Some(Qop::AUTH),
        Some(_) => return None,
    };
    let cnonce = fields.remove("cnonce");
    if qop.is_some() && cnonce.is_none() {
        return None;
    }
    Some(AuthorizationHeader {
        realm: fields.remove("realm")?,
        nonce: fields.remove("nonce")?,
        opaque: fields.remove("opaque"),
        userhash: false,
        algorithm,
        response: fields.remove("response")?,
        username: fields.remove("username")?,
        uri: fields.remove("uri")?,
        qop,
        cnonce,
        nc: match fields.get("nc") {
            Some(count) => u32::from_str_radix(count, 16).ok()?,
            None => 0,
        },
    })
}

/// Splits `name=value, name="quoted \"value\""` into lower-case names and plain values.
fn parameters(text: &str) -> Option<BTreeMap<String, String>> {
    let mut fields = BTreeMap::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let name = name.trim().to_ascii_lowercase();
        let after = after.trim_start();
        let (value, tail) = match after.strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => {
                let end = after.find(',').unwrap_or(after.len());
                (after[..end].trim().to_owned(), &after[end..])
            }
        };
        fields.insert(name, value);
        rest = tail.trim_start().trim_start_matches(',').trim_start();
    }
    Some(fields)
}

fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(letters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use digest_auth::WwwAuthenticateHeader;

    use super::*;

    const NOW: Duration = Duration::from_secs(1000);

    fn gate(algorithm: DigestAlgorithm) -> Gate {
        Gate::new("admin", "pass word\"1", "realm", algorithm)
    }

    fn answer(challenge: &str, password: &str) -> String {
        let mut prompt = WwwAuthenticateHeader::parse(challenge).unwrap();
        let context = AuthContext::new("admin", password, "/ISAPI/System/deviceInfo");
        prompt.respond(&context).unwrap().to_header_string()
    }

    fn admit(
        gate: &mut Gate,
        authorization: &str,
        now: Duration,
    ) -> Result<Admitted, LoginRefusal> {
        let attempt = LoginAttempt {
            method: "GET",
            authorization: Some(authorization),
            trusted_nonce: None,
        };
        gate.admit(&attempt, now)
    }

    #[test]
    fn the_right_password_is_accepted_with_each_algorithm() {
        for algorithm in [DigestAlgorithm::Md5, DigestAlgorithm::Sha256] {
            for scheme in [Scheme::Http, Scheme::Rtsp] {
                let mut gate = gate(algorithm);
                let challenge = gate.challenge(scheme, false, NOW);

                let login = answer(&challenge, "pass word\"1");

                assert!(admit(&mut gate, &login, NOW).is_ok(), "{challenge}");
            }
        }
    }

    #[test]
    fn a_digest_made_with_another_algorithm_is_wrong() {
        let challenge = gate(DigestAlgorithm::Md5).challenge(Scheme::Http, false, NOW);
        let login = answer(&challenge, "pass word\"1");

        let mut strict = gate(DigestAlgorithm::Sha256);

        assert_eq!(admit(&mut strict, &login, NOW), Err(LoginRefusal::Wrong));
    }

    #[test]
    fn the_right_password_does_not_open_a_locked_account() {
        let mut gate = gate(DigestAlgorithm::Md5);
        let challenge = gate.challenge(Scheme::Http, false, NOW);
        for _ in 0..5 {
            let wrong = answer(&challenge, "guess");
            assert_eq!(admit(&mut gate, &wrong, NOW), Err(LoginRefusal::Wrong));
        }

        let right = answer(&challenge, "pass word\"1");

        assert_eq!(admit(&mut gate, &right, NOW), Err(LoginRefusal::Locked));
    }

    #[test]
    fn an_expired_nonce_is_stale_and_not_a_wrong_login() {
        let mut gate = gate(DigestAlgorithm::Md5);
        let challenge = gate.challenge(Scheme::Http, false, NOW);
        let login = answer(&challenge, "pass word\"1");
        let later = NOW + NONCE_LIFETIME;

        for _ in 0..10 {
            assert_eq!(admit(&mut gate, &login, later), Err(LoginRefusal::Stale));
        }

        let fresh = gate.challenge(Scheme::Http, true, later);
        let login = answer(&fresh, "pass word\"1");
        assert!(admit(&mut gate, &login, later).is_ok());
    }

    #[test]
    fn a_basic_login_is_challenged_and_not_counted() {
        let mut gate = gate(DigestAlgorithm::Md5);

        for _ in 0..20 {
            let answer = admit(&mut gate, "Basic YWRtaW46d3Jvbmc=", NOW);
            assert_eq!(answer, Err(LoginRefusal::NoLogin));
        }

        assert!(!matches!(
            gate.lock_state(None, NOW),
            LockState::Locked { .. }
        ));
    }

    #[test]
    fn a_malformed_authorization_header_is_never_counted() {
        let nonsense = [
            "",
            "Digest",
            "Digest ",
            "Digest ü=\"ü",
            "Digest username=\"a",
            "Digest username=\"a\\",
            "Digest =",
            "Bearer YTpi",
            "Digest username=\"ü\", nonce=é, uri",
            "Digest username=\"a\",realm=\"r\",nonce=\"n\",uri=\"/\",response=\"x\",nc=zz",
            "Digest username=\"a\",realm=\"r\",nonce=\"n\",uri=\"/\",response=\"x\",qop=auth",
        ];
        let mut gate = gate(DigestAlgorithm::Md5);

        for text in nonsense {
            assert_eq!(
                admit(&mut gate, text, NOW),
                Err(LoginRefusal::Malformed),
                "{text}"
            );
        }
    }

    #[test]
    fn the_number_of_nonces_stays_bounded() {
        let mut gate = gate(DigestAlgorithm::Md5);

        for _ in 0..2 * MAX_NONCES {
            gate.challenge(Scheme::Rtsp, false, NOW);
        }

        assert_eq!(gate.nonces.len(), MAX_NONCES);
    }
}
