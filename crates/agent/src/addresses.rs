//! The addresses of this machine, watched by one task for all recorders: when they change, links and
//! calls look for new paths at once instead of waiting until the old ones are found dead.

use std::collections::BTreeSet;
use std::net::IpAddr;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::limits::ADDRESSES_EVERY;

/// Hears of every change of this machine's addresses; cheap to clone.
#[derive(Debug, Clone)]
pub struct AddressWatch(watch::Receiver<BTreeSet<IpAddr>>);

/// The other end of all [`AddressWatch`]es.
#[derive(Debug)]
pub struct AddressPoll(watch::Sender<BTreeSet<IpAddr>>);

impl AddressPoll {
    /// With the addresses of now.
    pub fn new() -> (AddressPoll, AddressWatch) {
        let (told, heard) = watch::channel(usable_addresses().unwrap_or_default());
        (AddressPoll(told), AddressWatch(heard))
    }

    /// Looks again and again until `shutdown`.
    // One system call a second costs less than the crates that listen to the kernel's messages, which
    // differ by system, and a second is short beside a new connection to the cloud.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut ticks = tokio::time::interval(ADDRESSES_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = shutdown.cancelled() => return,
            }
            // Without a list nothing is known to have changed.
            if let Some(addresses) = usable_addresses() {
                self.tell(addresses);
            }
        }
    }

    /// Tells everybody, unless these are the addresses that they know.
    pub fn tell(&self, addresses: BTreeSet<IpAddr>) {
        let is_changed = self.0.send_if_modified(|known| {
            let is_changed = *known != addresses;
            *known = addresses;
            is_changed
        });
        if is_changed {
            tracing::info!("the addresses of this machine have changed");
        }
    }
}

impl AddressWatch {
    /// Waits for the next change; for ever once nobody looks any more. Dropping the future loses nothing.
    pub async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending().await
        }
    }
}

fn usable_addresses() -> Option<BTreeSet<IpAddr>> {
    let interfaces = if_addrs::get_if_addrs().ok()?;
    let usable = interfaces
        .into_iter()
        // Those of containers that come and go are mostly link-local, and no call uses them.
        .filter(|interface| !interface.is_loopback() && !interface.is_link_local());
    Some(usable.map(|interface| interface.ip()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> BTreeSet<IpAddr> {
        BTreeSet::from([IpAddr::from([192, 0, 2, last])])
    }

    #[tokio::test]
    async fn only_a_change_of_addresses_is_reported() {
        let (poll, mut watch) = AddressPoll::new();
        poll.tell(address(1));
        watch.changed().await;

        poll.tell(address(1));
        assert!(!watch.0.has_changed().unwrap());
        poll.tell(address(2));

        watch.changed().await;
    }

    #[tokio::test]
    async fn polling_an_unchanged_machine_yields_nothing() {
        let (poll, watch) = AddressPoll::new();
        let shutdown = CancellationToken::new();
        shutdown.cancel();

        poll.run(shutdown).await;

        assert!(!watch.0.has_changed().unwrap_or(false));
    }
}
