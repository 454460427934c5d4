//! The control channel of an endpoint: the one data channel with the right name that the other
//! side opens; all others are closed.

use str0m::channel::{ChannelData, ChannelId};

use super::driver::{Driver, Role};
use super::{Ended, Event};
use crate::limits;

/// Data channels of an endpoint.
#[derive(Debug, Default)]
pub(super) struct Control {
    open: Option<ChannelId>,
    n_foreign: usize,
}

impl Driver {
    pub(super) fn channel_opened(&mut self, id: ChannelId, label: &str) -> Result<(), Ended> {
        if self.role == Role::Offering && label == "reserved" && self.is_reserved(id) {
            return Ok(());
        }
        let has_protocol = self
            .rtc
            .channel(id)
            .and_then(|channel| channel.config().map(|config| config.protocol.clone()))
            .is_some_and(|protocol| protocol == proto::control::PROTOCOL);
        let is_control = has_protocol || label == proto::control::PROTOCOL;
        if is_control && self.control.open.is_none() {
            self.control.open = Some(id);
            return self.emit(Event::ControlOpen);
        }
        self.control.n_foreign += 1;
        if self.control.n_foreign > limits::MAX_FOREIGN_CHANNELS {
            return Err(Ended::Overloaded);
        }
        self.rtc.direct_api().close_data_channel(id);
        Ok(())
    }

    pub(super) fn channel_closed(&mut self, id: ChannelId) {
        if self.control.open == Some(id) {
            self.control.open = None;
        }
    }

    pub(super) fn channel_data(&mut self, data: ChannelData) -> Result<(), Ended> {
        if self.control.open != Some(data.id) {
            return Ok(());
        }
        let is_short = data.data.len() <= limits::MAX_CONTROL_BYTES;
        match String::from_utf8(data.data) {
            Ok(text) if is_short && !data.binary => self.emit(Event::Control(text)),
            _ => self.emit(Event::ControlGarbage),
        }
    }

    pub(super) fn send_control(&mut self, text: &str) -> Result<(), Ended> {
        let Some(mut channel) = self.control.open.and_then(|id| self.rtc.channel(id)) else {
            return Ok(());
        };
        match channel.write(false, text.as_bytes()) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Ended::Overloaded),
            Err(error) => Err(Ended::Failed(format!("control channel: {error}"))),
        }
    }

    fn is_reserved(&mut self, id: ChannelId) -> bool {
        self.rtc
            .channel(id)
            .and_then(|channel| channel.config().map(|config| config.negotiated.is_some()))
            .unwrap_or(false)
    }
}
