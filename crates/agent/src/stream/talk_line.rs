//! The line from a viewer who talks to the camera that says it.

use bytes::Bytes;
use sound::g711;
use tokio::sync::mpsc;

use super::Codec;

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
pub(crate) struct TalkLine(mpsc::Sender<TalkSound>);

impl TalkLine {
    /// A line to whoever receives from `sender`'s other end.
    pub(crate) fn new(sender: mpsc::Sender<TalkSound>) -> TalkLine {
        TalkLine(sender)
    }

    /// Passes a packet on; it is lost if the camera takes nothing.
    pub(crate) fn say(&self, sound: TalkSound) {
        let _ = self.0.try_send(sound);
    }
}

/// Why a camera does not take any sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TalkFailure {
    /// It has no loudspeaker, or wants sound in another codec.
    Unsupported,
    /// It refused the login, or the user lacks the right.
    Refused,
    /// It cannot be reached, or ended the session.
    Offline,
}
