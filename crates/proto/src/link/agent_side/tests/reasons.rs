//! Reasons of a recorder, as they are sent to the cloud.

use super::*;
use crate::reason::Reason;

#[test]
fn a_problem_of_the_recorder_is_sent_once_and_cleared() {
    let mut side = registered();
    let troubled = Cameras {
        cameras: vec![camera("1", true)],
        reason: Some(Reason::Full),
        certificates: Vec::new(),
        about: None,
        health: None,
    };

    side.handle(AgentInput::Cameras(troubled.clone()), secs(1));
    side.handle(AgentInput::Cameras(troubled), secs(1));
    side.handle(AgentInput::Cameras(vec![camera("1", true)].into()), secs(1));

    let told = sent(&drain(&mut side));
    assert_eq!(told.len(), 2);
    assert_eq!(told[0]["params"]["reason"]["kind"], "full");
    assert!(told[1]["params"]["reason"].is_null());
}
