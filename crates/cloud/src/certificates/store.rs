//! ACME files in the data folder: the account, and one file with certificate and key for each
//! authority and list of names. Only the owner can read them, and they are replaced as a whole.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use data_encoding::HEXLOWER;
use instant_acme::AccountCredentials;
use rustls::sign::CertifiedKey;
use sha2::{Digest, Sha256};

use super::pem;
use crate::config::TlsConfig;
use crate::private;

/// The folder `acme` of the data folder.
pub(super) struct Store {
    account: PathBuf,
    certificate: PathBuf,
}

impl Store {
    /// Creates the folder if it is missing.
    pub(super) fn open(data_dir: &Path, config: &TlsConfig) -> anyhow::Result<Store> {
        let folder = data_dir.join("acme");
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&folder)
            .with_context(|| format!("making {}", folder.display()))?;
        let directory = config.acme_directory.as_str();
        let mut names = config.acme_domains.clone();
        names.sort();
        // Other names or another authority mean another file, and so a new certificate.
        let whole = format!("{directory} {}", names.join(" "));
        Ok(Store {
            account: folder.join(format!("account-{}.json", short_hash(directory))),
            certificate: folder.join(format!("certificate-{}.pem", short_hash(&whole))),
        })
    }

    /// The account, if there is one.
    pub(super) fn account(&self) -> anyhow::Result<Option<AccountCredentials>> {
        let Some(bytes) = read(&self.account)? else {
            return Ok(None);
        };
        let account = serde_json::from_slice(&bytes).with_context(|| {
            format!(
                "{} is damaged: restore it, or delete it to create a new account",
                self.account.display()
            )
        })?;
        Ok(Some(account))
    }

    pub(super) fn keep_account(&self, account: &AccountCredentials) -> anyhow::Result<()> {
        let text = serde_json::to_vec(account).context("writing the ACME account")?;
        replace(&self.account, &text)
    }

    /// The certificate, if there is a usable one.
    pub(super) fn certificate(&self) -> anyhow::Result<Option<CertifiedKey>> {
        let Some(bytes) = read(&self.certificate)? else {
            return Ok(None);
        };
        pem::certified_key(&bytes, &bytes)
            .with_context(|| format!("loading {}", self.certificate.display()))
            .map(Some)
    }

    /// Stores a certificate with its key.
    pub(super) fn keep_certificate(&self, chain: &str, key: &str) -> anyhow::Result<()> {
        // One file for both: no crash can leave a certificate with the key of another.
        replace(&self.certificate, format!("{key}\n{chain}").as_bytes())
    }
}

fn short_hash(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    HEXLOWER.encode(&hash[..6])
}

fn read(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

/// Writes beside the file and renames, so that a crash leaves either the old or the new one.
fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let write = || {
        let new = path.with_extension("new");
        let mut options = private::options();
        let mut file = options.write(true).create(true).truncate(true).open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&new, path)?;
        // The rename is on disk only once the folder is synced.
        std::fs::File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    write().with_context(|| format!("writing {}", path.display()))
}
