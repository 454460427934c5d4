//! `ISAPI/System`: device information, capabilities, time, load; and what can trigger an event.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};

use super::Recorder;
use super::xml::{self, HIKVISION, ISAPI, PSIA, Xml};
use crate::config::Input;
use crate::health::SimDisk;

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
    let racm = format!(
        "<RacmCap>\n<inputProxyNums>{network}</inputProxyNums>\n\
         <isSupportZeroChan>false</isSupportZeroChan>\n</RacmCap>\n"
    );
    let racm = if shared.http_faults().lacks_racm {
        String::new()
    } else {
        racm
    };
    let lines = u8::from(config.talk_line.is_some());
    let content = format!(
        "<SysCap>\n<isSupportTimeCap>true</isSupportTimeCap>\n\
         <VideoCap>\n<videoInputPortNums>{analog}</videoInputPortNums>\n\
         <videoOutputPortNums>1</videoOutputPortNums>\n</VideoCap>\n\
         <AudioCap>\n<audioInputNums>1</audioInputNums>\n<audioOutputNums>1</audioOutputNums>\n</AudioCap>\n\
         <isSupportSubscribeEvent>false</isSupportSubscribeEvent>\n</SysCap>\n\
         <voicetalkNums>{lines}</voicetalkNums>\n<isSupportSnapshot>false</isSupportSnapshot>\n\
         {racm}\
         <SecurityCap>\n<isSupportUserCheck>true</isSupportUserCheck>\n</SecurityCap>\n\
         <isSupportStreamingEncrypt>false</isSupportStreamingEncrypt>\n"
    );
    Xml::document("DeviceCap", HIKVISION, &content)
}

/// `GET /ISAPI/System/time`: the recorder shows its owner's wall clock, one hour east of UTC.
pub(crate) async fn time(State(shared): Recorder) -> Response {
    let health = shared.http_faults().health.clone();
    if let Some(nonsense) = health.nonsense {
        return nonsense.body().into_response();
    }
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(1));
    let ahead = jiff::SignedDuration::from_secs(health.clock_ahead);
    let now = jiff::Timestamp::now();
    let now = now.checked_add(ahead).unwrap_or(now);
    let local = jiff::ZonedDateTime::new(now, zone).strftime("%Y-%m-%dT%H:%M:%S");
    let offset = health.clock_offset;
    // The sign of the zone is that of POSIX: east of UTC is negative.
    let content = format!(
        "<timeMode>manual</timeMode>\n<localTime>{local}{offset}</localTime>\n\
         <timeZone>CST-1:00:00</timeZone>\n"
    );
    Xml::document("Time", ISAPI, &content).into_response()
}

/// `GET /ISAPI/ContentMgmt/Storage`: the disks.
pub(crate) async fn storage(State(shared): Recorder) -> Response {
    let health = shared.http_faults().health.clone();
    if let Some(nonsense) = health.nonsense {
        return nonsense.body().into_response();
    }
    let disk = |(number, disk): (usize, &SimDisk)| {
        let name = xml::text(disk.name);
        format!(
            "<hdd version=\"1.0\">\n<id>{number}</id>\n<hddName>{name}</hddName>\n<hddPath></hddPath>\n\
             <hddType>SATA</hddType>\n<status>{}</status>\n<capacity>{}</capacity>\n\
             <freeSpace>{}</freeSpace>\n<property>RW</property>\n</hdd>\n",
            disk.status, disk.capacity, disk.free
        )
    };
    let disks: String = (1..).zip(&health.disks).map(disk).collect();
    let lists = format!(
        "<hddList version=\"1.0\" size=\"16\">\n{disks}</hddList>\n<nasList version=\"1.0\" size=\"8\">\n</nasList>\n"
    );
    Xml::document("storage", HIKVISION, &lists).into_response()
}

/// `GET /ISAPI/System/status`, with which some clients look whether a login is right.
pub(crate) async fn status(State(shared): Recorder) -> Xml {
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
    let uptime = (shared.config.running_for + shared.now()).as_secs();
    let content = format!(
        "<currentDeviceTime>{now}</currentDeviceTime>\n<deviceUpTime>{uptime}</deviceUpTime>\n\
         <CPUList>\n<CPU>\n<cpuDescription>1.00</cpuDescription>\n\
         <cpuUtilization>12</cpuUtilization>\n</CPU>\n</CPUList>\n\
         <MemoryList>\n<Memory>\n<memoryDescription>DDR</memoryDescription>\n\
         <memoryUsage>210.5</memoryUsage>\n<memoryAvailable>45.5</memoryAvailable>\n\
         </Memory>\n</MemoryList>\n"
    );
    Xml::document("DeviceStatus", HIKVISION, &content)
}

/// `GET /ISAPI/Event/triggers`: motion on every camera, of which a centre is told. From its channel
/// numbers clients conclude that this is a recorder and not a camera.
pub(crate) async fn event_triggers(State(shared): Recorder) -> Xml {
    let triggers: String = (1..)
        .zip(&shared.config.cameras)
        .map(|(n, camera)| {
            let channel = match camera.input {
                Input::Analog => "videoInputChannelID",
                Input::Network => "dynVideoInputChannelID",
            };
            format!(
                "<EventTrigger>\n<id>VMD-{n}</id>\n<eventType>VMD</eventType>\n\
             <eventDescription>VMD Event trigger Information</eventDescription>\n\
             <{channel}>{n}</{channel}>\n<EventTriggerNotificationList>\n\
             <EventTriggerNotification>\n<id>center</id>\n\
             <notificationMethod>center</notificationMethod>\n\
             <notificationRecurrence>beginning</notificationRecurrence>\n\
             </EventTriggerNotification>\n</EventTriggerNotificationList>\n</EventTrigger>\n"
            )
        })
        .collect();
    let list = format!("<EventTriggerList version=\"2.0\">\n{triggers}</EventTriggerList>\n");
    Xml::document("EventNotification", HIKVISION, &list)
}
