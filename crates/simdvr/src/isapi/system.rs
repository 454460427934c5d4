//! `ISAPI/System`: device information, capabilities, time.

use axum::extract::State;

use super::Recorder;
use super::xml::{self, HIKVISION, ISAPI, PSIA, Xml};
use crate::config::Input;

/// `GET /ISAPI/System/deviceInfo`.
pub(crate) async fn device_info(State(shared): Recorder) -> Xml {
    let name = xml::text(&shared.config.device_name);
    let serial = xml::text(&shared.config.serial_number);
    let content = format!(
        "<deviceName>{name}</deviceName>\n<deviceID>48443030-3637-3534-3837-000000000001</deviceID>\n\
         <model>DS-7204HUHI-SIM</model>\n<serialNumber>{serial}</serialNumber>\n\
         <macAddress>02:00:5e:00:53:01</macAddress>\n<firmwareVersion>V4.71.000</firmwareVersion>\n\
         <firmwareReleasedDate>build 260101</firmwareReleasedDate>\n\
         <encoderVersion>V5.0</encoderVersion>\n<encoderReleasedDate>build 260101</encoderReleasedDate>\n\
         <deviceType>DVR</deviceType>\n<telecontrolID>255</telecontrolID>\n"
    );
    Xml::document("DeviceInfo", PSIA, &content)
}

/// `GET /ISAPI/System/capabilities`, reduced to what clients look for.
pub(crate) async fn capabilities(State(shared): Recorder) -> Xml {
    let config = &shared.config;
    let count = |input| {
        let cameras = config.cameras.iter();
        cameras.filter(|camera| camera.input == input).count()
    };
    let analog = count(Input::Analog) + config.empty_inputs;
    let network = count(Input::Network);
    let content = format!(
        "<SysCap>\n<isSupportTimeCap>true</isSupportTimeCap>\n\
         <VideoCap>\n<videoInputPortNums>{analog}</videoInputPortNums>\n\
         <videoOutputPortNums>1</videoOutputPortNums>\n</VideoCap>\n\
         <AudioCap>\n<audioInputNums>1</audioInputNums>\n<audioOutputNums>1</audioOutputNums>\n</AudioCap>\n\
         <isSupportSubscribeEvent>false</isSupportSubscribeEvent>\n</SysCap>\n\
         <voicetalkNums>1</voicetalkNums>\n<isSupportSnapshot>false</isSupportSnapshot>\n\
         <RacmCap>\n<inputProxyNums>{network}</inputProxyNums>\n\
         <isSupportZeroChan>false</isSupportZeroChan>\n</RacmCap>\n\
         <SecurityCap>\n<isSupportUserCheck>true</isSupportUserCheck>\n</SecurityCap>\n\
         <isSupportStreamingEncrypt>false</isSupportStreamingEncrypt>\n"
    );
    Xml::document("DeviceCap", HIKVISION, &content)
}

/// `GET /ISAPI/System/time`: the recorder shows its owner's wall clock, one hour east of UTC.
pub(crate) async fn time() -> Xml {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(1));
    let now = jiff::ZonedDateTime::new(jiff::Timestamp::now(), zone);
    let local = now.strftime("%Y-%m-%dT%H:%M:%S");
    // The sign of the zone is that of POSIX: east of UTC is negative.
    let content = format!(
        "<timeMode>manual</timeMode>\n<localTime>{local}+01:00</localTime>\n\
         <timeZone>CST-1:00:00</timeZone>\n"
    );
    Xml::document("Time", ISAPI, &content)
}
