//! How many allocations a party, an account, a client, a network and the relay may have.

use super::super::core::{ClientPath, Now};
use super::super::stats::Refusal;
use super::TurnCore;
use super::allocation::Owner;
use super::requests::Reject;
use super::table::Scope;

impl TurnCore {
    /// Finds a place for a new allocation; it may replace an idle one.
    pub(super) fn check_quotas(
        &mut self,
        path: ClientPath,
        owner: &Owner,
        quota_key: &str,
        now: Now,
    ) -> Result<(), Reject> {
        let limits = &self.settings.limits;
        let of_party = self.table.of_party(&owner.call, owner.role);
        if of_party >= limits.allocations_per_party {
            return Err(Reject::because(486, Refusal::CallQuota));
        }
        // The narrowest scope first: a client that fills its own share gives up one of its own.
        for (scope, most, reject) in self.scopes(path, quota_key) {
            if self.table.count(scope) < most {
                continue;
            }
            let gives_way = self.table.that_gives_way(scope, owner, now.monotonic);
            self.remove(gives_way.ok_or(reject)?);
            self.counters.refuse(Refusal::GaveWay);
        }
        Ok(())
    }

    /// Says whether an allocation that has a place may have a second address; nobody gives way to
    /// it.
    pub(super) fn has_room_for_another(
        &self,
        path: ClientPath,
        owner: &Owner,
        quota_key: &str,
    ) -> bool {
        let of_party = self.table.of_party(&owner.call, owner.role);
        let mut scopes = self.scopes(path, quota_key).into_iter();
        of_party + 2 <= self.settings.limits.allocations_per_party
            && scopes.all(|(scope, most, _)| self.table.count(scope) + 2 <= most)
    }

    /// The groups that share a number of allocations, and the answer when it is reached.
    fn scopes<'a>(&self, path: ClientPath, quota_key: &'a str) -> [(Scope<'a>, usize, Reject); 4] {
        let limits = &self.settings.limits;
        let ip = path.addr.ip();
        [
            (
                Scope::Account(quota_key),
                limits.allocations_per_account,
                Reject::because(486, Refusal::AccountQuota),
            ),
            (
                Scope::Client(ip),
                limits.allocations_per_ip,
                Reject::because(486, Refusal::ClientQuota),
            ),
            (
                Scope::Network(ip),
                limits.allocations_per_network,
                Reject::because(486, Refusal::NetworkQuota),
            ),
            (
                Scope::All,
                limits.allocations_total,
                Reject::because(508, Refusal::Capacity),
            ),
        ]
    }
}
