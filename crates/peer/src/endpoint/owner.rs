//! What the owner of an endpoint asks of it: commands, frames to send, and the end.

use str0m::{Input, Output};
use tokio::sync::mpsc;

use super::command::{EndpointCommand, Media};
use super::driver::{ConnectionPhase, EndpointDriver, clock};
use super::event::Ended;
use crate::egress::Packet;

/// Turns of str0m that saying goodbye takes at most.
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
            EndpointCommand::Candidate(line) => self.add_candidate(&line),
            EndpointCommand::Control(text) => self.control.send(&mut self.rtc, &text)?,
            EndpointCommand::Clear(slot) => self.outgoing.clear(slot),
            EndpointCommand::RequestKeyFrame(slot) => self.request_key_frame(slot),
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
            tracing::debug!(%error, "key frame not asked for");
        }
    }

    /// Takes a frame and all that wait behind it.
    pub(super) fn take_media(
        &mut self,
        first: Media,
        more: &mut mpsc::Receiver<Media>,
    ) -> Result<(), Ended> {
        let now = clock();
        let mut next = Some(first);
        while let Some(media) = next {
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
        self.egress.drop_paced();
        if let Err(error) = self.rtc.close() {
            tracing::debug!(%error, "connection not closed in order");
        }
        // Farewells of RTP, SCTP and DTLS come out one after the other.
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
