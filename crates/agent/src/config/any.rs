//! A recorder as the file describes it, before its kind is known. It is one struct, because an
//! error in a tagged enum has lost its line number.

use serde::Deserialize;

use super::{
    HikvisionConfig, OneOrMore, Password, RecorderConfig, RtpTransport, RtspCamera, RtspConfig,
    poll_seconds,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnyRecorder {
    kind: RecorderKind,
    id: Option<String>,
    name: Option<String>,
    address: Option<String>,
    user: Option<String>,
    password: Option<Password>,
    rtsp_port: Option<u16>,
    poll_seconds: Option<u64>,
    #[serde(alias = "urls")]
    url: Option<OneOrMore>,
    cameras: Option<Vec<RtspCamera>>,
    #[serde(default)]
    transport: RtpTransport,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum RecorderKind {
    Hikvision,
    Rtsp,
}

impl TryFrom<AnyRecorder> for RecorderConfig {
    type Error = String;

    fn try_from(any: AnyRecorder) -> Result<RecorderConfig, String> {
        match any.kind {
            RecorderKind::Hikvision => any.hikvision(),
            RecorderKind::Rtsp => any.rtsp(),
        }
    }
}

impl AnyRecorder {
    fn hikvision(self) -> Result<RecorderConfig, String> {
        let none = |name: &str| format!("a recorder of kind \"hikvision\" has no `{name}`");
        let missing = |name: &str| format!("missing field `{name}`");
        if self.url.is_some() {
            return Err(none("url"));
        }
        if self.cameras.is_some() {
            return Err(none("cameras"));
        }
        Ok(RecorderConfig::Hikvision(HikvisionConfig {
            id: self.id,
            name: self.name,
            address: self.address.ok_or_else(|| missing("address"))?,
            user: self.user.ok_or_else(|| missing("user"))?,
            password: self.password.ok_or_else(|| missing("password"))?,
            rtsp_port: self.rtsp_port,
            poll_seconds: self.poll_seconds.unwrap_or_else(poll_seconds),
            transport: self.transport,
        }))
    }

    fn rtsp(self) -> Result<RecorderConfig, String> {
        let foreign = [
            ("address", self.address.is_some()),
            ("rtsp_port", self.rtsp_port.is_some()),
            ("poll_seconds", self.poll_seconds.is_some()),
        ];
        if let Some((name, _)) = foreign.iter().find(|(_, is_there)| *is_there) {
            return Err(format!("a recorder of kind \"rtsp\" has no `{name}`"));
        }
        Ok(RecorderConfig::Rtsp(RtspConfig {
            id: self.id,
            name: self.name,
            url: self.url.unwrap_or_default(),
            user: self.user,
            password: self.password,
            cameras: self.cameras.unwrap_or_default(),
            transport: self.transport,
        }))
    }
}
