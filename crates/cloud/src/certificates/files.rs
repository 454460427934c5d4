//! The operator's certificate files: read at start, and again when they change. An invalid pair is
//! refused with the reason, and the old one stays in use.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use tokio_util::sync::CancellationToken;

use super::{Certificates, limits, pem};
use crate::clock::Clock;

/// The two files and what was last read from them.
pub(crate) struct CertificateFiles {
    certificate: PathBuf,
    key: PathBuf,
    seen: Option<(Vec<u8>, Vec<u8>)>,
    certificates: Arc<Certificates>,
}

impl CertificateFiles {
    /// Reads the files for the first time; an invalid pair is an error.
    pub(crate) fn open(
        (certificate, key): (&Path, &Path),
        certificates: Arc<Certificates>,
    ) -> anyhow::Result<CertificateFiles> {
        let mut files = CertificateFiles {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            seen: None,
            certificates,
        };
        files.look()?;
        Ok(files)
    }

    /// Checks the files repeatedly until `stop`.
    pub(crate) async fn watch(mut self, clock: Clock, stop: CancellationToken) {
        loop {
            let next = clock.now() + limits::LOOK_AT_FILES;
            tokio::select! {
                () = stop.cancelled() => return,
                () = clock.sleep_until(next) => {}
            }
            match self.look() {
                Ok(true) => {
                    tracing::info!("a new certificate is in use from the next connection on")
                }
                Ok(false) => {}
                Err(error) => tracing::error!("keeping the old certificate: {error:#}"),
            }
        }
    }

    /// Uses the files' contents if they changed; returns whether they did.
    fn look(&mut self) -> anyhow::Result<bool> {
        let found = (read(&self.certificate)?, read(&self.key)?);
        if self.seen.as_ref() == Some(&found) {
            return Ok(false);
        }
        let pair = pem::certified_key(&found.0, &found.1).with_context(|| {
            format!(
                "using {} with {}",
                self.certificate.display(),
                self.key.display()
            )
        })?;
        pem::validity(&pair)?;
        // Stored only now: if a pair is half replaced, the other half is still to come.
        self.seen = Some(found);
        self.certificates.show(pair);
        Ok(true)
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let mut bytes = Vec::new();
    // One byte more than allowed shows a file that is too long, such as a device without an end.
    file.take(limits::MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("reading {}", path.display()))?;
    ensure!(
        bytes.len() as u64 <= limits::MAX_FILE_BYTES,
        "{} is too long for a certificate",
        path.display()
    );
    Ok(bytes)
}
