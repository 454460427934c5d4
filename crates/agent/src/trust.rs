//! The certificate authorities that a program trusts for TLS to the cloud and to relays: those of this
//! machine, and one from the settings. `table` is the table of its settings, for errors.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, ClientConfig, RootCertStore};

/// Settings for TLS connections. An empty `ca_file` means no authority besides the public ones.
///
/// # Errors
/// `ca_file` cannot be read, or contains no certificate.
pub fn client_config(ca_file: &Path, table: &str) -> Result<Arc<ClientConfig>> {
    client_config_for(authorities(ca_file, table)?)
}

/// The authorities of this machine, and the one of `ca_file` unless that is empty.
///
/// # Errors
/// `ca_file` cannot be read, or contains no certificate.
pub fn authorities(ca_file: &Path, table: &str) -> Result<Arc<RootCertStore>> {
    let mut roots = RootCertStore::empty();
    // A system's list may hold certificates that are out of date or broken; the rest still counts.
    let _ = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        // A container without `ca-certificates`.
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    if !ca_file.as_os_str().is_empty() {
        add_file(&mut roots, ca_file, table)?;
    }
    Ok(Arc::new(roots))
}

/// Settings for TLS connections to servers with a certificate of one of these authorities.
pub(crate) fn client_config_for(roots: Arc<RootCertStore>) -> Result<Arc<ClientConfig>> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context("preparing TLS")?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(client))
}

fn add_file(roots: &mut RootCertStore, file: &Path, table: &str) -> Result<()> {
    let reading = || format!("reading `{table}.ca_file` {}", file.display());
    let mut n_added = 0;
    for certificate in CertificateDer::pem_file_iter(file).with_context(reading)? {
        roots
            .add(certificate.with_context(reading)?)
            .with_context(reading)?;
        n_added += 1;
    }
    ensure!(
        n_added > 0,
        "`{table}.ca_file` {} contains no certificate; it must be a PEM file with the certificate of \
         your authority",
        file.display()
    );
    Ok(())
}

/// What to do about an error of a TLS connection, if its certificate is the reason.
pub fn advice(error: &anyhow::Error, table: &str) -> Option<String> {
    let certificate = error.chain().find_map(|cause| {
        // An I/O error hides the error of TLS inside it.
        let inside = cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .and_then(|inside| inside.downcast_ref::<rustls::Error>());
        match inside.or_else(|| cause.downcast_ref::<rustls::Error>())? {
            rustls::Error::InvalidCertificate(certificate) => Some(certificate),
            _ => None,
        }
    })?;
    Some(match certificate {
        CertificateError::UnknownIssuer => format!(
            "this machine does not know the authority of the cloud's certificate: if it is your \
             own, name its PEM file in `ca_file` under [{table}]; otherwise the cloud's \
             `certificate_file` may lack the intermediate certificates"
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the cloud's certificate has expired, or the clock of this machine is wrong".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the cloud's certificate is not valid yet: check the clock of this machine".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!("the cloud's certificate is for other names: check `cloud` under [{table}]")
        }
        _ => "the cloud's certificate cannot be used".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(contents: &str) -> std::path::PathBuf {
        let name = format!(
            "peerview-trust-{}-{:x}",
            std::process::id(),
            rand::random::<u64>()
        );
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, contents).expect("a file in the temporary folder");
        path
    }

    #[test]
    fn without_an_own_authority_the_public_ones_are_trusted() {
        client_config(Path::new(""), "agent").expect("there is always a list");
    }

    #[test]
    fn an_unusable_authority_file_is_refused_by_name() {
        for contents in [
            "",
            "not PEM",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ] {
            let path = file(contents);
            let error = client_config(&path, "agent").expect_err("it is unusable");
            let _ = std::fs::remove_file(&path);

            let words = format!("{error:#}");
            assert!(words.contains("agent.ca_file"), "{words}");
            assert!(words.contains(&path.display().to_string()), "{words}");
        }
        let error =
            client_config(Path::new("/nowhere/ca.pem"), "agent").expect_err("it is missing");
        assert!(format!("{error:#}").contains("/nowhere/ca.pem"));
    }
}
