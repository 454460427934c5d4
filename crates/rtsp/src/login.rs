//! Logging in: Digest (RFC 7616, RFC 2069), and Basic where that is allowed. Recorders lock an account after
//! a few wrong passwords, so one that was refused is never sent again.

mod challenge;
mod digest;

pub use challenge::{HashAlgorithm, LoginChallenge};

use std::fmt;

use challenge::DigestChallenge;

/// A user name and its password, for one camera.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// User name.
    pub user: String,
    password: String,
}

impl Credentials {
    /// What a person typed, unescaped.
    pub fn new(user: String, password: String) -> Credentials {
        Credentials { user, password }
    }

    /// User name and password, for a driver that keeps them itself.
    pub fn into_parts(self) -> (String, String) {
        (self.user, self.password)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(hidden)")
    }
}

/// Why a request that was answered with 401 is not sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginFailure {
    /// The camera requires a login, and there is none.
    Needed,
    /// The camera refused user name or password.
    Refused,
    /// The login was accepted for other requests, and this one is refused with the newest nonce.
    NotAllowed,
    /// The camera requires the password in clear text, which is not allowed here.
    BasicOnly,
    /// The camera accepts only what we do not support, such as other hash functions.
    Unsupported,
}

/// How a request was signed; kept with it until its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    nonce: String,
    /// Whether the nonce had not been used for any other request.
    is_first_use: bool,
}

/// Signs the requests of one connection.
#[derive(Debug)]
pub struct Authenticator {
    credentials: Option<Credentials>,
    is_basic_allowed: bool,
    scheme: Option<ChosenScheme>,
    /// Whether a signed request was accepted.
    is_accepted: bool,
    /// Whether requests are signed before they are challenged. Cameras that bind a nonce to one
    /// address count each such request as a wrong password.
    signs_ahead: bool,
}

#[derive(Debug)]
enum ChosenScheme {
    Basic,
    Digest {
        challenge: DigestChallenge,
        /// Requests signed with its nonce.
        n_signed: u32,
    },
}

impl Authenticator {
    /// `is_basic_allowed`: whether the password may be sent in clear text.
    pub fn new(credentials: Option<Credentials>, is_basic_allowed: bool) -> Authenticator {
        Authenticator {
            credentials,
            is_basic_allowed,
            scheme: None,
            is_accepted: false,
            signs_ahead: true,
        }
    }

    /// The value of `Authorization` for a request, if it is to be signed. `is_again`: it was just challenged.
    /// `client_nonce` is random.
    pub fn sign(
        &mut self,
        method: &str,
        url: &str,
        is_again: bool,
        client_nonce: &str,
    ) -> Option<(String, Signature)> {
        if !is_again && !self.signs_ahead {
            return None;
        }
        let credentials = self.credentials.as_ref()?;
        match self.scheme.as_mut()? {
            ChosenScheme::Basic => {
                let pair = format!("{}:{}", credentials.user, credentials.password);
                let value = format!("Basic {}", data_encoding::BASE64.encode(pair.as_bytes()));
                let signature = Signature {
                    nonce: String::new(),
                    is_first_use: !self.is_accepted,
                };
                Some((value, signature))
            }
            ChosenScheme::Digest {
                challenge,
                n_signed,
            } => {
                *n_signed = n_signed.saturating_add(1);
                let request = digest::SignedRequest {
                    method,
                    url,
                    client_nonce,
                    n_signed: *n_signed,
                };
                let value = digest::authorization(
                    challenge,
                    &credentials.user,
                    &credentials.password,
                    &request,
                );
                let signature = Signature {
                    nonce: challenge.nonce.clone(),
                    is_first_use: *n_signed == 1,
                };
                Some((value, signature))
            }
        }
    }

    /// A signed request was answered with anything but 401.
    pub fn accepted(&mut self) {
        self.is_accepted = true;
    }

    /// A request was answered with 401. Afterwards it may be signed again, unless this fails.
    /// `values` are those of its `WWW-Authenticate`, `signature` is how it was signed.
    pub fn challenged<'a>(
        &mut self,
        values: impl Iterator<Item = &'a str>,
        signature: Option<&Signature>,
    ) -> Result<(), LoginFailure> {
        let challenges = challenge::parse(values);
        if self.credentials.is_none() {
            return Err(LoginFailure::Needed);
        }
        let Some(signature) = signature else {
            return self.choose(challenges);
        };
        let is_new = |c: &DigestChallenge| c.nonce != signature.nonce;
        let is_stale = challenges
            .iter()
            .filter_map(LoginChallenge::digest)
            .any(|c| c.is_stale && is_new(c));
        let was_sent_ahead = !signature.is_first_use;
        if is_stale {
            // RFC 7616 §3.3: the password was right, only the nonce is too old.
            self.choose(challenges)
        } else if was_sent_ahead
            && challenges
                .iter()
                .filter_map(LoginChallenge::digest)
                .any(is_new)
        {
            self.signs_ahead = false;
            self.choose(challenges)
        } else {
            Err(self.refusal())
        }
    }

    /// What a signed request that is refused for good means.
    pub fn refusal(&self) -> LoginFailure {
        match self.is_accepted {
            true => LoginFailure::NotAllowed,
            false => LoginFailure::Refused,
        }
    }

    /// Takes the first challenge that can be met, as RFC 7616 §3.7 says; Basic only where there is no other.
    fn choose(&mut self, challenges: Vec<LoginChallenge>) -> Result<(), LoginFailure> {
        let has_basic = challenges.contains(&LoginChallenge::Basic);
        let mut digests = challenges
            .into_iter()
            .filter_map(|challenge| match challenge {
                LoginChallenge::Digest(digest) => Some(digest),
                LoginChallenge::Basic | LoginChallenge::Unknown => None,
            });
        self.scheme = match digests.next() {
            Some(challenge) => Some(ChosenScheme::Digest {
                challenge,
                n_signed: 0,
            }),
            None if has_basic && self.is_basic_allowed => Some(ChosenScheme::Basic),
            None if has_basic => return Err(LoginFailure::BasicOnly),
            None => return Err(LoginFailure::Unsupported),
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests;
