//! Who may do what, line by line of docs/ref/permissions.md.

use std::collections::BTreeSet;

use cloud::db::sql;
use cloud::random::Random;
use cloud::throttle::limits::PROOF_SECONDS;

use crate::support::browser::Page;
use crate::support::matrix::{Row, TwoPeople, fill, rows, served};

fn is_asked_to_log_in(page: &Page) -> bool {
    page.status == 401 || (page.status == 303 && page.location() == Some("/login"))
}

fn is_asked_for_a_proof(page: &Page) -> bool {
    let location = page.location().unwrap_or_default();
    page.status == 401 || (page.status == 303 && location.starts_with("/step-up?to="))
}

#[tokio::test]
async fn asvs_8_1_1_the_permission_matrix_lists_exactly_the_routes() {
    let people = TwoPeople::meet().await;
    let written: BTreeSet<(String, String)> = rows()
        .into_iter()
        .map(|row| (row.method, row.path))
        .collect();

    let served: BTreeSet<(String, String)> = served(cloud::web::list(&people.cloud.state))
        .into_iter()
        .collect();

    assert_eq!(written, served);
    assert_eq!(written.len(), rows().len(), "a line stands there twice");
}

#[tokio::test]
async fn asvs_8_2_1_no_route_works_without_its_permission() {
    let mut people = TwoPeople::meet().await;
    let mut stale = people.ana.clone();
    people.cloud.clock.advance(PROOF_SECONDS);
    // That this session was used again is noted here, not below.
    stale.get("/help").await;
    let before = people.everything().await;
    let mut n_refused = 0;
    for row in rows().iter().filter(|row| !row.is_for_everybody()) {
        let path = people.address(row);
        let mut stranger = people.cloud.browser();
        let page = row.send(&mut stranger, &path).await;
        assert!(
            is_asked_to_log_in(&page),
            "{row:?}: {} {}",
            page.status,
            page.body
        );
        let mut program = stranger.sending("accept", "application/json");
        assert_eq!(row.send(&mut program, &path).await.status, 401, "{row:?}");
        if row.is_proven() {
            let page = row.send(&mut stale, &path).await;
            assert!(
                is_asked_for_a_proof(&page),
                "{row:?}: {} {}",
                page.status,
                page.body
            );
        }
        n_refused += 1;
    }
    assert!(n_refused > 40, "{n_refused}");
    assert_eq!(people.everything().await, before, "nothing was changed");
    assert!(people.ana.is_signed_in().await);
}

#[tokio::test]
async fn every_page_for_signed_in_people_opens_for_them() {
    let mut people = TwoPeople::meet().await;
    for row in rows() {
        if row.is_post() || row.is_for_everybody() || row.is_socket() {
            continue;
        }
        let path = people.address(&row);
        let page = row.send(&mut people.ana, &path).await;
        // A key for a code app is there once it was offered.
        let is_there = page.status == 200 || path.starts_with("/account/second-factor/app");
        assert!(is_there, "{row:?}: {}", page.status);
    }
}

#[tokio::test]
async fn asvs_8_2_2_anothers_data_answers_like_missing_data() {
    let mut people = TwoPeople::meet().await;
    let before = people.everything().await;
    let owned: Vec<Row> = rows().into_iter().filter(Row::is_owned).collect();
    assert!(owned.len() >= 9, "{owned:?}");
    for row in owned {
        let path = people.address(&row);
        let foreign = row.send(&mut people.ben, &path).await;
        let nothing = fill(&row.path, "PV-0000-0000-00000", &Random.id());
        let unknown = row.send(&mut people.ben, &nothing).await;

        assert_eq!(foreign.status, 404, "{row:?}: {}", foreign.body);
        assert_eq!(unknown.status, 404, "{row:?}");
        // A page that answers a form repeats the address that it was sent to.
        let (foreign_body, unknown_body) = (&foreign.body.replace(&path, ""), &unknown.body);
        assert_eq!(foreign_body, &unknown_body.replace(&nothing, ""), "{row:?}");
        assert!(!foreign.body.contains("Ana's"), "{row:?}");
    }
    assert_eq!(people.everything().await, before);
}

#[tokio::test]
async fn asvs_8_4_1_guessed_identifiers_reach_nobodys_data() {
    let mut people = TwoPeople::meet().await;
    let before = people.everything().await;
    let owned: Vec<Row> = rows().into_iter().filter(Row::is_owned).collect();
    for round in 0..20_u32 {
        // Near Ana's own, and far from everything.
        let mut serial = people.serial.clone().into_bytes();
        let last = serial.len() - 1;
        serial[last] = b"0123456789ABCDEFGHJK"[round as usize % 20];
        let serial = String::from_utf8(serial).unwrap();
        for row in &owned {
            for path in [
                fill(&row.path, &serial, &Random.id()),
                fill(&row.path, &Random.token(), &Random.token()),
                fill(&row.path, "%27%20OR%201=1--", "..%2f..%2f"),
            ] {
                let page = row.send(&mut people.ben, &path).await;
                assert_eq!(page.status, 404, "{path}");
            }
        }
    }
    assert_eq!(people.everything().await, before);
}

#[tokio::test]
async fn asvs_15_3_3_extra_form_fields_change_no_account() {
    let mut people = TwoPeople::meet().await;
    let ben = people.cloud.account_id("ben").await;
    let columns =
        "SELECT id || is_operator || COALESCE(locked_at, 0) || email FROM accounts ORDER BY id";
    let accounts = async || -> Vec<String> {
        let rows = sql::query_scalar(columns);
        rows.fetch_all(people.cloud.state.db.reader())
            .await
            .unwrap()
    };
    let before = accounts().await;
    let extra = [
        ("account_id", ben.as_str()),
        ("owner_id", ben.as_str()),
        ("is_operator", "1"),
        ("role", "operator"),
        ("proven_at", "9999999999"),
    ];
    let leaves = ["/logout", "/account/lock"];
    for row in rows().iter().filter(|row| row.is_post()) {
        if leaves.contains(&row.path.as_str()) || row.path.ends_with("/removal") {
            continue;
        }
        let path = people.address(row);
        let fields: Vec<(&str, &str)> = row.fields().iter().copied().chain(extra).collect();
        let page = people.ana.post(&path, &fields).await;
        assert!(page.status < 500, "{row:?}: {}", page.body);
    }

    assert_eq!(accounts().await, before);
    let owner: Option<String> = sql::query_scalar("SELECT account_id FROM recorders")
        .fetch_one(people.cloud.state.db.reader())
        .await
        .unwrap();
    assert_eq!(owner, Some(people.cloud.account_id("ana").await));
}

#[tokio::test]
async fn asvs_8_2_3_forms_refuse_unknown_fields() {
    let mut people = TwoPeople::meet().await;
    for (path, own) in [
        ("/account/password", "old_password"),
        ("/account/email", "email"),
        ("/account/notices", "recorders"),
        ("/account/deletion", "user_name"),
        ("/devices", "serial"),
        ("/step-up", "password"),
        ("/login", "login"),
        ("/register", "email"),
    ] {
        let fields = [(own, "x"), ("account_id", "x")];
        assert_eq!(people.ana.post(path, &fields).await.status, 400, "{path}");
    }
}

#[tokio::test]
async fn asvs_15_3_1_answers_contain_no_account_ids_or_hashes() {
    let mut people = TwoPeople::meet().await;
    let ids = [
        people.cloud.account_id("ana").await,
        people.cloud.account_id("ben").await,
    ];
    for row in rows() {
        if row.is_post() || row.is_socket() {
            continue;
        }
        let path = people.address(&row);
        let page = row.send(&mut people.ana, &path).await;
        for id in &ids {
            assert!(!page.body.contains(id.as_str()), "{row:?}");
        }
        for secret in ["argon2id", "token_hash", "ben@example.org"] {
            let is_mailbox = path == "/demo/mailbox";
            assert!(
                is_mailbox || !page.body.contains(secret),
                "{row:?}: {secret}"
            );
        }
    }
}
