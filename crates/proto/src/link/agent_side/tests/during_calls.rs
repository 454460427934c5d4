//! Messages of the cloud about a running call: a request for a restart, new credentials of servers.

use super::*;
use crate::link::message::{CallServers, IceServer};

fn servers(session: &str, ice_servers: &Value) -> Value {
    json!({"jsonrpc": "2.0", "method": "peerview/iceServers",
           "params": {"session": session, "iceServers": ice_servers}})
}

#[test]
fn the_cloud_may_ask_for_a_restart() {
    let mut side = registered();
    tell(&mut side, &connect("s"));

    let ask = |session: &str| json!({"jsonrpc": "2.0", "id": 8, "method": "peerview/restart", "params": {"session": session}});
    let outputs = tell(&mut side, &ask("s"));
    assert_eq!(outputs.last(), Some(&AgentOutput::Restart("s".to_owned())));
    let outputs = tell(&mut side, &ask("other"));

    assert_eq!(sent(&outputs)[0]["error"]["code"], 404);
}

#[test]
fn new_servers_reach_the_call_that_they_name() {
    let mut side = registered();
    tell(&mut side, &connect("s"));
    let one = json!([{"urls": ["turn:192.0.2.7"], "username": "u", "credential": "c"}]);

    let outputs = tell(&mut side, &servers("s", &one));
    let of_others = tell(&mut side, &servers("other", &one));

    let expected = CallServers {
        session: "s".to_owned(),
        ice_servers: vec![IceServer {
            urls: vec!["turn:192.0.2.7".to_owned()],
            username: Some("u".to_owned()),
            credential: Some("c".to_owned()),
        }],
    };
    assert_eq!(outputs, [AgentOutput::IceServers(expected)]);
    assert_eq!(of_others, []);
    assert!(!format!("{outputs:?}").contains("\"c\""), "no credential");
}

#[test]
fn nonsense_instead_of_servers_is_counted() {
    let mut side = registered();
    for nonsense in [json!(null), json!("turn:x"), json!([{"urls": "turn:x"}])] {
        assert_eq!(tell(&mut side, &servers("s", &nonsense)), []);
    }
    assert_eq!(side.n_nonsense, 3);
}
