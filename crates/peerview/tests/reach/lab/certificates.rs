//! The lab's own certificate authority, and the cloud's certificate from it.

use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};

use super::network::{CLOUD_NAME, CLOUD_V4, CLOUD_V6, HOME, SITE_V4};

/// Files in PEM.
pub(crate) struct Certificates {
    /// The authority to trust.
    pub(crate) authority: PathBuf,
    /// The cloud's certificate.
    pub(crate) certificate: PathBuf,
    /// Its key.
    pub(crate) key: PathBuf,
}

impl Certificates {
    /// Makes them in a folder.
    pub(crate) fn make(folder: &Path) -> Result<Certificates, rcgen::Error> {
        let authority_key = KeyPair::generate()?;
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let authority = params.self_signed(&authority_key)?;
        let issuer = Issuer::new(params, authority_key);
        let names = vec![
            CLOUD_NAME.to_owned(),
            CLOUD_V4.to_string(),
            CLOUD_V6.to_string(),
            SITE_V4.to_string(),
            HOME.to_owned(),
        ];
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(names)?.signed_by(&key, &issuer)?;
        let write = |name: &str, pem: String| {
            let path = folder.join(name);
            std::fs::write(&path, pem).expect("the folder for temporary files is writable");
            path
        };
        Ok(Certificates {
            authority: write("authority.pem", authority.pem()),
            certificate: write("cloud.pem", certificate.pem()),
            key: write("cloud.key", key.serialize_pem()),
        })
    }
}
