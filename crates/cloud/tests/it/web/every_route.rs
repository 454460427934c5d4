//! Rules for every method at every address, taken from the router: headers, origins, safe methods change
//! nothing, caches store nothing private, and no third-party content.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use crate::support::TestCloud;
use crate::support::browser::{Browser, Page};
use crate::support::matrix::{Row, TwoPeople, rows};

/// Every page as a stranger and as Ana gets it, and every form as a stranger's.
async fn answers(people: &mut TwoPeople) -> Vec<(Row, Page)> {
    let mut answers = Vec::new();
    for row in rows() {
        let path = people.address(&row);
        let mut stranger = people.cloud.browser();
        let page = row.send(&mut stranger, &path).await;
        answers.push((row.clone(), page));
        if !row.is_post() {
            let page = row.send(&mut people.ana, &path).await;
            answers.push((row, page));
        }
    }
    assert!(answers.len() > 80, "{}", answers.len());
    answers
}

async fn assert_header(name: &str, is_right: impl Fn(&str) -> bool) {
    let mut people = TwoPeople::meet().await;
    for (row, page) in answers(&mut people).await {
        let value = page.header(name).unwrap_or_default();
        assert!(is_right(value), "{row:?}: {name}: {value}");
    }
}

#[tokio::test]
async fn asvs_3_4_3_every_answer_has_a_strict_content_security_policy() {
    assert_header("content-security-policy", |policy| {
        [
            "default-src 'none'",
            "script-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
        ]
        .iter()
        .all(|part| policy.contains(part))
            && !policy.contains("unsafe")
            && !policy.contains('*')
    })
    .await;
}

#[tokio::test]
async fn asvs_3_4_3_only_the_decoder_may_compile_web_assembly() {
    let mut people = TwoPeople::meet().await;

    for (path, may_compile) in [
        ("/assets/0-en/js/h265_worker.js", true),
        ("/assets/0-en/js/decoders.js", false),
        ("/js/h265_worker.js", false),
        ("/live", false),
    ] {
        let page = people.ana.get(path).await;
        let policy = page.header("content-security-policy").unwrap();
        let unsafe_words = policy.matches("unsafe").count();
        assert_eq!(unsafe_words, usize::from(may_compile), "{path}: {policy}");
        let is_allowed = policy.contains("script-src 'self' 'wasm-unsafe-eval';");
        assert_eq!(is_allowed, may_compile, "{path}: {policy}");
    }
    let decoder = people
        .ana
        .get("/assets/0-en/vendor/libde265-1.1.3/libde265.wasm")
        .await;
    assert_eq!(decoder.header("content-type"), Some("application/wasm"));
}

#[tokio::test]
async fn files_have_the_shortest_policy_and_workers_their_own() {
    let cloud = TestCloud::start().await;

    for (path, is_short) in [
        ("/assets/0-en/js/app.js", true),
        ("/assets/0-en/css/page.css", true),
        ("/assets/0-en/js/recording_worker.js", false),
        ("/assets/0-en/js/work_worker.js", false),
        ("/service-worker.js", false),
        ("/login", false),
    ] {
        let answer = cloud.browser().get(path).await;
        let policy = answer.header("content-security-policy").unwrap();
        assert_eq!(answer.status, 200, "{path}");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; "));
        assert_eq!(
            !policy.contains("connect-src"),
            is_short,
            "{path}: {policy}"
        );
    }
}

#[tokio::test]
async fn asvs_3_4_4_every_answer_has_the_nosniff_header() {
    assert_header("x-content-type-options", |value| value == "nosniff").await;
}

#[tokio::test]
async fn asvs_3_4_5_every_answer_has_a_referrer_policy() {
    assert_header("referrer-policy", |value| value == "same-origin").await;
}

#[tokio::test]
async fn asvs_3_4_6_no_answer_may_be_framed() {
    assert_header("content-security-policy", |policy| {
        policy.contains("frame-ancestors 'none'")
    })
    .await;
}

#[tokio::test]
async fn asvs_3_4_8_every_answer_has_a_cross_origin_opener_policy() {
    assert_header("cross-origin-opener-policy", |value| value == "same-origin").await;
}

#[tokio::test]
async fn only_live_view_may_use_the_microphone() {
    let mut people = TwoPeople::meet().await;
    for (row, page) in answers(&mut people).await {
        let policy = page.header("permissions-policy").unwrap_or_default();
        let is_live = row.path == "/live" || row.path.starts_with("/live/");
        assert_eq!(policy.contains("microphone=(self)"), is_live, "{row:?}");
        assert_eq!(policy.contains("camera=(self)"), !is_live, "{row:?}");
        assert!(policy.contains("geolocation=()"), "{row:?}: {policy}");
    }
}

#[tokio::test]
async fn asvs_14_3_2_only_static_files_may_be_cached() {
    let mut people = TwoPeople::meet().await;
    for (row, page) in answers(&mut people).await {
        let caching = page.header("cache-control").unwrap_or_default();
        let is_file = row.path.starts_with("/assets/");
        assert!(caching == "no-store" || is_file, "{row:?}: {caching}");
    }
}

#[tokio::test]
async fn asvs_3_4_2_other_origins_cannot_read_an_answer() {
    let mut people = TwoPeople::meet().await;
    let mut lured = people.ana.clone().sending("origin", "https://evil.example");
    for row in rows().iter().filter(|row| !row.is_post()) {
        let page = row.send(&mut lured, &people.address(row)).await;
        let allowed = page.header("access-control-allow-origin");
        assert_eq!(allowed, None, "{row:?}");
        assert_eq!(
            page.header("cross-origin-resource-policy"),
            Some("same-origin"),
            "{row:?}"
        );
    }
    assert!(people.ana.is_signed_in().await);
}

#[tokio::test]
async fn asvs_3_5_1_forms_of_other_sites_change_nothing() {
    let people = TwoPeople::meet().await;
    let before = people.everything().await;
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let mut lured = people.ana.clone().sending(name, value);
        for row in rows().iter().filter(|row| row.is_post()) {
            let page = row.send(&mut lured, &people.address(row)).await;
            assert_eq!(page.status, 403, "{row:?} with {name}: {value}");
        }
    }
    assert_eq!(people.everything().await, before);
}

#[tokio::test]
async fn asvs_3_5_2_forms_accept_only_their_own_content_type() {
    let mut people = TwoPeople::meet().await;
    let before = people.everything().await;
    for kind in [
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/json",
    ] {
        for path in [
            "/account/notices",
            "/account/email",
            "/account/deletion",
            "/devices",
        ] {
            let mut browser = people.ana.clone().sending("content-type", kind);
            let body = "email=ana@new.example&user_name=ana".to_owned();
            let page = browser.post_body(path, body).await;
            assert!(
                [400, 415].contains(&page.status),
                "{path} as {kind}: {}",
                page.status
            );
        }
    }
    assert_eq!(people.everything().await, before);
    assert!(people.ana.is_signed_in().await);
}

#[tokio::test]
async fn asvs_3_5_3_get_requests_change_nothing() {
    let mut people = TwoPeople::meet().await;
    let before = people.everything().await;
    for row in rows().iter().filter(|row| !row.is_post()) {
        let path = people.address(row);
        row.send(&mut people.ana, &path).await;
        row.send(&mut people.cloud.browser(), &path).await;
    }
    // Methods that mean a change are not served by way of others.
    for row in rows().iter().filter(|row| row.is_post()) {
        let path = people.address(row);
        for query in ["?_method=POST", "?recorders=1&email=x@new.example"] {
            people.ana.get(&format!("{path}{query}")).await;
        }
    }
    assert_eq!(people.everything().await, before);
}

#[tokio::test]
async fn asvs_14_2_5_no_spelling_of_a_private_path_becomes_cacheable() {
    let mut people = TwoPeople::meet().await;
    for private in [
        "/account",
        "/devices",
        "/account/sessions",
        "/live",
        "/configuration",
    ] {
        for tail in [
            ".css",
            "/x.css",
            "%2fx.css",
            ";x.css",
            "?x.css",
            "%00.css",
            "/..%2fassets%2fx.css",
            "//x.js",
            "%3fx.png",
        ] {
            let page = people.ana.get(&format!("{private}{tail}")).await;
            let caching = page.header("cache-control").unwrap_or_default();
            assert_eq!(caching, "no-store", "{private}{tail}");
        }
    }
}

#[tokio::test]
async fn asvs_14_2_2_two_people_behind_one_cache_see_their_own_pages() {
    let mut people = TwoPeople::meet().await;
    let (mut ana, mut ben) = (people.ana.clone(), people.ben.clone());
    for row in rows() {
        if row.is_post() || row.is_for_everybody() || row.is_owned() || row.is_socket() {
            continue;
        }
        let path = people.address(&row);
        let (of_ana, of_ben) = (ana.get(&path).await, ben.get(&path).await);
        for page in [&of_ana, &of_ben] {
            assert_eq!(page.header("cache-control"), Some("no-store"), "{row:?}");
            for validator in ["etag", "last-modified", "age", "expires"] {
                assert_eq!(page.header(validator), None, "{row:?}: {validator}");
            }
        }
        assert!(!of_ben.body.contains("ana@example.org"), "{row:?}");
        assert!(!of_ana.body.contains("ben@example.org"), "{row:?}");
    }
    assert!(people.ana.is_signed_in().await);
}

#[tokio::test]
async fn asvs_3_6_1_no_page_loads_resources_from_other_sites() {
    let mut people = TwoPeople::meet().await;
    for (row, page) in answers(&mut people).await {
        for attribute in [
            "src=\"",
            "<link rel=\"stylesheet\" href=\"",
            "action=\"",
            "srcset=\"",
            "data=\"",
        ] {
            for rest in page.body.split(attribute).skip(1) {
                let address = rest.split('"').next().unwrap();
                let is_ours = address.starts_with('/') && !address.starts_with("//");
                assert!(is_ours, "{row:?}: {attribute}{address}");
            }
        }
        assert!(
            !page.body.contains("style=\"") && !page.body.contains(" onclick"),
            "{row:?}"
        );
        assert!(
            !page.body.contains("<script>") && !page.body.contains("javascript:"),
            "{row:?}"
        );
    }
}

#[tokio::test]
async fn asvs_3_2_1_every_answer_has_its_correct_content_type() {
    let mut people = TwoPeople::meet().await;
    for (row, page) in answers(&mut people).await {
        let kind = page.header("content-type").unwrap_or_default();
        let is_html = page.body.trim_start().starts_with("<!doctype html>");
        assert_eq!(
            is_html,
            kind == "text/html; charset=utf-8",
            "{row:?}: {kind}"
        );
    }
    let file = people.ana.post("/account/data", &[]).await;
    assert_eq!(file.header("content-type"), Some("application/json"));
    assert!(
        file.header("content-disposition")
            .unwrap()
            .starts_with("attachment")
    );
}

#[tokio::test]
async fn asvs_3_2_2_user_supplied_names_are_shown_as_text() {
    let people = TwoPeople::meet().await;
    for nasty in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onfocus=alert(1) autofocus x='",
        "{{ 7*7 }}",
        "</title><svg onload=alert(1)>",
        "javascript:alert(1)",
    ] {
        let mut ana = people.ana.clone().sending("user-agent", nasty);
        let path = format!("/devices/{}", people.serial);
        assert_eq!(
            ana.post(&path, &[("name", nasty)]).await.status,
            303,
            "{nasty}"
        );
        for page in [
            "/devices",
            "/live",
            "/account/sessions",
            &path,
            &format!("{path}/removal"),
        ] {
            let body = ana.get(page).await.body;
            let holds_markup = nasty.contains('<') && body.contains(nasty);
            assert!(
                !holds_markup && !body.contains("onerror=alert(1)>"),
                "{page}: {body}"
            );
            assert!(
                !body.contains("\"><img") && !body.contains("' onfocus"),
                "{page}"
            );
        }
    }
}

/// Every cookie that somebody gets on the way in and out, over https.
async fn cookies_over_https() -> Vec<String> {
    let cloud = TestCloud::start_with(|config| {
        config.demo = true;
        config.public_url = Some("https://cloud.example.org".parse().unwrap());
    })
    .await;
    let at = |browser: Browser| browser.sending("origin", "https://cloud.example.org");
    let mut ana = at(cloud.browser());
    let mut lines = Vec::new();
    let mut keep = |page: &Page| {
        let set = page.headers.get_all("set-cookie").iter();
        lines.extend(set.map(|line| line.to_str().unwrap().to_owned()));
    };
    keep(&ana.sends_register(&cloud.state, "ana@example.org").await);
    let code = cloud.code_for("ana@example.org").await;
    keep(&ana.finishes(&code, "ana", crate::support::PASSWORD).await);
    keep(&ana.post("/language", &[("language", "de")]).await);
    keep(&ana.post("/logout", &[]).await);
    keep(
        &at(cloud.browser())
            .logs_in("ana", crate::support::PASSWORD, true)
            .await,
    );
    assert!(lines.len() >= 6, "{lines:?}");
    lines
}

#[tokio::test]
async fn asvs_3_3_1_cookies_are_secure_and_bound_to_the_host() {
    for line in cookies_over_https().await {
        assert!(
            line.starts_with("__Host-") && line.contains("; Secure"),
            "{line}"
        );
    }
}

#[tokio::test]
async fn asvs_3_3_2_cookies_are_not_sent_from_other_sites() {
    for line in cookies_over_https().await {
        let is_strict = line.contains("; SameSite=Lax") || line.contains("; SameSite=Strict");
        assert!(is_strict, "{line}");
    }
}

#[tokio::test]
async fn asvs_3_3_3_cookies_belong_to_exactly_one_host_and_path() {
    for line in cookies_over_https().await {
        assert!(
            line.contains("; Path=/;") && !line.contains("Domain"),
            "{line}"
        );
    }
}

#[tokio::test]
async fn asvs_3_3_4_no_script_reads_a_cookie() {
    for line in cookies_over_https().await {
        assert!(line.contains("; HttpOnly"), "{line}");
    }
}

#[tokio::test]
async fn asvs_3_4_1_hsts_lasts_more_than_a_year() {
    let cloud = TestCloud::start_with(|config| {
        config.public_url = Some("https://cloud.example.org".parse().unwrap());
    })
    .await;
    for row in rows().iter().filter(|row| !row.is_post()) {
        let page = row.send(&mut cloud.browser(), &row.path).await;
        let strict = page.header("strict-transport-security").unwrap_or_default();
        let seconds: u64 = strict.trim_start_matches("max-age=").parse().unwrap_or(0);
        assert!(seconds >= 365 * 86_400, "{row:?}: {strict}");
    }
}
