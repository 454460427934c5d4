//! Secrets at rest: AES-256-GCM under a key that is not in the database, bound to the place where they are
//! kept, so that a row opens neither in another place nor after a change.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use crate::random::Random;
use crate::secrets::Secrets;

/// Version of the sealing, so that there can be another one later.
const PREFIX: &str = "v1.";

/// Where a sealed value is kept; it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct SealPlace<'a> {
    /// Table, or what comes closest to one.
    pub table: &'static str,
    /// Column of the value in that table.
    pub column: &'static str,
    /// Identifier of the row in that table.
    pub row: &'a str,
}

/// Seals a value for its place.
pub fn seal(secrets: &Secrets, random: Random, place: SealPlace<'_>, plain: &[u8]) -> String {
    // Random nonces are safe for fewer than 2³² values under one key (NIST SP 800-38D §8.3).
    let nonce: [u8; NONCE_LEN] = random.bytes();
    let mut sealed = plain.to_vec();
    key(secrets)
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            associated(place),
            &mut sealed,
        )
        .expect("a value of the database is far shorter than AES-GCM's limit");
    let mut bytes = nonce.to_vec();
    bytes.append(&mut sealed);
    format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&bytes))
}

/// Opens a value; `None` when it was sealed for another place, changed, or sealed under another key.
pub fn open(secrets: &Secrets, place: SealPlace<'_>, sealed: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = BASE64URL_NOPAD
        .decode(sealed.strip_prefix(PREFIX)?.as_bytes())
        .ok()?;
    let (nonce, body) = bytes.split_at_mut_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let plain = key(secrets)
        .open_in_place(nonce, associated(place), body)
        .ok()?;
    Some(Zeroizing::new(plain.to_vec()))
}

fn key(secrets: &Secrets) -> LessSafeKey {
    let bytes = Zeroizing::new(secrets.derive("sealing", &[]));
    let key = UnboundKey::new(&AES_256_GCM, &*bytes).expect("32 bytes are a key of AES-256");
    LessSafeKey::new(key)
}

/// The place as associated data. Every part is length-prefixed, so two places never give the same bytes.
fn associated(place: SealPlace<'_>) -> Aad<Vec<u8>> {
    // Otherwise whoever can write to the database could move a sealed value into another person's row.
    let mut bytes = Vec::new();
    for part in [place.table, place.column, place.row] {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    Aad::from(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::test::tempdir;

    fn secrets() -> Secrets {
        let dir = tempdir::Dir::new();
        Secrets::load_or_make(dir.path(), Random).unwrap()
    }

    const ANAS: SealPlace<'static> = SealPlace {
        table: "app_keys",
        column: "sealed_key",
        row: "ana",
    };

    #[test]
    fn a_sealed_value_opens_in_its_own_table_cell() {
        let secrets = secrets();
        let sealed = seal(&secrets, Random, ANAS, b"twenty bytes of a key");

        assert_eq!(
            open(&secrets, ANAS, &sealed).unwrap().as_slice(),
            b"twenty bytes of a key"
        );
        assert_ne!(
            sealed,
            seal(&secrets, Random, ANAS, b"twenty bytes of a key")
        );
    }

    #[test]
    fn a_sealed_value_does_not_open_in_another_table_cell() {
        let secrets = secrets();
        let sealed = seal(&secrets, Random, ANAS, b"a key");

        for elsewhere in [
            SealPlace { row: "ben", ..ANAS },
            SealPlace {
                column: "offered_key",
                ..ANAS
            },
            SealPlace {
                table: "app_key",
                column: "ssealed_key",
                ..ANAS
            },
        ] {
            assert!(
                open(&secrets, elsewhere, &sealed).is_none(),
                "{elsewhere:?}"
            );
        }
        assert!(open(&self::secrets(), ANAS, &sealed).is_none());
    }

    #[test]
    fn a_changed_or_cut_value_does_not_open() {
        let secrets = secrets();
        let sealed = seal(&secrets, Random, ANAS, b"a key");
        let bytes = BASE64URL_NOPAD.decode(&sealed.as_bytes()[3..]).unwrap();

        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let changed = format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&changed));
            assert!(open(&secrets, ANAS, &changed).is_none(), "byte {at}");
            let cut = format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&bytes[..at]));
            assert!(open(&secrets, ANAS, &cut).is_none(), "{at} bytes");
        }
        assert!(open(&secrets, ANAS, sealed.trim_start_matches("v1.")).is_none());
    }
}
