//! A device's make and model, and the addresses of its services.

use std::collections::BTreeMap;

use crate::error::OnvifError;
use crate::limits::MAX_SERVICES;
use crate::request::{OnvifRequest, OnvifService};
use crate::xml::XmlNode;

/// Where the device service of most devices is.
pub const DEVICE_PATH: &str = "/onvif/device_service";

/// What a device says it is. Whatever it does not say is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceInformation {
    /// Its maker.
    pub manufacturer: String,
    /// Its model.
    pub model: String,
    /// Version of its firmware.
    pub firmware: String,
    /// Its serial number.
    pub serial: String,
}

impl DeviceInformation {
    /// Asks for it.
    pub fn get() -> OnvifRequest {
        OnvifRequest::new(OnvifService::Device, "GetDeviceInformation")
    }

    /// Reads the answer.
    pub fn parse(answer: &[u8]) -> Result<DeviceInformation, OnvifError> {
        let answer = XmlNode::answer(answer, "GetDeviceInformationResponse")?;
        let text = |name| answer.text_of(name).unwrap_or_default().to_owned();
        Ok(DeviceInformation {
            manufacturer: text("Manufacturer"),
            model: text("Model"),
            firmware: text("FirmwareVersion"),
            serial: text("SerialNumber"),
        })
    }
}

/// The addresses of a device's services, as it says them; it may not know its own host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceAddresses(BTreeMap<OnvifService, String>);

impl ServiceAddresses {
    /// `GetServices`, which names all of them.
    pub fn get_services() -> OnvifRequest {
        OnvifRequest::new(OnvifService::Device, "GetServices").with("IncludeCapability", "false")
    }

    /// `GetCapabilities`, for firmware without `GetServices`.
    pub fn get_capabilities() -> OnvifRequest {
        OnvifRequest::new(OnvifService::Device, "GetCapabilities").with("Category", "All")
    }

    /// Reads the answer to [`ServiceAddresses::get_services`].
    pub fn parse_services(answer: &[u8]) -> Result<ServiceAddresses, OnvifError> {
        let answer = XmlNode::answer(answer, "GetServicesResponse")?;
        let mut found = BTreeMap::new();
        for service in answer.children("Service").take(MAX_SERVICES) {
            let namespace = service.text_of("Namespace").unwrap_or_default();
            // Some firmware adds a slash.
            let namespace = namespace.trim_end_matches('/');
            let known = OnvifService::ALL
                .into_iter()
                .find(|service| service.namespace() == namespace);
            if let (Some(known), Some(address)) = (known, service.text_of("XAddr")) {
                found.entry(known).or_insert_with(|| address.to_owned());
            }
        }
        Ok(ServiceAddresses(found))
    }

    /// Reads the answer to [`ServiceAddresses::get_capabilities`]. It does not know Media2.
    pub fn parse_capabilities(answer: &[u8]) -> Result<ServiceAddresses, OnvifError> {
        let answer = XmlNode::answer(answer, "GetCapabilitiesResponse")?;
        let all = answer
            .child("Capabilities")
            .ok_or(OnvifError::Field("Capabilities"))?;
        let names = [
            (OnvifService::Device, "Device"),
            (OnvifService::Media1, "Media"),
            (OnvifService::Ptz, "PTZ"),
            (OnvifService::Imaging, "Imaging"),
            (OnvifService::Events, "Events"),
            (OnvifService::DeviceIo, "DeviceIO"),
        ];
        let extension = all.child("Extension");
        let addresses = names.into_iter().filter_map(|(service, name)| {
            let named = all.child(name).or_else(|| extension?.child(name))?;
            Some((service, named.text_of("XAddr")?.to_owned()))
        });
        Ok(ServiceAddresses(addresses.collect()))
    }

    /// The address of a service, if the device has it.
    pub fn get(&self, service: OnvifService) -> Option<&str> {
        self.0.get(&service).map(String::as_str)
    }
}
