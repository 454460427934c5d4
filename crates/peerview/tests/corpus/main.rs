//! Replays the corpus of every fuzz target, and a few thousand mutations of it, with the ordinary compiler:
//! what fuzzing found once cannot come back.

#[path = "../../../../fuzz/targets/input.rs"]
mod input;
#[path = "../../../../fuzz/targets/all.rs"]
mod targets;

use std::path::{Path, PathBuf};

/// How often each entry is changed a little and tried again.
const N_MUTATIONS: u32 = 60;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus")
}

/// The entries of one target, in the order of their names.
fn entries(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = corpus().join(target);
    let found = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut entries: Vec<(String, Vec<u8>)> = found
        .map(|entry| {
            let path = entry.expect("a folder entry is readable").path();
            let bytes = std::fs::read(&path).expect("an entry is readable");
            (path.display().to_string(), bytes)
        })
        .collect();
    entries.sort();
    entries
}

#[test]
fn every_fuzz_target_accepts_its_mutated_corpus() {
    let mut random = SplitMix(20_261_125);
    for (name, target) in targets::all() {
        let entries = entries(name);
        assert!(entries.len() >= 3, "{name} has {} entries", entries.len());
        for (path, bytes) in &entries {
            take(target, path, bytes);
            for _ in 0..N_MUTATIONS {
                take(target, path, &mutated(bytes, &entries, &mut random));
            }
        }
    }
    targets::server::site::clean_up();
}

#[test]
fn the_corpus_stays_small_and_every_entry_has_a_target() {
    let known: Vec<&str> = targets::all().map(|(name, _)| name).collect();
    for folder in std::fs::read_dir(corpus()).expect("there is a corpus") {
        let name = folder.expect("a folder entry is readable").file_name();
        let name = name.to_string_lossy();
        assert!(known.contains(&&*name), "no target is called {name}");
        let entries = entries(&name);
        let n_bytes: usize = entries.iter().map(|(_, bytes)| bytes.len()).sum();
        assert!(entries.len() <= 80, "{name}: {} entries", entries.len());
        assert!(n_bytes <= 100_000, "{name}: {n_bytes} bytes");
    }
}

fn take(target: targets::Target, path: &str, bytes: &[u8]) {
    let taken = std::panic::catch_unwind(|| target(bytes));
    assert!(
        taken.is_ok(),
        "{path} or what is near it breaks its target:\n{}",
        bytes.escape_ascii()
    );
}

/// One of: bits turned, a piece cut out, doubled, or put in from another entry.
fn mutated(bytes: &[u8], others: &[(String, Vec<u8>)], random: &mut SplitMix) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(3) {
        let from = random.below(bytes.len().max(1));
        let to = (from + random.below(16)).min(bytes.len());
        match random.below(4) {
            _ if bytes.is_empty() => bytes.push(0),
            0 => bytes[from] ^= 1 << random.below(8),
            1 => drop(bytes.drain(from..to)),
            2 => {
                let piece = bytes[from..to].to_vec();
                bytes.splice(from..from, piece);
            }
            _ => {
                let other = &others[random.below(others.len())].1;
                let start = random.below(other.len().max(1));
                let end = (start + random.below(64)).min(other.len());
                bytes.splice(from..to, other[start.min(end)..end].iter().copied());
            }
        }
    }
    bytes
}

/// Vigna's generator: the same mutations in every run.
struct SplitMix(u64);

impl SplitMix {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).expect("below a usize")
    }
}
