//! The page's process: Chromium in the viewer's namespace opens the app as people do, and a probe in
//! the page notes when each picture was decoded.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::sighting::{Sighting, say, say_at};
use crate::support::browser::Browser;

/// Between two looks at the probe.
const LOOK: Duration = Duration::from_millis(50);

/// Runs in every document before its own scripts. Pictures count whatever element shows them.
const PROBE: &str = "
(() => {
  const seen = new Map();
  const times = [];
  function* videos(root) {
    for (const element of root.querySelectorAll('*')) {
      if (element.localName === 'video') yield element;
      if (element.shadowRoot) yield* videos(element.shadowRoot);
    }
  }
  let found = [], looked = -1e9;
  const look = () => {
    const now = performance.now(), at = performance.timeOrigin + now;
    if (now - looked > 200 || found.length === 0) {
      looked = now;
      found = [...videos(document)];
    }
    let n = 0;
    for (const video of found) {
      const frames = video.getVideoPlaybackQuality().totalVideoFrames;
      const before = seen.get(video) ?? { frames: 0 };
      seen.set(video, { ...before, frames });
      if (frames === before.frames) continue;
      // An element that has a stream but no picture of it yet counts an empty frame.
      if (before.frames === 0) seen.get(video).first = video.videoWidth >= 64 ? at : undefined;
      if (before.frames <= 1 && frames > 1 && seen.get(video).first) times.push([seen.get(video).first, 1]);
      if (frames > 1) n = Math.max(n, frames - Math.max(1, before.frames));
    }
    if (n > 0) times.push([at, n]);
    setTimeout(look, 8);
  };
  setTimeout(look, 0);
  window.reachProbe = () => ({ start: performance.timeOrigin, times: times.splice(0) });
})();";

/// A signed-in page.
pub(crate) struct Page {
    browser: Browser,
    url: String,
}

impl Page {
    /// Opens Chromium and logs in.
    pub(crate) async fn open(url: &str, user: &str, password: &str) -> Page {
        let flags = ["--ignore-certificate-errors".to_owned()];
        let browser = Browser::open_with(&flags).await;
        browser
            .devtools(
                "Page.addScriptToEvaluateOnNewDocument",
                json!({ "source": PROBE }),
            )
            .await;
        browser.goes_to(&format!("{url}/")).await;
        browser.sees("Cloud P2P").await;
        browser.types("User name / Email", user).await;
        browser.types("Password", password).await;
        browser.presses("Login").await;
        browser.sees("Add device").await;
        Page {
            browser,
            url: url.to_owned(),
        }
    }

    /// Opens a page of the cloud, or any other address, and prints its pictures until told to stop.
    pub(crate) async fn watch(&self, path: &str) {
        let address = match path.strip_prefix('/') {
            Some(_) => format!("{}{path}", self.url),
            None => path.to_owned(),
        };
        // A page that does not load is one without pictures.
        drop(self.browser.client().goto(&address).await);
        let (mut is_told, mut said, mut looked) = (false, String::new(), Instant::now());
        loop {
            let probe = self.probe().await;
            if !is_told && let Some(start) = probe["start"].as_f64() {
                is_told = true;
                say_at(&Sighting::Tap, start);
            }
            for entry in probe["times"].as_array().into_iter().flatten() {
                let (at, n) = (entry[0].as_f64(), entry[1].as_u64());
                for _ in 0..n.unwrap_or_default() {
                    say_at(&Sighting::Picture, at.unwrap_or_default());
                }
            }
            if looked.elapsed() > Duration::from_millis(500) {
                looked = Instant::now();
                let words = self.words().await;
                if words != said {
                    said.clone_from(&words);
                    say(&Sighting::Says(words));
                }
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Leaves the page, which ends its call.
    pub(crate) async fn leave(&self) {
        drop(self.browser.client().goto("about:blank").await);
    }

    async fn probe(&self) -> Value {
        let script = "return window.reachProbe ? reachProbe() : {}";
        let probe = self.browser.client().execute(script, vec![]).await;
        probe.unwrap_or_default()
    }

    /// What the first tile says.
    async fn words(&self) -> String {
        let script = "
            const tiles = [];
            const look = (root) => {
              for (const element of root.querySelectorAll('*')) {
                if (element.localName === 'live-tile') tiles.push(element);
                if (element.shadowRoot) look(element.shadowRoot);
              }
            };
            look(document);
            return (tiles[0]?.innerText ?? '').replace(/\\s+/g, ' ').trim();";
        let words = self.browser.client().execute(script, vec![]).await;
        words
            .ok()
            .and_then(|words| words.as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}
