//! The only place where the parts are wired together, started and stopped.

mod relay;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::relay::Relay;
use anyhow::Context;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;
use zeroize::Zeroizing;

use crate::accounts::factors::passkeys;
use crate::accounts::mailed_secret::derivation;
use crate::accounts::registration::setup;
use crate::accounts::session::expiry;
use crate::audit::{Action, Audit, Event};
use crate::calls::orders;
use crate::certificates::Certificates;
use crate::certificates::acme::Acme;
use crate::certificates::files::CertificateFiles;
use crate::clock::Clock;
use crate::config::{Config, TlsMode};
use crate::connections::Gates;
use crate::db::connection::limits::CLOSE;
use crate::db::{Db, behind_pages};
use crate::downloads::Downloads;
use crate::hasher::Hasher;
use crate::live::Live;
use crate::mail::delivery::Delivery;
use crate::mail::outbox;
use crate::metrics::Metrics;
use crate::open_files;
use crate::random::Random;
use crate::readiness::Part;
use crate::secrets::Secrets;
use crate::server::{self, Server};
use crate::state::{State, StateParts, endings};
use crate::throttle::Throttle;
use crate::{exporter, limits, operator_warnings, private, purge, relays, web};

/// Beginnings of the names of what a cloud makes in its data folder.
const FILES: [&str; 6] = [
    "acme",
    "audit",
    crate::db::FILE,
    crate::secrets::FILE,
    crate::disk::RESERVE_FILE,
    setup::LINK_FILE,
];

/// A cloud whose listeners are open and whose tables are up to date, but which answers nobody yet.
pub struct Cloud {
    live: Live,
    listener: TcpListener,
    http_addr: SocketAddr,
    relay: Option<Relay>,
    delivery: Delivery,
    certificates: Option<Arc<Certificates>>,
    renewal: Renewal,
    plain_listener: Option<TcpListener>,
    metrics: Option<TcpListener>,
    gates: Gates,
}

/// How the certificate stays fresh.
enum Renewal {
    Off,
    /// Files that the operator replaces.
    Files(CertificateFiles),
    /// Orders at an ACME server.
    Acme(Box<Acme>),
}

impl Renewal {
    /// Runs until the cloud stops.
    async fn run(self, live: Live) {
        let state = live.state().clone();
        match self {
            Renewal::Off => {}
            Renewal::Files(files) => {
                files
                    .watch(state.clock.clone(), state.shutdown.clone())
                    .await
            }
            Renewal::Acme(acme) => acme.run(state, &live.certificate_orders).await,
        }
    }
}

/// Opens everything a cloud needs, so that what cannot work fails here and says why.
pub async fn bind(config: Config) -> anyhow::Result<Cloud> {
    bind_with_clock(config, Clock::System).await
}

/// [`bind`] with a clock that a test may hold.
pub async fn bind_with_clock(mut config: Config, clock: Clock) -> anyhow::Result<Cloud> {
    config.check()?;
    // Before anything is opened, because it sets how many connections there may be.
    let room = open_files::make_room(&mut config)?;
    make_private_folder(&config.data_dir)
        .with_context(|| format!("making the data folder {}", config.data_dir.display()))?;
    let (certificates, renewal) = open_certificates(&config)?;
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!(
            "listening on {}; choose another address with `listen` in [cloud]",
            config.listen
        )
    })?;
    let plain_listener = match config.tls.http_listen {
        Some(addr) => Some(TcpListener::bind(addr).await.with_context(|| {
            format!("listening on {addr}; choose another address with `http_listen` in [cloud.tls]")
        })?),
        None => None,
    };
    let http_addr = listener
        .local_addr()
        .context("reading the address of the listener")?;
    let public_url = config.public_url(http_addr);
    let metrics = exporter::listen(config.metrics.listen).await?;
    let live = Live::new(assemble(config, public_url, clock).await?);
    let delivery = Delivery::new(&live.config.mail, live.config.demo)?;
    relay::expect_joined(&live)?;
    let relay = relay::bind(&live, room).await?;
    let places = live.config.connections.places;
    let gates = Gates::new(places, live.config.trusted_proxies.clone());
    Ok(Cloud {
        live,
        listener,
        http_addr,
        relay,
        delivery,
        certificates,
        renewal,
        plain_listener,
        metrics,
        gates,
    })
}

/// Puts together what outlives a request; opens the database and no listener.
pub(crate) async fn assemble(
    config: Config,
    public_url: Url,
    clock: Clock,
) -> anyhow::Result<State> {
    let rng = Random;
    // Before the key is read: an older version may have left it open to others.
    private::tighten(&config.data_dir, &FILES);
    let secrets = Secrets::load_or_make(&config.data_dir, rng)?;
    let db = Db::open(&config).await?;
    let (audit, metrics) = (Audit::open(&config, clock.clone())?, Metrics::new());
    Ok(State::new(StateParts {
        throttle: Throttle::new(&db, &clock, &secrets, &audit, metrics.of_limits()),
        passkeys: passkeys::relying_party(&public_url),
        public_url,
        passwords: Hasher::new(&secrets, &config.limits)?,
        audit,
        metrics,
        is_set_up: std::sync::atomic::AtomicBool::new(false),
        db,
        clock,
        rng,
        secrets,
        drawing_turns: crate::turns::Turns::new(limits::DRAWINGS_OF_ONE),
        captcha_drawings: tokio::sync::Semaphore::new(limits::CAPTCHA_DRAWINGS),
        downloads: Downloads::find(&config.downloads_dir),
        outbox_filled: tokio::sync::Notify::new(),
        mail_attempts: tokio::sync::watch::Sender::new(0),
        ended_sessions: endings(),
        released: endings(),
        shutdown: CancellationToken::new(),
        config,
    }))
}

fn open_certificates(config: &Config) -> anyhow::Result<(Option<Arc<Certificates>>, Renewal)> {
    let certificates = Arc::new(Certificates::default());
    let renewal = match config.tls.mode() {
        TlsMode::Off => return Ok((None, Renewal::Off)),
        TlsMode::Files => {
            let files = (
                config.tls.certificate_file.as_path(),
                config.tls.key_file.as_path(),
            );
            Renewal::Files(CertificateFiles::open(files, certificates.clone())?)
        }
        TlsMode::Acme => Renewal::Acme(Box::new(Acme::open(
            &config.data_dir,
            &config.tls,
            certificates.clone(),
            Random,
        )?)),
    };
    Ok((Some(certificates), renewal))
}

impl Cloud {
    /// Address where pages are served, with the actual port if 0 was set.
    pub fn http_addr(&self) -> SocketAddr {
        self.http_addr
    }

    /// Where plain HTTP is answered beside TLS.
    pub fn plain_http_addr(&self) -> Option<SocketAddr> {
        self.plain_listener.as_ref()?.local_addr().ok()
    }

    /// Where STUN and TURN are served, when the relay is on.
    pub fn relay_addr(&self) -> Option<SocketAddr> {
        self.relay.as_ref().map(Relay::addr)
    }

    /// The link that creates the first account, for the operator's terminal; `None` when
    /// there is one, and in the demo.
    pub async fn set_up_link(&self) -> anyhow::Result<Option<Zeroizing<String>>> {
        setup::new_link(&self.live)
            .await
            .context("making the link that sets this cloud up")
    }

    /// Writes that link where only its owner reads it, for who has no terminal; gives the path.
    pub fn keep_set_up_link(&self, link: &str) -> anyhow::Result<PathBuf> {
        setup::keep_link(&self.live, link).context("writing the link that sets this cloud up")
    }

    /// The shared parts, for a program that runs the cloud inside itself.
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// Serves until `shutdown` is cancelled, then ends within [`limits::SHUTDOWN_GRACE`].
    ///
    /// # Errors
    /// The listener or the relay ended by itself.
    pub async fn run(self, shutdown: CancellationToken) -> anyhow::Result<()> {
        let Cloud {
            live,
            listener,
            http_addr,
            relay,
            delivery,
            certificates,
            renewal,
            plain_listener,
            metrics,
            gates,
        } = self;
        let state = live.state().clone();
        tracing::info!(%http_addr, public_url = %state.public_url, "the cloud is serving");
        state
            .audit
            .note(Event::done(Action::CloudStarted).subject(env!("CARGO_PKG_VERSION")));
        // The clock may have been set back while nobody was there to see it.
        expiry::forget_future(&state).await;
        let tasks = TaskTracker::new();
        start_workers(&tasks, &live, delivery, (metrics, &gates));
        tasks.spawn(renewal.run(live.clone()));
        let stop = state.shutdown.clone();
        let parts = (&state, &gates);
        if let Some(listener) = plain_listener {
            let router = server::redirect_router(certificates.clone(), state.public_url.clone());
            let plain = Server::new(listener, router, None, parts, stop.clone());
            tasks.spawn(plain.run());
        }
        let router = web::router(live.clone());
        let turn = relay.as_ref().map(Relay::handover);
        let turn = turn.filter(|_| state.config.has_turn_over_tls());
        let server = Server::new(listener, router, certificates, parts, stop.clone());
        let server = server.with_turn(turn);
        let mut serving = tasks.spawn(async move {
            server.run().await;
            anyhow::Ok(())
        });
        let mut relaying = tasks.spawn(relay_until(stop, live.clone(), relay));
        tasks.close();

        let ended_early = tokio::select! {
            () = drained(&live, &shutdown) => Ok(()),
            // Neither listener nor relay ends by itself; if one does, half a cloud must not go on.
            ended = &mut serving => flatten(ended),
            ended = &mut relaying => flatten(ended),
        };
        state.audit.note(Event::done(Action::CloudStopped));
        state.shutdown.cancel();
        // A client that does not read its answer must not hold up the stop.
        if tokio::time::timeout(limits::SHUTDOWN_GRACE, tasks.wait())
            .await
            .is_err()
        {
            tracing::info!("some requests were still open at shutdown");
            serving.abort();
        }
        let flushing = tokio::time::timeout(CLOSE, state.audit.flush());
        let (_, _) = tokio::join!(state.db.close(), flushing);
        ended_early
    }
}

/// What works beside the pages until the cloud stops.
fn start_workers(
    tasks: &TaskTracker,
    live: &Live,
    delivery: Delivery,
    (metrics, gates): (Option<TcpListener>, &Gates),
) {
    let state = live.state();
    let alive = live.running.begin(Part::Outbox);
    // Behind pages: many due mails must not take the connections that people wait for.
    let sending = behind_pages(outbox::run(state.clone(), delivery, derivation::of_letter));
    tasks.spawn(async move {
        sending.await;
        // Dropped as well when the worker panics; `/readyz` then names it.
        drop(alive);
    });
    tasks.spawn(behind_pages(purge::run(live.clone())));
    tasks.spawn(orders::run(state.clone(), live.calls.clone()));
    if live.relays.are_expected() {
        let watching = relays::watch(state.clone(), live.relays.clone());
        tasks.spawn(behind_pages(watching));
    }
    tasks.spawn(behind_pages(operator_warnings::run(state.clone())));
    if let Some(listener) = metrics {
        tasks.spawn(exporter::run(live.clone(), listener, gates.clone()));
    }
}

async fn relay_until(
    stop: CancellationToken,
    live: Live,
    relay: Option<Relay>,
) -> anyhow::Result<()> {
    let Some(relay) = relay else {
        stop.cancelled().await;
        return Ok(());
    };
    live.metrics.has_relay(relay.counters());
    let _until_it_ends = live.running.begin(Part::Relay);
    let following = relay::follow(&live, relay.relayed_addresses(), relay.addr().port());
    let relaying = relay.run(stop);
    tokio::select! {
        ended = relaying => ended.context("running the relay"),
        never = following => match never {},
    }
}

/// Returns when the end was asked for and the time is over in which others learn that this process
/// is not ready any more.
async fn drained(live: &Live, shutdown: &CancellationToken) {
    shutdown.cancelled().await;
    live.running.drain();
    let seconds = i64::try_from(live.config.drain_seconds).unwrap_or(0);
    if seconds > 0 {
        let until = live.clock.now() + seconds;
        live.clock.sleep_until(until).await;
    }
}

fn flatten(ended: Result<anyhow::Result<()>, tokio::task::JoinError>) -> anyhow::Result<()> {
    ended.context("a part of the cloud panicked")?
}

fn make_private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
