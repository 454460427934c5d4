//! Information about a recorder: `deviceInfo` and the few capabilities that Peerview needs.

use super::error::IsapiError;
use super::xml::Element;

/// `GET /ISAPI/System/deviceInfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceInfo {
    /// Name given by people.
    pub name: String,
    /// For example `DS-7608NI-I2`.
    pub model: String,
    /// The maker's serial number, not ours (`PV-…`).
    pub serial_number: String,
    /// For example `V4.40.101`.
    pub firmware_version: String,
    /// Recorder or single camera.
    pub kind: DeviceKind,
}

/// What a device is, from `deviceType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceKind {
    /// A recorder: `DVR`, `NVR`, `HVR` and the like. Anything unknown counts as one.
    Recorder,
    /// A single camera: `IPCamera`, `IPDome` and the like.
    Camera,
}

impl DeviceInfo {
    /// Reads the answer.
    pub fn parse(body: &[u8]) -> Result<DeviceInfo, IsapiError> {
        let root = Element::read(body, &["DeviceInfo"])?;
        let kind = match root.text_of("deviceType") {
            Some(kind) if kind.starts_with("IP") => DeviceKind::Camera,
            _ => DeviceKind::Recorder,
        };
        Ok(DeviceInfo {
            name: root.owned_text_of("deviceName"),
            model: root.owned_text_of("model"),
            serial_number: root.owned_text_of("serialNumber"),
            firmware_version: root.owned_text_of("firmwareVersion"),
            kind,
        })
    }
}

/// The part of `GET /ISAPI/System/capabilities` that decides which lists are requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Analog inputs (`videoInputPortNums`); `None` if it does not say.
    pub n_analog_inputs: Option<u32>,
    /// Number of network cameras it supports (`inputProxyNums`); `None` if it does not say, as firmware
    /// without `RacmCap` that has the list all the same.
    pub n_network_inputs: Option<u32>,
    /// Whether `userCheck` answers.
    pub has_user_check: bool,
}

impl Capabilities {
    /// Reads the answer.
    pub fn parse(body: &[u8]) -> Result<Capabilities, IsapiError> {
        let root = Element::read(body, &["DeviceCap"])?;
        let number = |path: &[&str], name| root.at(path).and_then(|it| it.number_of(name));
        Ok(Capabilities {
            n_analog_inputs: number(&["SysCap", "VideoCap"], "videoInputPortNums"),
            n_network_inputs: number(&["RacmCap"], "inputProxyNums"),
            has_user_check: root
                .at(&["SecurityCap"])
                .and_then(|security| security.flag_of("isSupportUserCheck"))
                .unwrap_or(false),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hybrid_recorder_reports_its_name_and_inputs() {
        let info = DeviceInfo::parse(include_bytes!("../../testdata/hybrid-dvr/device_info.xml"));
        let capabilities =
            Capabilities::parse(include_bytes!("../../testdata/hybrid-dvr/capabilities.xml"));

        let info = info.expect("a DeviceInfo");
        assert_eq!(
            (info.name.as_str(), info.kind),
            ("Shop & bar", DeviceKind::Recorder)
        );
        assert_eq!(info.model, "iDS-7208HQHI-M1/S");
        assert_eq!(info.firmware_version, "V4.30.216");
        assert_eq!(
            capabilities,
            Ok(Capabilities {
                n_analog_inputs: Some(8),
                n_network_inputs: Some(2),
                has_user_check: true
            })
        );
    }

    #[test]
    fn a_single_camera_is_distinguished_from_a_recorder() {
        let info = DeviceInfo::parse(include_bytes!("../../testdata/camera/device_info.xml"));

        assert_eq!(info.map(|info| info.kind), Ok(DeviceKind::Camera));
    }

    #[test]
    fn capabilities_that_are_not_listed_are_unknown() {
        let body = b"<DeviceCap xmlns=\"http://www.isapi.org/ver20/XMLSchema\"/>";

        assert_eq!(
            Capabilities::parse(body),
            Ok(Capabilities {
                n_analog_inputs: None,
                n_network_inputs: None,
                has_user_check: false
            })
        );
    }

    #[test]
    fn a_document_of_another_type_is_refused() {
        let body = include_bytes!("../../testdata/camera/device_info.xml");

        assert_eq!(
            Capabilities::parse(body),
            Err(IsapiError::Unexpected("DeviceCap"))
        );
    }
}
