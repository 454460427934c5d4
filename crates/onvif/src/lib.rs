//! An ONVIF client without I/O: requests are texts, and answers are bytes that are read with limits.
//! `now` and random values are arguments. It also reads what devices answer to a search of the LAN
//! (WS-Discovery, and SADP of Hikvision).
//!
//! It is liberal in what it takes: elements are matched by local name, because every maker has its own
//! prefixes, and whatever is unknown is skipped. HTTP and its Digest belong to the caller.

pub mod clock;
pub mod device;
pub mod discovery;
pub mod encoder;
pub mod error;
pub mod events;
pub mod imaging;
pub mod limits;
pub mod loudspeaker;
pub mod media;
pub mod ptz;
pub mod relays;
pub mod request;
pub mod token;
mod xml;

pub use error::{OnvifError, SoapFault};
pub use request::{OnvifRequest, OnvifService};
