//! The audio queue from a talking viewer to the camera.

use bytes::Bytes;
use proto::control::TalkEndCause;
use sound::g711;
use tokio::sync::{mpsc, oneshot};

use super::Codec;
use crate::limits::MAX_WAITING_TALK;

/// One packet of what a viewer says: G.711 at 8 kHz.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TalkSound {
    /// µ-law or A-law.
    pub(crate) codec: Codec,
    pub(crate) data: Bytes,
    /// Time of the first sample, in samples.
    pub(crate) time: u64,
}

impl TalkSound {
    /// What is said, in the law that a camera takes.
    pub(crate) fn in_law(&self, law: Codec) -> Bytes {
        match (self.codec, law) {
            (Codec::Pcma, Codec::Pcmu) => self.turned(|byte| g711::to_ulaw(g711::from_alaw(byte))),
            (Codec::Pcmu, Codec::Pcma) => self.turned(|byte| g711::to_alaw(g711::from_ulaw(byte))),
            _ => self.data.clone(),
        }
    }

    fn turned(&self, turn: impl Fn(u8) -> u8) -> Bytes {
        self.data.iter().map(|byte| turn(*byte)).collect()
    }
}

/// The way to a camera's loudspeaker. Dropping it ends the talk.
#[derive(Debug)]
pub(crate) struct TalkLine {
    said: mpsc::Sender<TalkSound>,
    end: oneshot::Receiver<TalkEndCause>,
}

/// The camera's end of a line. Whoever owns it passes on what is said, and says at the end why it is over.
#[derive(Debug)]
pub(crate) struct TalkInlet {
    pub(crate) said: mpsc::Receiver<TalkSound>,
    pub(crate) end: oneshot::Sender<TalkEndCause>,
}

impl TalkLine {
    /// Both ends of a new line.
    pub(crate) fn pair() -> (TalkLine, TalkInlet) {
        let (sender, said) = mpsc::channel(MAX_WAITING_TALK);
        let (ending, end) = oneshot::channel();
        let line = TalkLine { said: sender, end };
        (line, TalkInlet { said, end: ending })
    }

    /// Passes a packet on; it is lost if the camera takes nothing.
    pub(crate) fn say(&self, sound: TalkSound) {
        let _ = self.said.try_send(sound);
    }

    /// Waits until the other end is over; must not be called again after that.
    pub(crate) async fn ended(&mut self) -> TalkEndCause {
        (&mut self.end).await.unwrap_or(TalkEndCause::Lost)
    }
}

/// Why a camera does not take any sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TalkFailure {
    /// It has no loudspeaker, or requires sound in another codec.
    Unsupported,
    /// It refused the login, or the user lacks the right.
    Refused,
    /// It cannot be reached, or ended the session.
    Offline,
}
