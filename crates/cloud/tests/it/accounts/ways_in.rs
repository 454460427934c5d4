//! Every way in is written down, and no mailed secret is one.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support::authenticator::Authenticator;
use crate::support::{PASSWORD, TestCloud};

const PAGE: &str = include_str!("../../../../../docs/ref/ways_in.md");

/// The cells of the table that are code: route and rule.
fn rows() -> Vec<(String, String)> {
    let lines = PAGE.lines().filter(|line| line.starts_with("| `"));
    lines
        .map(|line| {
            let cells: Vec<&str> = line
                .split('|')
                .map(|cell| cell.trim().trim_matches('`'))
                .collect();
            (cells[1].to_owned(), cells[3].to_owned())
        })
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[tokio::test]
async fn asvs_6_1_3_every_way_to_sign_in_is_documented() {
    let cloud = TestCloud::start().await;
    let routes = cloud::web::list(&cloud.state);
    for (route, _) in rows() {
        let (method, path) = route.split_once(' ').unwrap();
        let is_there = routes
            .iter()
            .any(|r| r.method.as_str() == method && r.path == path);
        assert!(is_there, "{route} is listed and not served");
    }

    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    let starts = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        ["session::start(", "session::rotate(", "NewSession {"]
            .iter()
            .any(|call| text.contains(call))
    };
    let rules: BTreeSet<String> = files
        .iter()
        .filter(|path| starts(path))
        .map(|path| {
            format!(
                "crates/cloud/{}",
                path.strip_prefix(root).unwrap().display()
            )
        })
        // The functions themselves.
        .filter(|path| !path.ends_with("accounts/session.rs"))
        .collect();
    let listed: BTreeSet<String> = rows().into_iter().map(|(_, rule)| rule).collect();

    assert_eq!(rules, listed);
}

#[tokio::test]
async fn asvs_6_3_4_every_way_to_sign_in_limits_guessing() {
    let cloud = TestCloud::start().await;
    let (mut ana, app, _) = cloud.person_with_app("ana").await;
    let mut phone = Authenticator::at(&cloud.state);
    ana.adds_passkey(&mut phone, "Phone").await;
    let mut waiting = cloud.at_second_step("ana").await;
    let mut by_key = cloud.at_second_step("ana").await;

    for _ in 0..25 {
        cloud
            .browser()
            .logs_in("ana", "gate lamp river mood", false)
            .await;
        waiting.types_code(&app.wrong_code(&cloud)).await;
        by_key
            .post("/login/factor/passkey", &[("ceremony", "x")])
            .await;
        cloud
            .browser()
            .post("/login/passkey", &[("ceremony", "x")])
            .await;
        ana.proves("gate lamp river mood", "").await;
    }

    let password = cloud.browser().logs_in("ana", PASSWORD, false).await;
    let code = waiting.types_code(&app.code(&cloud, 0)).await;
    let second = by_key.signs_with(&mut phone, "/login/factor/passkey").await;
    let passkey = cloud
        .browser()
        .signs_with(&mut phone, "/login/passkey")
        .await;
    let proof = ana.proves(PASSWORD, &app.code(&cloud, 1)).await;

    for page in [password, code, second, passkey, proof] {
        let is_refused = page.status == 429 || page.status == 422;
        assert!(
            is_refused || page.location() == Some("/login?notice=again"),
            "{}",
            page.body
        );
        assert!(page.set_cookie("session").is_none());
    }
}

#[tokio::test]
async fn asvs_6_3_6_a_mailed_secret_signs_nobody_in() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;

    let mut thief = cloud
        .resets_password("ana@example.org", "window bread stone north")
        .await;

    assert!(!thief.is_signed_in().await);
}
