//! The bill of materials of the binary as CycloneDX 1.6 JSON: every crate that is linked or
//! runs while building, with version, licence, checksum and what it needs; and the WebAssembly that
//! was taken from elsewhere. Reads `cargo metadata` and `Cargo.lock`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::root;

/// The whole document.
pub fn bill() -> Result<Value, String> {
    let metadata = metadata()?;
    let needs = needs(&metadata)?;
    let main = package_id(&metadata, "peerview")?;
    let linked = reached(&needs, &main);
    let checksums = checksums()?;
    let packages = metadata["packages"].as_array().ok_or("no packages")?;
    let (mut components, mut dependencies) = (Vec::new(), Vec::new());
    let mut subject = Value::Null;
    for package in packages {
        let id = text(package, "id");
        if !linked.contains(id) {
            continue;
        }
        let component = component(package, &checksums);
        let depends_on: Vec<&String> = needs[id].iter().collect();
        dependencies.push(json!({ "ref": id, "dependsOn": depends_on }));
        if id == main {
            subject = component;
        } else {
            components.push(component);
        }
    }
    components.extend(vendored()?);
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": subject },
        "components": components,
        "dependencies": dependencies,
    }))
}

fn metadata() -> Result<Value, String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let asked = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(root())
        .output()
        .map_err(|e| format!("running cargo metadata: {e}"))?;
    if !asked.status.success() {
        return Err(String::from_utf8_lossy(&asked.stderr).into_owned());
    }
    serde_json::from_slice(&asked.stdout).map_err(|e| format!("reading cargo metadata: {e}"))
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn package_id(metadata: &Value, name: &str) -> Result<String, String> {
    let packages = metadata["packages"].as_array().ok_or("no packages")?;
    let found = packages
        .iter()
        .find(|package| text(package, "name") == name);
    found
        .map(|package| text(package, "id").to_owned())
        .ok_or_else(|| format!("no package {name}"))
}

/// What each package needs when it is not tested.
fn needs(metadata: &Value) -> Result<BTreeMap<String, BTreeSet<String>>, String> {
    let nodes = metadata["resolve"]["nodes"].as_array().ok_or("no graph")?;
    let mut needs = BTreeMap::new();
    for node in nodes {
        let all = node["deps"].as_array().into_iter().flatten();
        let real = all.filter(|dep| {
            let mut kinds = dep["dep_kinds"].as_array().into_iter().flatten();
            kinds.any(|kind| kind["kind"] != "dev")
        });
        let ids = real.map(|dep| text(dep, "pkg").to_owned()).collect();
        needs.insert(text(node, "id").to_owned(), ids);
    }
    Ok(needs)
}

fn reached(needs: &BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::from([from.to_owned()]);
    let mut waiting = vec![from.to_owned()];
    while let Some(id) = waiting.pop() {
        for next in needs.get(&id).into_iter().flatten() {
            if seen.insert(next.clone()) {
                waiting.push(next.clone());
            }
        }
    }
    seen
}

/// SHA-256 of each package's archive, by name and version.
fn checksums() -> Result<BTreeMap<(String, String), String>, String> {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).map_err(|e| e.to_string())?;
    let lock: toml::Table = lock.parse().map_err(|e| format!("Cargo.lock: {e}"))?;
    let packages = lock.get("package").and_then(toml::Value::as_array);
    let mut checksums = BTreeMap::new();
    for package in packages.into_iter().flatten() {
        let field = |name: &str| package.get(name)?.as_str().map(str::to_owned);
        if let (Some(name), Some(version), Some(sum)) =
            (field("name"), field("version"), field("checksum"))
        {
            checksums.insert((name, version), sum);
        }
    }
    Ok(checksums)
}

fn component(package: &Value, checksums: &BTreeMap<(String, String), String>) -> Value {
    let (name, version) = (text(package, "name"), text(package, "version"));
    let mut component = json!({
        "type": if name == "peerview" { "application" } else { "library" },
        "bom-ref": text(package, "id"),
        "name": name,
        "version": version,
        "purl": format!("pkg:cargo/{name}@{version}"),
        "licenses": [licence(package)],
    });
    if let Some(sum) = checksums.get(&(name.to_owned(), version.to_owned())) {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
    }
    component
}

/// By its SPDX expression, else by the file that holds it.
fn licence(package: &Value) -> Value {
    match (text(package, "license"), text(package, "license_file")) {
        ("", "") => json!({ "license": { "name": "unknown" } }),
        ("", file) => json!({ "license": { "name": format!("see {file}") } }),
        (expression, _) => json!({ "expression": expression }),
    }
}

/// What browsers get that we did not write: folders of `static/vendor`, with the file and licence of each.
const VENDORED: [(&str, &str, &str, &str); 3] = [
    ("libde265", "1.1.3", "libde265.wasm", "LGPL-3.0-or-later"),
    ("mediabunny", "1.61.0", "mediabunny.js", "MPL-2.0"),
    ("qr", "0.7.0", "decode.js", "MIT"),
];

/// One part for each of these folders; an unknown folder is an error.
fn vendored() -> Result<Vec<Value>, String> {
    let folder = root().join("crates/cloud/static/vendor");
    let entries = std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let found: BTreeSet<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let known = VENDORED.map(|(name, version, ..)| format!("{name}-{version}"));
    if found != BTreeSet::from(known) {
        return Err(format!("static/vendor has {found:?}: list them"));
    }
    VENDORED.into_iter().map(vendored_part).collect()
}

fn vendored_part(
    (name, version, file, licence): (&str, &str, &str, &str),
) -> Result<Value, String> {
    let file = format!("crates/cloud/static/vendor/{name}-{version}/{file}");
    let bytes = std::fs::read(root().join(&file)).map_err(|e| format!("{file}: {e}"))?;
    let hash = Sha256::digest(&bytes)
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    Ok(json!({
        "type": "library",
        "bom-ref": format!("vendor/{name}"),
        "name": name,
        "version": version,
        "licenses": [{ "expression": licence }],
        "hashes": [{ "alg": "SHA-256", "content": hash }],
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asvs_15_1_2_the_bill_of_materials_lists_every_shipped_part() {
        let bill = bill().unwrap();

        let components = bill["components"].as_array().unwrap();
        let names: BTreeSet<&str> = components.iter().map(|part| text(part, "name")).collect();
        for name in [
            "cloud",
            "agent",
            "axum",
            "sqlx-sqlite",
            "str0m",
            "rustls",
            "argon2",
            "libc",
            "libde265",
            "mediabunny",
            "qr",
        ] {
            assert!(names.contains(name), "{name} is missing");
        }
        assert!(
            !names.contains("fantoccini"),
            "a part of the tests is no part of the binary"
        );
        assert_eq!(text(&bill["metadata"]["component"], "name"), "peerview");
        for part in components {
            let is_ours = part["bom-ref"].as_str().unwrap().starts_with("path+");
            assert!(is_ours || part["hashes"].is_array(), "{part}");
            let licence = part["licenses"][0].to_string();
            assert!(
                licence.len() > r#"{"expression":""}"#.len() && !licence.contains("unknown"),
                "{part}"
            );
        }
        let known: BTreeSet<&str> = components
            .iter()
            .chain([&bill["metadata"]["component"]])
            .map(|part| text(part, "bom-ref"))
            .collect();
        let needed = bill["dependencies"].as_array().unwrap().iter();
        for id in needed.flat_map(|one| one["dependsOn"].as_array().unwrap()) {
            assert!(
                known.contains(id.as_str().unwrap()),
                "{id} is needed and not listed"
            );
        }
    }
}
