//! State that all requests to the set-up page share: sessions, devices found in the network, refused logins.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use proto::language::Language;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::door::{PageDoor, SetupCode};
use super::logins::LoginBook;
use super::networks::OwnNetwork;
use super::site::SetupSite;
use crate::card::RecorderCards;
use crate::discovery::{LanDevice, LanSearch};
use crate::limits::{SETUP_SEARCH, SETUP_SEARCH_KEPT};
use crate::roster::Roster;

/// What all requests share.
pub(super) struct PageState {
    pub(super) site: SetupSite,
    pub(super) roster: Roster,
    pub(super) cards: RecorderCards,
    /// The networks of this machine, which may change. Tests have their own.
    networks: fn() -> Vec<OwnNetwork>,
    search: LanSearch,
    started: Instant,
    /// Held for one question, never across an await, like the next one.
    door: Mutex<PageDoor>,
    logins: Mutex<LoginBook>,
    /// What the screen of a recorder, named by its folder, shows of it; the last one only.
    film: Mutex<Option<(String, Bytes)>>,
    /// What the last search found. Held while one runs, so that there is one at a time.
    found: tokio::sync::Mutex<Option<(Instant, Vec<LanDevice>)>>,
    /// One recorder is tried at a time, so that nobody makes the agent knock at a whole network.
    pub(super) trial: Semaphore,
}

/// The language that the browser asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spoken(pub(super) Language);

/// Who sent a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageClient(pub(super) IpAddr);

impl PageState {
    pub(super) fn new(
        site: SetupSite,
        roster: Roster,
        cards: RecorderCards,
        code: SetupCode,
        search: LanSearch,
        networks: fn() -> Vec<OwnNetwork>,
    ) -> PageState {
        PageState {
            site,
            roster,
            cards,
            networks,
            search,
            started: Instant::now(),
            door: Mutex::new(PageDoor::new(code)),
            logins: Mutex::default(),
            film: Mutex::default(),
            found: tokio::sync::Mutex::default(),
            trial: Semaphore::new(1),
        }
    }

    pub(super) fn networks(&self) -> Vec<OwnNetwork> {
        (self.networks)()
    }

    /// The clock of the door.
    pub(super) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    pub(super) fn door(&self) -> MutexGuard<'_, PageDoor> {
        self.door.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn logins(&self) -> MutexGuard<'_, LoginBook> {
        self.logins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn film(&self) -> MutexGuard<'_, Option<(String, Bytes)>> {
        self.film.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a search finds; an earlier one's result if it is fresh and not to be searched `again`.
    pub(super) async fn found(&self, again: bool) -> Vec<LanDevice> {
        let asked_at = Instant::now();
        let mut found = self.found.lock().await;
        if let Some((at, devices)) = &*found
            // One that ran while this one waited is as good.
            && (*at >= asked_at || !again && at.elapsed() < SETUP_SEARCH_KEPT)
        {
            return devices.clone();
        }
        let devices = match self.search.run(SETUP_SEARCH, |_| false).await {
            Ok(devices) => devices,
            Err(error) => {
                tracing::warn!("the set-up page cannot search the network: {error}");
                Vec::new()
            }
        };
        *found = Some((Instant::now(), devices.clone()));
        devices
    }

    /// Whether a page that closes by itself stays open.
    pub(super) fn is_wanted(&self) -> bool {
        let now = self.now();
        self.roster.all().is_empty() || self.door().is_used(now)
    }
}

impl fmt::Debug for PageState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageState").finish_non_exhaustive()
    }
}
