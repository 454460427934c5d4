//! Maintains existing mappings: renewed, lost, moved to another address, or contradicted by STUN servers.
//! Calls that use one are notified.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::external::{self, ExternalAddress};
use super::stock::MappingStage;
use super::{MappingGrant, MappingId, MappingMachine, MappingOutput, MappingPhase, MappingTrouble};
use crate::limits;
use crate::reach::MappingState;

impl MappingMachine {
    pub(super) fn renewed(
        &mut self,
        id: MappingId,
        outcome: Result<MappingGrant, MappingTrouble>,
        now: Duration,
    ) {
        let Some(mapping) = self.stock.get_mut(id) else {
            return;
        };
        mapping.is_in_flight = false;
        if mapping.is_unwanted {
            self.discard(id);
            return;
        }
        match outcome {
            Ok(grant) => {
                let is_back = mapping.n_failures > 0;
                let has_lost = mapping.granted(&grant, now);
                if has_lost {
                    // The others are gone as well, and the router does not report it.
                    self.stock.renew_others(Some(id), now);
                }
                self.check_renewed(id, grant.external, now);
                if is_back && matches!(self.phase, MappingPhase::Resting(_)) {
                    self.start_over(false, now);
                }
            }
            Err(trouble) => self.renewal_failed(id, trouble, now),
        }
    }

    fn check_renewed(&mut self, id: MappingId, external: SocketAddr, now: Duration) {
        let judged = external::judge(external, self.is_loopback_allowed);
        if self.doubt.take().is_some_and(|seen| seen != external.ip()) {
            self.contradicted = Some(external.ip());
        }
        let is_contradicted = self.contradicted == Some(external.ip());
        if judged == ExternalAddress::Public && !is_contradicted {
            self.tell(id, Some(external));
            self.works(external.ip(), now);
            return;
        }
        // Held sockets stay with their calls, without the address.
        for held in self.stock.held() {
            self.tell(held, None);
        }
        if matches!(self.phase, MappingPhase::Resting(_)) {
            return;
        }
        self.discard_waiting();
        // New calls get none until the network changes.
        self.phase = MappingPhase::Resting(now + limits::MAPPING_RETRY_MOST);
        self.report(MappingState::DoubleNat(external.ip()));
    }

    fn renewal_failed(&mut self, id: MappingId, trouble: MappingTrouble, now: Duration) {
        let Some(mapping) = self.stock.get_mut(id) else {
            return;
        };
        mapping.n_failures += 1;
        mapping.renew_at = Some(now + limits::RENEW_AGAIN);
        let is_over =
            trouble == MappingTrouble::Refused || mapping.n_failures >= limits::MAX_FAILED_RENEWALS;
        match mapping.stage {
            MappingStage::Ready if is_over => self.discard(id),
            // Asked for again and again: the router may be back, or give another port.
            MappingStage::Held if is_over => self.tell(id, None),
            _ => {}
        }
        let is_working = matches!(self.phase, MappingPhase::Working(..));
        if is_over && is_working && !self.stock.has_healthy() {
            self.start_over(false, now);
        }
    }

    /// Tells the call that has this mapping where the router receives for it, if that is news.
    fn tell(&mut self, id: MappingId, external: Option<SocketAddr>) {
        if let Some(mapping) = self.stock.get_mut(id)
            && mapping.stage == MappingStage::Held
            && mapping.told != external
        {
            mapping.told = external;
            self.outputs.push_back(MappingOutput::Tell { id, external });
        }
    }

    pub(super) fn seen(&mut self, local: IpAddr, public: IpAddr, now: Duration) {
        let MappingPhase::Working(network, _) = self.phase else {
            return;
        };
        let Some(MappingState::Mapped(_, external)) = self.reported else {
            return;
        };
        let is_same_family = external.is_ipv4() == public.is_ipv4();
        // The provider may have given the router a new address: it says so when it is asked again.
        if network.local == local && is_same_family && external != public {
            self.doubt = Some(public);
            self.stock.renew_others(None, now);
        }
    }

    pub(super) fn announced(&mut self, router: IpAddr, now: Duration) {
        if now < self.heed_at || !self.plan.has_router(router) {
            return;
        }
        self.heed_at = now + limits::HEED_ANNOUNCEMENT;
        match self.phase {
            MappingPhase::Working(..) => self.stock.renew_others(None, now),
            MappingPhase::Resting(_) => self.start_over(false, now),
            MappingPhase::Trying | MappingPhase::Stopping(_) => {}
        }
    }
}
