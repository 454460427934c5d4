//! The browsers of the stories and the drivers that speak WebDriver to them: how each is started, and what it is told.

use std::path::{Path, PathBuf};

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use serde_json::json;
use tokio::process::Command;

use super::browser::Browser;
use super::process::Process;

/// What to do where a browser or its driver is missing.
const SET_UP: &str = "run `make setup`, which installs the browsers of the stories";

/// What chromedriver says before its port.
const CHROMIUM_GREETING: &str = "ChromeDriver was started successfully on port ";

/// A browser by its engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    /// Chromium without its window.
    Chromium,
    /// Debian's Firefox.
    Firefox,
}

impl Engine {
    /// Starts the driver on a port of its own choice. It looks for one that is free and then takes it,
    /// which another process may do in between; so a few tries are its due.
    pub(super) async fn starts_driver(self) -> (Process, u16) {
        let (program, greeting) = match self {
            Engine::Chromium => (PathBuf::from("chromedriver"), CHROMIUM_GREETING),
            Engine::Firefox => (geckodriver(), "Listening on "),
        };
        for _ in 0..10 {
            let mut command = Command::new(&program);
            command.arg("--port=0");
            if self == Engine::Firefox {
                command.arg("--websocket-port=0");
            }
            let driver = started(&program.to_string_lossy(), command);
            if let Some(line) = driver.says_with_or_ends(greeting).await {
                let port = line.trim_end_matches('.').rsplit([' ', ':']).next();
                let port = port.and_then(|port| port.parse().ok());
                return (driver, port.expect("a port number"));
            }
        }
        panic!("{} finds no free port", program.display());
    }

    /// Opens the browser with this profile.
    pub(super) async fn opens(self, port: u16, profile: &Path, flags: &[String]) -> Client {
        let capabilities = match self {
            Engine::Chromium => chromium(profile, flags),
            Engine::Firefox => firefox(profile),
        };
        let mut builder = ClientBuilder::rustls().expect("the machine has root certificates");
        let client = builder
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await;
        client.unwrap_or_else(|error| panic!("opening {self:?}: {error}; {SET_UP}"))
    }
}

/// `make setup` builds it: Debian has none.
fn geckodriver() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/bin/geckodriver")
}

fn started(program: &str, command: Command) -> Process {
    let process = Process::try_start(program, command);
    process.unwrap_or_else(|error| panic!("{program}: {error}; {SET_UP}"))
}

fn chromium(profile: &Path, further: &[String]) -> Capabilities {
    let mut arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--in-process-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-default-apps",
        "--no-default-browser-check",
        "--lang=en",
        "--autoplay-policy=no-user-gesture-required",
        // Processes that start beside every browser and that no story looks at: a sixth of its work.
        "--disable-features=SpareRendererForSitePerProcess,AudioServiceOutOfProcess",
        "--enable-features=NetworkServiceInProcess2",
    ]
    .map(str::to_owned)
    .to_vec();
    arguments.push(format!("--user-data-dir={}", profile.display()));
    arguments.extend_from_slice(further);
    let options = json!({
        "binary": "/usr/bin/chromium-headless-shell",
        "args": arguments,
        // The size of a phone; a window of its own cannot be that narrow.
        "mobileEmulation": { "deviceMetrics": { "width": 390, "height": 844, "pixelRatio": 1.0, "touch": false } },
    });
    // Chromium's engine without its window: the same pages at 40 % of the work.
    Capabilities::from_iter([
        ("browserName".to_owned(), json!("chrome-headless-shell")),
        ("goog:chromeOptions".to_owned(), options),
        ("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" })),
    ])
}

/// With the settings that Debian ships: without the plugin OpenH264, but with the decoders of libavcodec.
fn firefox(profile: &Path) -> Capabilities {
    let styles = profile.join("chrome");
    std::fs::create_dir_all(&styles).expect("a folder of the test");
    // Its window is made for desktops, and would not become as narrow as a phone.
    let narrow = ":root { min-width: 0 !important; }";
    std::fs::write(styles.join("userChrome.css"), narrow).expect("a folder of the test");
    let settings = json!({
        "toolkit.legacyUserProfileCustomizations.stylesheets": true,
        "intl.accept_languages": "en-US, en",
        // The simulated recorder is reached over loopback only.
        "media.peerconnection.ice.loopback": true,
        // As Chromium is told.
        "media.autoplay.default": 0,
        // Processes that start beside every browser and that no story looks at.
        "dom.ipc.processPrelaunch.enabled": false,
        "dom.ipc.processCount": 1,
    });
    let options = json!({
        "binary": "/usr/lib/firefox-esr/firefox-esr",
        "args": ["-headless", "-profile", profile],
        "prefs": settings,
    });
    Capabilities::from_iter([("moz:firefoxOptions".to_owned(), options)])
}

impl Browser {
    /// Makes the window as large as it must be for a page of this size.
    pub(crate) async fn has_window(&self, width: u32, height: u32) {
        let wanted = [width, height].map(i64::from);
        self.waits_until(&format!("the page is {wanted:?}"), async || {
            let sizes = "return [innerWidth, innerHeight, outerWidth, outerHeight]";
            let sizes = self.runs(sizes, vec![]).await;
            let sizes: [i64; 4] = serde_json::from_value(sizes).expect("four numbers");
            let [inner_width, inner_height, outer_width, outer_height] = sizes;
            if [inner_width, inner_height] == wanted {
                return true;
            }
            let size = json!({
                "width": outer_width + wanted[0] - inner_width,
                "height": outer_height + wanted[1] - inner_height,
            });
            self.raw("window/rect", Some(size)).await;
            false
        })
        .await;
    }
}
