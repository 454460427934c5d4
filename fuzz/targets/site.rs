//! A whole cloud without a socket, for what needs its pages, its secrets or its tables.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::OnceLock;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, Response, header};
use cloud::live::Live;
use tower::ServiceExt;

/// The cloud and what it runs on.
pub(crate) struct Site {
    runtime: tokio::runtime::Runtime,
    router: Router,
    /// Its parts.
    pub(crate) state: Live,
    /// Its data folder.
    pub(crate) folder: PathBuf,
}

static SITE: OnceLock<Site> = OnceLock::new();

/// The one cloud of this process.
pub(crate) fn site() -> &'static Site {
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
        config.limits.work_bits = 0;
        let runtime = tokio::runtime::Runtime::new().expect("threads can be started");
        let cloud = runtime
            .block_on(cloud::bind(config))
            .expect("a cloud can be started");
        let state = cloud.live().clone();
        Site {
            runtime,
            router: cloud::web::router(state.clone()),
            state,
            folder,
        }
    })
}

/// Removes what the targets keep on disk; a fuzzer is ended from outside and does not come here.
pub(crate) fn clean_up() {
    if let Some(site) = SITE.get() {
        drop(std::fs::remove_dir_all(&site.folder));
    }
}

impl Site {
    /// Waits for work of the cloud.
    pub(crate) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// What the cloud answers to a client of this number.
    pub(crate) fn answer(&self, client: u8, mut request: Request<Body>) -> Response<Body> {
        let peer = SocketAddr::from((Ipv4Addr::new(192, 0, 2, client), 1));
        request
            .headers_mut()
            .insert(header::HOST, HeaderValue::from_static("127.0.0.1"));
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = self.wait(self.router.clone().oneshot(request));
        answer.unwrap_or_else(|never| match never {})
    }
}
