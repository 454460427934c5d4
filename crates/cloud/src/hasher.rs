//! Password hashing: Argon2id with a key that is not in the database, on as many threads as the machine has
//! cores. The queue in front is bounded, and no client can have more than a few places in it.

use std::sync::Arc;

use anyhow::Context;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use data_encoding::BASE64URL_NOPAD;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::audit;
use crate::config::LimitsConfig;
use crate::limits;
use crate::random::Random;
use crate::secrets::Secrets;
use crate::turns::{Turn, Turns};

/// Bytes of a salt that several secrets share.
const SALT_BYTES: usize = 16;

/// A salt that several secrets share, and the cost at which they are hashed: what is stored stays good when an
/// operator changes the cost.
#[derive(Clone)]
pub struct SharedSalt {
    bytes: [u8; SALT_BYTES],
    params: Params,
}

impl SharedSalt {
    /// The form to store beside the hashes: `m=65536,t=3$` and the salt in base64url.
    pub fn text(&self) -> String {
        let (memory, passes) = (self.params.m_cost(), self.params.t_cost());
        let salt = BASE64URL_NOPAD.encode(&self.bytes);
        format!("m={memory},t={passes}${salt}")
    }
}

/// Too many people hash a password just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many password checks at once")]
pub struct Overloaded;

/// Hashes and checks passwords; clones share the queue.
#[derive(Clone)]
pub struct Hasher {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    turns: Arc<Turns>,
    n_places: usize,
    settings: Arc<HasherSettings>,
}

/// A place in the queue. Who has to count a try before it is compared takes one first, so that nobody's
/// count is raised by a machine that is too busy to compare.
pub struct HashingPlace {
    hasher: Hasher,
    held: OwnedSemaphorePermit,
    turn: Option<Turn>,
    /// By then a core must be free.
    until: Instant,
}

/// A core of the machine for one password. Nobody else has it until this is dropped, or the work done.
pub struct Core {
    settings: Arc<HasherSettings>,
    _held: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
    _turn: Option<Turn>,
}

struct HasherSettings {
    pepper: Zeroizing<[u8; 32]>,
    params: Params,
    /// What a password is compared with when there is no account; costs the same.
    decoy: String,
}

impl Hasher {
    /// Prepares hashing at the cost that `limits` say.
    pub fn new(secrets: &Secrets, limits: &LimitsConfig) -> anyhow::Result<Hasher> {
        let (memory, passes) = if limits.cheap_hashes {
            (Params::MIN_M_COST, Params::MIN_T_COST)
        } else {
            // One lane: the cores work for several people at once, not for one hash.
            (limits.password_memory_kib, limits.password_passes)
        };
        let params = Params::new(memory, passes, 1, None)
            .map_err(|error| anyhow::anyhow!("{error}"))
            .context("the cost of password hashes in `limits` is not valid")?;
        // The key is not in the database, so a stolen database cannot be searched for passwords.
        let pepper = Zeroizing::new(secrets.derive("password pepper", &[]));
        let mut settings = HasherSettings {
            pepper,
            params,
            decoy: String::new(),
        };
        settings.decoy = settings.hash(b"no account has this password");
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Hasher {
            running: Arc::new(Semaphore::new(cores)),
            waiting: Arc::new(Semaphore::new(cores + limits::HASH_QUEUE)),
            turns: Turns::new(cores * limits::HASHES_OF_ONE_PER_CORE),
            n_places: cores + limits::HASH_QUEUE,
            settings: Arc::new(settings),
        })
    }

    /// How many hashes run or wait.
    pub fn n_waiting(&self) -> usize {
        let places = self.n_places;
        places.saturating_sub(self.waiting.available_permits())
    }

    /// A place in the queue, if there is one once the client that asks has a turn.
    pub async fn place(&self) -> Result<HashingPlace, Overloaded> {
        let until = Instant::now() + limits::HASH_WAIT;
        // The client's own turn first: whoever waits for it takes no place in everybody's queue.
        let turn = match audit::asking_client() {
            Some(client) => {
                let turn = tokio::time::timeout_at(until, self.turns.of(&client.0));
                Some(turn.await.map_err(|_| Overloaded)?)
            }
            None => None,
        };
        // Does not wait: if there is no free place, the caller learns it at once.
        let held = self.waiting.clone().try_acquire_owned();
        Ok(HashingPlace {
            hasher: self.clone(),
            held: held.map_err(|_| Overloaded)?,
            turn,
            until,
        })
    }

    /// The PHC string to store for a password.
    pub async fn hash(&self, password: Zeroizing<String>) -> Result<String, Overloaded> {
        self.place()
            .await?
            .run(move |settings| settings.hash(password.as_bytes()))
            .await
    }

    /// A new salt for several secrets, with the cost of today.
    pub fn new_salt(&self, random: Random) -> SharedSalt {
        SharedSalt {
            bytes: random.bytes(),
            params: self.settings.params.clone(),
        }
    }

    /// A stored salt; `None` if it is malformed. One without a cost is from before costs were stored, and has
    /// that of today.
    pub fn stored_salt(&self, text: &str) -> Option<SharedSalt> {
        let (cost, salt) = text.rsplit_once('$').unwrap_or(("", text));
        let params = match cost {
            "" => self.settings.params.clone(),
            cost => {
                let (memory, passes) = cost.strip_prefix("m=")?.split_once(",t=")?;
                Params::new(memory.parse().ok()?, passes.parse().ok()?, 1, None).ok()?
            }
        };
        let bytes = BASE64URL_NOPAD.decode(salt.as_bytes()).ok()?;
        let bytes = bytes.try_into().ok()?;
        Some(SharedSalt { bytes, params })
    }

    /// What to store of several secrets that share a salt, in their order.
    pub async fn hash_set(
        &self,
        set: Vec<Zeroizing<String>>,
        salt: SharedSalt,
    ) -> Result<Vec<String>, Overloaded> {
        self.place()
            .await?
            .run(move |settings| {
                let hashes = set
                    .iter()
                    .map(|one| settings.hash_with(one.as_bytes(), &salt));
                hashes.collect()
            })
            .await
    }
}

impl HashingPlace {
    /// Whether the password is the one of `stored`; takes as long and says no when there is none.
    pub async fn verify(
        self,
        password: Zeroizing<String>,
        stored: Option<String>,
    ) -> Result<bool, Overloaded> {
        self.run(move |settings| {
            let matches = settings.matches(
                password.as_bytes(),
                stored.as_deref().unwrap_or(&settings.decoy),
            );
            matches && stored.is_some()
        })
        .await
    }

    /// Waits for a core; not longer than a person would.
    pub async fn core(self) -> Result<Core, Overloaded> {
        let running = self.hasher.running.clone();
        let held = tokio::time::timeout_at(self.until, running.acquire_owned()).await;
        Ok(Core {
            settings: self.hasher.settings.clone(),
            _held: held.map_err(|_| Overloaded)?.map_err(|_| Overloaded)?,
            _place: self.held,
            _turn: self.turn,
        })
    }

    async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce(&HasherSettings) -> T + Send + 'static,
    ) -> Result<T, Overloaded> {
        let core = self.core().await?;
        let done = tokio::task::spawn_blocking(move || {
            // The whole core, not only its settings: a client that hangs up ends this future, but not
            // the thread, and nobody else may have the core before the thread is done with it.
            let core = core;
            work(&core.settings)
        });
        done.await.map_err(|_| Overloaded)
    }
}

impl HasherSettings {
    fn argon2(&self) -> Argon2<'_> {
        self.argon2_at(self.params.clone())
    }

    fn argon2_at(&self, params: Params) -> Argon2<'_> {
        Argon2::new_with_secret(&*self.pepper, Algorithm::Argon2id, Version::V0x13, params)
            .expect("a pepper of 32 bytes is allowed")
    }

    fn hash(&self, password: &[u8]) -> String {
        let hash: PasswordHash = self
            .argon2()
            .hash_password(password)
            .expect("checked parameters hash any password");
        hash.to_string()
    }

    fn hash_with(&self, secret: &[u8], salt: &SharedSalt) -> String {
        let mut hash = [0; 32];
        self.argon2_at(salt.params.clone())
            .hash_password_into(secret, &salt.bytes, &mut hash)
            .expect("checked parameters hash any secret");
        BASE64URL_NOPAD.encode(&hash)
    }

    fn matches(&self, password: &[u8], stored: &str) -> bool {
        // With the parameters of the stored hash, so that old hashes open after a change of settings.
        PasswordHash::new(stored)
            .is_ok_and(|hash| self.argon2().verify_password(password, &hash).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::test::tempdir;

    fn hasher() -> Hasher {
        let dir = tempdir::Dir::new();
        let secrets = Secrets::load_or_make(dir.path(), Random).unwrap();
        let cost = LimitsConfig {
            password_memory_kib: 19 * 1024,
            password_passes: 2,
            ..LimitsConfig::default()
        };
        Hasher::new(&secrets, &cost).unwrap()
    }

    fn secret(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_same_password_matches() {
        let hasher = hasher();
        let stored = hasher.hash(secret("correct horse battery")).await.unwrap();

        assert!(
            stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{stored}"
        );
        assert!(
            hasher
                .place()
                .await
                .unwrap()
                .verify(secret("correct horse battery"), Some(stored.clone()))
                .await
                .unwrap()
        );
        assert!(
            !hasher
                .place()
                .await
                .unwrap()
                .verify(secret("Correct horse battery"), Some(stored))
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn no_password_matches_without_an_account() {
        assert!(
            !hasher()
                .place()
                .await
                .unwrap()
                .verify(secret("no account has this password"), None)
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let hasher = hasher();
        let all = hasher.waiting.available_permits();
        let _taken = hasher
            .waiting
            .try_acquire_many(u32::try_from(all).unwrap())
            .unwrap();

        assert_eq!(
            hasher.hash(secret("correct horse battery")).await,
            Err(Overloaded)
        );
        assert!(hasher.place().await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn time_in_the_queue_counts_towards_the_wait() {
        let hasher = hasher();
        let cores = hasher.running.available_permits();
        let all = u32::try_from(cores).unwrap();
        let _busy = hasher.running.try_acquire_many(all).unwrap();
        let place = hasher.place().await.unwrap();
        tokio::time::advance(limits::HASH_WAIT / 2).await;
        let began = Instant::now();

        assert_eq!(
            place.verify(secret("a password"), None).await,
            Err(Overloaded)
        );

        assert!(began.elapsed() <= limits::HASH_WAIT / 2 + std::time::Duration::from_millis(2));
    }

    #[tokio::test]
    async fn hashed_sets_stay_valid_after_a_change_of_cost() {
        let dir = tempdir::Dir::new();
        let secrets = Secrets::load_or_make(dir.path(), Random).unwrap();
        let at = |passes| {
            let cost = LimitsConfig {
                password_memory_kib: 19 * 1024,
                password_passes: passes,
                ..LimitsConfig::default()
            };
            Hasher::new(&secrets, &cost).unwrap()
        };
        let (before, after) = (at(2), at(3));
        let salt = before.new_salt(Random);
        let (stored, text) = (
            before.hash_set(vec![secret("one")], salt.clone()),
            salt.text(),
        );
        let stored = stored.await.unwrap();

        let again = after.stored_salt(&text).unwrap();
        let without_cost = text.rsplit_once('$').unwrap().1;
        let earlier = before.stored_salt(without_cost).unwrap();

        assert_eq!(
            after.hash_set(vec![secret("one")], again).await.unwrap(),
            stored
        );
        assert_eq!(
            before.hash_set(vec![secret("one")], earlier).await.unwrap(),
            stored
        );
        for malformed in [
            "",
            "m=8",
            "m=8,t=1$",
            "m=x,t=1$AAAAAAAAAAAAAAAAAAAAAA",
            "m=0,t=0$AAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert!(after.stored_salt(malformed).is_none(), "{malformed}");
        }
    }

    /// ASVS 15.2.2: somebody who sends log-ins and hangs up gets no more cores than somebody who waits.
    #[tokio::test]
    async fn an_abandoned_hash_keeps_its_core_until_it_is_done() {
        let hasher = hasher();
        let cores = hasher.running.available_permits();
        let (started, has_started) = tokio::sync::oneshot::channel();
        let (release, released) = std::sync::mpsc::channel::<()>();
        let place = hasher.place().await.unwrap();
        let request = tokio::spawn(place.run(move |_| {
            started.send(()).ok();
            released.recv().ok();
        }));
        has_started.await.unwrap();

        request.abort();
        assert!(request.await.is_err_and(|error| error.is_cancelled()));

        assert_eq!(hasher.running.available_permits(), cores - 1);
        assert_eq!(hasher.n_waiting(), 1);
        release.send(()).unwrap();
        let all = u32::try_from(hasher.n_places).unwrap();
        let free = hasher.waiting.acquire_many(all).await;
        assert_eq!(free.unwrap().num_permits(), hasher.n_places);
        assert_eq!(hasher.running.available_permits(), cores);
    }
}
