//! A headless browser at phone size, driven over WebDriver by what people see: the words on
//! fields and buttons.

use std::path::Path;
use std::time::Duration;

use data_encoding::BASE64;
use fantoccini::Client;
use fantoccini::actions::{
    InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
};
use fantoccini::elements::Element;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::engine::Engine;
use super::folder::Folder;
use super::process::{PATIENCE, Process};

/// Between two looks at the page.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// What is held for less may be a tap, which goes on after it.
const HOLD: Duration = Duration::from_millis(400);
/// The key under which WebDriver hands out elements.
const ELEMENT_KEY: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Where the browser writes what it asked of the network; cookies are left out.
const NET_LOG: &str = "net.json";

/// Whether a script could not be answered because the page was left meanwhile.
fn is_between_pages(error: &str) -> bool {
    let words = [
        "aborted by navigation",
        "no such execution context",
        // Firefox.
        "Document was unloaded",
        "has been discarded",
    ];
    words.iter().any(|it| error.contains(it))
}

/// The microphone of a browser, which hears a short beep again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Microphone {
    /// The person lets the page use it.
    Allowed,
    /// The person refuses.
    Refused,
}

impl Microphone {
    /// The flags of Chromium for it.
    pub(crate) fn flags(self) -> [String; 2] {
        let answer = match self {
            Microphone::Allowed => "--use-fake-ui-for-media-stream",
            Microphone::Refused => "--use-fake-ui-for-media-stream=deny",
        };
        ["--use-fake-device-for-media-stream", answer].map(str::to_owned)
    }
}

/// A browser with its own profile.
pub(crate) struct Browser {
    engine: Engine,
    client: Option<Client>,
    _driver: Process,
    port: u16,
    profile: Folder,
}

impl Browser {
    /// Opens a browser that has never been used.
    pub(crate) async fn open() -> Browser {
        Browser::open_with(&[]).await
    }

    /// The same, with further flags of Chromium.
    pub(crate) async fn open_with(flags: &[String]) -> Browser {
        Browser::open_in(Engine::Chromium, flags).await
    }

    /// A browser of this kind.
    pub(crate) async fn open_in(engine: Engine, flags: &[String]) -> Browser {
        // Fails when another test was first, which is as good.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let (driver, port) = engine.starts_driver().await;
        let profile = Folder::new("browser");
        let client = engine.opens(port, profile.path(), flags).await;
        Browser {
            engine,
            client: Some(client),
            _driver: driver,
            port,
            profile,
        }
    }

    /// Closes the browser and opens it again with the same profile, as a person does.
    pub(crate) async fn restarts(&mut self) {
        self.closes().await;
        let profile = self.profile.path();
        self.client = Some(self.engine.opens(self.port, profile, &[]).await);
    }

    /// Waits until a cookie of this machine is in the profile. The browser takes half a minute before it
    /// writes it there, and one that is ended in that time may have forgotten it when it is opened again.
    pub(crate) async fn waits_until_written(&self, cookie: &str) {
        let file = self.profile.path().join("Default/Cookies");
        let entry = format!("127.0.0.1{cookie}");
        let mut look_again = tokio::time::interval(LOOK_AGAIN);
        let written = async {
            while !std::fs::read(&file).is_ok_and(|bytes| contains(&bytes, entry.as_bytes())) {
                look_again.tick().await;
            }
        };
        let in_time = tokio::time::timeout(2 * PATIENCE, written).await;
        assert!(in_time.is_ok(), "the cookie `{cookie}` is not written");
    }

    /// Closes the browser and opens it again, and keeps note of all that it asks of the network: a
    /// twelfth of its work, so only where it is read.
    pub(crate) async fn restarts_with_notes(&mut self) {
        self.closes().await;
        let profile = self.profile.path();
        let notes = format!("--log-net-log={}", profile.join(NET_LOG).display());
        self.client = Some(self.engine.opens(self.port, profile, &[notes]).await);
    }

    /// Closes the browser.
    pub(crate) async fn closes(&mut self) {
        if let Some(client) = self.client.take() {
            client.close().await.expect("a browser can be closed");
        }
    }

    /// Closes the browser and returns every address that it asked for since
    /// [`Browser::restarts_with_notes`].
    pub(crate) async fn addresses(&mut self) -> Vec<String> {
        self.closes().await;
        let log = std::fs::read(self.profile.path().join(NET_LOG)).expect("it is written");
        let log = String::from_utf8_lossy(&log).into_owned();
        let found = log
            .split("\"url\":\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        found.map(str::to_owned).collect()
    }

    /// The WebDriver session, for what is not told in words.
    pub(crate) fn client(&self) -> &Client {
        self.client.as_ref().expect("the browser is open")
    }

    /// Opens an address.
    pub(crate) async fn goes_to(&self, url: &str) {
        self.client()
            .goto(url)
            .await
            .unwrap_or_else(|error| panic!("opening {url}: {error}"));
    }

    /// The path of the page shown, with its query.
    pub(crate) async fn path(&self) -> String {
        let url = self.client().current_url().await.expect("a page is shown");
        url[url::Position::BeforePath..url::Position::AfterQuery].to_owned()
    }

    /// Runs a script in the page; `deep(selector)` finds elements inside of elements too. A page that
    /// leaves while it is looked at is looked at again: the next one answers.
    pub(crate) async fn runs(&self, script: &str, arguments: Vec<Value>) -> Value {
        let script = format!("{DEEP}\n{script}");
        let deadline = Instant::now() + PATIENCE;
        loop {
            let error = match self.client().execute(&script, arguments.clone()).await {
                Ok(value) => return value,
                Err(error) => error.to_string(),
            };
            assert!(
                is_between_pages(&error) && Instant::now() < deadline,
                "running a script in the page: {error}\n{script}"
            );
        }
    }

    /// Runs a script that leaves the page, there only: the driver runs a script again that a navigation cut off,
    /// and the page that comes would leave, too.
    pub(crate) async fn leaves_by(&self, script: &str) {
        let here = self.path().await;
        let script = format!(
            "{DEEP}\nif (location.pathname + location.search === arguments[0]) {{ {script} }}"
        );
        if let Err(error) = self.client().execute(&script, vec![here.into()]).await {
            let error = error.to_string();
            assert!(
                is_between_pages(&error),
                "leaving the page: {error}\n{script}"
            );
        }
    }

    /// Runs a script that calls its last argument with its result.
    pub(crate) async fn runs_until_done(&self, script: &str, arguments: Vec<Value>) -> Value {
        let ran = self.client().execute_async(script, arguments).await;
        ran.unwrap_or_else(|error| panic!("running a script in the page: {error}\n{script}"))
    }

    /// What the screen shows, as PNG in base64.
    pub(crate) async fn screenshot(&self) -> String {
        let png = self.client().screenshot().await;
        BASE64.encode(&png.expect("a browser can be looked at"))
    }

    /// All words on the page.
    pub(crate) async fn text(&self) -> String {
        let text = self.runs("return deepText(document.body)", vec![]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Types into the field of this name, replacing what stands there.
    pub(crate) async fn types(&self, field: &str, text: &str) {
        let element = self.control(field).await;
        element
            .clear()
            .await
            .unwrap_or_else(|error| panic!("clearing `{field}`: {error}"));
        element
            .send_keys(text)
            .await
            .unwrap_or_else(|error| panic!("typing into `{field}`: {error}"));
    }

    /// Waits until a press is no part of a double tap with the one before.
    pub(crate) async fn lets_a_double_tap_pass(&self) {
        let now = "return performance.now()";
        let start = self.runs(now, vec![]).await.as_f64();
        let is_over = async || self.runs(now, vec![]).await.as_f64() > start.map(|it| it + 700.0);
        self.waits_until("a press is another one", is_over).await;
    }

    /// Presses the button, link or check box of this name.
    pub(crate) async fn presses(&self, name: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let error = match self.control(name).await.click().await {
                Ok(()) => return,
                Err(error) => error,
            };
            // The page may have been redrawn between the look and the press.
            assert!(
                Instant::now() < deadline,
                "pressing `{name}`: {error}\n{}",
                self.text().await
            );
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// What stands in the field of this name.
    pub(crate) async fn value(&self, field: &str) -> String {
        let value = self
            .control(field)
            .await
            .prop("value")
            .await
            .expect("a field has a value");
        value.unwrap_or_default()
    }

    /// Taps the page twice in one place, fast.
    pub(crate) async fn taps_twice(&self, x: f64, y: f64) {
        let down = PointerAction::Down {
            button: MOUSE_BUTTON_LEFT,
        };
        let up = PointerAction::Up {
            button: MOUSE_BUTTON_LEFT,
        };
        let taps = MouseActions::new("finger".to_owned())
            .then(PointerAction::MoveTo {
                duration: None,
                x,
                y,
            })
            .then(down.clone())
            .then(up.clone())
            .then(down)
            .then(up);
        self.client()
            .perform_actions(taps)
            .await
            .expect("a page can be tapped");
    }

    /// Presses the control of this name and holds it until [`Browser::lets_go`], which is no tap however soon it comes.
    pub(crate) async fn holds(&self, name: &str) {
        self.touches(name, HOLD).await;
    }

    /// Presses the control of this name and lets go at once.
    pub(crate) async fn taps(&self, name: &str) {
        self.touches(name, Duration::ZERO).await;
        self.lets_go().await;
    }

    async fn touches(&self, name: &str, duration: Duration) {
        let place = self.control(name).await.rectangle().await;
        let (x, y, width, height) = place.expect("it has a place");
        let hold = MouseActions::new("finger".to_owned())
            .then(PointerAction::MoveTo {
                duration: None,
                x: x + width / 2.0,
                y: y + height / 2.0,
            })
            .then(PointerAction::Down {
                button: MOUSE_BUTTON_LEFT,
            })
            .then(PointerAction::Pause { duration });
        let held = self.client().perform_actions(hold).await;
        held.expect("a page can be touched");
    }

    /// Drags from one place of the page to another, and holds on there until [`Browser::lets_go`].
    pub(crate) async fn drags(&self, from: (f64, f64), to: (f64, f64)) {
        let at = |(x, y), duration| PointerAction::MoveTo { duration, x, y };
        let drag = MouseActions::new("finger".to_owned())
            .then(at(from, None))
            .then(PointerAction::Down {
                button: MOUSE_BUTTON_LEFT,
            })
            .then(at(to, Some(Duration::from_millis(100))));
        let dragged = self.client().perform_actions(drag).await;
        dragged.expect("a page can be touched");
    }

    /// Holds a key, with this control in focus, until [`Browser::lets_go`].
    pub(crate) async fn holds_key(&self, name: &str, key: char) {
        let script = "arguments[0].focus({ preventScroll: true })";
        let control = serde_json::to_value(self.control(name).await).expect("an element");
        self.runs(script, vec![control]).await;
        let hold = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Pause { duration: HOLD });
        let held = self.client().perform_actions(hold).await;
        held.expect("a page has a keyboard");
    }

    /// Lets go of everything that is held.
    pub(crate) async fn lets_go(&self) {
        let released = self.client().release_actions().await;
        released.expect("nothing is held any more");
    }

    /// Whether the check box of this name is on.
    pub(crate) async fn is_checked(&self, name: &str) -> bool {
        self.control(name)
            .await
            .is_selected()
            .await
            .expect("a check box is on or off")
    }

    /// Whether a field, button or link of this name is shown right now.
    pub(crate) async fn shows(&self, name: &str) -> bool {
        self.try_control(name).await.is_some()
    }

    /// Waits until the page says this.
    pub(crate) async fn sees(&self, words: &str) {
        self.waits_until(&format!("the page says `{words}`"), async || {
            self.text().await.contains(words)
        })
        .await;
    }

    /// Waits for something that is looked at again and again; `what` is for the failure.
    pub(crate) async fn waits_until(&self, what: &str, mut is_so: impl AsyncFnMut() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_so().await {
            if Instant::now() >= deadline {
                self.fails(&format!("waited {PATIENCE:?} until {what}"))
                    .await;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Ends the test, and leaves a picture of the page for whoever looks into it.
    async fn fails(&self, why: &str) -> ! {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/test-output");
        let name = std::thread::current()
            .name()
            .unwrap_or("page")
            .replace("::", "-");
        let file = folder.join(format!("{name}-{}.png", std::process::id()));
        if let Ok(png) = self.client().screenshot().await {
            drop(std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, png)));
        }
        let (path, text) = (self.path().await, self.text().await);
        panic!("{why}\n{path} says:\n{text}\nseen in {}", file.display());
    }

    async fn control(&self, name: &str) -> Element {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(element) = self.try_control(name).await {
                return element;
            }
            if Instant::now() >= deadline {
                self.fails(&format!("no field or button `{name}`")).await;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    async fn try_control(&self, name: &str) -> Option<Element> {
        let found = self
            .client()
            .execute(&format!("{DEEP}\n{FIND_CONTROL}"), vec![json!(name)])
            .await
            .ok()?;
        let id = found.get(ELEMENT_KEY)?.as_str()?.to_owned();
        Some(Element::from_element_id(self.client().clone(), id.into()))
    }
}

impl Drop for Browser {
    /// A failed test has not closed its browser: end whatever still uses the profile.
    fn drop(&mut self) {
        let profile = self.profile.path().to_string_lossy().into_owned();
        let Ok(processes) = std::fs::read_dir("/proc") else {
            return;
        };
        for entry in processes.flatten() {
            let is_ours = std::fs::read(entry.path().join("cmdline"))
                .is_ok_and(|line| String::from_utf8_lossy(&line).contains(&profile));
            if is_ours {
                let id = entry.file_name();
                drop(
                    std::process::Command::new("kill")
                        .arg("-KILL")
                        .arg(id)
                        .status(),
                );
            }
        }
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Finds elements and text below open shadow roots too.
const DEEP: &str = r"
function* everything(root) {
  for (const element of root.querySelectorAll('*')) {
    yield element;
    if (element.shadowRoot) yield* everything(element.shadowRoot);
  }
}
function deep(selector) {
  return [...everything(document)].filter((element) => element.matches(selector));
}
function deepText(root) {
  // Firefox runs scripts in a page that has only begun.
  if (!root) return '';
  let text = root.innerText ?? '';
  for (const element of everything(root)) {
    if (element.shadowRoot) {
      for (const child of element.shadowRoot.children) text += '\n' + (child.innerText ?? '');
    }
  }
  return text;
}
";

/// The visible control with an accessible name, by the rules that matter here: `aria-label`, the
/// texts that `aria-labelledby` or a `<label>` give, then a button's or link's own text.
const FIND_CONTROL: &str = r"
const tidy = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
const shown = (element) => element.checkVisibility({ visibilityProperty: true })
  || (element.matches('input[type=checkbox],input[type=radio]')
      && [...(element.labels ?? [])].some((label) => label.checkVisibility()));
const names = (element) => {
  const found = [tidy(element.getAttribute('aria-label'))];
  for (const id of tidy(element.getAttribute('aria-labelledby')).split(' ')) {
    found.push(tidy(element.getRootNode().getElementById?.(id)?.textContent));
  }
  for (const label of element.labels ?? []) {
    found.push(tidy(label.textContent));
    for (const node of label.childNodes) found.push(tidy(node.textContent));
  }
  if (element.matches('a,button,[role=button],summary,[role=tab],[role=menuitem]')) {
    found.push(tidy(element.innerText), tidy(element.textContent));
  }
  if (element.matches('input[type=submit],input[type=button]')) found.push(tidy(element.value));
  return found;
};
const controls = 'input,select,textarea,button,a,summary,[role=button],[role=tab],[role=menuitem]';
const candidates = deep(controls).filter((element) => shown(element) && !element.disabled);
return candidates.find((element) => names(element).includes(arguments[0])) ?? null;
";
