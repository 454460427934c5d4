//! `docs/ref/keys.md` is the inventory of keys: complete, filled in, and true about the code.

use std::collections::BTreeSet;

use crate::tree::{expect_none, files_ending, root};

/// What people type, and so cannot be long: counters bound the guessing.
const SHORT: [&str; 7] = [
    "code of an agent's set-up page",
    "DKIM key",
    "recovery codes",
    "verification code",
    "`captcha answer`",
    "`registration code`",
    "`reset code`",
];

/// Comparisons with `==` of things that are called like secrets and are none.
const NO_SECRETS: [(&str, &str); 1] = [(
    "crates/cloud/src/links/task.rs",
    "a number that tells the claims of one link apart",
)];

fn page() -> String {
    std::fs::read_to_string(root().join("docs/ref/keys.md")).expect("the inventory is there")
}

/// The cells of a section's table, without its head.
fn table(section: &str) -> Vec<Vec<String>> {
    let page = page();
    let (_, rest) = page
        .split_once(&format!("## {section}\n"))
        .unwrap_or_else(|| panic!("no section {section}"));
    let rows = rest
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells = row.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    })
    .collect()
}

/// The purposes for which the cloud's code derives a key.
fn derived() -> BTreeSet<String> {
    let mut purposes = BTreeSet::new();
    let sources = files_ending(".rs");
    let ours = sources
        .iter()
        .filter(|file| file.path.starts_with("crates/cloud/src/") && !file.is_test());
    for file in ours {
        let text = file.without_tests();
        for call in ["derive(", "derive_text(", "derive_characters("] {
            for (at, _) in text.match_indices(call) {
                let argument = text[at + call.len()..].trim_start();
                if let Some(rest) = argument.strip_prefix('"') {
                    let end = rest.find('"').expect("a string ends");
                    purposes.insert(rest[..end].to_owned());
                }
            }
        }
    }
    purposes
}

#[test]
fn asvs_11_1_2_the_key_inventory_lists_exactly_the_derived_keys() {
    let listed = table("Derived from the server key");
    let listed: BTreeSet<String> = listed
        .iter()
        .map(|row| row[0].trim_matches('`').to_owned())
        .collect();
    let derived = derived();

    assert!(derived.len() > 5, "only {derived:?} found");
    let difference: Vec<&String> = listed.symmetric_difference(&derived).collect();
    assert!(
        difference.is_empty(),
        "docs/ref/keys.md and the code do not agree on the keys {difference:?}"
    );
}

#[test]
fn asvs_11_1_1_every_keys_life_cycle_is_documented() {
    for section in ["Made and stored", "Derived from the server key"] {
        let rows = table(section);

        assert!(rows.len() > 5, "{section} has {} rows", rows.len());
        for row in rows {
            assert!(row.iter().all(|cell| !cell.is_empty()), "a gap: {row:?}");
        }
    }
    assert!(page().contains("## Rules"));
}

#[test]
fn asvs_11_2_3_keys_except_typed_ones_have_128_bits() {
    let made = table("Made and stored")
        .into_iter()
        .map(|row| (row[0].clone(), row[2].clone()));
    let derived = table("Derived from the server key");
    let derived = derived
        .into_iter()
        .map(|row| (row[0].clone(), row[2].clone()));

    for (key, bits) in made.chain(derived) {
        let is_long = bits
            .parse::<u32>()
            .map_or(bits == "as set", |bits| bits >= 128);
        let is_short = SHORT.contains(&key.as_str());
        assert!(is_long != is_short, "{key}: {bits} bits");
    }
    let random = std::fs::read_to_string(root().join("crates/cloud/src/random.rs"))
        .expect("the generator is there");
    assert!(
        random.contains("getrandom::fill("),
        "not the system's generator"
    );
    assert!(random.contains("bytes::<32>()") && random.contains("bytes::<16>()"));
}

#[test]
fn asvs_11_2_1_cryptography_comes_from_the_listed_libraries() {
    let page = page();
    let (_, libraries) = page.split_once("## Libraries\n").expect("they are listed");
    let kinds = [
        "aes",
        "argon2",
        "aws-lc",
        "blake",
        "chacha",
        "crypto",
        "curve",
        "digest",
        "dkim",
        "dsa",
        "ed25519",
        "getrandom",
        "hmac",
        "md-5",
        "md5",
        "openssl",
        "p256",
        "pbkdf",
        "ring",
        "rsa",
        "rustls",
        "scrypt",
        "sha1",
        "sha2",
        "str0m",
        "subtle",
        "totp",
        "webauthn",
    ];
    let mut complaints = Vec::new();
    for file in files_ending("Cargo.toml") {
        if !file.path.starts_with("crates/") {
            continue;
        }
        let manifest: toml::Table = file.text.parse().expect("a manifest is TOML");
        let Some(dependencies) = manifest.get("dependencies").and_then(toml::Value::as_table)
        else {
            continue;
        };
        for name in dependencies.keys() {
            let is_crypto = kinds.iter().any(|kind| name.contains(kind)) && name != "str0m";
            if is_crypto && !libraries.contains(&format!("`{name}`")) {
                complaints.push(format!("{}: {name}", file.path));
            }
        }
    }
    expect_none(
        "Cryptography that docs/ref/keys.md does not list:",
        &complaints,
    );
}

#[test]
fn asvs_11_2_1_no_cryptographic_primitive_is_implemented_here() {
    // The round constants that every home-made SHA, MD5 or AES would hold.
    let constants = [
        "0x6a09e667",
        "0x67452301",
        "0x428a2f98",
        "0xd76aa478",
        "0x63, 0x7c, 0x77",
    ];
    let home_made: Vec<String> = files_ending(".rs")
        .iter()
        .filter(|file| file.path.contains("/src/"))
        .filter(|file| {
            let text = file.text.to_lowercase().replace('_', "");
            constants.iter().any(|constant| text.contains(constant))
        })
        .map(|file| file.path.clone())
        .collect();
    expect_none("Take this from a library:", &home_made);
}

#[test]
fn asvs_11_2_4_secrets_are_compared_in_constant_time() {
    let secrets = [
        "mac",
        "tag",
        "token",
        "secret",
        "password",
        "pepper",
        "signature",
        "typed",
        "digest",
        "code_typed",
        "expected_code",
    ];
    let mut complaints = Vec::new();
    let sources = files_ending(".rs");
    let ours = sources.iter().filter(|file| {
        let ships = ["cloud", "relay", "proto", "agent", "peer"];
        ships
            .iter()
            .any(|name| file.path.starts_with(&format!("crates/{name}/src/")))
            && !file.is_test()
    });
    for file in ours {
        if NO_SECRETS.iter().any(|(path, _)| *path == file.path) {
            continue;
        }
        for (number, line) in file.without_tests().lines().enumerate() {
            let line = line.trim();
            for sign in [" == ", " != "] {
                let Some((left, right)) = line.split_once(sign) else {
                    continue;
                };
                let is_name = |c: char| c.is_alphanumeric() || c == '_';
                let before = left.rsplit(|c| !is_name(c)).next().unwrap_or_default();
                let after = right.trim_start_matches(['&', '*']).split(|c| !is_name(c));
                let after = after.into_iter().next().unwrap_or_default();
                if secrets.contains(&before) || secrets.contains(&after) {
                    complaints.push(format!("{}:{}: {line}", file.path, number + 1));
                }
            }
        }
    }

    expect_none("Compare secrets with `ct_eq`:", &complaints);
}
