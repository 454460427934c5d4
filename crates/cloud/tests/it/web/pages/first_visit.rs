//! What a first visit waits for: how many files, and that a browser learns of all of them from the page.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::browser::{Browser, Page};
use crate::support::matrix::{TwoPeople, rows};

/// Requests that a browser has under way at a time with HTTP/1.1.
const OF_A_ROUND: usize = 6;

/// Addresses of the files that a page waits for.
#[derive(Debug)]
struct Files {
    sheets: Vec<String>,
    scripts: Vec<String>,
    /// Named in advance: what the scripts import.
    preloads: Vec<String>,
}

impl Files {
    fn of(page: &Page) -> Files {
        let all = |before: &str| -> Vec<String> {
            let rest = page.body.split(before).skip(1);
            rest.map(|rest| rest.split('"').next().unwrap().to_owned())
                .collect()
        };
        let mut scripts = all("<script src=\"");
        scripts.extend(all("<script type=\"module\" src=\""));
        assert_eq!(page.body.matches("<script").count(), scripts.len());
        Files {
            sheets: all("<link rel=\"stylesheet\" href=\""),
            scripts,
            preloads: all("<link rel=\"modulepreload\" href=\""),
        }
    }

    fn count(&self) -> usize {
        let named = [&self.sheets, &self.scripts, &self.preloads];
        named.into_iter().flatten().collect::<BTreeSet<_>>().len()
    }
}

/// Addresses that the module at this address imports when it is loaded.
fn imports(address: &str, text: &str) -> Vec<String> {
    let base: url::Url = format!("http://cloud{address}").parse().unwrap();
    let lines = text.lines().map(str::trim_start);
    let code: Vec<&str> = lines.filter(|line| !line.starts_with("//")).collect();
    let code = code.join("\n");
    let statements = code
        .split(';')
        .map(str::trim_start)
        .filter(|statement| statement.starts_with("import ") || statement.starts_with("export {"));
    let named = statements.filter_map(|statement| {
        let mut parts = statement.rsplit('"');
        (parts.next() == Some("")).then(|| parts.next().unwrap())
    });
    named
        .map(|path| base.join(path).unwrap().path().to_owned())
        .collect()
}

/// The text of a file, fetched once.
async fn text<'a>(
    known: &'a mut BTreeMap<String, String>,
    browser: &mut Browser,
    address: &str,
) -> &'a str {
    if !known.contains_key(address) {
        let file = browser.get(address).await;
        assert_eq!(file.status, 200, "{address}");
        known.insert(address.to_owned(), file.body);
    }
    &known[address]
}

#[tokio::test]
async fn a_page_names_every_module_that_its_scripts_import() {
    let mut people = TwoPeople::meet().await;
    let mut known = BTreeMap::new();
    let (mut n_pages, mut n_imports) = (0, 0);
    for row in rows().iter().filter(|row| !row.is_post()) {
        let path = people.address(row);
        let pages = [
            row.send(&mut people.cloud.browser(), &path).await,
            row.send(&mut people.ana, &path).await,
        ];
        for page in pages.iter().filter(|page| page.body.contains("<html")) {
            n_pages += 1;
            let files = Files::of(page);
            let named: BTreeSet<&String> = files.scripts.iter().chain(&files.preloads).collect();
            for module in &named {
                let text = text(&mut known, &mut people.ana, module).await;
                for imported in imports(module, text) {
                    n_imports += 1;
                    assert!(
                        named.contains(&imported),
                        "{path}: {module} imports {imported}"
                    );
                }
            }
        }
    }
    assert!(n_pages > 40 && n_imports > 400, "{n_pages} {n_imports}");
}

#[tokio::test]
async fn a_first_visit_asks_for_few_files() {
    let mut people = TwoPeople::meet().await;
    let mut stranger = people.cloud.browser();
    for (path, is_signed_in, rounds) in [
        ("/login", false, 3),
        ("/register", false, 2),
        ("/devices", true, 5),
        ("/live", true, 9),
    ] {
        let browser = if is_signed_in {
            &mut people.ana
        } else {
            &mut stranger
        };
        let page = browser.get(path).await;

        let files = Files::of(&page);
        assert_eq!(page.status, 200, "{path}");
        let n_files = files.count();
        assert!(
            n_files <= rounds * OF_A_ROUND,
            "{path}: {n_files} {files:#?}"
        );
        assert!(files.sheets.len() <= 2, "{path}: {files:#?}");
    }
}

/// It takes three round trips to open, while the browser fetches the others.
#[tokio::test]
async fn live_view_names_the_modules_of_the_socket_first() {
    let mut people = TwoPeople::meet().await;
    let page = people.ana.get("/live").await;

    let at = |name: &str| page.body.find(&format!("/js/{name}\"")).unwrap();
    let grid = at("elements/live-grid.js");
    for name in [
        "cloud_socket.js",
        "lib/call_socket.js",
        "lib/rpc.js",
        "signed_in.js",
    ] {
        assert!(at(name) < grid.min(at("live.js")), "{name}");
    }
}

#[tokio::test]
async fn pages_of_signed_in_people_all_load_the_menu() {
    let mut people = TwoPeople::meet().await;
    let mut n_menus = 0;
    for row in rows().iter().filter(|row| !row.is_post()) {
        let path = people.address(row);
        let page = row.send(&mut people.ana, &path).await;
        if page.body.contains("<html") {
            let files = Files::of(&page);
            let modules: Vec<_> = files.scripts.iter().chain(&files.preloads).collect();
            let loads = |name: &str| modules.iter().any(|module| module.ends_with(name));
            let has_menu = page.body.contains("<app-menu");
            n_menus += usize::from(has_menu);
            assert!(loads("/js/app.js"), "{path}");
            assert_eq!(loads("/js/menu.js"), has_menu, "{path}");
        }
    }
    assert!(n_menus > 15, "{n_menus}");
}
