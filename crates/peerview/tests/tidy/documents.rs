//! Checks documents: links lead somewhere, and every test that a document names exists.

use std::collections::BTreeSet;

use crate::tree::{expect_none, files, files_ending, root};

#[test]
fn every_relative_link_in_a_document_resolves() {
    let mut complaints = Vec::new();
    let mut links_seen = 0;
    for file in files_ending(".md") {
        let folder = root()
            .join(&file.path)
            .parent()
            .expect("a file lies in a folder")
            .to_path_buf();
        for target in link_targets(&file.text) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            links_seen += 1;
            let (path, anchor) = target.split_once('#').unwrap_or((target.as_str(), ""));
            let linked = if path.is_empty() {
                root().join(&file.path)
            } else {
                folder.join(path)
            };
            if !linked.exists() {
                complaints.push(format!("{}: {target}", file.path));
            } else if !anchor.is_empty() {
                let text = std::fs::read_to_string(&linked).unwrap_or_default();
                if !headings(&text).contains(anchor) {
                    complaints.push(format!("{}: {target} (no such heading)", file.path));
                }
            }
        }
    }

    assert!(
        links_seen > 5,
        "only {links_seen} links found: are they read at all?"
    );
    expect_none("These links lead nowhere:", &complaints);
}

#[test]
fn every_test_named_in_a_document_exists() {
    let tests: String = files_ending(".rs")
        .into_iter()
        .map(|file| file.text)
        .collect();
    let mut complaints = Vec::new();
    for file in files_ending(".md")
        .iter()
        .filter(|file| file.path != "STYLE.md")
    {
        for name in file.text.split('`').skip(1).step_by(2) {
            let is_sentence = name.split('_').count() >= 5
                && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            if is_sentence && !tests.contains(&format!("fn {name}(")) {
                complaints.push(format!("{}: {name}", file.path));
            }
        }
    }

    expect_none("Documents name tests that are not there:", &complaints);
}

#[test]
fn every_odd_camera_of_make_interop_has_a_test() {
    let tests: String = files_ending(".rs")
        .into_iter()
        .map(|file| file.text)
        .collect();
    let cases = std::fs::read_to_string(root().join("tools/interop/cases.py")).expect("cases");
    let blocks: Vec<&str> = cases.split("@case\n").skip(1).collect();
    let mut complaints = Vec::new();
    for block in &blocks {
        let class = block.lines().next().unwrap_or_default();
        let named = block.split("tests = (").nth(1);
        let named = named.and_then(|rest| rest.split(')').next());
        // A case without the line has the tests of the case that it is made from.
        let names = named.unwrap_or_default().split('"').skip(1).step_by(2);
        let missing = names.filter(|name| !tests.contains(&format!("fn {name}(")));
        complaints.extend(missing.map(|name| format!("{class} {name}")));
        let is_derived = !class.contains("(Camera)") && !class.contains("(LoginCamera)");
        if named.is_none() && !is_derived {
            complaints.push(format!("{class} names no test"));
        }
    }

    assert!(blocks.len() > 30, "only {} cases found", blocks.len());
    expect_none("Each case of an odd camera is held by a test:", &complaints);
}

#[test]
fn every_crate_is_in_the_architecture_map() {
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("there is a map");
    let crates = std::fs::read_dir(root().join("crates")).expect("there are crates");
    let complaints: Vec<String> = crates
        .map(|entry| {
            entry
                .expect("a folder entry is readable")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| {
            !map.contains(&format!("`{name}`")) && !map.contains(&format!("crates/{name}"))
        })
        .collect();

    expect_none("ARCHITECTURE.md does not speak of:", &complaints);
}

#[test]
fn the_readme_documents_the_first_commands() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("there is a README");
    for verb in ["make demo", "make test"] {
        assert!(readme.contains(verb), "README.md does not say `{verb}`");
    }
    for name in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "STYLE.md",
        "CHANGELOG.md",
        "SECURITY.md",
    ] {
        assert!(
            files().iter().any(|file| file.path == name),
            "{name} is missing"
        );
    }
}

/// What stands in the brackets after `](`, code blocks aside.
fn link_targets(text: &str) -> Vec<String> {
    let prose: String = text.split("```").step_by(2).collect();
    let mut parts = prose.split("](");
    parts.next();
    parts
        .filter_map(|rest| rest.split(')').next())
        .map(|target| target.trim().to_owned())
        .collect()
}

/// Anchors of a document's headings, as code hosts make them.
fn headings(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|line| line.starts_with('#'));
    lines
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

#[test]
fn every_path_named_in_a_document_exists() {
    let mut complaints = Vec::new();
    for file in files_ending(".md") {
        for name in file.text.split('`').skip(1).step_by(2) {
            if name.starts_with("crates/") && !root().join(name).exists() {
                complaints.push(format!("{}: {name}", file.path));
            }
        }
    }

    expect_none("Documents name files that are not there:", &complaints);
}
