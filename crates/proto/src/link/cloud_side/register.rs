//! How a recorder registers on its link: the proof of its key, and the registry's verdict.

use std::time::Duration;

use serde_json::Value;

use super::cameras::is_sane_name;
use super::{CloudSide, Event, RegistrationPhase, RegistryVerdict};
use crate::key::RegisterProof;
use crate::link::leg::close;
use crate::link::limits::{MAX_NAME_CHARS, MAX_WORK_ASKED, WORK_WAIT};
use crate::link::message::{Register, Registered};
use crate::link::work::{self, WorkDemand};
use crate::rpc::{Id, RpcError, code, typed};
use crate::shown::shown;

impl CloudSide {
    /// Sends the registry's verdict to the agent; anything but acceptance and work closes the link.
    pub(super) fn judge(&mut self, verdict: RegistryVerdict, now: Duration) {
        let waiting = std::mem::replace(&mut self.phase, RegistrationPhase::Registered);
        let RegistrationPhase::Judging {
            challenge,
            id,
            serial,
        } = waiting
        else {
            self.phase = waiting;
            return;
        };
        let (error_code, words) = match verdict {
            RegistryVerdict::Accepted => {
                self.leg.registered();
                let public_url = self.public_url.clone();
                let registered = Registered {
                    id: serial,
                    public_url,
                };
                self.leg.answer(id, Ok(&registered));
                return;
            }
            RegistryVerdict::Work(work) if self.n_work_asked < MAX_WORK_ASKED => {
                // The same challenge: the work is done for its nonce.
                self.phase = RegistrationPhase::Unproven { challenge };
                return self.ask_work(id, work, now);
            }
            RegistryVerdict::Work(_) => {
                (code::UNAVAILABLE, "too many new recorders, try again later")
            }
            RegistryVerdict::OtherKey => {
                (code::CONFLICT, "another key is registered for this serial")
            }
            RegistryVerdict::AlreadyOnline => {
                (code::UNAVAILABLE, "this recorder is already connected")
            }
            RegistryVerdict::Unavailable => (code::UNAVAILABLE, "temporarily unavailable"),
        };
        self.leg.refuse(id, RpcError::new(error_code, words));
        self.leg.close(close::POLICY, words);
    }

    fn ask_work(&mut self, id: Id, work: WorkDemand, now: Duration) {
        if self.n_work_asked == 0 {
            self.leg.may_register_until(now + WORK_WAIT);
        }
        self.n_work_asked += 1;
        let words = "many new recorders come from this network: register again with this work, \
                     or in an hour";
        let refusal = RpcError::new(code::TOO_MANY, words).mended_by(work);
        self.leg.refuse(id, refusal);
    }

    pub(super) fn handle_register(&mut self, id: Id, params: Value) {
        let RegistrationPhase::Unproven { challenge } = &self.phase else {
            let again = RpcError::new(code::BAD_REQUEST, "already registered");
            return self.leg.refuse(id, again);
        };
        // Parameters that cannot be read prove nothing and get the same 401.
        let register: Register = typed(params).unwrap_or_default();
        let authorization = register.authorization.unwrap_or_default();
        let checked = RegisterProof::check(&authorization, &challenge.nonce, &challenge.host);
        let Ok(proven) = checked else {
            let words = "the recorder did not prove its key";
            self.leg
                .refuse(id, RpcError::new(code::UNAUTHORIZED, words));
            return self.leg.close(close::POLICY, words);
        };
        let serial = proven.serial.to_string();
        let bits_done = work::bits_done(&challenge.nonce, &serial, &register.work);
        let challenge = challenge.clone();
        self.phase = RegistrationPhase::Judging {
            challenge,
            id,
            serial,
        };
        // A bad name is no reason to refuse a recorder: it has none then.
        let name = register.name.filter(|name| is_sane_name(name));
        let name = name.map(|name| shown(&name, MAX_NAME_CHARS));
        self.leg.tell(Event::Proven {
            proven,
            name,
            replaces: register.replaces,
            bits_done,
        });
    }
}
