//! A browser without a screen: keeps cookies, sends the headers that browsers send, and knows the
//! forms of the account pages by the names that people read.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use cloud::accounts::{bot_check::captcha, bot_check::proof_of_work};
use cloud::state::State;
use reqwest::header::{HeaderMap, SET_COOKIE};
use url::form_urlencoded;

/// One browser.
#[derive(Clone)]
pub(crate) struct Browser {
    client: reqwest::Client,
    home: String,
    /// Knows the letters of pictures, as eyes would.
    state: State,
    cookies: BTreeMap<String, Cookie>,
    extra: HeaderMap,
}

#[derive(Clone)]
struct Cookie {
    value: String,
    persistent: bool,
}

/// An answer.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn location(&self) -> Option<&str> {
        self.header("location")
    }

    /// The `Set-Cookie` line of a cookie.
    pub(crate) fn set_cookie(&self, name: &str) -> Option<&str> {
        let lines = self
            .headers
            .get_all(SET_COOKIE)
            .iter()
            .map(|line| line.to_str().unwrap());
        lines
            .into_iter()
            .find(|line| line.starts_with(&format!("{name}=")))
    }

    /// The id of the captcha on this page.
    pub(crate) fn captcha(&self) -> &str {
        between(&self.body, "name=\"captcha\" value=\"", "\"")
    }
}

/// What stands between two pieces of text.
pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split_once(after).unwrap().0
}

impl Browser {
    pub(crate) fn new(addr: SocketAddr, state: &State) -> Browser {
        // It speaks plain HTTP: reading the system's certificate authorities takes longer than a page does.
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .tls_certs_only([]);
        Browser {
            client: client.build().unwrap(),
            home: format!("http://{addr}"),
            state: state.clone(),
            cookies: BTreeMap::new(),
            extra: HeaderMap::new(),
        }
    }

    /// Sends a header with every request from here on.
    pub(crate) fn sending(mut self, name: &'static str, value: &str) -> Browser {
        self.extra.insert(name, value.parse().unwrap());
        self
    }

    /// Closes and opens again: cookies without an age are gone.
    pub(crate) fn restarts(&mut self) {
        self.cookies.retain(|_, cookie| cookie.persistent);
    }

    /// The value of a cookie that this browser keeps.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(|cookie| cookie.value.as_str())
    }

    /// Takes a cookie from elsewhere.
    pub(crate) fn takes_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(
            name.to_owned(),
            Cookie {
                value: value.to_owned(),
                persistent: false,
            },
        );
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        let request = self
            .client
            .get(format!("{}{path}", self.home))
            .header("sec-fetch-site", "same-origin");
        self.send(request).await
    }

    /// The bytes at a path.
    pub(crate) async fn download(&mut self, path: &str) -> (u16, Vec<u8>) {
        let answer = self
            .client
            .get(format!("{}{path}", self.home))
            .send()
            .await
            .unwrap();
        (
            answer.status().as_u16(),
            answer.bytes().await.unwrap().to_vec(),
        )
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.post_body(path, body).await
    }

    pub(crate) async fn post_body(&mut self, path: &str, body: String) -> Page {
        let request = self
            .client
            .post(format!("{}{path}", self.home))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", &self.home)
            .header("sec-fetch-site", "same-origin")
            .body(body);
        self.send(request).await
    }

    /// Presses a language on the page `from`.
    pub(crate) async fn chooses_language(&mut self, code: &str, from: &str) -> Page {
        let mut there = self.clone();
        there
            .extra
            .insert("referer", format!("{}{from}", self.home).parse().unwrap());
        let page = there.post("/language", &[("language", code)]).await;
        self.cookies = there.cookies;
        page
    }

    async fn send(&mut self, mut request: reqwest::RequestBuilder) -> Page {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, cookie)| format!("{name}={}", cookie.value))
            .collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        let answer = request.headers(self.extra.clone()).send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        for line in headers.get_all(SET_COOKIE) {
            self.keep(line.to_str().unwrap());
        }
        Page {
            status,
            headers,
            body: answer.text().await.unwrap(),
        }
    }

    fn keep(&mut self, line: &str) {
        let (pair, attributes) = line.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        if attributes.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            let persistent = attributes.contains("Max-Age=");
            self.cookies.insert(
                name.to_owned(),
                Cookie {
                    value: value.to_owned(),
                    persistent,
                },
            );
        }
    }

    /// Fills in Enter Email, letters of the picture included.
    pub(crate) async fn sends_register(&mut self, state: &State, address: &str) -> Page {
        self.sends_with_captcha(state, "/register", "email", address)
            .await
    }

    /// Fills in Forgot password.
    pub(crate) async fn sends_forgot(&mut self, state: &State, login: &str) -> Page {
        self.sends_with_captcha(state, "/forgot", "login", login)
            .await
    }

    async fn sends_with_captcha(
        &mut self,
        state: &State,
        path: &str,
        field: &str,
        value: &str,
    ) -> Page {
        let page = self.get(path).await;
        let id = page.captcha();
        let letters = captcha::answer(state, id);
        let work = self.works(path, id).await;
        let fields = [
            (field, value),
            ("captcha", id),
            ("letters", &letters),
            ("work", &work),
        ];
        self.post(path, &fields).await
    }

    /// Does what the scripts of a form do before it is sent.
    pub(crate) async fn works(&mut self, path: &str, form: &str) -> String {
        let set = self.get(&format!("/form-work{path}?form={form}")).await;
        proof_of_work::solve(&set.body).unwrap_or_default()
    }

    /// Gets as far as Create account.
    pub(crate) async fn asks_for_a_code(&mut self, state: &State, address: &str) {
        let page = self.sends_register(state, address).await;
        assert_eq!(
            (page.status, page.location()),
            (303, Some("/register/finish")),
            "{}",
            page.body
        );
    }

    /// Fills in Create account.
    pub(crate) async fn finishes(&mut self, code: &str, user_name: &str, password: &str) -> Page {
        let fields = [
            ("code", code),
            ("user_name", user_name),
            ("password", password),
        ];
        self.post("/register/finish", &fields).await
    }

    pub(crate) async fn logs_in(&mut self, login: &str, password: &str, auto_login: bool) -> Page {
        let mut fields = vec![("login", login), ("password", password)];
        if auto_login {
            fields.push(("auto_login", "1"));
        }
        let page = self.post("/login", &fields).await;
        if !page.body.contains("answer the picture too") {
            return page;
        }
        // After failures there is a picture, and the form is sent once more with its letters.
        let id = page.captcha();
        let letters = captcha::answer(&self.state, id);
        let work = self.works("/login", id).await;
        fields.extend([("captcha", id), ("letters", &letters), ("work", &work)]);
        self.post("/login", &fields).await
    }

    /// Whether the cloud knows who this is.
    pub(crate) async fn is_signed_in(&mut self) -> bool {
        self.get("/").await.location() == Some("/devices")
    }
}
