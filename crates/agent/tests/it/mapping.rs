//! Port mappings against simulated routers that answer, refuse, lie and restart, and a call that
//! reaches its viewer through nothing but a mapped port.

use std::net::{Ipv4Addr, SocketAddr};

use agent::limits::READY_MAPPINGS;
use agent::port_mapping::{CallReach, MappedPort, MappingScope, PortMappings};
use agent::reach::{MappingProtocol, MappingState, SiteReach};
use peer::{Config, Endpoint, Event, SeenAddress};
use proto::link::message::StreamKind;
use serde_json::json;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::link_support::World;
use crate::router::filter::Filter;
use crate::router::{Router, RouterFault};
use crate::support::soon;

const PROTOCOLS: [MappingProtocol; 3] = [
    MappingProtocol::Pcp,
    MappingProtocol::NatPmp,
    MappingProtocol::Upnp,
];

/// The mappings of one agent. Dropping it stops them.
struct Mappings {
    handle: PortMappings,
    task: JoinHandle<()>,
    stop: DropGuard,
}

impl Mappings {
    fn of(router: &Router) -> Mappings {
        Mappings::by(MappingScope::Fixed(router.network))
    }

    fn by(scope: MappingScope) -> Mappings {
        let (handle, task) = PortMappings::new(scope);
        let stop = CancellationToken::new();
        Mappings {
            handle,
            task: tokio::spawn(task.run(stop.clone())),
            stop: stop.drop_guard(),
        }
    }

    async fn until(&self, what: &str, is_so: impl FnMut(&SiteReach) -> bool) -> MappingState {
        let mut reach = self.handle.reach();
        let found = soon(what, reach.wait_for(is_so)).await;
        found.expect("the task runs").mapping
    }

    /// Waits until the routers have been asked.
    async fn settled(&self) -> MappingState {
        self.until("an answer", |reach| reach.mapping != MappingState::Looking)
            .await
    }

    /// A STUN server sees `public` of the socket.
    fn seen(&self, local: SocketAddr, public: SocketAddr, port: MappedPort) -> CallReach {
        let mut call = CallReach::new(vec![port.hold], true);
        let answer = Event::SeenAddress(SeenAddress {
            socket: local,
            server: "192.0.2.1:3478".parse().expect("an address"),
            address: public,
        });
        self.handle.observe(&mut call, &answer);
        call
    }
}

fn local(port: &MappedPort) -> SocketAddr {
    port.socket.socket.local_addr().expect("bound")
}

#[tokio::test]
async fn sockets_are_mapped_in_each_protocol_and_removed() {
    for protocol in PROTOCOLS {
        let router = Router::new(protocol).await;
        let mappings = Mappings::of(&router);
        let state = mappings.settled().await;
        assert_eq!(state, MappingState::Mapped(protocol, router.external()));
        router
            .until("all", |mapped| mapped.len() == READY_MAPPINGS)
            .await;

        let port = mappings.handle.take().await.pop().expect("one is ready");
        let external = port.socket.external;
        assert_eq!(external.ip(), router.external());
        let is_taken = |mapped: &std::collections::BTreeMap<u16, SocketAddr>| {
            mapped.get(&external.port()) == Some(&local(&port))
        };
        assert!(is_taken(&router.mapped()));
        // Another one is prepared for the next call.
        router
            .until("one more", |mapped| mapped.len() == READY_MAPPINGS + 1)
            .await;

        drop(port.hold);
        router
            .until("its removal", |mapped| {
                !mapped.contains_key(&external.port())
            })
            .await;
        drop(mappings.stop);
        soon("the end", mappings.task).await.expect("no panic");
        assert_eq!(router.mapped(), std::collections::BTreeMap::new());
    }
}

#[tokio::test]
async fn a_viewer_sees_pictures_through_the_mapped_port_alone() {
    let router = Router::new(MappingProtocol::Pcp).await;
    let mappings = Mappings::of(&router);
    mappings.settled().await;
    let world = World::with_mappings(mappings.handle.clone()).await;
    for n in 0..10 {
        world.picture("1", StreamKind::Sub, n);
    }
    let mut cloud = world.cloud.registered().await;
    let invite = cloud
        .connect(
            "s",
            json!({"peerview/slots": 1,
                "peerview/watch": [{"slot": 0, "camera": "1", "stream": "sub"}]}),
        )
        .await;
    let offer = invite["params"]["offer"].as_str().expect("an offer");
    let mapped = format!(" {} ", router.external());

    // Neither side learns where the other really is: only the router's port is left.
    let is_kept = |line: &&str| !line.starts_with("a=candidate") || line.contains(&mapped);
    let offer: String = offer.split_inclusive("\r\n").filter(is_kept).collect();
    assert!(offer.contains(" typ srflx "), "{offer}");
    let config = Config {
        with_loopback: true,
        bind: Some(Ipv4Addr::LOCALHOST.into()),
        ..Config::default()
    };
    let (_viewer, mut events, answer) = Endpoint::answer(config, &offer).expect("answerable");
    let answer: String = answer
        .split_inclusive("\r\n")
        .filter(|line| !line.starts_with("a=candidate"))
        .collect();
    cloud
        .send(&json!({"jsonrpc": "2.0", "id": invite["id"], "result": {"answer": answer}}))
        .await;

    soon("a picture", async {
        loop {
            match events.next().await.expect("the call goes on") {
                Event::Frame(_) => return,
                Event::Ended(ended) => panic!("no picture: {ended:?}"),
                _ => {}
            }
        }
    })
    .await;
}

/// What an agent thinks of a router with a fault.
async fn judged(
    protocol: MappingProtocol,
    fault: RouterFault,
    external: Option<[u8; 4]>,
) -> (MappingState, Router) {
    let router = Router::with(protocol, fault, external.map(Ipv4Addr::from)).await;
    let mappings = Mappings::of(&router);
    let state = mappings.settled().await;
    let is_mapped = matches!(state, MappingState::Mapped(..));
    assert_eq!(mappings.handle.take().await.pop().is_some(), is_mapped);
    (state, router)
}

#[tokio::test]
async fn a_lying_router_is_never_believed() {
    use MappingProtocol::{NatPmp, Pcp, Upnp};
    let nobody = RouterFault::None;
    let refuses = RouterFault::Refuses;
    let cases = [
        (Pcp, nobody, Some([0, 0, 0, 0]), MappingState::Nonsense(Pcp)),
        (
            NatPmp,
            nobody,
            Some([224, 0, 0, 1]),
            MappingState::Nonsense(NatPmp),
        ),
        (
            Upnp,
            nobody,
            Some([0, 0, 0, 0]),
            MappingState::Nonsense(Upnp),
        ),
        (Pcp, RouterFault::Garbage, None, MappingState::Nonsense(Pcp)),
        (
            Pcp,
            RouterFault::OtherPort,
            None,
            MappingState::Nonsense(Pcp),
        ),
        (
            NatPmp,
            RouterFault::OtherPort,
            None,
            MappingState::Nonsense(NatPmp),
        ),
        (
            Pcp,
            RouterFault::NoLifetime,
            None,
            MappingState::Nonsense(Pcp),
        ),
        (
            NatPmp,
            RouterFault::NoLifetime,
            None,
            MappingState::Nonsense(NatPmp),
        ),
        (Pcp, refuses, None, MappingState::Refused(Pcp)),
        (NatPmp, refuses, None, MappingState::Refused(NatPmp)),
        (Upnp, refuses, None, MappingState::Refused(Upnp)),
        (Upnp, RouterFault::Garbage, None, MappingState::Silent),
        (Upnp, RouterFault::Stalls, None, MappingState::Silent),
    ];
    let judging = cases.map(|(protocol, fault, external, expected)| async move {
        let (state, _router) = judged(protocol, fault, external).await;
        assert_eq!(state, expected, "{protocol} {fault:?} {external:?}");
    });

    futures_util::future::join_all(judging).await;
}

#[tokio::test]
async fn a_mapping_behind_another_nat_is_useless() {
    let cases = [[192, 168, 1, 2], [100, 64, 0, 9], [10, 0, 0, 1]];
    let judging = cases.map(|external| async move {
        let (state, router) =
            judged(MappingProtocol::NatPmp, RouterFault::None, Some(external)).await;
        assert_eq!(state, MappingState::DoubleNat(external.into()));
        router.until("no mapping", |mapped| mapped.is_empty()).await;
    });

    futures_util::future::join_all(judging).await;
}

#[tokio::test]
async fn the_agent_follows_no_router_to_other_machines() {
    let cases = [
        RouterFault::ForeignLocation,
        RouterFault::ForeignControl,
        RouterFault::Redirect,
    ];
    let judging = cases.map(|fault| async move {
        let (state, router) = judged(MappingProtocol::Upnp, fault, None).await;
        assert_eq!(state, MappingState::Silent, "{fault:?}");
        assert_eq!(router.n_strangers_asked(), 0, "{fault:?}");
    });

    futures_util::future::join_all(judging).await;
}

#[tokio::test]
async fn a_hundred_megabytes_of_description_are_not_read() {
    let (state, router) = judged(MappingProtocol::Upnp, RouterFault::HugeDescription, None).await;

    assert_eq!(state, MappingState::Silent);
    // One MiB, and what the kernel buffers at both ends of the connection: Linux lets that grow to 40 MB.
    assert!(
        router.n_bytes_sent() < 60 << 20,
        "{}",
        router.n_bytes_sent()
    );
}

#[tokio::test]
async fn two_agents_on_one_router_keep_their_mappings() {
    for protocol in PROTOCOLS {
        let router = Router::new(protocol).await;
        let (ana, ben) = (Mappings::of(&router), Mappings::of(&router));
        ana.settled().await;
        ben.settled().await;
        let n_all = 2 * READY_MAPPINGS;
        router.until("all", |mapped| mapped.len() == n_all).await;

        let first = ana.handle.take().await.pop().expect("one is ready");
        let second = ben.handle.take().await.pop().expect("one is ready");

        assert_ne!(first.socket.external, second.socket.external);
        drop(ben.stop);
        soon("Ben's end", ben.task).await.expect("no panic");
        let external = first.socket.external.port();
        assert_eq!(router.mapped().get(&external), Some(&local(&first)));
    }
}

#[tokio::test]
async fn a_taken_external_port_is_left_to_its_owner() {
    let (state, router) = judged(MappingProtocol::Upnp, RouterFault::Conflict, None).await;

    assert_eq!(
        state,
        MappingState::Mapped(MappingProtocol::Upnp, router.external())
    );
}

#[tokio::test]
async fn a_router_with_permanent_mappings_only_is_used() {
    let (state, router) = judged(MappingProtocol::Upnp, RouterFault::PermanentOnly, None).await;

    assert_eq!(
        state,
        MappingState::Mapped(MappingProtocol::Upnp, router.external())
    );
    router
        .until("the removal", |mapped| mapped.is_empty())
        .await;
}

#[tokio::test]
async fn mappings_return_after_a_router_restart() {
    for protocol in PROTOCOLS {
        let router = Router::new(protocol).await;
        let mappings = Mappings::of(&router);
        mappings.settled().await;
        let port = mappings.handle.take().await.pop().expect("one is ready");
        let n_all = READY_MAPPINGS + 1;
        router.until("all", |mapped| mapped.len() == n_all).await;
        let (internal, external) = (local(&port), port.socket.external);

        router.restart();
        // The internet sees another address, so the router is asked before half time.
        let other = SocketAddr::new([203, 0, 113, 7].into(), external.port());
        let _call = mappings.seen(internal, other, port);

        router
            .until("the call's mapping", |mapped| {
                mapped.get(&external.port()) == Some(&internal)
            })
            .await;
    }
}

#[tokio::test]
async fn a_call_follows_a_mapping_that_others_took_over() {
    for protocol in PROTOCOLS {
        let router = Router::new(protocol).await;
        let mappings = Mappings::of(&router);
        mappings.settled().await;
        let port = mappings.handle.take().await.pop().expect("one is ready");
        let (internal, external) = (local(&port), port.socket.external);

        router.restart();
        router.give_away(external.port());
        router.moves_to([203, 0, 113, 7]);
        let seen = SocketAddr::new([203, 0, 113, 7].into(), external.port());
        let mut call = mappings.seen(internal, seen, port);

        let (about, told) = soon("the new mapping", call.mapping_changed()).await;
        let told = told.expect("another port");
        assert_eq!((about, told.ip()), (internal, router.external()));
        assert_ne!(told.port(), external.port(), "{protocol}");
        assert_eq!(router.mapped().get(&told.port()), Some(&internal));
    }
}

#[tokio::test]
async fn a_mapping_that_the_internet_contradicts_is_dropped() {
    let router = Router::new(MappingProtocol::NatPmp).await;
    let mappings = Mappings::of(&router);
    mappings.settled().await;
    let port = mappings.handle.take().await.pop().expect("one is ready");
    let internal = local(&port);

    let other = SocketAddr::new([203, 0, 113, 7].into(), 4_000);
    let mut call = mappings.seen(internal, other, port);

    let told = soon("the call's loss", call.mapping_changed()).await;
    assert_eq!(told, (internal, None));
    let useless = MappingState::DoubleNat(router.external());
    mappings
        .until("the verdict", |reach| reach.mapping == useless)
        .await;
    assert!(mappings.handle.take().await.pop().is_none());
}

#[tokio::test]
async fn a_stun_server_that_sees_our_address_proves_udp() {
    let router = Router::new(MappingProtocol::NatPmp).await;
    let mappings = Mappings::of(&router);
    let mapped = mappings.settled().await;
    let port = mappings.handle.take().await.pop().expect("one is ready");
    let internal = local(&port);

    // A neighbour in the same network sees no NAT, and contradicts no mapping.
    let _call = mappings.seen(internal, internal, port);

    mappings
        .until("UDP", |reach| reach.has_udp == Some(true))
        .await;
    assert_eq!(mappings.handle.reach().borrow().mapping, mapped);
    router
        .until("the next one", |mapped| mapped.len() == READY_MAPPINGS + 1)
        .await;
    assert!(mappings.handle.take().await.pop().is_some());
}

#[tokio::test]
async fn a_disabled_port_mapping_queries_no_router() {
    let (handle, task) = PortMappings::new(MappingScope::Off);
    let stop = CancellationToken::new();
    let task = tokio::spawn(task.run(stop.clone()));

    assert!(handle.take().await.is_empty());
    assert_eq!(handle.reach().borrow().mapping, MappingState::Off);
    stop.cancel();
    soon("the end", task).await.expect("no panic");
}

#[tokio::test]
async fn sockets_behind_an_ipv6_filter_are_let_in_and_closed() {
    // Where PCP is silent, UPnP is asked.
    for protocol in [MappingProtocol::Pcp, MappingProtocol::Upnp] {
        let filter = Filter::with(protocol).await;
        let mappings = Mappings::by(filter.scope());
        mappings
            .until("a way in", |reach| reach.pinhole == Some(protocol))
            .await;
        filter
            .until("all", |open| open.len() == READY_MAPPINGS)
            .await;

        let port = mappings.handle.take().await.pop().expect("one is ready");
        let internal = local(&port);
        assert_eq!(port.socket.external, internal, "nothing is translated");
        filter
            .until("one more", |open| open.len() == READY_MAPPINGS + 1)
            .await;

        drop(port.hold);
        filter
            .until("its end", |open| {
                open.values().all(|port| *port != internal.port())
            })
            .await;
        drop(mappings.stop);
        soon("the end", mappings.task).await.expect("no panic");
        filter.until("no way in", |open| open.is_empty()).await;

        // A router that refuses makes nothing ready, and calls go on without it.
        filter.refuses();
        let mappings = Mappings::by(filter.scope());
        assert!(mappings.handle.take().await.is_empty(), "{protocol}");
        filter.until("no way in", |open| open.is_empty()).await;
    }
}
