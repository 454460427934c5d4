//! Two-way audio of a Hikvision recorder or camera (`System/TwoWayAudio`): opens a line, sends the audio, and
//! always closes the line again.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use proto::control::TalkEndCause;
use proto::control::requests::TalkPlace;
use proto::isapi::talk::{TalkLaw, TalkSession, line_of};
use proto::isapi::{IsapiError, ResponseStatus, TalkChannel, path};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::http::{GetError, Http};
use crate::limits::{CAPABILITIES_KEPT, ORDER_REQUEST, TALK_IDLE};
use crate::recorder::handle::RequestError;
use crate::stream::Codec;
use crate::stream::talk_line::{TalkInlet, TalkLine, TalkSound};

/// The talk lines of a recorder.
#[derive(Debug)]
pub(in crate::recorder) struct TalkLines {
    http: Arc<Http>,
    /// Whether it is more than one camera.
    is_recorder: AtomicBool,
    /// What it answered about its lines, and when.
    known: Mutex<Option<(Instant, Vec<TalkChannel>)>>,
    /// Lines that this agent has closed, so that only somebody else can be on them. An agent that has crashed
    /// leaves its line open, and so does a close that gets lost.
    closed: Mutex<BTreeSet<u32>>,
}

/// A line that takes what is said through a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::recorder) struct ChosenLine {
    pub(in crate::recorder) id: u32,
    /// Where one is heard.
    pub(in crate::recorder) place: TalkPlace,
    law: Codec,
}

impl TalkLines {
    pub(super) fn new(http: Arc<Http>) -> TalkLines {
        TalkLines {
            http,
            is_recorder: AtomicBool::new(true),
            known: Mutex::default(),
            closed: Mutex::default(),
        }
    }

    /// The recorder was opened: it may be another one.
    pub(super) fn opened(&self, is_recorder: bool) {
        self.is_recorder.store(is_recorder, Ordering::Relaxed);
        *self.known() = None;
    }

    /// The line for a camera, if there is one that takes G.711.
    pub(in crate::recorder) async fn of_camera(
        &self,
        camera: &str,
    ) -> Result<Option<ChosenLine>, RequestError> {
        let Ok(camera) = camera.parse() else {
            return Ok(None);
        };
        let channels = self.channels().await?;
        let is_recorder = self.is_recorder.load(Ordering::Relaxed);
        let line = line_of(&channels, camera, is_recorder);
        Ok(line.and_then(|(channel, place)| {
            Some(ChosenLine {
                id: channel.id,
                place,
                law: match channel.law? {
                    TalkLaw::Ulaw => Codec::Pcmu,
                    TalkLaw::Alaw => Codec::Pcma,
                },
            })
        }))
    }

    async fn channels(&self) -> Result<Vec<TalkChannel>, RequestError> {
        if let Some((at, channels)) = &*self.known()
            && at.elapsed() < CAPABILITIES_KEPT
        {
            return Ok(channels.clone());
        }
        let parsed = match self.http.get(path::TALK_CHANNELS).await {
            Ok(body) => TalkChannel::parse_list(&body).map_err(GetError::from),
            Err(error) => Err(error),
        };
        let channels = match parsed.map_err(RequestError::from) {
            Ok(channels) => channels,
            // A device without a loudspeaker has no such document.
            Err(RequestError::Unsupported) => Vec::new(),
            Err(error) => return Err(error),
        };
        *self.known() = Some((Instant::now(), channels.clone()));
        Ok(channels)
    }

    /// Opens a line, hands it to `ready`, and passes on what is said until the line is dropped or silent for
    /// [`TALK_IDLE`], the recorder ends it, or `stop`.
    pub(in crate::recorder) async fn talk(
        &self,
        line: ChosenLine,
        ready: impl FnOnce(TalkLine),
        stop: &CancellationToken,
    ) -> Result<(), RequestError> {
        if !self.closed().contains(&line.id) {
            // What an earlier agent has left open; some firmware refuses every later talk until then.
            self.close(line.id, &TalkSession::default()).await;
        }
        let session = self.open(line.id).await?;
        let talked = self.talk_in(line, &session, ready, stop).await;
        self.close(line.id, &session).await;
        talked
    }

    async fn open(&self, id: u32) -> Result<TalkSession, RequestError> {
        let was_closed = self.closed().remove(&id);
        let opened = timeout(ORDER_REQUEST, self.http.put_for(&path::talk_open(id))).await;
        let opened = opened.map_err(|_| RequestError::Timeout)?;
        let session = opened.and_then(|body| Ok(TalkSession::parse(&body)?));
        session.map_err(|error| {
            if was_closed {
                // It was not opened.
                self.closed().insert(id);
            }
            if is_in_use(&error) {
                RequestError::LineInUse
            } else {
                error.into()
            }
        })
    }

    async fn talk_in(
        &self,
        line: ChosenLine,
        session: &TalkSession,
        ready: impl FnOnce(TalkLine),
        stop: &CancellationToken,
    ) -> Result<(), RequestError> {
        let path = session.path(path::talk_sound(line.id));
        let mut upload = self.http.upload(&path).await?;
        let (talk, TalkInlet { mut said, end }) = TalkLine::pair();
        ready(talk);
        let cause = loop {
            tokio::select! {
                sound = next_said(&mut said, line.law) => match sound {
                    Some(sound) => if let Err(error) = upload.send(&sound).await {
                        break match error.kind() {
                            ErrorKind::TimedOut => TalkEndCause::Lost,
                            _ => TalkEndCause::Closed,
                        };
                    },
                    None => break TalkEndCause::Silent,
                },
                () = upload.ended() => break TalkEndCause::Closed,
                () = stop.cancelled() => break TalkEndCause::Lost,
            }
        };
        // A viewer who has ended it hears nothing.
        let _ = end.send(cause);
        Ok(())
    }

    /// Closes a line. That it was closed already is no failure.
    async fn close(&self, id: u32, session: &TalkSession) {
        let path = session.path(path::talk_close(id));
        let closed = timeout(ORDER_REQUEST, self.http.put_for(&path)).await;
        match closed {
            Ok(Ok(_) | Err(GetError::Status(_) | GetError::Answer(_))) => {
                self.closed().insert(id);
            }
            Ok(Err(error)) => tracing::warn!(line = id, "could not close a talk: {error}"),
            Err(_) => tracing::warn!(line = id, "could not close a talk: no answer"),
        }
    }

    fn known(&self) -> MutexGuard<'_, Option<(Instant, Vec<TalkChannel>)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn closed(&self) -> MutexGuard<'_, BTreeSet<u32>> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The next packet of what is said; `None` once nobody talks any more.
async fn next_said(said: &mut mpsc::Receiver<TalkSound>, law: Codec) -> Option<Bytes> {
    let sound = timeout(TALK_IDLE, said.recv()).await.ok()??;
    Some(sound.in_law(law))
}

/// Whether a recorder refuses to open a line because somebody is on it. Firmware says that in several ways, one of
/// them as if the login were wrong.
fn is_in_use(error: &GetError) -> bool {
    match error {
        GetError::Status(401) => true,
        GetError::Answer(IsapiError::Status(said)) => is_busy(said),
        _ => false,
    }
}

fn is_busy(said: &ResponseStatus) -> bool {
    /// Device Busy.
    const BUSY: u32 = 2;
    let sub_status = said.sub_status.to_ascii_lowercase();
    said.code == BUSY || sub_status.contains("busy") || sub_status == "invalidoperation"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_in_use_differs_from_a_missing_right() {
        let said = |code, sub_status: &str| {
            is_in_use(&GetError::from(IsapiError::Status(ResponseStatus {
                code,
                text: String::new(),
                sub_status: sub_status.to_owned(),
            })))
        };

        assert!(said(2, "deviceBusy") && said(3, "channelBusy") && said(4, "invalidOperation"));
        assert!(is_in_use(&GetError::Status(401)));
        assert!(!said(4, "lowPrivilege") && !said(4, "notSupport"));
        assert!(!is_in_use(&GetError::Status(403)));
    }
}
