//! Support for the stories: processes, a browser, people, and the world around them.

pub(crate) mod authenticator;
pub(crate) mod browser;
pub(crate) mod devtools;
pub(crate) mod engine;
pub(crate) mod folder;
pub(crate) mod forms;
pub(crate) mod forwarder;
pub(crate) mod fresh_cloud;
pub(crate) mod gstreamer;
pub(crate) mod pageless_viewer;
pub(crate) mod person;
pub(crate) mod process;
pub(crate) mod qr;
pub(crate) mod video;
pub(crate) mod world;

pub(crate) use world::World;
