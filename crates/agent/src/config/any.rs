//! A recorder as the file describes it, before its kind is known. It is one struct, because an
//! error in a tagged enum has lost its line number.

use std::num::NonZeroU16;

use serde::{Deserialize, Serialize};

use super::{
    HikvisionConfig, OneOrMore, OnvifConfig, Password, RecorderConfig, RtpTransport, RtspCamera,
    RtspConfig, address, poll_seconds,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnyRecorder {
    kind: RecorderKind,
    id: Option<String>,
    name: Option<String>,
    #[serde(default, deserialize_with = "address::recorder_option")]
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
    #[serde(default)]
    allow_basic: bool,
    sessions: Option<NonZeroU16>,
}

/// Which driver a recorder needs; the setting `kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecorderKind {
    /// ISAPI.
    Hikvision,
    /// ONVIF.
    Onvif,
    /// Cameras by their RTSP addresses.
    Rtsp,
}

impl TryFrom<AnyRecorder> for RecorderConfig {
    type Error = String;

    fn try_from(any: AnyRecorder) -> Result<RecorderConfig, String> {
        match any.kind {
            RecorderKind::Hikvision => any.hikvision(),
            RecorderKind::Onvif => any.onvif(),
            RecorderKind::Rtsp => any.rtsp(),
        }
    }
}

impl AnyRecorder {
    fn hikvision(self) -> Result<RecorderConfig, String> {
        self.lists_no_cameras("hikvision")?;
        Ok(RecorderConfig::Hikvision(HikvisionConfig {
            id: self.id,
            name: self.name,
            address: self.address.ok_or_else(|| missing("address"))?,
            user: self.user.ok_or_else(|| missing("user"))?,
            password: self.password.ok_or_else(|| missing("password"))?,
            rtsp_port: self.rtsp_port,
            poll_seconds: self.poll_seconds.unwrap_or_else(poll_seconds),
            transport: self.transport,
            allow_basic: self.allow_basic,
            sessions: self.sessions,
        }))
    }

    fn onvif(self) -> Result<RecorderConfig, String> {
        self.lists_no_cameras("onvif")?;
        Ok(RecorderConfig::Onvif(OnvifConfig {
            id: self.id,
            name: self.name,
            address: self.address.ok_or_else(|| missing("address"))?,
            user: self.user.ok_or_else(|| missing("user"))?,
            password: self.password.ok_or_else(|| missing("password"))?,
            rtsp_port: self.rtsp_port,
            poll_seconds: self.poll_seconds.unwrap_or_else(poll_seconds),
            transport: self.transport,
            allow_basic: self.allow_basic,
            sessions: self.sessions,
        }))
    }

    /// The cameras of such a recorder are found, and not listed in the settings.
    fn lists_no_cameras(&self, kind: &str) -> Result<(), String> {
        let listed = [
            ("url", self.url.is_some()),
            ("cameras", self.cameras.is_some()),
        ];
        match listed.iter().find(|(_, is_there)| *is_there) {
            Some((name, _)) => Err(format!("a recorder of kind \"{kind}\" has no `{name}`")),
            None => Ok(()),
        }
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
            allow_basic: self.allow_basic,
            sessions: self.sessions,
        }))
    }
}

fn missing(name: &str) -> String {
    format!("missing field `{name}`")
}
