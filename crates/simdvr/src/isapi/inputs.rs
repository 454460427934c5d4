//! The two lists of cameras: analog inputs of the recorder, and network cameras connected to it.

use axum::extract::State;

use super::Recorder;
use super::xml::{self, HIKVISION, ISAPI, STD_CGI, Xml};
use crate::config::{CameraConfig, Input};
use crate::faults::CameraFault;
use crate::shared::Shared;

/// Cameras of one kind with their number and whether they are online.
fn cameras(shared: &Shared, input: Input) -> Vec<(usize, &CameraConfig, bool)> {
    let states = shared.cameras.borrow();
    (1..)
        .zip(shared.config.cameras.iter().zip(states.iter()))
        .filter(|(_, (camera, _))| camera.input == input)
        .map(|(number, (camera, state))| {
            let is_hidden = state.fault == Some(CameraFault::ReportedOffline);
            (number, camera, state.online && !is_hidden)
        })
        .collect()
}

/// `GET /ISAPI/System/Video/inputs/channels`: "NO VIDEO" for inputs without a camera.
pub(crate) async fn analog(State(shared): Recorder) -> Xml {
    let first_empty = shared.config.cameras.len() + 1;
    let empty = (first_empty..first_empty + shared.config.empty_inputs)
        .map(|number| (number, format!("Camera {number:02}"), false));
    let plugged = cameras(&shared, Input::Analog)
        .into_iter()
        .map(|(number, camera, online)| (number, xml::text(&camera.name), online));
    let inputs: Vec<_> = plugged.chain(empty).collect();
    let items: String = inputs
        .iter()
        .map(|(number, name, online)| {
            let picture = if *online { "720P25" } else { "NO VIDEO" };
            format!(
                "<VideoInputChannel version=\"2.0\">\n<id>{number}</id>\n\
                 <inputPort>{number}</inputPort>\n<videoInputEnabled>true</videoInputEnabled>\n\
                 <name>{name}</name>\n<videoFormat>PAL</videoFormat>\n\
                 <portType>SDI</portType>\n<resDesc>{picture}</resDesc>\n</VideoInputChannel>\n"
            )
        })
        .collect();
    Xml::list("VideoInputChannelList", HIKVISION, inputs.len(), &items)
}

/// `GET /ISAPI/ContentMgmt/InputProxy/channels`.
pub(crate) async fn network(State(shared): Recorder) -> Xml {
    let cameras = cameras(&shared, Input::Network);
    let items: String = cameras
        .iter()
        .map(|(number, camera, _)| {
            let name = xml::text(&camera.name);
            // Addresses for documentation (RFC 5737): nobody must try to reach them.
            let address = format!("192.0.2.{}", 10 + number % 200);
            format!(
                "<InputProxyChannel version=\"2.0\">\n<id>{number}</id>\n<name>{name}</name>\n\
                 <sourceInputPortDescriptor>\n<proxyProtocol>HIKVISION</proxyProtocol>\n\
                 <addressingFormatType>ipaddress</addressingFormatType>\n\
                 <ipAddress>{address}</ipAddress>\n<managePortNo>8000</managePortNo>\n\
                 <srcInputPort>1</srcInputPort>\n<userName>admin</userName>\n\
                 <streamType>auto</streamType>\n<model>DS-2CD2042WD-I</model>\n\
                 <serialNumber>DS-2CD2042WD-I20260101SIM{number:06}</serialNumber>\n\
                 <firmwareVersion>V5.5.82 build 190220</firmwareVersion>\n\
                 </sourceInputPortDescriptor>\n</InputProxyChannel>\n"
            )
        })
        .collect();
    Xml::list("InputProxyChannelList", ISAPI, cameras.len(), &items)
}

/// `GET /ISAPI/ContentMgmt/InputProxy/channels/status`.
pub(crate) async fn network_status(State(shared): Recorder) -> Xml {
    let items: String = cameras(&shared, Input::Network)
        .iter()
        .map(|(number, _, online)| {
            let found = if *online { "connect" } else { "netUnreachable" };
            format!(
                "<InputProxyChannelStatus version=\"2.0\">\n<id>{number}</id>\n\
                 <online>{online}</online>\n<streamingProxyChannelIdList>\n\
                 <streamingProxyChannelId>{number}01</streamingProxyChannelId>\n\
                 <streamingProxyChannelId>{number}02</streamingProxyChannelId>\n\
                 </streamingProxyChannelIdList>\n<chanDetectResult>{found}</chanDetectResult>\n\
                 </InputProxyChannelStatus>\n"
            )
        })
        .collect();
    Xml::document("InputProxyChannelStatusList", STD_CGI, &items)
}
