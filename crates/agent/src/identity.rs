//! The identity of a recorder: its key, serial and verification code. They are created once and
//! stored in its folder below the agent's data folder (0700, files 0600). The number of wrong
//! claims is stored there too, so that it survives a restart.

pub(crate) mod disk;

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use data_encoding::BASE64URL_NOPAD;
use proto::claim::{ClaimAnswer, ClaimWindow};
use proto::identity::{Serial, VerificationCode};
use proto::key::RecorderKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

const IDENTITY_FILE: &str = "identity.json";
const CLAIMS_FILE: &str = "claims.json";
/// Wait time that a claimer is given if a wrong claim could not be stored.
const RETRY_WHEN_UNWRITTEN: Duration = Duration::from_mins(1);

/// The identity of one recorder.
pub struct Identity {
    folder: PathBuf,
    key: RecorderKey,
    serial: Serial,
    code: VerificationCode,
    /// Claims are checked one after the other; each holds this lock during one disk write.
    claims: Mutex<ClaimWindow>,
    started: Instant,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredIdentity {
    serial: String,
    verification_code: String,
    key: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredClaims {
    n_wrong: u32,
}

impl Identity {
    /// Reads the identity in `folder`, or creates one if there is none. An unreadable identity is
    /// an error and never replaced, because a new serial would be a new recorder.
    pub fn open(folder: &Path) -> Result<Identity> {
        disk::make_private_folder(folder)
            .with_context(|| format!("making the folder {}", folder.display()))?;
        for file in [IDENTITY_FILE, CLAIMS_FILE] {
            let path = folder.join(file);
            disk::make_file_private(&path)
                .with_context(|| format!("making {} private", path.display()))?;
        }
        let (key, serial, code) = match read(&folder.join(IDENTITY_FILE))? {
            Some(bytes) => stored_identity(&bytes)
                .with_context(|| format!("reading {}", folder.join(IDENTITY_FILE).display()))?,
            None => new_identity(folder)?,
        };
        let n_wrong = match read(&folder.join(CLAIMS_FILE))? {
            Some(bytes) => {
                serde_json::from_slice::<StoredClaims>(&bytes)
                    .with_context(|| format!("reading {}", folder.join(CLAIMS_FILE).display()))?
                    .n_wrong
            }
            None => 0,
        };
        Ok(Identity {
            folder: folder.to_owned(),
            key,
            serial,
            code,
            claims: Mutex::new(ClaimWindow::with_earlier_failures(n_wrong)),
            started: Instant::now(),
        })
    }

    /// The recorder's secret key.
    pub fn key(&self) -> &RecorderKey {
        &self.key
    }

    /// The recorder's public name.
    pub fn serial(&self) -> &Serial {
        &self.serial
    }

    /// The code that a claimer has to type.
    pub fn code(&self) -> &VerificationCode {
        &self.code
    }

    /// Checks a typed code. The number of wrong codes is on disk before this returns.
    pub fn claim(&self, typed: &str) -> ClaimAnswer {
        let mut claims = self.claims();
        let n_before = claims.n_wrong_in_all();
        let answer = claims.judge(&self.code, typed, self.started.elapsed());
        // The window is shut: nothing was counted, so nothing has to be stored.
        if claims.n_wrong_in_all() == n_before {
            return answer;
        }
        match (self.store_claims(&claims), answer) {
            (Ok(()), answer) => answer,
            // Who typed the right code is let in; the old count only makes later mistakes dearer.
            (Err(error), ClaimAnswer::Accepted) => {
                tracing::warn!("could not reset the count of wrong claims: {error:#}");
                ClaimAnswer::Accepted
            }
            // A wrong code that is not counted would be a free guess.
            (Err(error), ClaimAnswer::WrongCode | ClaimAnswer::Shut { .. }) => {
                tracing::error!("could not count a wrong claim: {error:#}");
                ClaimAnswer::Shut {
                    retry_after: Some(RETRY_WHEN_UNWRITTEN),
                }
            }
        }
    }

    /// Allows claims again after too many wrong ones; for somebody on site.
    pub fn open_claims(&self) -> Result<()> {
        let mut claims = self.claims();
        claims.open();
        self.store_claims(&claims)
    }

    fn claims(&self) -> MutexGuard<'_, ClaimWindow> {
        self.claims
            .lock()
            .expect("no code panics while it judges a claim")
    }

    fn store_claims(&self, claims: &ClaimWindow) -> Result<()> {
        let stored = StoredClaims {
            n_wrong: claims.n_wrong_in_all(),
        };
        store(&self.folder.join(CLAIMS_FILE), &stored)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("serial", &self.serial)
            .finish_non_exhaustive()
    }
}

fn new_identity(folder: &Path) -> Result<(RecorderKey, Serial, VerificationCode)> {
    let mut secret = Zeroizing::new([0; 32]);
    random(secret.as_mut())?;
    let mut name = [0; 13];
    random(&mut name)?;
    // Drawn here, so that a failing random source is an error. 6 letters need about 7 bytes.
    let mut letters = Zeroizing::new([0; 256]);
    random(letters.as_mut())?;
    let mut drawn = letters.iter().copied().cycle();
    let code = VerificationCode::from_random(&mut |bytes: &mut [u8]| {
        bytes.fill_with(|| drawn.next().expect("a cycle has no end"));
    });
    let (key, serial) = (RecorderKey::from_bytes(*secret), Serial::from_random(name));
    let stored = StoredIdentity {
        serial: serial.to_string(),
        verification_code: code.reveal().to_owned(),
        key: BASE64URL_NOPAD.encode(secret.as_ref()),
    };
    store(&folder.join(IDENTITY_FILE), &stored)?;
    Ok((key, serial, code))
}

fn stored_identity(bytes: &[u8]) -> Result<(RecorderKey, Serial, VerificationCode)> {
    let stored: StoredIdentity = serde_json::from_slice(bytes)?;
    let decoded = Zeroizing::new(BASE64URL_NOPAD.decode(stored.key.as_bytes())?);
    let Ok(secret) = <[u8; 32]>::try_from(decoded.as_slice()) else {
        bail!("the key is not 32 bytes long");
    };
    Ok((
        RecorderKey::from_bytes(secret),
        stored.serial.parse()?,
        stored.verification_code.parse()?,
    ))
}

fn random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).context("drawing random bytes from the system")
}

fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

fn store(path: &Path, value: &impl Serialize) -> Result<()> {
    let json = Zeroizing::new(serde_json::to_vec_pretty(value)?);
    disk::write_privately(path, &json).with_context(|| format!("writing {}", path.display()))
}
