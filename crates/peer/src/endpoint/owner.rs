//! Requests of the owner of an endpoint: commands, frames to send, and the end.

use str0m::bwe::Bitrate;
use str0m::{Input, Output};
use tokio::sync::mpsc;

use super::command::{EndpointCommand, Media};
use super::driver::{ConnectionPhase, EndpointDriver, clock};
use super::event::Ended;
use crate::egress::Packet;
use crate::limits;

/// Maximum turns of str0m for closing a connection.
const FAREWELL_TURNS: usize = 8;

impl EndpointDriver {
    pub(super) fn handle_command(&mut self, command: EndpointCommand) -> Result<(), Ended> {
        match command {
            EndpointCommand::Answer(sdp, reply) => {
                let _ = reply.send(self.accept_answer(&sdp));
            }
            EndpointCommand::Offer(sdp, reply) => {
                let _ = reply.send(self.accept_offer(&sdp));
            }
            EndpointCommand::Restart(reply) => {
                let _ = reply.send(self.restart());
            }
            EndpointCommand::AddressesChanged => self.addresses_changed()?,
            EndpointCommand::Relays(servers) => self.relays.replace(servers, clock()),
            EndpointCommand::MappingChanged(base, external) => {
                self.mapping_changed(base, external)?;
            }
            EndpointCommand::Candidate(line) => self.add_candidate(&line),
            EndpointCommand::Control(text) => self.control.send(&mut self.rtc, &text)?,
            EndpointCommand::Clear(slot) => self.outgoing.clear(slot),
            EndpointCommand::RequestKeyFrame(slot) => self.request_key_frame(slot),
            EndpointCommand::Aim(bits) => {
                let bits = Bitrate::bps(bits.min(limits::MAX_AIM));
                self.rtc.bwe().set_bitrate(Bitrate::ZERO, bits);
            }
            EndpointCommand::Close => {}
        }
        self.add_remembered()
    }

    pub(super) fn request_key_frame(&mut self, slot: u8) {
        let kind = str0m::media::KeyframeRequestKind::Pli;
        if let Some(mid) = self.incoming.mid_of(slot)
            && let Some(mut writer) = self.rtc.writer(mid)
            && let Err(error) = writer.request_keyframe(None, kind)
        {
            tracing::debug!(%error, "could not request a key frame");
        }
    }

    /// Takes a frame and all frames waiting behind it.
    pub(super) fn take_media(
        &mut self,
        first: Media,
        more: &mut mpsc::Receiver<Media>,
    ) -> Result<(), Ended> {
        let now = clock();
        let mut next = Some(first);
        while let Some(media) = next {
            // Sound from before the path is up would be late, so it is dropped.
            if let Some(sound) = self.outgoing.take(media)
                && self.phase == ConnectionPhase::Up
            {
                for packet in self.outgoing.sound_packets(&sound, now) {
                    packet.write(&mut self.rtc, now);
                    self.drain(now)?;
                }
            }
            next = more.try_recv().ok();
        }
        Ok(())
    }

    pub(super) fn say_goodbye(&mut self) {
        // Pictures would only delay the closing messages.
        self.egress.drop_paced();
        if let Err(error) = self.rtc.close() {
            tracing::debug!(%error, "could not close a connection cleanly");
        }
        // The closing messages of RTP, SCTP and DTLS are produced one after the other.
        for _ in 0..FAREWELL_TURNS {
            loop {
                match self.rtc.poll_output() {
                    Ok(Output::Transmit(transmit)) => self.egress.push(Packet {
                        source: transmit.source,
                        destination: transmit.destination,
                        contents: transmit.contents.into(),
                    }),
                    Ok(Output::Event(_)) => {}
                    Ok(Output::Timeout(_)) | Err(_) => break,
                }
            }
            if self.rtc.handle_input(Input::Timeout(clock())).is_err() {
                break;
            }
        }
        self.flush();
    }
}
