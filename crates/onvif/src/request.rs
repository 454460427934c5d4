//! A request as text: the envelope, its header, and the body in the style that makers test with (the
//! namespace on the operation itself, no prefixes).

use crate::xml::escaped;

/// The schema that all services share.
pub(crate) const SCHEMA: &str = "http://www.onvif.org/ver10/schema";

/// A service of a device; each has its own address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OnvifService {
    /// What the device is, and where the others are.
    Device,
    /// Profiles and streams as in Profile S.
    Media1,
    /// The same as in Profile T, with H.265.
    Media2,
    /// Pan, tilt, zoom, presets.
    Ptz,
    /// Focus and picture settings.
    Imaging,
    /// Events.
    Events,
    /// Relay outputs.
    DeviceIo,
}

impl OnvifService {
    /// Its namespace.
    pub fn namespace(self) -> &'static str {
        match self {
            OnvifService::Device => "http://www.onvif.org/ver10/device/wsdl",
            OnvifService::Media1 => "http://www.onvif.org/ver10/media/wsdl",
            OnvifService::Media2 => "http://www.onvif.org/ver20/media/wsdl",
            OnvifService::Ptz => "http://www.onvif.org/ver20/ptz/wsdl",
            OnvifService::Imaging => "http://www.onvif.org/ver20/imaging/wsdl",
            OnvifService::Events => "http://www.onvif.org/ver10/events/wsdl",
            OnvifService::DeviceIo => "http://www.onvif.org/ver10/deviceIO/wsdl",
        }
    }

    /// Every service.
    pub const ALL: [OnvifService; 7] = [
        OnvifService::Device,
        OnvifService::Media1,
        OnvifService::Media2,
        OnvifService::Ptz,
        OnvifService::Imaging,
        OnvifService::Events,
        OnvifService::DeviceIo,
    ];
}

/// One request, before it has a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnvifRequest {
    /// The service whose address it goes to.
    pub service: OnvifService,
    operation: &'static str,
    inside: String,
    namespace: &'static str,
    /// Of WS-Addressing; the namespace and the operation if empty.
    action: String,
    /// Further elements of the header besides the login.
    header: String,
}

impl OnvifRequest {
    pub(crate) fn new(service: OnvifService, operation: &'static str) -> OnvifRequest {
        OnvifRequest {
            service,
            operation,
            inside: String::new(),
            namespace: service.namespace(),
            action: String::new(),
            header: String::new(),
        }
    }

    /// In another namespace than the service's.
    pub(crate) fn in_namespace(mut self, namespace: &'static str) -> OnvifRequest {
        self.namespace = namespace;
        self
    }

    /// With its own action, and a header that holds nothing of others unescaped.
    pub(crate) fn with_header(mut self, action: &str, header: &str) -> OnvifRequest {
        action.clone_into(&mut self.action);
        header.clone_into(&mut self.header);
        self
    }

    /// Adds an element with text.
    pub(crate) fn with(mut self, name: &str, text: &str) -> OnvifRequest {
        self.inside
            .push_str(&format!("<{name}>{}</{name}>", escaped(text)));
        self
    }

    /// Adds markup that holds nothing of others, or what the device itself sent.
    pub(crate) fn with_markup(mut self, markup: &str) -> OnvifRequest {
        self.inside.push_str(markup);
        self
    }

    /// The name of the operation.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The header `Content-Type`. SOAP 1.2 names the action there, and some devices look for it.
    pub fn content_type(&self) -> String {
        let (namespace, operation) = (self.namespace, self.operation);
        let action = match self.action.as_str() {
            "" => format!("{namespace}/{operation}"),
            action => action.to_owned(),
        };
        format!("application/soap+xml; charset=utf-8; action=\"{action}\"")
    }

    /// The whole envelope, with this header inside [`crate::token::UsernameToken::header`], or none.
    pub fn envelope(&self, header: &str) -> String {
        let (operation, inside) = (self.operation, &self.inside);
        let namespace = self.namespace;
        let header = match format!("{header}{}", self.header) {
            header if header.is_empty() => header,
            header => format!("<s:Header>{header}</s:Header>"),
        };
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\">{header}<s:Body>\
             <{operation} xmlns=\"{namespace}\">{inside}</{operation}>\
             </s:Body></s:Envelope>"
        )
    }
}
