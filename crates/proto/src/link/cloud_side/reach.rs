//! The agent's report about the network of its site. An invalid report does not close the link: like an
//! invalid list of cameras, it gets an error, and the rest of the link goes on.

use std::time::Duration;

use serde_json::Value;

use super::{CloudSide, Event};
use crate::reach::SiteReach;

impl CloudSide {
    pub(super) fn hear_reach(&mut self, params: Value, now: Duration) {
        match SiteReach::parse(params) {
            Ok(reach) => {
                self.reach.set(reach);
                self.tell_reach(now);
            }
            Err(error) => self.leg.error(error),
        }
    }

    /// Passes on what is due; a flood of changes must not keep the driver busy.
    pub(super) fn tell_reach(&mut self, now: Duration) {
        if let Some(reach) = self.reach.take(now) {
            self.leg.tell(Event::Reach(reach));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::key::RecorderKey;
    use crate::link::cloud_side::{LinkInput, RegistryVerdict};
    use crate::link::leg::IncomingFrame;
    use crate::link::leg::test::Sorted;
    use crate::link::limits::REACH_HEARD_EVERY;
    use crate::link::message::{Register, method};
    use crate::machine::Machine;
    use crate::reach::{MappingState, NatKind};
    use crate::rpc::{Message, code};

    type Link = Sorted<CloudSide, Event>;

    fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    fn say(link: &mut Link, message: &Message, now: Duration) {
        let frame = IncomingFrame::Text(message.to_text());
        link.handle(LinkInput::Frame(frame), now);
    }

    fn tell(link: &mut Link, params: &Value, now: Duration) {
        say(link, &Message::notification(method::REACH, params), now);
    }

    fn told(link: &mut Link) -> Vec<SiteReach> {
        let events = std::iter::from_fn(|| link.event());
        events
            .filter_map(|event| match event {
                Event::Reach(reach) => Some(reach),
                _ => None,
            })
            .collect()
    }

    fn registered() -> Link {
        let mut link = unregistered();
        let serial = crate::identity::Serial::from_random([3; 13]);
        let proof = RecorderKey::from_bytes([7; 32]).prove(&serial, "nonce", "cloud.test", 0);
        let register = Register {
            authorization: Some(proof),
            ..Register::default()
        };
        say(
            &mut link,
            &Message::request(1, "register", &register),
            at(0),
        );
        link.handle(LinkInput::Verdict(RegistryVerdict::Accepted), at(0));
        link.messages();
        told(&mut link);
        link
    }

    fn unregistered() -> Link {
        Sorted::new(CloudSide::new("nonce".into(), "cloud.test".into(), at(0)))
    }

    #[test]
    fn the_reach_report_of_a_registered_agent_is_forwarded() {
        let said = SiteReach::unknown(MappingState::Silent);
        let params = serde_json::to_value(said).expect("plain fields");
        let mut link = unregistered();
        tell(&mut link, &params, at(0));
        assert_eq!(told(&mut link), [], "a stranger has no reach");

        let mut link = registered();
        tell(&mut link, &params, at(0));

        assert_eq!(told(&mut link), [said]);
        assert_eq!(link.messages(), [], "a notification gets no answer");
    }

    #[test]
    fn a_flood_of_reach_reports_is_forwarded_once_a_second() {
        let mut link = registered();
        let mut n_told = 0;

        for n in 0..500_u32 {
            let now = at(10) * n;
            let nat = if n % 2 == 0 {
                NatKind::Unknown
            } else {
                NatKind::EndpointDependent
            };
            let said = SiteReach {
                nat,
                ..SiteReach::unknown(MappingState::Off)
            };
            tell(
                &mut link,
                &serde_json::to_value(said).expect("plain fields"),
                now,
            );
            n_told += told(&mut link).len();
        }
        let due = link.side.poll_timeout().expect("it lives");
        link.handle_timeout(due);

        assert!(n_told <= 5, "{n_told} in five seconds");
        let last = told(&mut link);
        assert_eq!(last.len(), 1, "the last one is not lost");
        assert_eq!(last[0].nat, NatKind::EndpointDependent);
        assert!(due <= at(5_000) + REACH_HEARD_EVERY);
    }

    #[test]
    fn an_invalid_reach_report_gets_an_error_and_changes_nothing() {
        let mut link = registered();

        tell(
            &mut link,
            &json!({"mapping": "<b>", "nat": -1, "ipv6": "NaN"}),
            at(0),
        );

        assert_eq!(told(&mut link), []);
        let [
            Message::Response {
                id: None,
                outcome: Err(error),
            },
        ] = &link.messages()[..]
        else {
            panic!("one error");
        };
        assert_eq!(error.code, code::BAD_PARAMS);
        assert!(!error.message.contains("<b>"));
    }
}
