//! Requests to a whole cloud without a socket: addresses, cookies, ids of pictures, paths of
//! files, forms. Never an answer of ours that says "broken", never without its careful headers.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::OnceLock;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, StatusCode, header};
use tower::ServiceExt;

struct Site {
    runtime: tokio::runtime::Runtime,
    router: Router,
    folder: PathBuf,
}

static SITE: OnceLock<Site> = OnceLock::new();

fn site() -> &'static Site {
    SITE.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("peerview-fuzz-{}", std::process::id()));
        let mut config = cloud::config::Config {
            data_dir: folder.clone(),
            demo: true,
            ..cloud::config::Config::default()
        };
        config.listen.set_port(0);
        config.relay.enabled = false;
        config.limits.password_memory_kib = 19 * 1024;
        config.limits.password_passes = 2;
        let runtime = tokio::runtime::Runtime::new().expect("threads can be started");
        let cloud = runtime
            .block_on(cloud::bind(config))
            .expect("a cloud can be started");
        let router = cloud::web::router(cloud.state().clone());
        Site {
            runtime,
            router,
            folder,
        }
    })
}

/// Removes what the target keeps on disk; a fuzzer is ended from outside and does not come here.
pub(crate) fn clean_up() {
    if let Some(site) = SITE.get() {
        drop(std::fs::remove_dir_all(&site.folder));
    }
}

/// The first byte says what the rest is.
pub(crate) fn pages(data: &[u8]) {
    let Some((which, rest)) = crate::input::chosen(data) else {
        return;
    };
    let Some(request) = request(which, rest) else {
        return;
    };
    let site = site();
    let answer = site.runtime.block_on(site.router.clone().oneshot(request));
    let answer = answer.unwrap_or_else(|never| match never {});
    assert_ne!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let headers = answer.headers();
    assert!(headers.contains_key(header::CONTENT_SECURITY_POLICY));
    assert!(headers.contains_key(header::CACHE_CONTROL));
}

fn request(which: u8, rest: &[u8]) -> Option<Request<Body>> {
    let text = || crate::input::text(rest);
    let peer = SocketAddr::from((Ipv4Addr::new(192, 0, 2, which), 1));
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
    let mut request = match which % 10 {
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
    }?;
    request
        .headers_mut()
        .insert(header::HOST, HeaderValue::from_static("127.0.0.1"));
    request.extensions_mut().insert(ConnectInfo(peer));
    Some(request)
}
