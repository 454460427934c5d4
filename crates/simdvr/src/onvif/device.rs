//! The device service: device information, its clock, and the addresses of the other services.

use super::envelope::{SimFault, SoapCall};
use super::{address, cameras};
use crate::isapi::xml;
use crate::shared::Shared;

pub(super) fn answer(shared: &Shared, call: &SoapCall) -> Result<String, SimFault> {
    match call.operation.as_str() {
        "GetSystemDateAndTime" => Ok(date_and_time(shared)),
        "GetDeviceInformation" => Ok(information(shared)),
        "GetCapabilities" => Ok(capabilities(shared)),
        "GetRelayOutputs" | "SetRelayOutputState" => super::relays::answer(shared, call, "tds"),
        "GetServices" if shared.config.onvif.has_get_services => Ok(services(shared)),
        _ => Err(SimFault::unsupported()),
    }
}

/// The time on the device's clock.
pub(super) fn now(shared: &Shared) -> jiff::Timestamp {
    let ahead = jiff::SignedDuration::from_secs(shared.config.onvif.clock_ahead);
    let now = jiff::Timestamp::now();
    now.checked_add(ahead).unwrap_or(now)
}

fn date_and_time(shared: &Shared) -> String {
    let utc = jiff::ZonedDateTime::new(now(shared), jiff::tz::TimeZone::UTC);
    format!(
        "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime>\
         <tt:DateTimeType>Manual</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings>\
         <tt:TimeZone><tt:TZ>CST-8</tt:TZ></tt:TimeZone><tt:UTCDateTime><tt:Time>\
         <tt:Hour>{}</tt:Hour><tt:Minute>{}</tt:Minute><tt:Second>{}</tt:Second></tt:Time><tt:Date>\
         <tt:Year>{}</tt:Year><tt:Month>{}</tt:Month><tt:Day>{}</tt:Day></tt:Date></tt:UTCDateTime>\
         </tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>",
        utc.hour(),
        utc.minute(),
        utc.second(),
        utc.year(),
        utc.month(),
        utc.day()
    )
}

fn information(shared: &Shared) -> String {
    let serial = xml::text(&shared.config.serial_number);
    format!(
        "<tds:GetDeviceInformationResponse><tds:Manufacturer>Simulated</tds:Manufacturer>\
         <tds:Model>DS-7204HUHI-SIM</tds:Model><tds:FirmwareVersion>V4.71.000</tds:FirmwareVersion>\
         <tds:SerialNumber>{serial}</tds:SerialNumber><tds:HardwareId>88</tds:HardwareId>\
         </tds:GetDeviceInformationResponse>"
    )
}

fn capabilities(shared: &Shared) -> String {
    let place = |service| address(shared, service);
    let ptz = if has_ptz(shared) {
        format!(
            "<tt:PTZ><tt:XAddr>{}</tt:XAddr></tt:PTZ>",
            place("ptz_service")
        )
    } else {
        String::new()
    };
    format!(
        "<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Device><tt:XAddr>{}</tt:XAddr></tt:Device>\
         <tt:Events><tt:XAddr>{}</tt:XAddr><tt:WSSubscriptionPolicySupport>false\
         </tt:WSSubscriptionPolicySupport><tt:WSPullPointSupport>true</tt:WSPullPointSupport>\
         <tt:WSPausableSubscriptionManagerInterfaceSupport>false\
         </tt:WSPausableSubscriptionManagerInterfaceSupport></tt:Events>\
         <tt:Imaging><tt:XAddr>{}</tt:XAddr></tt:Imaging>\
         <tt:Media><tt:XAddr>{}</tt:XAddr><tt:StreamingCapabilities><tt:RTPMulticast>false\
         </tt:RTPMulticast><tt:RTP_TCP>true</tt:RTP_TCP><tt:RTP_RTSP_TCP>true</tt:RTP_RTSP_TCP>\
         </tt:StreamingCapabilities></tt:Media>{ptz}\
         <tt:Extension><tt:DeviceIO><tt:XAddr>{}</tt:XAddr></tt:DeviceIO></tt:Extension></tds:Capabilities></tds:GetCapabilitiesResponse>",
        place("device_service"),
        place("event_service"),
        place("imaging_service"),
        place("media_service"),
        place("deviceio_service"),
    )
}

fn services(shared: &Shared) -> String {
    let all = [
        (
            "http://www.onvif.org/ver10/device/wsdl",
            "device_service",
            true,
        ),
        (
            "http://www.onvif.org/ver10/media/wsdl",
            "media_service",
            true,
        ),
        (
            "http://www.onvif.org/ver20/media/wsdl",
            "media2_service",
            shared.config.onvif.has_media2,
        ),
        (
            "http://www.onvif.org/ver20/ptz/wsdl",
            "ptz_service",
            has_ptz(shared),
        ),
        (
            "http://www.onvif.org/ver20/imaging/wsdl",
            "imaging_service",
            true,
        ),
        (
            "http://www.onvif.org/ver10/events/wsdl",
            "event_service",
            true,
        ),
        (
            "http://www.onvif.org/ver10/deviceIO/wsdl",
            "deviceio_service",
            true,
        ),
    ];
    let there = all.into_iter().filter(|(_, _, is_there)| *is_there);
    let items: String = there
        .map(|(namespace, service, _)| {
            let place = address(shared, service);
            format!(
                "<tds:Service><tds:Namespace>{namespace}</tds:Namespace><tds:XAddr>{place}</tds:XAddr>\
                 <tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>"
            )
        })
        .collect();
    format!("<tds:GetServicesResponse>{items}</tds:GetServicesResponse>")
}

fn has_ptz(shared: &Shared) -> bool {
    cameras(shared).any(|(_, camera)| camera.has_ptz)
}
