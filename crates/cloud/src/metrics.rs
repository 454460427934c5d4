//! Prometheus metrics in OpenMetrics text format. Counters are kept where things happen; `exporter` reads
//! gauges on each request. No label comes from user input: routes, limits and reasons are the program's own.
//! `docs/ref/metrics.md` lists them; a test compares.

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry, Unit};
use relay::Counters;

/// Bounds of the histogram of requests, in seconds: a page, a password hash, a patient wait.
const BOUNDS: [f64; 9] = [0.002, 0.005, 0.01, 0.02, 0.05, 0.2, 0.5, 2.0, 10.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteMetrics {
    /// `POST /forgot/{token}`.
    route: String,
    /// `2xx`.
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Name {
    name: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabel {
    reason: String,
}

/// Everything that is counted or measured; clones share it.
#[derive(Clone)]
pub struct Metrics(Arc<MetricsInner>);

struct MetricsInner {
    registry: Registry,
    requests: Family<RouteMetrics, Histogram, fn() -> Histogram>,
    limits_reached: Family<Name, Counter>,
    mails: Family<Name, Counter>,
    relay_refusals: Family<RefusalLabel, Counter>,
    test_calls: Counter,
    now: Gauges,
    relay: OnceLock<Counters>,
}

/// What there is just now.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Recorders with an open link to this process.
    pub links: usize,
    /// Calls that run or are being set up.
    pub calls: usize,
    /// Relays that may join.
    pub relays_expected: usize,
    /// Those of them that take calls.
    pub relays_healthy: usize,
    /// Password hashes that run or wait.
    pub hash_queue: usize,
    /// The audit log is written and whole.
    pub is_audit_healthy: bool,
    /// Events that are in no audit log.
    pub audit_lost: u64,
    /// Bytes of room in the data folder, where the system tells.
    pub disk_free: Option<u64>,
    /// What the database says; nothing when it does not answer.
    pub database: Option<DatabaseSnapshot>,
}

/// What the database says of just now.
#[derive(Debug, Clone, Default)]
pub struct DatabaseSnapshot {
    /// Sessions that have not ended.
    pub sessions: i64,
    /// Mails that wait to be sent.
    pub mails_waiting: i64,
    /// How long the oldest of them has waited, seconds.
    pub oldest_mail_seconds: i64,
}

/// What is set when somebody asks.
#[derive(Default)]
struct Gauges {
    links: Gauge,
    calls: Gauge,
    relays_expected: Gauge,
    relays_healthy: Gauge,
    sessions: Gauge,
    mails_waiting: Gauge,
    oldest_mail: Gauge,
    hash_queue: Gauge,
    audit_healthy: Gauge,
    audit_lost: Gauge,
    disk_free: Gauge,
    relay_allocations: Gauge,
    relay_bytes: Counter,
    database_up: Gauge,
}

impl Metrics {
    /// Nothing has happened yet.
    pub fn new() -> Metrics {
        let mut registry = Registry::with_prefix("peerview");
        let requests =
            Family::new_with_constructor((|| Histogram::new(BOUNDS)) as fn() -> Histogram);
        let help = "How long requests took, by route and kind of answer";
        registry.register_with_unit("request", help, Unit::Seconds, requests.clone());
        let help = "Requests that a limit refused";
        let limits_reached = add(&mut registry, "limits_reached", help, Family::default());
        let help = "Attempts to hand a mail over, by how they went";
        let mails = add(&mut registry, "mails", help, Family::default());
        let help = "What the relay refused, by reason";
        let relay_refusals = add(&mut registry, "relay_refusals", help, Family::default());
        let help = "Connection tests that people began";
        let test_calls = add(&mut registry, "test_calls", help, Counter::default());
        let now = Gauges::default();
        now.register(&mut registry);
        Metrics(Arc::new(MetricsInner {
            registry,
            requests,
            limits_reached,
            mails,
            relay_refusals,
            test_calls,
            now,
            relay: OnceLock::new(),
        }))
    }

    /// A request was answered. `route` is the program's own, never an address that somebody sent.
    pub fn answered(&self, route: &str, status: u16, took: Duration) {
        let status = match status / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        let route = route.to_owned();
        let requests = &self.0.requests;
        requests
            .get_or_create(&RouteMetrics { route, status })
            .observe(took.as_secs_f64());
    }

    /// A limit refused somebody.
    pub fn limit_reached(&self, name: &'static str) {
        self.0.limits_reached.get_or_create(&Name { name }).inc();
    }

    /// The same for who does not know the metrics.
    pub fn of_limits(&self) -> impl Fn(&'static str) + Send + Sync + use<> {
        let metrics = self.clone();
        move |name| metrics.limit_reached(name)
    }

    /// A mail was handed over, put back or given up.
    pub fn mail(&self, name: &'static str) {
        self.0.mails.get_or_create(&Name { name }).inc();
    }

    /// Somebody began a connection test.
    pub fn test_call(&self) {
        self.0.test_calls.inc();
    }

    /// There is a relay in this process.
    pub fn has_relay(&self, counters: Counters) {
        // One relay a process: the first stays.
        self.0.relay.set(counters).ok();
    }

    /// All of it as text, with what there is just now.
    pub fn text(&self, now: &Snapshot) -> Result<String, std::fmt::Error> {
        self.0.now.set(now);
        if let Some(relay) = self.0.relay.get() {
            self.read_relay(relay);
        }
        let mut text = String::new();
        encode(&mut text, &self.0.registry)?;
        Ok(text)
    }

    fn read_relay(&self, relay: &Counters) {
        let stats = relay.read();
        self.0
            .now
            .relay_allocations
            .set(signed(stats.allocations_now));
        // The relay counts by itself, and a counter of this library can otherwise only grow by steps.
        let bytes = self.0.now.relay_bytes.inner();
        bytes.store(stats.bytes_relayed, Ordering::Relaxed);
        for (reason, n) in stats.refusals {
            let reason = format!("{reason:?}");
            let counter = self
                .0
                .relay_refusals
                .get_or_create(&RefusalLabel { reason });
            counter.inner().store(n, Ordering::Relaxed);
        }
    }
}

impl Gauges {
    fn set(&self, now: &Snapshot) {
        self.links.set(signed(now.links));
        self.calls.set(signed(now.calls));
        self.relays_expected.set(signed(now.relays_expected));
        self.relays_healthy.set(signed(now.relays_healthy));
        self.hash_queue.set(signed(now.hash_queue));
        self.audit_healthy.set(i64::from(now.is_audit_healthy));
        self.audit_lost.set(signed(now.audit_lost));
        // An unknown disk must not look like a full one.
        self.disk_free.set(now.disk_free.map_or(-1, signed));
        self.database_up.set(i64::from(now.database.is_some()));
        if let Some(database) = &now.database {
            self.sessions.set(database.sessions);
            self.mails_waiting.set(database.mails_waiting);
            self.oldest_mail.set(database.oldest_mail_seconds);
        }
    }

    fn register(&self, registry: &mut Registry) {
        for (name, help, gauge) in [
            ("links", "Recorders that are online here", &self.links),
            (
                "calls",
                "Calls that run or are being set up here",
                &self.calls,
            ),
            ("sessions", "Sessions that have not ended", &self.sessions),
            (
                "mails_waiting",
                "Mails that wait to be sent",
                &self.mails_waiting,
            ),
            (
                "oldest_mail_seconds",
                "How long the oldest of them has waited",
                &self.oldest_mail,
            ),
            (
                "password_hashes",
                "Password hashes that run or wait",
                &self.hash_queue,
            ),
            (
                "audit_healthy",
                "1 while the audit log is written and whole",
                &self.audit_healthy,
            ),
            (
                "audit_lost",
                "Events not in the audit log, not even as a number",
                &self.audit_lost,
            ),
            (
                "disk_free_bytes",
                "Room on the disk of the data folder",
                &self.disk_free,
            ),
            (
                "relay_allocations",
                "Allocations of the relay",
                &self.relay_allocations,
            ),
            (
                "database_up",
                "1 while the database answers",
                &self.database_up,
            ),
        ] {
            add(registry, name, help, gauge.clone());
        }
        let help = "Payload that the relay passed on, both ways";
        add(registry, "relay_bytes", help, self.relay_bytes.clone());
        self.register_joined(registry);
    }

    fn register_joined(&self, registry: &mut Registry) {
        let (expected, healthy) = (self.relays_expected.clone(), self.relays_healthy.clone());
        add(
            registry,
            "relays_expected",
            "Relays that may join",
            expected,
        );
        add(
            registry,
            "relays_healthy",
            "Joined relays that take calls",
            healthy,
        );
    }
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}

fn add<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register(name, help, metric.clone());
    metric
}

fn signed(n: impl TryInto<i64>) -> i64 {
    n.try_into().unwrap_or(i64::MAX)
}
