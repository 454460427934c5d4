//! The page of a form, looked up by the address that the form is sent to. A page that answers a form names
//! this address, so that a script can put it into the browser's history: Back never leads to an error, and a
//! reload does not send the form again.

use axum::extract::Request;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

tokio::task_local! {
    static ANSWERED: Option<String>;
}

/// Notes whether the request is a form.
pub async fn note(request: Request, next: Next) -> Response {
    let answered = (request.method() == Method::POST).then(|| {
        let address = of(request.uri().path());
        match request.uri().query() {
            Some(query) => format!("{address}?{query}"),
            None => address,
        }
    });
    ANSWERED.scope(answered, next.run(request)).await
}

/// The address of the form that the page at hand answers, if it answers one.
pub fn answered() -> Option<String> {
    ANSWERED.try_with(Clone::clone).ok().flatten()
}

/// The page with the form that is sent to `path`.
pub fn of(path: &str) -> String {
    let page = match path {
        "/devices" => "/devices/new",
        "/language" | "/logout" => "/",
        "/register/code" => "/register/finish",
        "/account/second-factor/app" => path,
        _ => [
            "/account/passkeys",
            "/account/second-factor",
            "/account/sessions",
        ]
        .into_iter()
        .find(|page| {
            path.strip_prefix(page)
                .is_some_and(|rest| rest.starts_with('/'))
        })
        // A script sends a passkey's signature to a separate path.
        .or_else(|| path.strip_suffix("/passkey"))
        .unwrap_or(path),
    };
    page.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_address_maps_to_its_page() {
        for (sent_to, stands_at) in [
            ("/login", "/login"),
            ("/login/passkey", "/login"),
            ("/login/factor/passkey", "/login/factor"),
            ("/devices", "/devices/new"),
            ("/devices/PV-0123-4567-89ABZ", "/devices/PV-0123-4567-89ABZ"),
            ("/account/passkeys", "/account/passkeys"),
            ("/account/passkeys/a/removal", "/account/passkeys"),
            ("/account/second-factor/app/new", "/account/second-factor"),
            ("/account/second-factor/app", "/account/second-factor/app"),
            ("/step-up/passkey", "/step-up"),
        ] {
            assert_eq!(of(sent_to), stands_at, "{sent_to}");
        }
    }
}
