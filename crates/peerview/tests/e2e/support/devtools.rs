//! DevTools commands that WebDriver lacks: size and colours of the screen, and the accessible name of the
//! focused element.

use fantoccini::wd::WebDriverCompatibleCommand;
use reqwest::Method;
use serde_json::{Value, json};

use super::browser::Browser;

/// A command of the session, by the end of its address.
#[derive(Debug)]
struct Raw {
    path: String,
    body: Option<Value>,
}

impl WebDriverCompatibleCommand for Raw {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.path
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (Method, Option<String>) {
        match &self.body {
            Some(body) => (Method::POST, Some(body.to_string())),
            None => (Method::GET, None),
        }
    }
}

impl Browser {
    /// Sends a command of Chromium's developer tools.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.raw("goog/cdp/execute", Some(body)).await
    }

    /// Sends a command of the session, by the end of its address.
    pub(super) async fn raw(&self, path: &str, body: Option<Value>) -> Value {
        let command = Raw {
            path: path.to_owned(),
            body,
        };
        let done = self.client().issue_cmd(command).await;
        done.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Gives the page a screen of this size, light or dark.
    pub(crate) async fn has_screen(&self, width: u32, height: u32, scheme: &str) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", size)
            .await;
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// The name of what has the focus, as the browser tells a screen reader.
    pub(crate) async fn focus_name(&self) -> String {
        self.of_focus("computedlabel").await
    }

    /// The role of what has the focus, as the browser tells a screen reader.
    pub(crate) async fn focus_role(&self) -> String {
        self.of_focus("computedrole").await
    }

    async fn of_focus(&self, what: &str) -> String {
        let active = self.raw("element/active", None).await;
        let id = active
            .as_object()
            .and_then(|object| object.values().next())
            .and_then(Value::as_str)
            .expect("something has the focus")
            .to_owned();
        let text = self.raw(&format!("element/{id}/{what}"), None).await;
        text.as_str().unwrap_or_default().to_owned()
    }
}
