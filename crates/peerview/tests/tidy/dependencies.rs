//! Dependencies of the crates: every dependency is used by the crate that names it, and its version and
//! features are declared in one place.

use crate::tree::{expect_none, files_ending, root};

#[test]
fn every_dependency_is_used_by_its_crate() {
    let sources = files_ending(".rs");
    let mut complaints = Vec::new();
    for (path, manifest) in manifests() {
        let folder = path.trim_end_matches("Cargo.toml");
        let own = |path: &str| path.starts_with(folder);
        // A crate that replays the fuzzers' corpus compiles their targets too.
        let with_targets = sources
            .iter()
            .any(|file| own(&file.path) && file.text.contains("fuzz/targets"));
        // So does a benchmark that prints its figures as those of `peerview` do.
        let figures = "peerview/benches/figures/";
        let with_figures = sources
            .iter()
            .any(|file| own(&file.path) && file.text.contains(&format!("/{figures}")));
        let is_part = |path: &str| {
            own(path)
                || with_targets && path.starts_with("fuzz/targets/")
                || with_figures && path.starts_with(&format!("crates/{figures}"))
        };
        for table in ["dependencies", "dev-dependencies"] {
            for name in names(&manifest, table) {
                let word = name.replace('-', "_");
                let is_used = sources
                    .iter()
                    .filter(|file| is_part(&file.path))
                    .any(|file| mentions(&file.text, &word));
                if !is_used {
                    complaints.push(format!("{path}: {name}"));
                }
            }
        }
    }

    expect_none(
        "Nothing in the crate uses these; take them out:",
        &complaints,
    );
}

#[test]
fn every_shared_dependency_is_used_by_some_crate() {
    let text = std::fs::read_to_string(root().join("Cargo.toml")).expect("a workspace");
    let workspace: toml::Table = text.parse().expect("a manifest is TOML");
    let shared = workspace["workspace"]["dependencies"]
        .as_table()
        .expect("dependencies that crates share");
    let taken: Vec<String> = manifests()
        .iter()
        .flat_map(|(_, manifest)| {
            [
                names(manifest, "dependencies"),
                names(manifest, "dev-dependencies"),
                of_targets(manifest),
            ]
        })
        .flatten()
        .collect();

    let complaints: Vec<String> = shared
        .keys()
        .filter(|name| !taken.contains(name))
        .cloned()
        .collect();

    expect_none("No crate takes these from Cargo.toml:", &complaints);
}

/// The manifests of our crates.
fn manifests() -> Vec<(String, toml::Table)> {
    let found = files_ending("Cargo.toml");
    let ours = found
        .iter()
        .filter(|file| file.path.starts_with("crates/"))
        .map(|file| {
            let manifest = file.text.parse().expect("a manifest is TOML");
            (file.path.clone(), manifest)
        });
    ours.collect()
}

fn names(manifest: &toml::Table, table: &str) -> Vec<String> {
    let table = manifest.get(table).and_then(toml::Value::as_table);
    table.map_or(Vec::new(), |table| table.keys().cloned().collect())
}

/// What a crate takes for some targets only.
fn of_targets(manifest: &toml::Table) -> Vec<String> {
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let tables = targets.into_iter().flat_map(toml::Table::values);
    tables
        .filter_map(toml::Value::as_table)
        .flat_map(|target| names(target, "dependencies"))
        .collect()
}

/// Whether the text names the crate in a path, a `use` or an attribute.
fn mentions(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = &text[at + word.len()..];
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
            && (after.starts_with("::") || after.starts_with(';') || after.starts_with(" as "))
    })
}
