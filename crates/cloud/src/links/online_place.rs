//! The entry of an online recorder among the links: its holder updates what is known about the recorder.

use proto::certificate::RecorderCertificate;
use proto::health::RecorderHealth;
use proto::link::message::AboutRecorder;
use proto::reach::SiteReach;
use proto::reason::Reason;

use super::Links;

/// The place of an online recorder, held until dropped.
#[derive(Debug)]
pub(super) struct OnlinePlace {
    pub(super) links: Links,
    pub(super) serial: String,
    pub(super) number: u64,
}

impl OnlinePlace {
    /// Notes what is wrong with the recorder; false if that was known.
    pub(super) fn set_reason(&self, reason: Option<Reason>) -> bool {
        let mut online = self.links.lock();
        let Some(entry) = online.get_mut(&self.serial) else {
            return false;
        };
        let is_new = entry.number == self.number && entry.reason.as_deref() != reason.as_ref();
        if is_new {
            entry.reason = reason.map(Box::new);
        }
        is_new
    }

    /// Keeps what the agent says about certificates, unless another link has the place already.
    pub(super) fn keep_certificates(&self, certificates: Vec<RecorderCertificate>) {
        let mut online = self.links.lock();
        let entry = online.get_mut(&self.serial);
        if let Some(entry) = entry.filter(|entry| entry.number == self.number) {
            entry.certificates = certificates.into();
        }
    }

    /// Keeps what the recorder says it is, unless another link has the place already.
    pub(super) fn keep_about(&self, about: Option<AboutRecorder>) {
        let mut online = self.links.lock();
        let entry = online.get_mut(&self.serial);
        if let Some(entry) = entry.filter(|entry| entry.number == self.number) {
            entry.about = about.map(Box::new);
        }
    }

    /// Keeps how the recorder is, unless another link has the place already.
    pub(super) fn keep_health(&self, health: Option<RecorderHealth>) {
        let mut online = self.links.lock();
        let entry = online.get_mut(&self.serial);
        if let Some(entry) = entry.filter(|entry| entry.number == self.number) {
            entry.health = health.map(Box::new);
        }
    }

    /// Keeps how long pings take, unless another link has the place already.
    pub(super) fn keep_round_trip(&self, ms: Option<u16>) {
        let mut online = self.links.lock();
        let entry = online.get_mut(&self.serial);
        if let Some(entry) = entry.filter(|entry| entry.number == self.number) {
            entry.round_trip_ms = ms;
        }
    }

    /// Keeps what the agent says about its network, unless another link has the place already.
    pub(super) fn keep_reach(&self, reach: SiteReach) {
        let mut online = self.links.lock();
        let entry = online.get_mut(&self.serial);
        if let Some(entry) = entry.filter(|entry| entry.number == self.number) {
            entry.reach = Some(reach);
        }
    }

    /// Gives the place back; false if another link of the recorder has it already.
    pub(super) fn release(self) -> bool {
        self.remove()
    }

    fn remove(&self) -> bool {
        let mut online = self.links.lock();
        let is_ours = online
            .get(&self.serial)
            .is_some_and(|entry| entry.number == self.number);
        if is_ours {
            online.remove(&self.serial);
        }
        is_ours
    }
}

impl Drop for OnlinePlace {
    fn drop(&mut self) {
        self.remove();
    }
}
