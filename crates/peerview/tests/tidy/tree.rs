//! Rules about files: where they may be, and what they may be called. Reads the repository's files once,
//! without build output.

use std::path::{Path, PathBuf};

/// One text file of the repository.
pub(crate) struct File {
    /// Path from the repository's root, with `/`.
    pub(crate) path: String,
    /// The whole text.
    pub(crate) text: String,
}

impl File {
    /// The lines before the inline tests of a Rust file; all lines of any other.
    pub(crate) fn without_tests(&self) -> &str {
        let starts = self
            .text
            .match_indices("\n#[cfg(test)]\n")
            .map(|(at, _)| at);
        let mut modules = starts.filter(|at| {
            let after = self.text[at + 1..].lines().skip(1);
            let mut items = after.skip_while(|line| line.starts_with("#["));
            items
                .next()
                .is_some_and(|line| line.ends_with('{') && line.contains("mod "))
        });
        modules.next().map_or(&self.text, |at| &self.text[..at])
    }

    /// Whether this is a Rust file that only tests use.
    pub(crate) fn is_test(&self) -> bool {
        self.path.contains("/tests/")
            || self.path.contains("/test/")
            || self.path.contains("/benches/")
            || self.path.ends_with("/tests.rs")
            || self.path.ends_with("/test.rs")
    }

    /// Whether somebody else wrote it and it is kept as it came.
    pub(crate) fn is_vendored(&self) -> bool {
        self.path.contains("/vendor/")
    }
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = crate_dir
        .ancestors()
        .nth(2)
        .expect("the crate lies in crates/peerview");
    root.to_path_buf()
}

/// Every file of the repository that is text.
pub(crate) fn files() -> Vec<File> {
    let root = root();
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    assert!(
        found.len() > 50,
        "only {} files found: is {} the repository?",
        found.len(),
        root.display()
    );
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Every text file whose name ends so.
pub(crate) fn files_ending(end: &str) -> Vec<File> {
    files()
        .into_iter()
        .filter(|file| file.path.ends_with(end))
        .collect()
}

/// Fails with all complaints at once, so that one run shows all there is to do.
pub(crate) fn expect_none(rule: &str, complaints: &[String]) {
    assert!(
        complaints.is_empty(),
        "{rule}\n  {}\n",
        complaints.join("\n  ")
    );
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<File>) {
    let left_behind = ["target", ".git", "node_modules", "data"];
    for entry in std::fs::read_dir(folder).expect("a folder of the repository is readable") {
        let path = entry.expect("a folder entry is readable").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        // In a second work tree `.git` is a file.
        if left_behind.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, found);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            let relative = path.strip_prefix(root).expect("found below the root");
            found.push(File {
                path: relative.to_string_lossy().replace('\\', "/"),
                text,
            });
        }
    }
}

#[test]
fn module_files_are_named_with_nouns() {
    let banned = [
        "mod", "util", "utils", "helper", "helpers", "common", "manager", "service", "services",
        "handler", "handlers", "misc",
    ];
    let complaints: Vec<String> = files_ending(".rs")
        .iter()
        .flat_map(|file| {
            let parts = file.path.trim_end_matches(".rs").split('/');
            parts
                .filter(|part| banned.contains(part))
                .map(|part| format!("{}: `{part}`", file.path))
                .collect::<Vec<_>>()
        })
        .collect();

    expect_none(
        "A module is `foo.rs` + `foo/`, named for what it does:",
        &complaints,
    );
}

#[test]
fn the_proto_crate_depends_on_pure_crates_only() {
    // Encoding, hashing, signing and parsing: nothing that can reach a socket or a disk. Of jiff the calendar is used;
    // clippy.toml bans its clock.
    let pure = [
        "data-encoding",
        "ed25519-dalek",
        "encoding_rs",
        "hmac",
        "jiff",
        "quick-xml",
        "serde",
        "serde_json",
        "sha1",
        "sha2",
        "subtle",
        "thiserror",
        "zeroize",
    ];
    expect_only_pure("proto", &pure);
}

#[test]
fn the_rtsp_crate_depends_on_pure_crates_only() {
    // Memory, encoding, hashing and parsing.
    let pure = [
        "bytes",
        "data-encoding",
        "jiff",
        "md5",
        "percent-encoding",
        "sha2",
        "thiserror",
    ];
    expect_only_pure("rtsp", &pure);
}

#[test]
fn the_sound_crate_depends_on_pure_crates_only() {
    expect_only_pure("sound", &["symphonia-codec-aac", "symphonia-core"]);
}

#[test]
fn the_onvif_crate_depends_on_pure_crates_only() {
    // Encoding, hashing and parsing.
    let pure = ["data-encoding", "jiff", "quick-xml", "sha1", "thiserror"];
    expect_only_pure("onvif", &pure);
}

fn expect_only_pure(name: &str, pure: &[&str]) {
    let path = root().join(format!("crates/{name}/Cargo.toml"));
    let manifest = std::fs::read_to_string(path).expect("the crate has a manifest");
    let manifest: toml::Table = manifest.parse().expect("a manifest is TOML");
    let dependencies = manifest["dependencies"]
        .as_table()
        .expect("the crate has dependencies");

    let complaints: Vec<String> = dependencies
        .keys()
        .filter(|name| !pure.contains(&name.as_str()))
        .cloned()
        .collect();

    expect_none(
        &format!("`{name}` may use only crates that its test lists as pure:"),
        &complaints,
    );
}

#[test]
fn the_relay_is_pure_except_its_event_loop() {
    // The order of a map never shows there, and look-ups must not grow with it; signalling writes
    // the book of calls while the relay reads it.
    let not_banned = ["std::collections::HashMap", "std::collections::HashSet"];
    let may_exempt_itself = [
        "crates/relay/src/call_book.rs",
        "crates/relay/src/mirror.rs",
        "crates/relay/src/lib.rs",
    ];
    let banned = |name: &str| -> Vec<String> {
        let path = root().join(format!("crates/{name}/clippy.toml"));
        let text = std::fs::read_to_string(path).expect("the crate has its own bans");
        let bans: toml::Table = text.parse().expect("settings of clippy are TOML");
        let lists = ["disallowed-methods", "disallowed-types"].map(|list| bans[list].as_array());
        let entries = lists.into_iter().flatten().flatten();
        let paths = entries.filter_map(|ban| ban["path"].as_str());
        paths.map(str::to_owned).collect()
    };
    let relays = banned("relay");

    let mut complaints: Vec<String> = banned("proto")
        .into_iter()
        .filter(|path| !relays.contains(path) && !not_banned.contains(&path.as_str()))
        .map(|path| format!("crates/relay/clippy.toml: {path}"))
        .collect();
    for file in files_ending(".rs") {
        let is_core = file.path.starts_with("crates/relay/src/")
            && !may_exempt_itself.contains(&file.path.as_str());
        if is_core && file.text.contains("clippy::disallowed") {
            complaints.push(file.path);
        }
    }
    let door = std::fs::read_to_string(root().join("crates/relay/src/lib.rs")).expect("a door");
    let (_, exempt) = door.split_once(")]\n").expect("one module is exempt");
    assert!(
        exempt.starts_with("mod event_loop;\n"),
        "another module is exempt"
    );

    expect_none(
        "What the relay decides takes time, bytes and randomness as arguments; `event_loop` brings them:",
        &complaints,
    );
}

#[test]
fn crates_depend_on_each_other_only_as_documented() {
    let allowed = [
        ("proto", vec![]),
        ("rtsp", vec![]),
        ("sound", vec![]),
        ("onvif", vec![]),
        ("simdvr", vec!["rtsp"]),
        ("peer", vec!["proto"]),
        ("relay", vec!["proto"]),
        ("cloud", vec!["proto", "relay"]),
        ("agent", vec!["onvif", "peer", "proto", "rtsp", "sound"]),
        // The relay that runs alone is the program itself.
        (
            "peerview",
            vec!["agent", "cloud", "peer", "proto", "relay", "simdvr"],
        ),
        ("xtask", vec![]),
    ];
    let ours: Vec<&str> = allowed.iter().map(|(name, _)| *name).collect();
    let mut complaints = Vec::new();
    for (name, arrows) in &allowed {
        let path = root().join(format!("crates/{name}/Cargo.toml"));
        let manifest =
            std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let manifest: toml::Table = manifest.parse().expect("a manifest is TOML");
        let dependencies = manifest["dependencies"]
            .as_table()
            .expect("a table of dependencies");
        for dependency in dependencies
            .keys()
            .map(String::as_str)
            .filter(|d| ours.contains(d))
        {
            if !arrows.contains(&dependency) {
                complaints.push(format!("{name} -> {dependency}"));
            }
        }
    }

    expect_none(
        "A new arrow between our crates needs a reason, here and in ARCHITECTURE.md:",
        &complaints,
    );
}

#[test]
fn no_source_file_is_included_from_the_tests() {
    let complaints: Vec<String> = files_ending(".rs")
        .iter()
        .filter(|file| file.path.contains("/src/") && file.text.contains("#[path"))
        .map(|file| file.path.clone())
        .collect();

    expect_none(
        "What both need lies below `src`, and the tests take it from there:",
        &complaints,
    );
}

#[test]
fn the_makefile_has_few_short_targets() {
    let makefile = std::fs::read_to_string(root().join("Makefile")).expect("there is a Makefile");
    let targets = makefile
        .lines()
        .filter(|line| line.contains(":") && line.contains(" ## "))
        .count();

    assert!(
        // A dozen, three proofs that are asked for by name: `asvs` of the account's promises, `reach` of the paths,
        // `interop` of what other makers' programs and cameras do with ours; and `package`, which people install.
        (5..=17).contains(&targets),
        "{targets} targets in the Makefile; 16 and `help` are the most"
    );
}

#[test]
fn no_file_holds_the_marks_of_a_merge() {
    let marks = ["<<<<<<< ", "||||||| ", ">>>>>>> "];
    let is_mark = |line: &str| marks.iter().any(|mark| line.starts_with(mark));
    let complaints: Vec<String> = files()
        .iter()
        .flat_map(|file| {
            let lines = file.text.lines().enumerate();
            lines
                .filter(|(_, line)| is_mark(line))
                .map(|(n, _)| format!("{}:{}", file.path, n + 1))
                .collect::<Vec<_>>()
        })
        .collect();

    expect_none("A merge was not finished:", &complaints);
}
