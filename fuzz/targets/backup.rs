//! Archives of a cloud that somebody restores: ours, damaged, or made up to write elsewhere.

use std::path::Path;

use cloud::admin::backup::{ArchivedFile, FORMAT, MANIFEST, MANIFEST_SUM, Manifest, RowsLocation};
use cloud::admin::restore::{Restored, restore};
use cloud::checksum::checksum;

use super::site::site;

const BLOCK: usize = 512;
/// Longest name and longest link of an entry.
const NAME: usize = 100;

/// A whole archive becomes the folder that its manifest tells; anything else leaves nothing, and
/// nothing is ever written beside that folder.
pub(crate) fn backup(data: &[u8]) {
    let Some((which, rest)) = crate::input::chosen(data) else {
        return;
    };
    let (bytes, is_forged) = match which {
        b'a' => (rest.to_vec(), false),
        b's' => (scripted(rest), rest.split(|b| *b == b'\n').any(is_forgery)),
        _ => return,
    };
    let around = site().folder.join("around");
    drop(std::fs::remove_dir_all(&around));
    let inside = around.join("inside");
    std::fs::create_dir_all(&inside).expect("a folder can be made");
    let (archive, target) = (inside.join("archive"), inside.join("restored"));
    std::fs::write(&archive, bytes).expect("a file can be written");

    let restored = site().wait(restore(&archive, &target));

    assert_eq!(names(&around), ["inside"]);
    match restored {
        Ok(restored) => {
            assert!(!is_forged);
            assert_eq!(names(&inside), ["archive", "restored"]);
            is_as_told(&restored, &target);
        }
        Err(_) => assert_eq!(names(&inside), ["archive"]),
    }
}

fn is_as_told(restored: &Restored, target: &Path) {
    let files = &restored.manifest.files;
    for ArchivedFile {
        path,
        bytes,
        sha256,
    } in files
    {
        let content = std::fs::read(target.join(path)).expect("what is told is there");
        let (sum, n_bytes) = checksum(content.as_slice()).expect("memory can be read");
        assert_eq!((&sum, &n_bytes), (sha256, bytes));
    }
    assert_eq!(n_files(target), files.len());
}

fn names(folder: &Path) -> Vec<String> {
    let found = std::fs::read_dir(folder).expect("a folder can be read");
    let mut names: Vec<String> = found
        .map(|entry| entry.expect("an entry can be read").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn n_files(folder: &Path) -> usize {
    let below = names(folder).into_iter().map(|name| folder.join(name));
    below
        .map(|path| if path.is_dir() { n_files(&path) } else { 1 })
        .sum()
}

/// An archive of lines `kind path=content`, where the kind is one byte: `0` a file, `h` only told by
/// the manifest, `m` not told, `w` with a wrong checksum, or what tar has for links and the like.
fn scripted(script: &[u8]) -> Vec<u8> {
    let (mut files, mut entries) = (Vec::new(), Vec::new());
    for line in script.split(|byte| *byte == b'\n').take(64) {
        let Some((kind, path, content)) = parts(line) else {
            continue;
        };
        if !b"mLKxg".contains(&kind) {
            let (sha256, bytes) = checksum(content).expect("memory can be read");
            let sha256 = if kind == b'w' { "0".repeat(64) } else { sha256 };
            let path = String::from_utf8_lossy(path).into_owned();
            files.push(ArchivedFile {
                path,
                bytes,
                sha256,
            });
        }
        if kind != b'h' {
            let kind = if b"mw".contains(&kind) { b'0' } else { kind };
            append(&mut entries, kind, path, content);
        }
    }
    let manifest = Manifest {
        format: FORMAT,
        program: "0.1.0".to_owned(),
        made_at: "2026-11-24T04:03:20Z".to_owned(),
        rows: RowsLocation::InPostgres,
        files,
    };
    let text = serde_json::to_vec(&manifest).expect("a manifest is text and numbers");
    let (sum, _) = checksum(text.as_slice()).expect("memory can be read");
    let mut archive = Vec::new();
    append(&mut archive, b'0', MANIFEST.as_bytes(), &text);
    append(&mut archive, b'0', MANIFEST_SUM.as_bytes(), sum.as_bytes());
    archive.extend(entries);
    archive.extend([0; 2 * BLOCK]);
    archive
}

/// Whether no archive with this line may be taken.
fn is_forgery(line: &[u8]) -> bool {
    parts(line).is_some_and(|(kind, path, _)| {
        let leaves = path.starts_with(b"/") || path.split(|b| *b == b'/').any(|part| part == b"..");
        b"hmw12345".contains(&kind) || kind == b'0' && leaves
    })
}

fn parts(line: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (kind, rest) = line.split_first()?;
    let at = rest.iter().position(|byte| *byte == b'=')?;
    Some((*kind, &rest[..at], &rest[at + 1..]))
}

/// One entry as tar writes it; a link leads to its content.
fn append(archive: &mut Vec<u8>, kind: u8, name: &[u8], content: &[u8]) {
    let mut header = [0; BLOCK];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &name[..name.len().min(NAME)]);
    put(NAME, b"0000600\0");
    put(124, format!("{:011o}\0", content.len()).as_bytes());
    put(148, b"        ");
    put(156, &[kind]);
    if kind == b'1' || kind == b'2' {
        put(157, &content[..content.len().min(NAME)]);
    }
    put(257, b"ustar  \0");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    archive.extend(header);
    archive.extend(content);
    archive.resize(archive.len().next_multiple_of(BLOCK), 0);
}
