//! Reasons of a recorder, as the cloud receives them.

use super::*;
use crate::reason::{CodecName, Reason};

#[test]
fn reasons_in_a_camera_list_are_bounded() {
    let mut link = registered();
    let list = json!({
        "cameras": [
            {"id": "1", "name": "Door", "isOnline": false, "reason": {"kind": "codec", "codec": "<i>jpeg</i>".repeat(900)}},
            {"id": "2", "name": "Yard", "isOnline": false, "reason": {"kind": "of-a-newer-agent", "more": [1]}},
        ],
        "reason": {"kind": "full", "secret": "rtsp://admin:12345@192.0.2.1/"},
    });
    say(&mut link, &Message::notification(method::CAMERAS, &list));

    let Some(Event::Cameras(told)) = link.event() else {
        panic!("no cameras")
    };
    let codec = CodecName::new("ijpegiijpegiijpegiijpegi");
    assert_eq!(told.cameras[0].reason, Some(Reason::Codec(codec)));
    assert_eq!(told.cameras[1].reason, Some(Reason::Unknown));
    assert_eq!(told.reason, Some(Reason::Full));
}
