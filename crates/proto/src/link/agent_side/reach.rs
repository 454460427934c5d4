//! Reports what this site's network allows to the cloud, for the recorder's owner. A flapping network is
//! reported rarely. A cloud that does not know the notification ignores it.

use std::time::Duration;

use super::{AgentSide, LinkPhase};
use crate::link::message::method;
use crate::reach::SiteReach;
use crate::rpc::Message;

impl AgentSide {
    pub(super) fn set_reach(&mut self, reach: SiteReach, now: Duration) {
        self.reach.set(reach);
        self.tell_reach(now);
    }

    /// Tells what is due. After the registration it is due at once: `poll_timeout` says so.
    pub(super) fn tell_reach(&mut self, now: Duration) {
        if self.phase == LinkPhase::Up
            && let Some(reach) = self.reach.take(now)
        {
            self.send(&Message::notification(method::REACH, &reach));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::link::agent_side::{AgentInput, AgentOutput};
    use crate::link::limits::REACH_EVERY;
    use crate::machine::Machine;
    use crate::machine::test::drain;
    use crate::reach::{MappingState, NatKind};

    fn reach(nat: NatKind) -> SiteReach {
        SiteReach {
            nat,
            ..SiteReach::unknown(MappingState::Silent)
        }
    }

    fn said(side: &mut AgentSide) -> Vec<Value> {
        let texts = drain(side).into_iter().filter_map(|output| match output {
            AgentOutput::Send(text) => serde_json::from_str::<Value>(&text).ok(),
            _ => None,
        });
        texts
            .filter(|message| message["method"] == method::REACH)
            .map(|message| message["params"]["nat"].clone())
            .collect()
    }

    fn registered(reach: SiteReach) -> AgentSide {
        let now = Duration::ZERO;
        let mut side = AgentSide::new("Shop", Vec::new(), [], now);
        side.handle(AgentInput::Reach(reach), now);
        let challenge = json!({"jsonrpc": "2.0", "method": "peerview/challenge",
            "params": {"nonce": "n", "host": "h"}});
        side.handle(AgentInput::Text(challenge.to_string()), now);
        side.handle(AgentInput::Proof("Peerview proof".to_owned()), now);
        assert_eq!(said(&mut side), [""; 0], "nothing before the registration");
        let answer = json!({"jsonrpc": "2.0", "id": 1, "result": {"id": "PV"}});
        side.handle(AgentInput::Text(answer.to_string()), now);
        drain(&mut side);
        side
    }

    #[test]
    fn reach_is_reported_right_after_the_registration() {
        let mut side = registered(reach(NatKind::EndpointDependent));

        let due = side.poll_timeout().expect("it lives");
        assert_eq!(due, Duration::ZERO);
        side.handle_timeout(due);

        assert_eq!(said(&mut side), ["endpoint-dependent"]);
        assert!(side.poll_timeout().expect("it lives") > REACH_EVERY);
    }

    #[test]
    fn a_flapping_network_is_reported_every_five_seconds() {
        let mut side = registered(reach(NatKind::Unknown));
        side.handle_timeout(Duration::ZERO);
        drain(&mut side);
        let kinds = [NatKind::EndpointDependent, NatKind::EndpointIndependent];
        let mut told = Vec::new();

        for n in 1..=6_000_u16 {
            let now = Duration::from_millis(10) * u32::from(n);
            let kind = kinds[usize::from(n % 2)];
            side.handle(AgentInput::Reach(reach(kind)), now);
            told.extend(said(&mut side));
        }
        let due = side.poll_timeout().expect("it lives");
        side.handle_timeout(due);
        told.extend(said(&mut side));

        assert!((11..=13).contains(&told.len()), "{told:?} in a minute");
        assert_eq!(told.last(), Some(&json!("endpoint-dependent")));
    }
}
