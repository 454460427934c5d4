//! Six languages: which one somebody gets, and that nothing on a page is left in another.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::Ordering;

use cloud::db::sql;
use cloud::language::{Language, speaking, texts};

use crate::support::browser::Browser;
use crate::support::{PASSWORD, TestCloud};

const SERIAL: &str = "PV-0123-4567-89ABZ";

/// A recorder of somebody, with a camera that is offline.
async fn own_recorder(cloud: &TestCloud, user_name: &str) {
    sql::query(
        "INSERT INTO recorders (serial, public_key, account_id, name, cameras, first_seen_at, last_seen_at)
         SELECT $1, 'k', id, 'PV', $2, 0, 1795400000 FROM accounts WHERE user_name = $3",
    )
    .bind(SERIAL)
    .bind(r#"[{"id":"1","name":"PV","isOnline":false}]"#)
    .bind(user_name)
    .execute(cloud.state.db.writer())
    .await
    .unwrap();
}

/// What English says in several words and this language in others, by key.
fn english_only(language: Language) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales/en");
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for (key, words) in file.lines().filter_map(|line| line.split_once(" = ")) {
            let is_plain = words.contains(' ') && !words.contains(['{', '<']);
            if is_plain && speaking(language, || texts::say(key, &[])) != words {
                found.insert(key.to_owned(), words.to_owned());
            }
        }
    }
    assert!(found.len() > 100, "only {} texts to look for", found.len());
    found
}

/// Fails if a page says something in English.
fn assert_speaks(language: Language, path: &str, body: &str) {
    let tag = format!("<html lang=\"{}\">", language.code());
    assert!(body.contains(&tag), "{path} is not marked {tag}: {body}");
    for (key, words) in english_only(language) {
        assert!(
            !body.contains(&words),
            "{path} says {key} in English, not {tag}"
        );
    }
}

#[tokio::test]
async fn every_page_is_completely_translated() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    own_recorder(&cloud, "ana").await;
    for language in Language::ALL.into_iter().skip(1) {
        let mut browser = cloud.browser().sending("accept-language", language.code());
        for path in [
            "/login",
            "/login?notice=password",
            "/register",
            "/forgot",
            "/nothing",
            "/not-me",
            "/account/email/button",
            "/setup",
            "/register/button",
            "/forgot/button",
        ] {
            assert_speaks(language, path, &browser.get(path).await.body);
        }
        browser.logs_in("ana", PASSWORD, false).await;
        browser.chooses_language(language.code(), "/help").await;
        for path in [
            "/devices",
            "/devices/new",
            "/live",
            "/configuration",
            "/account?notice=password",
            "/account/password",
            "/account/email",
            "/account/sessions",
            "/account/notices",
            "/account/lock",
            "/account/data",
            "/account/deletion",
            "/step-up",
            "/help",
            "/menu",
            "/devices/PV-0123-4567-89ABZ",
            "/devices/PV-0123-4567-89ABZ/removal",
            "/live/PV-0123-4567-89ABZ/1",
        ] {
            assert_speaks(language, path, &browser.get(path).await.body);
        }
    }
}

#[tokio::test]
async fn the_set_up_page_is_completely_translated() {
    let cloud = TestCloud::start_with(|_| {}).await;
    cloud.state.is_set_up.store(false, Ordering::Relaxed);
    for language in Language::ALL.into_iter().skip(1) {
        let mut browser = cloud.browser().sending("accept-language", language.code());
        let page = browser.get("/setup").await;
        assert_speaks(language, "/setup", &page.body);
        let page = browser.post("/setup", &[]).await;
        assert_speaks(language, "POST /setup", &page.body);
    }
}

#[tokio::test]
async fn every_answer_to_a_form_is_translated() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    for language in Language::ALL.into_iter().skip(1) {
        let code = language.code();
        let mut browser = cloud.browser().sending("accept-language", code);
        let mut answers = vec![
            browser
                .post(
                    "/register",
                    &[("email", "x"), ("captcha", "x"), ("letters", "x")],
                )
                .await,
            browser.post("/login", &[("wrong", "field")]).await,
            browser.logs_in("nobody", PASSWORD, false).await,
        ];
        browser
            .asks_for_a_code(&cloud.state, &format!("{code}@example.org"))
            .await;
        answers.push(browser.get("/register/finish").await);
        answers.push(browser.finishes("12", "x", "short").await);
        answers.push(browser.post("/register/code", &[]).await);
        browser.logs_in("ana", PASSWORD, false).await;
        browser.chooses_language(code, "/help").await;
        let wrong = [("serial", "x"), ("code", "x"), ("name", "")];
        answers.push(browser.post("/devices", &wrong).await);
        for (n, answer) in answers.iter().enumerate() {
            assert_speaks(language, &format!("answer {n}"), &answer.body);
        }
        cloud.clock.advance(86_400);
    }
}

#[tokio::test]
async fn a_page_uses_the_language_the_browser_asks_for() {
    let cloud = TestCloud::start().await;
    for (wanted, words) in [
        ("fr-CH, en;q=0.5", "Mot de passe"),
        ("it", "Password"),
        ("zh-TW", "密码"),
    ] {
        let page = cloud
            .browser()
            .sending("accept-language", wanted)
            .get("/login")
            .await;

        assert!(
            page.body.contains(&format!(">{words}<")),
            "{wanted}: {}",
            page.body
        );
        let mut varies = page.headers.get_all("vary").iter();
        assert!(varies.any(|by| by == "accept-language, cookie"));
    }
    let mut browser = cloud.browser().sending("accept-language", "de");
    let mailbox = browser.get("/demo/mailbox").await;
    assert_speaks(Language::German, "/demo/mailbox", &mailbox.body);
}

#[tokio::test]
async fn a_language_chosen_when_signed_out_is_kept_per_browser() {
    let cloud = TestCloud::start().await;
    let mut browser = cloud.browser().sending("accept-language", "en");

    let chosen = browser.chooses_language("de", "/register?x=1").await;

    assert_eq!(
        (chosen.status, chosen.location()),
        (303, Some("/register?x=1"))
    );
    let cookie = chosen.set_cookie("language").unwrap();
    assert!(
        cookie.contains("HttpOnly; SameSite=Lax; Max-Age=31536000"),
        "{cookie}"
    );
    browser.restarts();
    assert_speaks(
        Language::German,
        "/register",
        &browser.get("/register").await.body,
    );
}

#[tokio::test]
async fn an_unsupported_language_changes_nothing() {
    let cloud = TestCloud::start().await;
    let mut browser = cloud.browser();
    for bad in ["it", "", "de; Path=/", "../en"] {
        let page = browser.chooses_language(bad, "/login").await;

        assert_eq!(page.status, 400, "{bad}");
        assert_eq!(page.set_cookie("language"), None);
    }
    browser.takes_cookie("language", "it");
    assert!(
        browser
            .get("/login")
            .await
            .body
            .contains("<html lang=\"en\">")
    );
}

#[tokio::test]
async fn an_accounts_language_applies_in_every_browser() {
    let cloud = TestCloud::start().await;
    let mut home = cloud.person("ana").await;
    home.chooses_language("es", "/configuration").await;

    let mut elsewhere = cloud.browser().sending("accept-language", "fr");
    elsewhere.logs_in("ana", PASSWORD, false).await;

    assert_speaks(
        Language::Spanish,
        "/devices",
        &elsewhere.get("/devices").await.body,
    );
    elsewhere.post("/logout", &[]).await;
    assert_speaks(
        Language::French,
        "/login",
        &elsewhere.get("/login").await.body,
    );
}

#[tokio::test]
async fn a_new_account_keeps_the_language_of_its_browser() {
    let cloud = TestCloud::start().await;
    let mut browser = cloud.browser().sending("accept-language", "pt");
    registers(&cloud, &mut browser, "ana").await;

    let mut elsewhere = cloud.browser();
    elsewhere.logs_in("ana", PASSWORD, false).await;

    assert_speaks(
        Language::Portuguese,
        "/help",
        &elsewhere.get("/help").await.body,
    );
}

#[tokio::test]
async fn a_mail_uses_the_language_of_its_recipient() {
    let cloud = TestCloud::start().await;
    let mut german = cloud.browser().sending("accept-language", "de");
    registers(&cloud, &mut german, "ana").await;
    let mail = cloud.nth_mail_to("ana@example.org", 1).await;
    assert!(
        mail.subject.ends_with(" ist Ihr Peerview-Bestätigungscode"),
        "{}",
        mail.subject
    );
    assert!(mail.body.contains("Er gilt 30 Minuten."), "{}", mail.body);

    // Somebody else asks about the address: the account's language counts, not theirs.
    let mut french = cloud.browser().sending("accept-language", "fr");
    french.sends_register(&cloud.state, "Ana@example.org").await;
    french.sends_forgot(&cloud.state, "ben@example.org").await;

    let known = cloud.nth_mail_to("Ana@example.org", 1).await;
    assert_eq!(known.subject, "Sie haben schon ein Peerview-Konto");
    assert!(known.body.contains("November 2026, "), "{}", known.body);
    let unknown = cloud.nth_mail_to("ben@example.org", 1).await;
    assert_eq!(unknown.subject, "Aucun compte Peerview pour cette adresse");
}

#[tokio::test]
async fn scripts_get_texts_in_the_language_of_the_page() {
    let cloud = TestCloud::start().await;
    for (language, words) in [
        ("de", "\"online\":\"Online\",\"offline\""),
        ("zh-Hans", "\"online\":\"在线\""),
    ] {
        let mut browser = cloud.browser().sending("accept-language", language);
        let page = browser.get("/login").await.body;
        let (before, _) = page.split_once("js/app.js").unwrap();
        let (_, path) = before.rsplit_once('"').unwrap();
        assert!(path.ends_with(&format!("-{language}/")), "{path}");

        let module = browser.get(&format!("{path}js/lib/texts.js")).await;

        assert!(
            module.body.contains(&format!("language = \"{language}\"")),
            "{}",
            module.body
        );
        assert!(
            words.split(',').all(|words| module.body.contains(words)),
            "{}",
            module.body
        );
        assert_eq!(
            module.header("content-type"),
            Some("text/javascript; charset=utf-8")
        );
        assert_eq!(
            module.header("cache-control"),
            Some("public, max-age=31536000, immutable")
        );
        assert_eq!(module.header("vary"), Some("accept-encoding"));
    }
}

async fn registers(cloud: &TestCloud, browser: &mut Browser, name: &str) {
    let address = format!("{name}@example.org");
    browser.asks_for_a_code(&cloud.state, &address).await;
    let code = cloud.code_for(&address).await;
    let done = browser.finishes(&code, name, PASSWORD).await;
    assert_eq!(done.location(), Some("/devices"), "{}", done.body);
}
