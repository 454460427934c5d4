//! Authentication: the long-term credential mechanism (RFC 8489 §9.2.4) over TURN REST credentials.
//! Nothing is stored about failed requests.

use proto::turn_credential::Username as CallUsername;
use stun_types::attribute::{MessageIntegrity, Nonce, Realm, Username};
use stun_types::message::{IntegrityAlgorithm, LongTermKeyCredentials, Message};
use stun_types::prelude::AttributeStaticType;
use turn_types::attribute::RequestedTransport;
use turn_types::message::ALLOCATE;

use super::super::core::{ClientPath, Destination, Now};
use super::super::stats::Refusal;
use super::TurnCore;
use super::allocation::Owner;
use super::answer::{REALM, TurnAnswer};

/// A request whose integrity has been verified.
pub(super) struct AuthenticatedRequest {
    pub(super) owner: Owner,
    pub(super) expires_at_unix: u64,
}

/// Why a request is not authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unproven {
    /// 400: parts of the proof are missing.
    Incomplete,
    /// 401: no proof, or a wrong one.
    Unauthorized,
    /// 438: the nonce is not, or no longer, valid for this client.
    StaleNonce,
}

impl TurnCore {
    /// Verifies nonce, username form and integrity, in this order; the caller checks the expiry.
    pub(super) fn authenticate(
        &self,
        path: ClientPath,
        request: &Message<'_>,
        now: Now,
    ) -> Result<AuthenticatedRequest, Unproven> {
        if !request.has_attribute(MessageIntegrity::TYPE) {
            // Only an Allocate starts without proof. Any other unauthenticated request gets the
            // shortest answer, because a challenge is nearly four times as long as an empty
            // request.
            let is_beginning = request.method() == ALLOCATE
                && request.has_attribute(RequestedTransport::TYPE)
                || self.table.find(path).is_some();
            return Err(if is_beginning {
                Unproven::Unauthorized
            } else {
                Unproven::Incomplete
            });
        }
        let (Ok(username), Ok(realm), Ok(nonce)) = (
            request.attribute::<Username>(),
            request.attribute::<Realm>(),
            request.attribute::<Nonce>(),
        ) else {
            return Err(Unproven::Incomplete);
        };
        // Before the password and integrity are computed, which cost more: a nonce is bound to
        // its address, so a forged source never has a fresh one.
        if !self.nonces.is_fresh(nonce.nonce(), path.addr, now.unix) {
            return Err(Unproven::StaleNonce);
        }
        let username = username.username();
        let Ok(says) = CallUsername::parse(username) else {
            return Err(Unproven::Unauthorized);
        };
        if realm.realm() != REALM {
            return Err(Unproven::Unauthorized);
        }
        let password = self.settings.secret.password(username);
        let key = LongTermKeyCredentials::new(
            username.to_owned(),
            password.reveal().to_owned(),
            REALM.to_owned(),
        )
        // Browsers sign with SHA-1; PASSWORD-ALGORITHMS (RFC 8489 §9.2) is not offered.
        .make_key(IntegrityAlgorithm::Sha1);
        if request.validate_integrity_with_key(&key).is_err() {
            return Err(Unproven::Unauthorized);
        }
        Ok(AuthenticatedRequest {
            expires_at_unix: says.expires_at_unix,
            owner: Owner {
                call: says.call.to_owned(),
                role: says.role,
                username: username.to_owned(),
                key,
            },
        })
    }

    /// Answers an unauthenticated request, within the budget of its source.
    pub(super) fn answer_unproven(
        &mut self,
        path: ClientPath,
        request: &Message<'_>,
        reason: Unproven,
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination> {
        // Every client begins without proof (RFC 8489 §9.2.3), and nonces expire: not counted.
        let is_first_try =
            reason == Unproven::Unauthorized && !request.has_attribute(MessageIntegrity::TYPE);
        if !is_first_try && reason != Unproven::StaleNonce {
            self.counters.refuse(Refusal::BadCredential);
        }
        if !self.may_answer(path, now) {
            return None;
        }
        let answer = match reason {
            Unproven::Incomplete => TurnAnswer::error(request, 400),
            Unproven::Unauthorized => {
                TurnAnswer::error(request, 401).challenge(&self.nonce_for(path, request, now))
            }
            Unproven::StaleNonce => {
                TurnAnswer::error(request, 438).challenge(&self.nonce_for(path, request, now))
            }
        };
        answer.finish(None, out);
        Some(Destination::Client(path))
    }

    /// Returns the nonce for the answer: the client's own while it is fresh, so that a client with
    /// a wrong password sees no change and stops.
    pub(super) fn nonce_for(&self, path: ClientPath, request: &Message<'_>, now: Now) -> String {
        request
            .attribute::<Nonce>()
            .ok()
            .filter(|nonce| self.nonces.is_fresh(nonce.nonce(), path.addr, now.unix))
            .map_or_else(
                || self.nonces.issue(path.addr, now.unix),
                |nonce| nonce.nonce().to_owned(),
            )
    }

    /// Takes one unproven answer from the budget of a source that could be forged: UDP without an
    /// allocation. A TCP handshake or an allocation proves the address.
    pub(super) fn may_answer(&mut self, path: ClientPath, now: Now) -> bool {
        let is_proven_address = path.transport.is_stream() || self.table.find(path).is_some();
        let may = is_proven_address || self.budget.take(path.addr.ip(), now.monotonic);
        if !may {
            self.counters.refuse(Refusal::AnswerBudget);
        }
        may
    }
}
