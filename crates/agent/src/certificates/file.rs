//! The file that stores a recorder's certificates. It is read for every connection, of which there are few,
//! so that a certificate that the owner accepts is valid at once, without a restart.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use super::{CertificateHash, TrustedCertificate};
use crate::identity::disk;
use crate::limits::{MAX_CERTIFICATES_BYTES, MAX_RECORDERS};

const CERTIFICATES_FILE: &str = "certificates.json";
/// Beside it. Locked by whoever changes the certificates: the agent, or the owner's command.
const LOCK_FILE: &str = "certificates.lock";
/// Below the agent's data folder.
const RECORDERS_FOLDER: &str = "recorders";

/// The certificates of one recorder.
pub(super) struct CertificateFile {
    path: PathBuf,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredCertificates {
    /// By host, with the port for cameras that the settings list by address.
    places: BTreeMap<String, StoredPlace>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredPlace {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trusted: Option<TrustedCertificate>,
    /// The last one that was shown instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<CertificateHash>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    https_port: Option<u16>,
}

/// What is known about the certificate at one place of a recorder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCertificate {
    /// Host, and perhaps port.
    pub place: String,
    /// Which one is expected.
    pub trusted: Option<TrustedCertificate>,
    /// Which one was shown instead, and refused.
    pub refused: Option<CertificateHash>,
}

/// The certificates of one recorder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecorderCertificates {
    /// Name of its folder: the setting `id`, or made from its address.
    pub folder: String,
    /// One for each place.
    pub certificates: Vec<KnownCertificate>,
}

impl CertificateFile {
    pub(super) fn open(folder: &Path) -> Result<CertificateFile> {
        let path = folder.join(CERTIFICATES_FILE);
        disk::make_file_private(&path)
            .with_context(|| format!("making {} private", path.display()))?;
        let file = CertificateFile { path };
        file.read()?;
        Ok(file)
    }

    /// What is expected at a place.
    pub(super) fn trusted(&self, place: &str) -> Result<Option<TrustedCertificate>> {
        Ok(self.read()?.places.get(place).and_then(|it| it.trusted))
    }

    /// What is known about each place.
    pub(super) fn known(&self) -> Result<Vec<KnownCertificate>> {
        let known = |(place, known): (String, StoredPlace)| KnownCertificate {
            place,
            trusted: known.trusted,
            refused: known.refused,
        };
        Ok(self.read()?.places.into_iter().map(known).collect())
    }

    /// Expects this from now on. If that cannot be stored, the connection must not be used: the next one would
    /// trust any other.
    pub(super) fn trust(&self, place: &str, certificate: TrustedCertificate) -> Result<()> {
        self.change(place, |known| {
            known.trusted = Some(certificate);
            known.refused = None;
        })
    }

    /// Keeps what was shown instead, for the owner. Returns whether that is news.
    pub(super) fn refuse(&self, place: &str, shown: CertificateHash) -> Result<bool> {
        let known = self.read()?.places.remove(place).unwrap_or_default();
        if known.refused == Some(shown) {
            return Ok(false);
        }
        self.change(place, |known| {
            // The owner may have accepted it meanwhile.
            let is_trusted = known.trusted == Some(TrustedCertificate::Pinned(shown));
            known.refused = (!is_trusted).then_some(shown);
        })?;
        Ok(true)
    }

    pub(super) fn https_port(&self, place: &str) -> Option<u16> {
        let stored = self.read().ok()?;
        stored.places.get(place)?.https_port
    }

    pub(super) fn remember_https(&self, place: &str, port: u16) {
        if self.https_port(place) == Some(port) {
            return;
        }
        if let Err(error) = self.change(place, |known| known.https_port = Some(port)) {
            tracing::warn!("the recorder's HTTPS port cannot be stored: {error:#}");
        }
    }

    /// The name of the recorder's folder, for messages.
    pub(super) fn folder(&self) -> String {
        let name = self.path.parent().and_then(Path::file_name);
        name.unwrap_or_default().to_string_lossy().into_owned()
    }

    fn change(&self, place: &str, change: impl FnOnce(&mut StoredPlace)) -> Result<()> {
        self.change_all(|stored| change(stored.places.entry(place.to_owned()).or_default()))
    }

    /// Reads, changes and writes while nobody else does, in this program or another.
    fn change_all<T>(&self, change: impl FnOnce(&mut StoredCertificates) -> T) -> Result<T> {
        let _lock = self.lock()?;
        let mut stored = self.read()?;
        let changed = change(&mut stored);
        self.write(&stored)?;
        Ok(changed)
    }

    /// Waits for whoever changes the file, which takes a moment. The lock ends with the returned file, also if its
    /// program is killed.
    fn lock(&self) -> Result<File> {
        let path = self.path.with_file_name(LOCK_FILE);
        let locking = || format!("locking {}", path.display());
        let mut options = File::options();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).with_context(locking)?;
        disk::make_file_private(&path).with_context(locking)?;
        file.lock().with_context(locking)?;
        Ok(file)
    }

    fn read(&self) -> Result<StoredCertificates> {
        let reading = || format!("reading {}", self.path.display());
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Default::default()),
            Err(error) => return Err(error).with_context(reading),
        };
        let mut json = Vec::new();
        let mut start = file.take(MAX_CERTIFICATES_BYTES);
        start.read_to_end(&mut json).with_context(reading)?;
        serde_json::from_slice(&json).with_context(|| {
            format!(
                "{} is damaged; delete it to trust the certificate that the recorder shows next",
                self.path.display()
            )
        })
    }

    fn write(&self, stored: &StoredCertificates) -> Result<()> {
        let json = serde_json::to_vec_pretty(stored)?;
        disk::write_privately(&self.path, &json)
            .with_context(|| format!("writing {}", self.path.display()))
    }
}

/// What is known about the certificates of an agent's recorders.
///
/// # Errors
/// A file cannot be read.
pub fn list(data_dir: &Path) -> Result<Vec<RecorderCertificates>> {
    let folder = data_dir.join(RECORDERS_FOLDER);
    let reading = || format!("reading {}", folder.display());
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(reading),
    };
    let mut recorders = Vec::new();
    // More than twice as many folders are no agent's.
    for entry in entries.take(2 * MAX_RECORDERS) {
        let entry = entry.with_context(reading)?;
        if !entry.path().join(CERTIFICATES_FILE).is_file() {
            continue;
        }
        recorders.push(RecorderCertificates {
            folder: entry.file_name().to_string_lossy().into_owned(),
            certificates: CertificateFile::open(&entry.path())?.known()?,
        });
    }
    recorders.sort_by(|a, b| a.folder.cmp(&b.folder));
    Ok(recorders)
}

/// Expects from now on what the recorder in this folder showed last, where that was refused. Returns what was
/// accepted. A running agent notices it with its next try.
///
/// # Errors
/// There is no such recorder, or its file cannot be read or written.
pub fn accept_refused(data_dir: &Path, folder: &str) -> Result<Vec<KnownCertificate>> {
    accept(data_dir, folder, |_| true)
}

/// The same for one certificate that the owner has compared; nothing is accepted if nobody shows it any more.
///
/// # Errors
/// There is no such recorder, or its file cannot be read or written.
pub fn accept_shown(
    data_dir: &Path,
    folder: &str,
    compared: CertificateHash,
) -> Result<Vec<KnownCertificate>> {
    accept(data_dir, folder, |shown| shown == compared)
}

fn accept(
    data_dir: &Path,
    folder: &str,
    is_accepted: impl Fn(CertificateHash) -> bool,
) -> Result<Vec<KnownCertificate>> {
    let file = of_folder(data_dir, folder)?;
    file.change_all(|stored| {
        let mut accepted = Vec::new();
        for (place, known) in &mut stored.places {
            if let Some(shown) = known.refused.take_if(|shown| is_accepted(*shown)) {
                known.trusted = Some(TrustedCertificate::Pinned(shown));
                accepted.push(KnownCertificate {
                    place: place.clone(),
                    trusted: known.trusted,
                    refused: None,
                });
            }
        }
        accepted
    })
}

/// Forgets all certificates of the recorder in this folder, and that it wanted HTTPS. The next one that it shows is
/// trusted.
///
/// # Errors
/// There is no such recorder, or its file cannot be written.
pub fn forget(data_dir: &Path, folder: &str) -> Result<()> {
    of_folder(data_dir, folder)?.change_all(|stored| *stored = StoredCertificates::default())
}

fn of_folder(data_dir: &Path, folder: &str) -> Result<CertificateFile> {
    // A name that is not in the list could be a path.
    let is_known = list(data_dir)?.iter().any(|it| it.folder == folder);
    ensure!(is_known, "no certificate is known of a recorder {folder:?}");
    CertificateFile::open(&data_dir.join(RECORDERS_FOLDER).join(folder))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proto::certificate::RecorderCertificate;
    use proto::link::limits::MAX_CERTIFICATES;

    use super::*;
    use crate::certificates::CertificatePins;

    /// A data folder with the folder of one recorder, removed at the end.
    struct DataFolder(PathBuf);

    impl DataFolder {
        fn new() -> DataFolder {
            let name = format!("agent-certificates-{:x}", rand::random::<u64>());
            let path = std::env::temp_dir().join(name);
            fs::create_dir_all(path.join("recorders/home")).expect("a folder");
            DataFolder(path)
        }

        fn file(&self) -> CertificateFile {
            CertificateFile::open(&self.0.join("recorders/home")).expect("no file")
        }
    }

    impl Drop for DataFolder {
        fn drop(&mut self) {
            let _may_be_gone_already = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_cloud_receives_hashes_and_no_addresses() {
        let data = DataFolder::new();
        let (own, other) = (CertificateHash::of(b"own"), CertificateHash::of(b"other"));
        let file = data.file();
        let pinned = TrustedCertificate::Pinned(own);
        file.trust("192.0.2.7", pinned).expect("stored");
        file.refuse("192.0.2.7", other).expect("stored");
        let vouched_for = TrustedCertificate::Authority;
        file.trust("cam.example.org", vouched_for).expect("stored");
        file.remember_https("192.0.2.8", 443);
        let nobody = Arc::new(rustls::RootCertStore::empty());
        let pins = CertificatePins::open(&data.0.join("recorders/home"), nobody);
        let pins = pins.expect("our own file");

        let told = pins.told();

        let expected = RecorderCertificate {
            expected: Some(own),
            refused: Some(other),
        };
        assert_eq!(told, [expected]);
        for n in 0..20 {
            file.trust(&format!("192.0.2.{n}"), pinned).expect("stored");
        }
        assert_eq!(pins.told().len(), MAX_CERTIFICATES);
    }

    #[test]
    fn a_refused_certificate_is_trusted_once_accepted() {
        let data = DataFolder::new();
        let (old, new) = (CertificateHash::of(b"old"), CertificateHash::of(b"new"));
        let file = data.file();
        file.trust("dvr", TrustedCertificate::Pinned(old))
            .expect("stored");

        assert!(file.refuse("dvr", new).expect("stored"));
        assert!(!file.refuse("dvr", new).expect("stored"), "no news");
        let before = file.trusted("dvr").expect("a file");
        let accepted = accept_refused(&data.0, "home").expect("it is known");

        assert_eq!(before, Some(TrustedCertificate::Pinned(old)));
        assert_eq!(accepted[0].trusted, Some(TrustedCertificate::Pinned(new)));
        assert_eq!(file.trusted("dvr").expect("a file"), accepted[0].trusted);
        assert!(
            accept_refused(&data.0, "home")
                .expect("it is known")
                .is_empty()
        );
    }

    #[test]
    fn asvs_15_4_2_two_programs_change_certificates_without_loss() {
        const PLACES: u8 = 100;
        let data = DataFolder::new();
        let hash = |n: u8| CertificateHash::of(&[n]);
        let home = data.file();
        for n in 0..PLACES {
            home.refuse(&n.to_string(), hash(n)).expect("stored");
        }

        // The agent notes ports while the owner accepts certificates, one by one, as the command does.
        std::thread::scope(|threads| {
            threads.spawn(|| {
                let agent = data.file();
                (0..PLACES).for_each(|n| agent.remember_https(&n.to_string(), 443));
            });
            for n in 0..PLACES {
                let accepted = accept_shown(&data.0, "home", hash(n)).expect("it is known");
                assert_eq!(accepted.len(), 1, "{n}");
            }
        });

        for n in 0..PLACES {
            let (place, pinned) = (n.to_string(), TrustedCertificate::Pinned(hash(n)));
            assert_eq!(home.trusted(&place).expect("a file"), Some(pinned), "{n}");
            assert_eq!(home.https_port(&place), Some(443), "{n}");
        }
    }

    #[test]
    fn a_certificate_accepted_meanwhile_is_not_refused_again() {
        let data = DataFolder::new();
        let new = CertificateHash::of(b"new");
        let file = data.file();
        file.trust("dvr", TrustedCertificate::Pinned(new))
            .expect("stored");

        // A connection began before it was accepted.
        file.refuse("dvr", new).expect("stored");

        assert_eq!(file.known().expect("a file")[0].refused, None);
    }

    #[test]
    fn only_the_compared_certificate_is_accepted_of_several() {
        let data = DataFolder::new();
        let [old, compared, unseen] =
            [&b"old"[..], b"compared", b"unseen"].map(CertificateHash::of);
        let file = data.file();
        for (place, shown) in [("dvr", compared), ("camera", unseen)] {
            file.trust(place, TrustedCertificate::Pinned(old))
                .expect("stored");
            file.refuse(place, shown).expect("stored");
        }

        let accepted = accept_shown(&data.0, "home", compared).expect("it is known");
        let again = accept_shown(&data.0, "home", compared).expect("it is known");

        assert_eq!((accepted.len(), again.len()), (1, 0));
        let trusted = |place| file.trusted(place).expect("a file");
        assert_eq!(trusted("dvr"), Some(TrustedCertificate::Pinned(compared)));
        assert_eq!(trusted("camera"), Some(TrustedCertificate::Pinned(old)));
    }

    #[test]
    fn a_forgotten_recorder_starts_anew() {
        let data = DataFolder::new();
        let file = data.file();
        file.trust("dvr", TrustedCertificate::Authority)
            .expect("stored");
        file.remember_https("dvr", 443);
        assert_eq!(file.https_port("dvr"), Some(443));

        forget(&data.0, "home").expect("it is known");

        assert_eq!(file.trusted("dvr").expect("a file"), None);
        assert_eq!(file.https_port("dvr"), None);
    }

    #[test]
    fn a_damaged_file_is_not_treated_as_empty() {
        let data = DataFolder::new();
        let file = data.file();
        for content in [
            "",
            "{",
            "{\"places\":{\"dvr\":{\"trusted\":{\"pinned\":\"x\"}}}}",
        ] {
            fs::write(&file.path, content).expect("our own");

            let error = file.trusted("dvr").expect_err(content);
            assert!(error.to_string().contains("certificates.json"), "{error}");
        }
    }

    #[test]
    fn names_that_are_paths_are_refused() {
        let data = DataFolder::new();
        data.file().remember_https("dvr", 443);

        for name in ["..", "../recorders/home", "", "/"] {
            assert!(forget(&data.0, name).is_err(), "{name}");
        }
    }
}
