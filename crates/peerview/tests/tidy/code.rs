//! Rows of the ASVS checklist that the source code itself shows: no SQL, shell command, address or template
//! is put together from user input, and nothing is unsafe. Exceptions are listed with their reason.

use crate::tree::{File, expect_none, files, files_ending, root};

/// Places that hold SQL which the compiler does not know.
const BUILT_SQL: [(&str, &str); 0] = [];

/// Places that start programs.
const STARTED_PROGRAMS: [(&str, &str); 0] = [];

/// Places of the cloud that open a connection or look a name up, and whose choice the address is.
const CONNECTS: [(&str, &str); 6] = [
    (
        "crates/cloud/src/boot/relay.rs",
        "the relay's own host, from the settings",
    ),
    (
        "crates/cloud/src/doctor/dns.rs",
        "this machine's DNS server, or the one on the operator's command line",
    ),
    (
        "crates/cloud/src/doctor/front.rs",
        "the public address, from the settings",
    ),
    (
        "crates/cloud/src/doctor/relay.rs",
        "the relay's own host, from the settings",
    ),
    (
        "crates/cloud/src/doctor/relay_program.rs",
        "the name of a relay of this machine, from the settings",
    ),
    (
        "crates/cloud/src/doctor/relays.rs",
        "the cloud's own listener for metrics",
    ),
];

/// Futures of the cloud that are kept while their task awaits something else.
const KEPT_FUTURES: [(&str, &str); 3] = [
    (
        "crates/cloud/src/server/tls.rs",
        "a handshake, which asks no database and is polled until it ends",
    ),
    (
        "crates/relay/src/event_loop.rs",
        "sockets of the relay, which knows no database",
    ),
    (
        "crates/cloud/src/server/http.rs",
        "the connection itself: its task awaits nothing else",
    ),
];

/// What a transaction may not wait for: it holds rows, and on SQLite the one connection that writes.
const AWAITED_ELSEWHERE: [&str; 8] = [
    "state.db",
    ".reader()",
    ".writer()",
    ".passwords",
    "throttle.spend",
    ".refund",
    ".flush()",
    "sleep",
];

/// What ships, and the simulated recorder: sources of our crates without their tests.
fn sources() -> Vec<File> {
    let mut sources = files_ending(".rs");
    sources.retain(|file| {
        file.path.starts_with("crates/")
            && file.path.contains("/src/")
            && !file.path.starts_with("crates/xtask/")
            && !file.is_test()
    });
    assert!(sources.len() > 100, "only {} sources", sources.len());
    sources
}

/// Whether it runs in the cloud's process.
fn is_of_the_server(file: &File) -> bool {
    ["crates/cloud/", "crates/relay/"]
        .iter()
        .any(|of| file.path.starts_with(of))
}

/// Lines of code that hold one of `words`, outside of the places that may.
fn found(sources: &[File], words: &[&str], may: &[(&str, &str)]) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in sources {
        if may.iter().any(|(path, _)| *path == file.path) {
            continue;
        }
        for (number, line) in file.without_tests().lines().enumerate() {
            let is_code = !line.trim_start().starts_with("//");
            if is_code && words.iter().any(|word| line.contains(word)) {
                complaints.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    complaints
}

fn expect_listed_are_needed(sources: &[File], words: &[&str], may: &[(&str, &str)]) {
    for (path, reason) in may {
        let file = sources.iter().find(|file| file.path == *path);
        let is_needed = file.is_some_and(|file| words.iter().any(|w| file.text.contains(w)));
        assert!(
            is_needed,
            "{path} ({reason}) is listed and does no such thing"
        );
    }
}

#[test]
fn asvs_1_2_4_sql_is_constant_and_values_are_bound() {
    // sqlx takes only `&'static str`; this is its one way round.
    let words = ["AssertSqlSafe"];
    let sources = sources();

    let complaints = found(&sources, &words, &BUILT_SQL);

    expect_listed_are_needed(&sources, &words, &BUILT_SQL);
    expect_none("SQL is a constant; bind what people send:", &complaints);
}

#[test]
fn asvs_1_2_5_only_listed_code_starts_external_programs() {
    let words = ["Command::new(", "std::process::Command", "process::Command"];
    let sources = sources();

    let complaints = found(&sources, &words, &STARTED_PROGRAMS);

    expect_listed_are_needed(&sources, &words, &STARTED_PROGRAMS);
    expect_none(
        "Starting a program needs a reason in tests/tidy/code.rs:",
        &complaints,
    );
}

#[test]
fn asvs_1_3_6_the_cloud_connects_to_no_user_supplied_address() {
    let words = [
        "TcpStream::connect",
        "lookup_host(",
        "connect_async",
        "reqwest::",
        "to_socket_addrs(",
    ];
    let mut sources = sources();
    sources.retain(is_of_the_server);

    let complaints = found(&sources, &words, &CONNECTS);

    expect_listed_are_needed(&sources, &words, &CONNECTS);
    expect_none(
        "Say in tests/tidy/code.rs whose choice this address is; never a stranger's:",
        &complaints,
    );
}

#[test]
fn asvs_1_3_7_templates_are_files_and_escape_their_output() {
    let in_code = found(&sources(), &["source ="], &[]);
    let templates = files_ending(".html");
    let ours = templates
        .iter()
        .filter(|file| file.path.contains("/templates/"));
    let raw: Vec<String> = ours
        .clone()
        .filter(|file| file.text.contains("|safe") || file.text.contains("| safe"))
        .map(|file| file.path.clone())
        .collect();

    assert!(ours.count() > 20, "no templates found");
    let built: Vec<String> = in_code
        .into_iter()
        .filter(|line| line.contains("template("))
        .collect();
    expect_none("A template is a file:", &built);
    expect_none("Text is put in as text, without `safe`:", &raw);
}

fn manifest(path: &str) -> toml::Table {
    let text = std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    text.parse().unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn crates() -> Vec<String> {
    let folders = std::fs::read_dir(root().join("crates")).expect("there are crates");
    let names = folders.map(|entry| entry.expect("a folder is readable").file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

#[test]
fn asvs_1_4_1_every_crate_forbids_unsafe_code() {
    let workspace = manifest("Cargo.toml");
    let lint = workspace["workspace"]["lints"]["rust"]["unsafe_code"].as_str();

    assert_eq!(lint, Some("forbid"));
    for name in crates() {
        let manifest = manifest(&format!("crates/{name}/Cargo.toml"));
        assert_eq!(
            manifest["lints"]["workspace"].as_bool(),
            Some(true),
            "{name} does not take the workspace's lints"
        );
        assert!(
            !manifest.contains_key("build"),
            "{name} builds foreign code"
        );
    }
    let foreign = files().into_iter().map(|file| file.path);
    let foreign: Vec<String> = foreign
        .filter(|path| path.starts_with("crates/") && !path.contains("/vendor/"))
        .filter(|path| {
            [".c", ".cc", ".cpp", ".s", "/build.rs"]
                .iter()
                .any(|end| path.ends_with(end))
        })
        .collect();
    expect_none("Only Rust is built here:", &foreign);
}

#[test]
fn asvs_1_4_2_integer_overflow_panics_in_releases_too() {
    let workspace = manifest("Cargo.toml");
    let packages = &workspace["profile"]["release"]["package"];

    for name in crates() {
        let checks = packages.get(&name).and_then(|p| p.get("overflow-checks"));
        assert_eq!(
            checks.and_then(toml::Value::as_bool),
            Some(true),
            "[profile.release.package.{name}] overflow-checks = true"
        );
    }
}

#[test]
fn asvs_1_4_3_memory_is_freed_by_the_compiler_only() {
    let words = [
        "mem::forget",
        "Box::leak",
        "ManuallyDrop",
        "MaybeUninit",
        ".leak()",
    ];

    expect_none("Let the compiler free it:", &found(&sources(), &words, &[]));
}

#[test]
fn asvs_15_2_1_vulnerable_dependencies_have_a_deadline_and_a_check() {
    let security = std::fs::read_to_string(root().join("SECURITY.md")).expect("it is there");
    let deny = manifest("deny.toml");
    let script = std::fs::read_to_string(root().join("scripts/deny.sh")).expect("it is there");

    for words in ["critical", "7 days", "30 days", "make deny"] {
        assert!(
            security.contains(words),
            "SECURITY.md does not say `{words}`"
        );
    }
    assert_eq!(deny["advisories"]["yanked"].as_str(), Some("deny"));
    assert!(
        script.contains("advisories"),
        "deny.sh does not look at advisories"
    );
    let ignored = deny["advisories"]["ignore"].as_array().expect("a list");
    for advisory in ignored {
        let has_reason = advisory.get("reason").is_some_and(|r| r.as_str().is_some());
        assert!(has_reason, "{advisory} is ignored without a reason");
    }
}

#[test]
fn no_future_of_the_cloud_is_kept_unpolled() {
    let words = [
        "pin!(",
        "FuturesUnordered::new(",
        "FuturesOrdered::new(",
        "buffered(",
        "buffer_unordered(",
        "select_all(",
    ];
    let mut sources = sources();
    sources.retain(is_of_the_server);

    let complaints = found(&sources, &words, &KEPT_FUTURES);

    expect_listed_are_needed(&sources, &words, &KEPT_FUTURES);
    expect_none(
        "A future that is kept and not polled may hold what others wait for; give it a task, or a reason in \
         tests/tidy/code.rs:",
        &complaints,
    );
}

#[test]
fn a_transaction_awaits_only_its_own_statements() {
    let mut sources = sources();
    sources.retain(|file| file.path.starts_with("crates/cloud/"));
    let mut n_seen = 0;
    let mut complaints = Vec::new();

    for file in &sources {
        for (first, lines) in transactions(file.without_tests()) {
            n_seen += 1;
            for (number, line) in (first..).zip(lines) {
                if AWAITED_ELSEWHERE.iter().any(|word| line.contains(word)) {
                    complaints.push(format!("{}:{number}: {}", file.path, line.trim()));
                }
            }
        }
    }

    assert!(n_seen > 30, "only {n_seen} transactions");
    expect_none(
        "Inside a transaction everything runs on it; the rest comes before or after:",
        &complaints,
    );
}

/// Lines of each transaction, without the one that begins it, and the number of their first: to its
/// commit, to where somebody else takes it over, or to the end of its block, but for branches that give it up.
fn transactions(code: &str) -> Vec<(usize, Vec<&str>)> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let lines: Vec<&str> = code.lines().collect();
    let begun = |line: &str| line.contains("let mut tx =") && line.contains(".begin()");
    let firsts = (0..lines.len()).filter(|number| begun(lines[*number]));
    let within = |first: usize| {
        let depth = indent(lines[first]);
        let mut given_up_at = None;
        let body = lines[first + 1..].iter().copied();
        let to_its_end = body.take_while(move |line| {
            let is_passed_on = line.contains("tx.commit()") || line.contains(", tx, ");
            line.trim().is_empty() || (indent(line) >= depth && !is_passed_on)
        });
        let held = to_its_end.map(move |line| {
            if given_up_at.is_some_and(|depth| indent(line) < depth) {
                given_up_at = None;
            }
            if line.contains("drop(tx)") {
                given_up_at = Some(indent(line));
            }
            if given_up_at.is_some() { "" } else { line }
        });
        (first + 2, held.collect())
    };
    firsts.map(within).collect()
}

#[test]
fn an_await_inside_a_transaction_is_detected() {
    let code = "fn a() {\n    let mut tx = state.db.begin().await?;\n    if no {\n        drop(tx);\n        \
                find(&state.db).await?;\n    }\n    see(&state.db).await?;\n    tx.commit().await?;\n    \
                look(&state.db).await?;\n}\n";

    let held = transactions(code).remove(0).1.concat();

    assert!(held.contains("see(") && !held.contains("find(") && !held.contains("look("));
}
