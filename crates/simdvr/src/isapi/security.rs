//! `ISAPI/Security`: the state of the login, and the actual ports of the recorder.

use axum::extract::State;

use super::Recorder;
use super::xml::{HIKVISION, ISAPI, Xml};
use crate::lockout::LockState;

/// `GET /ISAPI/Security/userCheck` with a correct login.
pub(crate) async fn user_check() -> Xml {
    let content = "<statusValue>200</statusValue>\n<statusString>OK</statusString>\n\
                   <isActivated>true</isActivated>\n";
    Xml::document("userCheck", ISAPI, content)
}

/// The body of `userCheck` when the login is refused.
pub(crate) fn user_check_body(state: LockState) -> Xml {
    let (lock, unlock_time, tries) = match state {
        LockState::Open { tries_left } => ("unlock", 0, tries_left),
        LockState::Locked { remaining } => ("lock", remaining.as_secs(), 0),
    };
    let content = format!(
        "<statusValue>401</statusValue>\n<statusString>Unauthorized</statusString>\n\
         <isActivated>true</isActivated>\n<lockStatus>{lock}</lockStatus>\n\
         <unlockTime>{unlock_time}</unlockTime>\n<retryLoginTime>{tries}</retryLoginTime>\n"
    );
    Xml::document("userCheck", ISAPI, &content)
}

/// `GET /ISAPI/Security/adminAccesses`.
pub(crate) async fn admin_accesses(State(shared): Recorder) -> Xml {
    let rtsps = shared.rtsps_addr.map(|addr| addr.port());
    let ports = [
        ("HTTP", shared.http_addr.port(), true),
        (
            "RTSP",
            shared.rtsp_addr.port(),
            shared.config.has_plain_rtsp,
        ),
        ("RTSPS", rtsps.unwrap_or(322), rtsps.is_some()),
        ("HTTPS", 443, false),
        ("DEV_MANAGE", 8000, false),
        ("WebSocket", 7681, false),
        ("SDK_OVER_TLS", 8443, false),
    ];
    let items: String = (1..)
        .zip(ports)
        .map(|(id, (protocol, port, enabled))| {
            format!(
                "<AdminAccessProtocol>\n<id>{id}</id>\n<enabled>{enabled}</enabled>\n\
                 <protocol>{protocol}</protocol>\n<portNo>{port}</portNo>\n</AdminAccessProtocol>\n"
            )
        })
        .collect();
    Xml::document("AdminAccessProtocolList", HIKVISION, &items)
}
