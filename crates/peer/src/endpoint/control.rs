//! The control channel of an endpoint: the one data channel with the right name that the other side
//! opens. Channels that are neither this one nor expected ([`super::data`]) are closed.

use std::collections::BTreeMap;

use proto::control::method;
use proto::rpc::Message;
use str0m::Rtc;
use str0m::channel::{ChannelData, ChannelId};

use super::event::{Ended, Event};
use crate::limits;

/// Data channels of an endpoint.
#[derive(Debug, Default)]
pub(super) struct Control {
    open: Option<ChannelId>,
    n_foreign: usize,
}

impl Control {
    /// Accepts a channel that has opened. The offering side has its own, which only reserves room.
    pub(super) fn opened(
        &mut self,
        rtc: &mut Rtc,
        is_offering: bool,
        id: ChannelId,
        label: &str,
    ) -> Result<Option<Event>, Ended> {
        if is_offering && label == "reserved" && is_reserved(rtc, id) {
            return Ok(None);
        }
        let has_protocol = rtc
            .channel(id)
            .and_then(|channel| channel.config().map(|config| config.protocol.clone()))
            .is_some_and(|protocol| protocol == proto::control::PROTOCOL);
        let is_control = has_protocol || label == proto::control::PROTOCOL;
        if is_control && self.open.is_none() {
            self.open = Some(id);
            return Ok(Some(Event::ControlOpen));
        }
        // Each costs state, and a viewer opens only one.
        self.n_foreign += 1;
        if self.n_foreign > limits::MAX_FOREIGN_CHANNELS {
            return Err(Ended::Overloaded);
        }
        rtc.direct_api().close_data_channel(id);
        Ok(None)
    }

    /// Records that a channel has closed.
    pub(super) fn closed(&mut self, id: ChannelId) {
        if self.open == Some(id) {
            self.open = None;
        }
    }

    /// Reads data of a channel; data of foreign channels is ignored.
    pub(super) fn received(&self, data: ChannelData) -> Option<Event> {
        if self.open != Some(data.id) {
            return None;
        }
        let is_short = data.data.len() <= limits::MAX_CONTROL_BYTES;
        match String::from_utf8(data.data) {
            Ok(text) if is_short && !data.binary => Some(Event::Control(text)),
            _ => Some(Event::ControlGarbage),
        }
    }

    /// Sends something that the other side's SCTP acknowledges; what it says does not matter. The path is
    /// in doubt, so a full buffer ends nothing.
    pub(super) fn probe(&self, rtc: &mut Rtc) -> Result<(), Ended> {
        let nothing = BTreeMap::<&str, &str>::new();
        let ping = Message::notification(method::PING, &nothing).to_text();
        match self.send(rtc, &ping) {
            Err(Ended::Overloaded) => Ok(()),
            outcome => outcome,
        }
    }

    /// Sends a text; it is dropped while there is no channel.
    pub(super) fn send(&self, rtc: &mut Rtc, text: &str) -> Result<(), Ended> {
        let Some(mut channel) = self.open.and_then(|id| rtc.channel(id)) else {
            return Ok(());
        };
        if channel.buffered_amount() + text.len() > limits::CONTROL_QUEUE_BYTES {
            return Err(Ended::Overloaded);
        }
        match channel.write(false, text.as_bytes()) {
            Ok(true) => Ok(()),
            // The buffer is full because the other side reads nothing.
            Ok(false) => Err(Ended::Overloaded),
            Err(error) => Err(Ended::Failed(format!("control channel: {error}"))),
        }
    }
}

fn is_reserved(rtc: &mut Rtc, id: ChannelId) -> bool {
    rtc.channel(id)
        .and_then(|channel| channel.config().map(|config| config.negotiated.is_some()))
        .unwrap_or(false)
}
