//! Requests to a whole cloud without a socket: addresses, cookies, ids of pictures, paths of
//! files, forms. Never an answer of ours that says "broken", never without its careful headers.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use super::site::site;

/// The first byte says what the rest is.
pub(crate) fn pages(data: &[u8]) {
    let Some((which, rest)) = crate::input::chosen(data) else {
        return;
    };
    let Some(request) = request(which, rest) else {
        return;
    };
    let answer = site().answer(which, request);
    assert_ne!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let headers = answer.headers();
    assert!(headers.contains_key(header::CONTENT_SECURITY_POLICY));
    assert!(headers.contains_key(header::CACHE_CONTROL));
}

fn request(which: u8, rest: &[u8]) -> Option<Request<Body>> {
    let text = || crate::input::text(rest);
    let get = |uri: String| Request::get(uri).body(Body::empty()).ok();
    let cookie = |path: &str| {
        let request = Request::get(path).header(header::COOKIE, rest);
        request.body(Body::empty()).ok()
    };
    let form = |path: &str| {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        request.body(Body::from(rest.to_vec())).ok()
    };
    match which % 10 {
        0 => get(format!("/{}", text()?)),
        1 => get(format!("/captcha/{}", text()?)),
        2 => get(format!("/assets/x/{}", text()?)),
        3 => get(format!("/forgot/{}", text()?)),
        4 => cookie("/devices"),
        5 => cookie("/register/finish"),
        6 => form("/register"),
        7 => form("/register/finish"),
        8 => form("/forgot"),
        _ => {
            let request = Request::get("/devices").header(header::ACCEPT_LANGUAGE, rest);
            request.body(Body::empty()).ok()
        }
    }
}
