//! The table of docs/ref/permissions.md, and a cloud with two people in which every line of it can
//! be tried.

use cloud::db::recorders;
use cloud::web::routes::Route;

use super::authenticator::Authenticator;
use super::browser::{Browser, Page, between};
use super::{PASSWORD, TestCloud, catalog};

const PAGE: &str = include_str!("../../../../../docs/ref/permissions.md");

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) whom: String,
}

impl Row {
    pub(crate) fn is_for_everybody(&self) -> bool {
        self.whom == "everybody"
    }

    pub(crate) fn is_proven(&self) -> bool {
        self.whom.contains("proven")
    }

    pub(crate) fn is_owned(&self) -> bool {
        self.whom.contains("owner")
    }

    pub(crate) fn is_post(&self) -> bool {
        self.method == "POST"
    }

    pub(crate) fn is_socket(&self) -> bool {
        ["/call", "/link", "/relay"].contains(&self.path.as_str())
    }

    /// Fields that make its form one that can be read, so that what refuses it is who asks.
    pub(crate) fn fields(&self) -> &'static [(&'static str, &'static str)] {
        match self.path.as_str() {
            "/account/passkeys/{id}" | "/devices/{serial}" => &[("name", "Mine")],
            _ => &[],
        }
    }

    /// Sends it, with nothing in its form.
    pub(crate) async fn send(&self, browser: &mut Browser, path: &str) -> Page {
        if self.is_post() {
            browser.post(path, self.fields()).await
        } else {
            browser.get(path).await
        }
    }
}

/// The table.
pub(crate) fn rows() -> Vec<Row> {
    let lines = PAGE.lines().filter_map(|line| line.strip_prefix("| `"));
    lines
        .map(|line| {
            let (route, rest) = line.split_once("` | ").unwrap();
            let (method, path) = route.split_once(' ').unwrap();
            let (whom, _) = rest.split_once(" |").unwrap();
            Row {
                method: method.to_owned(),
                path: path.to_owned(),
                whom: whom.to_owned(),
            }
        })
        .collect()
}

/// What the router serves, as lines for nobody.
pub(crate) fn served(routes: Vec<Route>) -> Vec<(String, String)> {
    let lines = routes.into_iter();
    lines
        .map(|route| (route.method.to_string(), route.path.to_owned()))
        .collect()
}

/// Ana with one of everything, and Ben with nothing.
pub(crate) struct TwoPeople {
    pub(crate) cloud: TestCloud,
    pub(crate) ana: Browser,
    pub(crate) ben: Browser,
    pub(crate) serial: String,
    session_id: String,
    passkey_id: String,
}

impl TwoPeople {
    pub(crate) async fn meet() -> TwoPeople {
        TwoPeople::meet_at(TestCloud::start().await).await
    }

    /// [`TwoPeople::meet`] at this cloud.
    pub(crate) async fn meet_at(cloud: TestCloud) -> TwoPeople {
        let mut ana = cloud.person("ana").await;
        let ben = cloud.person("ben").await;
        let (db, serial) = (&cloud.state.db, crate::support::wire::serial(1));
        let id = cloud.account_id("ana").await;
        recorders::register(db, serial.as_str(), "key", 1)
            .await
            .unwrap();
        recorders::claim(db, serial.as_str(), &id, "Ana's home", 1)
            .await
            .unwrap();
        let cameras = r#"[{"id":"1","name":"Ana's door","isOnline":true}]"#;
        recorders::set_cameras(db, serial.as_str(), cameras)
            .await
            .unwrap();
        cloud.browser().logs_in("ana", PASSWORD, false).await;
        let mut phone = Authenticator::at(&cloud.state);
        ana.adds_passkey(&mut phone, "Ana's phone").await;
        // So that no mail leaves while rows are compared.
        cloud.nth_mail_to("ana@example.org", 3).await;
        cloud.nth_mail_to("ben@example.org", 1).await;
        let sessions = ana.get("/account/sessions").await.body;
        let passkeys = ana.get("/account/passkeys").await.body;
        TwoPeople {
            session_id: first_id(&sessions, "/account/sessions/", "/end"),
            passkey_id: first_id(&passkeys, "/account/passkeys/", "/removal"),
            serial: serial.to_string(),
            cloud,
            ana,
            ben,
        }
    }

    /// A line's address with Ana's objects in it.
    pub(crate) fn address(&self, row: &Row) -> String {
        self.filled(&row.path)
    }

    /// An address of the router with Ana's objects in it.
    pub(crate) fn filled(&self, path: &str) -> String {
        let id = if path.starts_with("/account/passkeys/") {
            &self.passkey_id
        } else {
            &self.session_id
        };
        fill(path, &self.serial, id)
    }

    /// All rows that there are, but what only notes that time passes.
    pub(crate) async fn everything(&self) -> Vec<String> {
        let db = &self.cloud.state.db;
        let mut everything = Vec::new();
        for table in catalog::tables(db).await {
            if table == "counters" {
                continue;
            }
            let rows = catalog::rows_as_text(db, &table, &catalog::columns(db, &table).await).await;
            everything.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
        }
        everything.sort();
        everything
    }
}

/// An address with objects in it.
pub(crate) fn fill(path: &str, serial: &str, id: &str) -> String {
    path.replace("{serial}", serial)
        .replace("{camera}", "1")
        .replace("{id}", id)
        .replace("{purpose}", "register")
        .replace("{file}", "none.png")
        .replace("{name}", "none")
        .replace("{version}", "none")
        .replace("{*path}", "css/base.css")
}

fn first_id(page: &str, before: &str, after: &str) -> String {
    let action = format!("action=\"{before}");
    let forms = page.split(&action).skip(1);
    let mut ids = forms.filter_map(|rest| rest.split_once('"').map(|(path, _)| path));
    let path = ids.find_map(|path| path.strip_suffix(after));
    path.unwrap_or_else(|| {
        panic!(
            "no {before}…{after} in {}",
            between(page, "<main", "</main>")
        )
    })
    .to_owned()
}
