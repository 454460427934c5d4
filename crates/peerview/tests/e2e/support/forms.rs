//! The forms of the pages, sent over HTTP: for stories that begin after registration and Add device. The pages
//! themselves have stories of their own, and opening them takes half the time of a story.

use std::collections::BTreeMap;

use cloud::accounts::bot_check::proof_of_work;
use reqwest::header::{
    ACCEPT_LANGUAGE, COOKIE, HeaderMap, HeaderValue, LOCATION, ORIGIN, SET_COOKIE,
};
use serde_json::json;

use super::browser::Browser;

/// Somebody's cookies of this cloud, and what their browser says of itself.
pub(crate) struct Forms {
    client: reqwest::Client,
    url: String,
    cookies: BTreeMap<String, String>,
}

impl Forms {
    /// Of a person who comes for the first time.
    pub(crate) fn of(url: &str) -> Forms {
        let origin = HeaderValue::from_str(url).expect("an address is ASCII");
        let language = HeaderValue::from_static("en-US,en;q=0.9");
        let client = reqwest::Client::builder()
            .default_headers(HeaderMap::from_iter([
                (ORIGIN, origin),
                (ACCEPT_LANGUAGE, language),
            ]))
            .user_agent(
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
            )
            .redirect(reqwest::redirect::Policy::none())
            .tls_danger_accept_invalid_certs(true);
        Forms {
            client: client.build().expect("a client can be built"),
            url: url.to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    /// Opens a page and returns its HTML.
    pub(crate) async fn opens(&mut self, path: &str) -> String {
        let request = self.client.get(format!("{}{path}", self.url));
        let answer = self.sends(request).await;
        answer.text().await.expect("a page is text")
    }

    /// Sends a form that has to lead to the page `next`.
    pub(crate) async fn submits(&mut self, path: &str, fields: &[(&str, &str)], next: &str) {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let request = self.client.post(format!("{}{path}", self.url));
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.finish());
        let answer = self.sends(request).await;
        let location = answer.headers().get(LOCATION).cloned();
        let location = location.unwrap_or_else(|| HeaderValue::from_static(""));
        assert!(
            location.as_bytes().starts_with(next.as_bytes()),
            "{path} leads to {location:?}:\n{}",
            answer.text().await.unwrap_or_default()
        );
    }

    /// The proof of work that the form of this picture wants.
    pub(crate) async fn works(&mut self, path: &str, captcha: &str) -> String {
        let set = self
            .opens(&format!("/form-work{path}?form={captcha}"))
            .await;
        proof_of_work::solve(&set).unwrap_or_default()
    }

    /// Puts the cookies into a browser, which is signed in from then on.
    pub(crate) async fn hands_over_to(&self, browser: &Browser) {
        for (name, value) in &self.cookies {
            let cookie = json!({
                "name": name, "value": value, "url": self.url, "path": "/", "httpOnly": true, "sameSite": "Lax",
            });
            browser.devtools("Network.setCookie", cookie).await;
        }
    }

    async fn sends(&mut self, request: reqwest::RequestBuilder) -> reqwest::Response {
        let cookies = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let answer = request.header(COOKIE, cookies).send().await;
        let answer = answer.expect("the cloud answers");
        for line in answer.headers().get_all(SET_COOKIE) {
            let line = line.to_str().expect("a cookie is ASCII");
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').expect("a cookie has a value");
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}
