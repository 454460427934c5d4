//! Imports inside our crates: the parts of `cloud` import only from lower floors, and no import cycle has
//! more than three files.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{expect_none, files_ending, root};

/// Files that may import each other in a circle: a rule, its types and its table.
const MOST_IN_A_CIRCLE: usize = 3;

/// Path of a module inside its crate: `["web", "guard"]`; empty for the crate itself.
type Path = Vec<String>;

/// Modules of one crate, with what each imports of it.
struct Imports {
    by_module: BTreeMap<Path, BTreeSet<Path>>,
}

impl Imports {
    /// Those of the crate in `crates/<name>`, tests aside.
    fn of_crate(name: &str) -> Imports {
        let source = format!("crates/{name}/src/");
        let files: BTreeMap<Path, String> = files_ending(".rs")
            .iter()
            .filter(|file| file.path.starts_with(&source) && !file.is_test())
            .map(|file| {
                let path = module(file.path.trim_start_matches(&source));
                (path, without_comments(file.without_tests()))
            })
            .collect();
        let modules: BTreeSet<&Path> = files.keys().collect();
        let by_module = files.iter().map(|(path, text)| {
            let named = paths(text).into_iter();
            let found = named.filter_map(|named| resolve(&named, path, &modules));
            let others = found.filter(|found| found != path && !found.is_empty());
            (path.clone(), others.collect())
        });
        Imports {
            by_module: by_module.collect(),
        }
    }

    /// What can be reached from a module.
    fn reached_from(&self, start: &Path) -> BTreeSet<&Path> {
        let mut reached = BTreeSet::new();
        let mut waiting: Vec<&Path> = self.by_module[start].iter().collect();
        while let Some(next) = waiting.pop() {
            if reached.insert(next) {
                waiting.extend(&self.by_module[next]);
            }
        }
        reached
    }

    /// Sets of modules each of which imports every other, directly or not.
    fn circles(&self) -> BTreeSet<Vec<&Path>> {
        let reached: BTreeMap<&Path, BTreeSet<&Path>> = self
            .by_module
            .keys()
            .map(|path| (path, self.reached_from(path)))
            .collect();
        let circles = reached.iter().map(|(path, from)| {
            let back = from.iter().filter(|other| reached[*other].contains(path));
            back.copied().collect::<Vec<_>>()
        });
        circles.filter(|circle| circle.len() > 1).collect()
    }
}

/// `web/guard.rs` is `["web", "guard"]`.
fn module(file: &str) -> Path {
    let path = file.trim_end_matches(".rs");
    match path {
        "lib" | "main" => Vec::new(),
        path => path.split('/').map(str::to_owned).collect(),
    }
}

fn without_comments(text: &str) -> String {
    let lines = text.lines();
    let code = lines.map(|line| line.split_once("//").map_or(line, |(code, _)| code));
    code.collect::<Vec<_>>().join("\n")
}

/// `pub(in crate::db)` says who may name an item, and imports nothing.
fn without_visibility(text: &str) -> String {
    let mut rest = text.split("pub(in ");
    let first = rest.next().unwrap_or_default().to_owned();
    rest.fold(first, |code, part| {
        let (_, item) = part.split_once(')').unwrap_or_default();
        code + "pub" + item
    })
}

/// Every path that the code names: what it imports, and what it calls by its full name.
fn paths(text: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for (at, _) in text.match_indices("use ") {
        let is_word = text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if let Some((tree, _)) = text[at + 4..].split_once(';').filter(|_| !is_word) {
            expand("", tree, &mut paths);
        }
    }
    let text = &without_visibility(text);
    for start in ["crate::", "super::"] {
        for (at, _) in text.match_indices(start) {
            // The second word of `super::super::`, or the end of another path.
            if text[..at].ends_with(':') {
                continue;
            }
            let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
            let named = text[at..].split(|c| !is_name(c)).next();
            paths.push(named.unwrap_or_default().to_owned());
        }
    }
    paths
}

/// `a::{b, c::{d, e}}` is `a::b`, `a::c::d` and `a::c::e`.
fn expand(before: &str, tree: &str, paths: &mut Vec<String>) {
    let (mut depth, mut from) = (0_usize, 0);
    let mut parts = Vec::new();
    for (at, c) in tree.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&tree[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&tree[from..]);
    for part in parts.iter().map(|part| part.trim()) {
        match part.split_once('{') {
            Some((head, rest)) => {
                let inner = rest.trim_end().trim_end_matches('}');
                expand(&format!("{before}{}", head.trim()), inner, paths);
            }
            None if !part.is_empty() => paths.push(format!("{before}{part}")),
            None => {}
        }
    }
}

/// The module that a path named in `here` leads to or into.
fn resolve(named: &str, here: &Path, modules: &BTreeSet<&Path>) -> Option<Path> {
    let mut words = named.split("::").map(str::trim).peekable();
    let mut path = match words.peek().copied()? {
        "crate" => {
            words.next();
            Vec::new()
        }
        "self" => {
            words.next();
            here.clone()
        }
        "super" => here.clone(),
        first => {
            let mut child = here.clone();
            child.push(first.to_owned());
            modules.get(&child)?;
            here.clone()
        }
    };
    while words.next_if_eq(&"super").is_some() {
        path.pop();
    }
    path.extend(words.map(str::to_owned));
    while !modules.contains(&path) {
        path.pop()?;
    }
    Some(path)
}

/// The parts of `cloud` as ARCHITECTURE.md lists them, from the ground up.
fn floors() -> Vec<String> {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("an architecture");
    let (_, after) = text
        .split_once("\n### The floors of `cloud`\n")
        .expect("ARCHITECTURE.md lists the floors");
    let section = after.split("\n## ").next().unwrap_or_default();
    let rows = section
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains('`'));
    let parts = rows.flat_map(|row| {
        let column = row.split('|').nth(1).unwrap_or_default();
        let names = column.split('`').skip(1).step_by(2);
        names.map(str::to_owned).collect::<Vec<_>>()
    });
    parts.collect()
}

#[test]
fn parts_of_the_cloud_import_only_from_below() {
    let floors = floors();
    let floor_of = |part: &str| floors.iter().position(|listed| listed == part);
    let mut complaints = Vec::new();
    for (module, imported) in &Imports::of_crate("cloud").by_module {
        let Some(part) = module.first() else { continue };
        for other in imported.iter().filter(|other| other[0] != *part) {
            if floor_of(&other[0]) >= floor_of(part) {
                complaints.push(format!(
                    "`{}` imports `{}`: `{}` stands above `{part}`. What both need belongs below \
                     `{part}`; what needs both, above `{}`.",
                    module.join("/"),
                    other.join("/"),
                    other[0],
                    other[0]
                ));
            }
        }
    }

    expect_none(
        "An import goes uphill (floors: ARCHITECTURE.md):",
        &complaints,
    );
}

#[test]
fn every_part_of_the_cloud_has_its_floor() {
    let listed: BTreeSet<String> = floors().into_iter().collect();
    let modules = Imports::of_crate("cloud").by_module.into_keys();
    let parts: BTreeSet<String> = modules.filter_map(|path| path.first().cloned()).collect();

    assert_eq!(parts, listed, "ARCHITECTURE.md lists every part, once");
    assert_eq!(listed.len(), floors().len(), "once");
}

#[test]
fn no_circle_of_files_is_larger_than_three() {
    let crates = std::fs::read_dir(root().join("crates")).expect("our crates");
    let mut complaints = Vec::new();
    for entry in crates {
        let name = entry.expect("a crate").file_name();
        let name = name.to_string_lossy();
        let imports = Imports::of_crate(&name);
        let circles = imports.circles().into_iter();
        for circle in circles.filter(|circle| circle.len() > MOST_IN_A_CIRCLE) {
            let files: Vec<String> = circle.iter().map(|path| path.join("/")).collect();
            complaints.push(format!("{name}: {}", files.join(", ")));
        }
    }

    expect_none(
        "These import each other in a circle; part them:",
        &complaints,
    );
}

#[test]
fn imports_are_found_in_every_form() {
    let text = without_comments(
        "use crate::{db, web::{error::{self, Error}, guard}}; // use crate::not;\n\
         pub use line::Line;\npub(in crate::not) fn f() { super::limits::MOST; }",
    );
    let modules: Vec<Path> = [
        "db",
        "web",
        "web/error",
        "web/guard",
        "a",
        "a/limits",
        "a/b",
    ]
    .map(module)
    .into();
    let known: BTreeSet<&Path> = modules.iter().collect();

    let here = module("a/b.rs");
    let found: BTreeSet<String> = paths(&text)
        .iter()
        .filter_map(|named| resolve(named, &here, &known))
        .map(|path| path.join("/"))
        .collect();

    let expected = ["a/limits", "db", "web/error", "web/guard"];
    assert_eq!(found, expected.map(str::to_owned).into());
}
