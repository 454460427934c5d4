//! axe-core on every page a person can reach, phone and desktop, light and dark; and the way in
//! with the keyboard alone.

use std::collections::{BTreeSet, VecDeque};
use std::path::Path;

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::support::World;
use crate::support::fresh_cloud::FreshCloud;
use crate::support::person::{PASSWORD, Person};

/// Width, height and colours of the screens that are looked at.
const SCREENS: [(u32, u32, &str); 4] = [
    (390, 844, "light"),
    (390, 844, "dark"),
    (1280, 800, "light"),
    (1280, 800, "dark"),
];
/// The narrowest phone: nothing may stick out of it.
const NARROWEST: u32 = 320;
/// A walk over links ends here.
const MOST_PAGES: usize = 60;

/// What axe-core checks.
const RULES: &str =
    "{ type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }";
/// Those of its rules that look at colours.
const RULES_OF_COLOURS: &str = "{ type: 'rule', values: ['color-contrast', 'link-in-text-block'] }";

/// Each element, where it stands, and how much of it is seen: everything about a page that rules ask
/// for but its colours.
const SHAPE: &str = "
return deep('*').map((element) => {
  const { x, y, width, height } = element.getBoundingClientRect();
  const { opacity, visibility, display, position, zIndex, fontSize, fontWeight, textDecorationLine } =
    getComputedStyle(element);
  return [element.localName, ...[...element.attributes].map((one) => one.name + one.value), x, y, width, height,
          opacity, visibility, display, position, zIndex, fontSize, fontWeight, textDecorationLine].join();
}).join('\\n') + document.body.innerText";

/// What is cut or broken on a narrow phone: a short word or a number with its unit over two lines, a button of three
/// lines or with a large icon, a hint that does not fit its field.
const CRAMPED: &str = r#"
const range = document.createRange();
const lines = () => new Set([...range.getClientRects()].filter(({ width }) => width > 0).map(({ top }) => Math.round(top))).size;
// Fluent marks where an argument begins and ends (U+2068, U+2069).
const WORDS = /(?<![^\s(“·\u2068])[\p{L}\p{N}.:]{2,18}(?![^\s).,;:”·…\u2069])|\d+\u2069? \p{L}{1,2}(?!\p{L})/gu;
const found = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const around = node.parentElement;
  // What only a screen reader says is clipped away.
  if (!around.checkVisibility({ visibilityProperty: true }) || getComputedStyle(around).clipPath !== 'none') continue;
  for (const { 0: word, index } of node.data.matchAll(WORDS)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    if (lines() > 1) found.push(`“${word}” is broken`);
  }
}
for (const button of document.querySelectorAll('.btn')) {
  if (!button.checkVisibility()) continue;
  range.selectNodeContents(button);
  const icon = button.querySelector('.icon')?.getBoundingClientRect().width ?? 0;
  const n = lines() - (icon ? 1 : 0);
  if (n > 2 || icon > 24) found.push(`“${button.textContent.trim()}” has ${n} lines and an icon of ${icon}`);
}
const context = document.createElement('canvas').getContext('2d');
for (const field of document.querySelectorAll('input[placeholder]')) {
  if (!field.checkVisibility()) continue;
  const style = getComputedStyle(field);
  context.font = style.font;
  const room = field.clientWidth - parseFloat(style.paddingInlineStart) - parseFloat(style.paddingInlineEnd);
  const wide = Math.ceil(context.measureText(field.placeholder).width);
  if (wide > room) found.push(`“${field.placeholder}” is ${wide} wide in ${room}`);
}
return found;"#;

const AXE: &str = "
const done = arguments[arguments.length - 1];
axe.run(document, {
  runOnly: RULES,
  resultTypes: ['violations'],
}).then((found) => done(found.violations.map((rule) => ({
  id: rule.id, help: rule.help,
  nodes: rule.nodes.map((node) => `${node.html.slice(0, 160)} ${node.failureSummary}`),
}))), (error) => done([{ id: 'axe', help: String(error), nodes: [] }]));
";

/// One look round the app: what was seen, and what axe-core and the ruler say.
pub(super) struct Walk<'a> {
    person: &'a Person,
    axe: String,
    seen: BTreeSet<String>,
    complaints: Vec<String>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(person: &'a Person) -> Walk<'a> {
        let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/js/node_modules");
        let axe = std::fs::read_to_string(modules.join("axe-core/axe.min.js"));
        Walk {
            person,
            axe: axe.expect("axe-core is installed by `make setup`"),
            seen: BTreeSet::new(),
            complaints: Vec::new(),
        }
    }

    /// Opens a page and looks at it.
    pub(super) async fn goes_to(&mut self, path: &str) {
        self.person.goes_to(path).await;
        self.looks(path).await;
    }

    /// Looks at the page that is shown, on every screen.
    pub(super) async fn looks(&mut self, page: &str) {
        let browser = &self.person.browser;
        browser.runs(&self.axe, vec![]).await;
        let mut before = None;
        for (width, height, scheme) in SCREENS {
            browser.has_screen(width, height, scheme).await;
            let shape = (width, browser.runs(SHAPE, vec![]).await);
            // In the dark, a page of which only the colours differ is judged by these.
            let rules = if before.as_ref() == Some(&shape) {
                RULES_OF_COLOURS
            } else {
                RULES
            };
            before = Some(shape);
            let axe = AXE.replace("RULES", rules);
            let found = browser.client().execute_async(&axe, vec![]).await;
            let found = found.unwrap_or_else(|error| panic!("axe-core on {page}: {error}"));
            for rule in found.as_array().expect("a list of violations") {
                self.complaints.push(format!(
                    "{page} at {width} {scheme}: {}: {} {}",
                    rule["id"], rule["help"], rule["nodes"]
                ));
            }
            self.measures(page, width).await;
        }
        browser.has_screen(NARROWEST, 640, "light").await;
        self.measures(page, NARROWEST).await;
        let cramped = browser.runs(CRAMPED, vec![]).await;
        for what in cramped.as_array().expect("a list") {
            self.complaints
                .push(format!("{page} at {NARROWEST}: {what}"));
        }
        browser.has_screen(390, 844, "light").await;
        self.seen.insert(page.to_owned());
    }

    async fn measures(&mut self, page: &str, width: u32) {
        let script = "return document.documentElement.scrollWidth";
        let wide = self.person.browser.runs(script, vec![]).await;
        if wide.as_u64().is_none_or(|wide| wide > u64::from(width)) {
            self.complaints
                .push(format!("{page} is {wide} wide at {width}"));
        }
    }

    /// Looks at every page that links lead to from here.
    async fn follows_links(&mut self, start: &[&str]) {
        let mut waiting: VecDeque<String> = start.iter().map(|path| (*path).to_owned()).collect();
        while let Some(path) = waiting.pop_front() {
            if self.seen.contains(&path) || self.seen.len() >= MOST_PAGES {
                continue;
            }
            self.goes_to(&path).await;
            let script = "return deep('a[href]').map((a) => new URL(a.href))
                .filter((url) => url.origin === location.origin
                    && !/^\\/(demo|assets|captcha)\\//.test(url.pathname))
                .map((url) => url.pathname + url.search)";
            let links = self.person.browser.runs(script, vec![]).await;
            let links = links.as_array().cloned().unwrap_or_default();
            waiting.extend(links.iter().filter_map(Value::as_str).map(str::to_owned));
        }
    }

    pub(super) fn ends(self, n_pages: usize) {
        assert!(self.seen.len() >= n_pages, "only {:?} seen", self.seen);
        assert!(
            self.complaints.is_empty(),
            "{} complaints on {} pages:\n{}",
            self.complaints.len(),
            self.seen.len(),
            self.complaints.join("\n")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_any_page_before_log_in() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    let mut walk = Walk::new(&ana);

    walk.follows_links(&["/login", "/register", "/forgot", "/setup", "/nothing/here"])
        .await;
    ana.goes_to("/login").await;
    ana.browser.types("User name / Email", "nobody").await;
    ana.browser.types("Password", PASSWORD).await;
    ana.browser.presses("Login").await;
    ana.browser.sees("User name or password is wrong").await;
    walk.looks("a refused log-in").await;
    ana.goes_to("/register").await;
    ana.asks_for_a_code("WRONG").await;
    ana.browser.sees("These are not the letters").await;
    walk.looks("wrong letters").await;
    ana.goes_to("/register").await;
    ana.asks_for_a_code(&ana.letters().await).await;
    ana.browser.sees("Create account").await;
    walk.looks("Create account").await;
    ana.browser.types("Verification code", "0000").await;
    ana.browser.types("User name", "ana").await;
    ana.browser.types("Password", "short").await;
    ana.browser.presses("Finish").await;
    walk.looks("a refused Create account").await;

    walk.ends(8);
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_the_set_up_page() {
    let cloud = FreshCloud::new().await;
    let ana = cloud.person("Ana").await;
    let mut walk = Walk::new(&ana);

    walk.goes_to("/setup").await;
    ana.browser.types("Set-up code", "wrong").await;
    ana.browser.types("User name", "ana").await;
    ana.browser.types("Email", "ana@example.org").await;
    ana.browser.types("Password", PASSWORD).await;
    ana.browser.presses("Finish").await;
    walk.looks("a refused set-up").await;

    walk.ends(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_any_page_after_log_in() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.has_account().await;
    let mut walk = Walk::new(&ana);

    walk.goes_to("/devices").await;
    walk.seen.clear();
    ana.tries_to_add(&world.recorder.with_wrong_code(), "Home")
        .await;
    walk.looks("a refused Add device").await;
    ana.adds(&world.recorder, "Home").await;
    walk.follows_links(&["/devices", "/menu", "/live", "/configuration", "/help"])
        .await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    walk.looks("Live view with pictures").await;
    for page in [
        "/account",
        "/account/data",
        "/account/deletion",
        "/account/email",
        "/account/lock",
        "/account/notices",
        "/account/passkeys",
        "/account/password",
        "/account/second-factor",
        "/account/sessions",
    ] {
        assert!(
            walk.seen.contains(page),
            "{page} is not linked from anywhere"
        );
    }

    walk.ends(8);
}

/// Whether what has the focus, or what is around it, looks different without it.
const FOCUS_SHOWS: &str = "
const element = document.activeElement;
const look = () => [element, element.parentElement, element.parentElement?.parentElement]
  .filter(Boolean)
  .flatMap((one) => [getComputedStyle(one), getComputedStyle(one, '::after')])
  .map((s) => [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor,
               s.borderWidth, s.insetBlockStart].join())
  .join(' ');
const focused = look();
element.blur();
const blurred = look();
element.focus({ focusVisible: true });
return focused !== blurred;
";

/// Presses Tab until something of this name has the focus; every stop on the way can be seen.
pub(super) async fn tabs_to(person: &Person, name: &str) -> String {
    let browser = &person.browser;
    let mut stops = Vec::new();
    for _ in 0..40 {
        let active = browser
            .client()
            .active_element()
            .await
            .expect("a page has a focus");
        active
            .send_keys(&Key::Tab.to_string())
            .await
            .expect("Tab can be pressed");
        let found = browser.focus_name().await;
        let is_seen = browser.runs(FOCUS_SHOWS, vec![]).await;
        assert_eq!(
            is_seen,
            json!(true),
            "the focus on `{found}` after {stops:?} cannot be seen"
        );
        if found == name {
            // Each look at what a screen reader hears has the browser prepare all of the page for it.
            return browser.focus_role().await;
        }
        stops.push(found);
    }
    panic!("Tab does not lead to `{name}`, only to {stops:?}");
}

pub(super) async fn types(person: &Person, text: &str) {
    let active = person.browser.client().active_element().await;
    let active = active.expect("a field has the focus");
    active.send_keys(text).await.expect("a field takes keys");
}

#[tokio::test(flavor = "multi_thread")]
async fn registering_and_logging_in_work_by_keyboard() {
    let world = World::new().await;
    let ana = world.person("Ana").await;

    ana.goes_to("/login").await;
    assert_eq!(tabs_to(&ana, "Register").await, "link");
    types(&ana, &Key::Enter.to_string()).await;
    ana.browser.sees("Enter Email").await;
    assert_eq!(tabs_to(&ana, "Email").await, "textbox");
    types(&ana, &ana.email()).await;
    tabs_to(&ana, "Letters in the picture").await;
    types(&ana, &ana.letters().await).await;
    types(&ana, &Key::Enter.to_string()).await;
    ana.browser.sees("Create account").await;
    tabs_to(&ana, "Verification code").await;
    types(&ana, &ana.mailed_code().await).await;
    tabs_to(&ana, "User name").await;
    types(&ana, "ana").await;
    tabs_to(&ana, "Password").await;
    types(&ana, PASSWORD).await;
    types(&ana, &Key::Enter.to_string()).await;
    ana.browser.sees("Add device").await;
    ana.logs_out().await;

    ana.goes_to("/login").await;
    for (name, role, text) in [
        ("User name / Email", "textbox", "ana"),
        ("Password", "textbox", PASSWORD),
        ("Auto-login", "checkbox", " "),
    ] {
        assert_eq!(tabs_to(&ana, name).await, role);
        types(&ana, text).await;
    }
    assert!(ana.browser.is_checked("Auto-login").await);
    assert_eq!(tabs_to(&ana, "Login").await, "button");
    types(&ana, &Key::Enter.to_string()).await;
    ana.browser.sees("Add device").await;
}
