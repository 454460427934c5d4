//! The SHA-256 of files and other streams, in hexadecimal, read part by part.

use std::io::{self, Read};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

const PART_BYTES: usize = 64 * 1024;

/// Hex of the SHA-256 of everything that can be read, and its length in bytes.
pub fn checksum(mut from: impl Read) -> io::Result<(String, u64)> {
    let (mut hasher, mut n_bytes, mut part) = (Sha256::new(), 0, vec![0; PART_BYTES]);
    loop {
        let n = from.read(&mut part)?;
        if n == 0 {
            break;
        }
        hasher.update(&part[..n]);
        n_bytes += n as u64;
    }
    Ok((HEXLOWER.encode(&hasher.finalize()), n_bytes))
}
