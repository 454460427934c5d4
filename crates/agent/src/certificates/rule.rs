//! The pinning rule for certificates of recorders. Pure.
//!
//! The pin is the SHA-256 of the whole certificate, not of its key: it is the number that browsers, the recorder's
//! own pages and `openssl` show, so that a person can compare it, and nothing of a stranger's certificate has to be
//! parsed first. A recorder that renews its certificate with the same key is asked about once more; they live for
//! ten years and longer.

use proto::certificate::CertificateHash;
use serde::{Deserialize, Serialize};

/// Why a recorder's certificate is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustedCertificate {
    /// An authority that this machine trusts vouches for the recorder's name. Its certificates may change as often
    /// as they are renewed.
    Authority,
    /// It was the first one that was seen, or the owner accepted it.
    Pinned(CertificateHash),
}

/// What is done about a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PinVerdict {
    /// It is the expected one.
    Expected,
    /// It is the first one, and expected from now on.
    FirstSight(TrustedCertificate),
    /// It is another one than before.
    Changed,
}

/// Judges a certificate. `is_vouched_for`: an authority that this machine trusts vouches for it under the recorder's
/// name. Where one did before, only that will do, or the first certificate of anybody would replace it; where a
/// certificate is pinned, no authority replaces it, because the owner has not said so.
pub(super) fn judge(
    trusted: Option<TrustedCertificate>,
    shown: CertificateHash,
    is_vouched_for: bool,
) -> PinVerdict {
    match trusted {
        None if is_vouched_for => PinVerdict::FirstSight(TrustedCertificate::Authority),
        None => PinVerdict::FirstSight(TrustedCertificate::Pinned(shown)),
        Some(TrustedCertificate::Authority) if is_vouched_for => PinVerdict::Expected,
        Some(TrustedCertificate::Pinned(pinned)) if pinned == shown => PinVerdict::Expected,
        Some(_) => PinVerdict::Changed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_certificate_is_trusted_unseen() {
        let (own, other) = (CertificateHash::of(b"own"), CertificateHash::of(b"other"));
        let pinned = Some(TrustedCertificate::Pinned(own));
        let by_authority = Some(TrustedCertificate::Authority);

        for (trusted, shown, is_vouched_for, verdict) in [
            (
                None,
                own,
                false,
                PinVerdict::FirstSight(TrustedCertificate::Pinned(own)),
            ),
            (
                None,
                own,
                true,
                PinVerdict::FirstSight(TrustedCertificate::Authority),
            ),
            (pinned, own, false, PinVerdict::Expected),
            (pinned, other, false, PinVerdict::Changed),
            (pinned, other, true, PinVerdict::Changed),
            (by_authority, other, true, PinVerdict::Expected),
            (by_authority, own, false, PinVerdict::Changed),
        ] {
            assert_eq!(judge(trusted, shown, is_vouched_for), verdict);
        }
    }
}
