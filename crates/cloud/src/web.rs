//! Everything that is served over HTTP: the list of routes, and the layers around them.

pub mod assets;
pub mod bot_check;
mod compression;
pub mod cookies;
pub mod csrf;
pub mod error;
pub mod escaped_link;
pub mod form;
pub mod form_address;
pub mod forwarded;
pub mod guard;
pub mod language;
pub mod observed;
pub mod page;
pub mod pages;
mod protection;
pub mod redirect_target;
pub mod requested_page;
pub mod routes;
mod sockets;

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Router, body::Body};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use self::routes::{Route, Routes, get, post};
use crate::live::Live;
use crate::state::State;
use crate::{disk, limits};

/// Every route with the layers around it.
pub fn router(live: Live) -> Router {
    let (pages, _) = pages(&live).finish();
    protected(live, pages)
}

/// Pages and sockets with the layers around them.
fn protected(live: Live, pages: Router<Live>) -> Router {
    let (sockets, _) = sockets().finish();
    pages
        .layer(middleware::from_fn(let_sign_in))
        .layer(middleware::from_fn(form_address::note))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            limits::REQUEST_TIMEOUT,
        ))
        // Outside of the time limit: sockets live for days.
        .merge(sockets)
        .fallback(async || error::not_found())
        .method_not_allowed_fallback(async || error::wrong_method())
        // The first holds for every body, the second replaces axum's limit of 2 MB for forms.
        .layer(RequestBodyLimitLayer::new(limits::MAX_BODY_BYTES))
        .layer(DefaultBodyLimit::max(limits::MAX_BODY_BYTES))
        .layer(middleware::from_fn(escaped_link::mend))
        .layer(middleware::from_fn_with_state(live.clone(), csrf::protect))
        .layer(middleware::from_fn_with_state(
            live.clone(),
            protection::require,
        ))
        // Inside of `observe`, so that a panic is counted and logged as a 500 (ASVS 16.5.4).
        .layer(CatchPanicLayer::custom(|_panic| -> Response<Body> {
            error::broken().into_response()
        }))
        .layer(middleware::from_fn_with_state(
            live.clone(),
            observed::observe,
        ))
        // Outside of all that answers by itself, so that refusals have the headers, too.
        .layer(middleware::from_fn_with_state(
            live.clone(),
            guard::add_headers,
        ))
        // Outermost, because every refusal is said in the visitor's language.
        .layer(middleware::from_fn_with_state(
            live.clone(),
            language::choose,
        ))
        .with_state(live)
}

/// Signing in, staying signed in and signing out may write while the disk is full.
async fn let_sign_in(request: Request, next: Next) -> Response {
    // After some failed log-ins a picture is asked for, so log-ins need `/captcha`, too.
    const PATHS: [&str; 4] = ["/login", "/logout", "/renewal", "/captcha"];
    let path = request.uri().path();
    let is_one = PATHS.iter().any(|one| {
        let rest = path.strip_prefix(one);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    if is_one {
        disk::for_sign_in(next.run(request)).await
    } else {
        next.run(request).await
    }
}

/// Every method at every address of this cloud.
pub fn list(state: &State) -> Vec<Route> {
    let (_, mut list) = pages(state).finish();
    list.extend(sockets().finish().1);
    list
}

fn sockets() -> Routes {
    Routes::new()
        .route("/link", get(sockets::link))
        .route("/call", get(sockets::call))
        .route("/relay", get(sockets::relay))
}

fn pages(state: &State) -> Routes {
    use pages::{add_device, app_lock, connection_test, device, language};
    large_pages()
        .compressed()
        .and(account_routes(state))
        .and(own_account_routes())
        .route("/devices/new", get(add_device::new))
        .route("/devices/{serial}", get(device::show).post(device::update))
        .route(
            "/devices/{serial}/cameras/{camera}",
            get(device::camera::edit).post(device::camera::update),
        )
        .route(
            "/devices/{serial}/removal",
            get(device::edit).post(device::destroy),
        )
        .route(
            "/help/connection",
            get(connection_test::show).post(connection_test::create),
        )
        .route("/configuration/lock", get(app_lock::show))
        .route("/locked", get(app_lock::locked))
        .route("/live/arrangement", post(pages::live_arrangement::update))
        .route("/language", post(language::create))
        .route("/healthz", get(pages::health::show))
        .route("/readyz", get(pages::health::ready))
        .route("/offline", get(pages::offline::show))
        .route("/service-worker.js", get(pages::offline::worker))
        .route(
            "/.well-known/change-password",
            get(async || Redirect::to("/account/password")),
        )
        .route("/assets/{version}/{*path}", get(assets::show))
}

/// Pages whose length counts; they say nothing secret, which compression could give away (BREACH).
fn large_pages() -> Routes {
    use pages::{
        add_device, configuration, device, devices, help, live_view, menu, order, pictures,
    };
    use pages::{register, session};
    Routes::new()
        .route("/login", get(session::new).post(session::create))
        .route("/register", get(register::new).post(register::create))
        .route("/devices", get(devices::index).post(add_device::create))
        .route("/devices/order", get(order::index).post(order::update))
        .route(
            "/devices/{serial}/cameras",
            get(device::cameras::index).post(device::cameras::update),
        )
        .route("/live", get(live_view::index))
        .route("/live/{serial}", get(live_view::show))
        .route("/live/{serial}/{camera}", get(live_view::show_camera))
        .route("/configuration", get(configuration::show))
        .route("/help", get(help::show))
        .route("/pictures", get(pictures::show))
        .route("/menu", get(menu::show))
}

fn own_account_routes() -> Routes {
    use pages::account::{self, data, deletion, email, lock, notices, password, sessions};
    Routes::new()
        .route("/account", get(account::show))
        .route("/account/data", get(data::show).post(data::create))
        .route(
            "/account/deletion",
            get(deletion::edit).post(deletion::destroy),
        )
        .route("/account/email", get(email::edit).post(email::update))
        .route("/account/email/button", get(email::link).post(email::press))
        .route("/account/lock", get(lock::edit).post(lock::update))
        .route("/account/notices", get(notices::edit).post(notices::update))
        .route(
            "/account/password",
            get(password::edit).post(password::update),
        )
        .route("/account/sessions", get(sessions::index))
        .route("/account/sessions/end", post(sessions::destroy_others))
        .route("/account/sessions/{id}/end", post(sessions::destroy))
        .route("/not-me", get(lock::link).post(lock::press))
}

/// Forms that ask for a mail, and the pages for its code and link.
fn mailed_routes(routes: Routes) -> Routes {
    use pages::mailed_secret::{create, link, new, press};
    use pages::recovery::{self, Ask};
    use pages::register::{self, Start};
    routes
        .route(
            "/register/finish",
            get(register::edit).post(register::update),
        )
        .route(
            "/register/code",
            get(register::resume).post(register::renew),
        )
        .route("/register/button", get(link::<Start>).post(press::<Start>))
        .route("/forgot", get(new::<Ask>).post(create::<Ask>))
        .route(
            "/forgot/code",
            get(recovery::ask_code).post(recovery::take_code),
        )
        .route("/forgot/button", get(link::<Ask>).post(press::<Ask>))
        .route(
            "/forgot/password",
            get(recovery::edit).post(recovery::update),
        )
}

fn account_routes(state: &State) -> Routes {
    use pages::{captcha, downloads, mailbox, renewal, second_step, session, setup, step_up, work};
    let routes = Routes::new()
        .route("/", get(session::home))
        .route("/logout", post(session::destroy))
        .route("/renewal", get(renewal::nonce).post(renewal::create))
        .route("/step-up", get(step_up::new).post(step_up::create))
        .route("/step-up/options", post(step_up::options))
        .route("/step-up/passkey", post(step_up::create_by_passkey))
        .route(
            "/login/factor",
            get(second_step::edit).post(second_step::update),
        )
        .route(
            "/login/factor/passkey",
            post(second_step::update_by_passkey),
        )
        .route("/login/passkey", post(second_step::create))
        .route("/login/passkey/options", post(second_step::options))
        .route("/setup", get(setup::edit).post(setup::update))
        .route("/form-work/{purpose}", get(work::show))
        .route("/captcha/{file}", get(captcha::show))
        .route("/downloads/{name}", get(downloads::show));
    let routes = mailed_routes(factor_routes(routes));
    // Outside of the demo not even the route exists.
    if state.config.demo {
        routes.route("/demo/mailbox", get(mailbox::index))
    } else {
        routes
    }
}

fn factor_routes(routes: Routes) -> Routes {
    use pages::{passkeys, second_factor};
    routes
        .route("/account/second-factor", get(second_factor::show))
        .route("/account/second-factor/on", post(second_factor::turn_on))
        .route("/account/second-factor/off", post(second_factor::turn_off))
        .route("/account/second-factor/codes", post(second_factor::renew))
        .route(
            "/account/second-factor/app",
            get(second_factor::app).post(second_factor::confirm),
        )
        .route("/account/second-factor/app/new", post(second_factor::offer))
        .route(
            "/account/second-factor/app.svg",
            get(second_factor::picture),
        )
        .route(
            "/account/passkeys",
            get(passkeys::index).post(passkeys::create),
        )
        .route("/account/passkeys/options", post(passkeys::options))
        .route("/account/passkeys/{id}", post(passkeys::update))
        .route("/account/passkeys/{id}/removal", post(passkeys::destroy))
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::http::HeaderMap;

    use super::*;
    use crate::audit::{Action, chain};
    use crate::config::Config;
    use crate::db::test::tempdir::Dir;

    /// A cloud one of whose pages has a defect.
    async fn with_defect(dir: &Dir) -> (State, SocketAddr) {
        let mut config = Config {
            data_dir: dir.path().to_owned(),
            ..Config::default()
        };
        config.listen.set_port(0);
        let url = config.public_url(([127, 0, 0, 1], 1).into());
        let state = crate::boot::assemble(config, url, crate::clock::Clock::System)
            .await
            .unwrap();
        let live = Live::new(state.clone());
        let (pages, _) = pages(&state).finish();
        async fn defect() -> String {
            panic!("the secret of line {}", line!())
        }
        let pages = pages.route("/defect", axum::routing::get(defect));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let service = protected(live, pages).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        (state, addr)
    }

    async fn get(addr: SocketAddr, path: &str) -> (u16, HeaderMap, String) {
        let answer = reqwest::get(format!("http://{addr}{path}")).await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        (status, headers, answer.text().await.unwrap())
    }

    #[tokio::test]
    async fn asvs_16_5_4_a_panic_ends_one_request_and_is_logged() {
        let dir = Dir::new();
        let (state, addr) = with_defect(&dir).await;

        for _ in 0..3 {
            assert_eq!(get(addr, "/defect").await.0, 500);
            assert_eq!(get(addr, "/login").await.0, 200, "the process lives");
        }

        state.audit.flush().await;
        let mut n_noted = 0;
        chain::read(dir.path(), |line| {
            n_noted += i32::from(line.what == Action::RequestBroken.name());
        })
        .unwrap();
        assert_eq!(n_noted, 3);
    }

    #[tokio::test]
    async fn asvs_16_5_1_an_error_page_reveals_no_internals() {
        let dir = Dir::new();
        let (_, addr) = with_defect(&dir).await;

        let (status, headers, body) = get(addr, "/defect").await;

        assert_eq!(status, 500);
        for inside in [
            "secret", "line ", "panic", ".rs", "crates", "src/", "SELECT", "sqlx",
        ] {
            assert!(!body.contains(inside), "{inside} in {body}");
        }
        assert!(body.contains("Something went wrong on our side"), "{body}");
        assert!(headers.contains_key("content-security-policy"));
    }
}
