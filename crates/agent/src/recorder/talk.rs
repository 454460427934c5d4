//! Talking through cameras: over RTSP where a camera has a backchannel, otherwise on the talk line of a
//! Hikvision recorder. One person at a time talks through a camera, and on a line.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use proto::control::requests::TalkPlace;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::handle::{RequestError, TalkOrder, TalkWish};
use super::hikvision::talk::TalkLines;
use super::onvif::loudspeakers::Loudspeakers;
use super::turns::{self, TalkTurn, TalkTurns};
use crate::limits::{CAPABILITIES_KEPT, END_TALKS, MAX_CAMERAS};
use crate::stream::puller::talk::{has_backchannel, talk};
use crate::stream::source::CameraSource;
use crate::stream::talk_line::{TalkFailure, TalkLine};

/// The ways to the loudspeakers of a recorder and its cameras.
#[derive(Debug, Default)]
pub(super) struct TalkWays {
    /// The recorder's own lines, if it is one that has some.
    lines: Option<Arc<TalkLines>>,
    /// What profiles of an ONVIF device may lack.
    loudspeakers: Option<Loudspeakers>,
    /// Cameras that have said whether they take sound over RTSP, and when.
    backchannels: Mutex<BTreeMap<String, (Instant, bool)>>,
    turns: Arc<TalkTurns>,
}

impl TalkWays {
    pub(super) fn on_lines(lines: Arc<TalkLines>) -> TalkWays {
        TalkWays {
            lines: Some(lines),
            ..TalkWays::default()
        }
    }

    pub(super) fn to_loudspeakers(loudspeakers: Loudspeakers) -> TalkWays {
        TalkWays {
            loudspeakers: Some(loudspeakers),
            ..TalkWays::default()
        }
    }

    /// Those who talk.
    pub(super) fn turns(&self) -> Arc<TalkTurns> {
        Arc::clone(&self.turns)
    }

    /// Where one is heard who talks through a camera. The camera is asked, and its recorder.
    pub(super) async fn place(
        &self,
        source: &CameraSource,
    ) -> Result<Option<TalkPlace>, RequestError> {
        let over_rtsp = self.has_backchannel(source).await;
        if over_rtsp == Ok(true) {
            return Ok(Some(TalkPlace::Camera));
        }
        if let Some(lines) = &self.lines
            && let Some(line) = lines.of_camera(&source.id).await?
        {
            return Ok(Some(line.place));
        }
        if over_rtsp == Ok(false)
            && let Some(loudspeakers) = &self.loudspeakers
            && loudspeakers.can_add(&source.id).await?
        {
            return Ok(Some(TalkPlace::Camera));
        }
        over_rtsp.map(|_| None)
    }

    async fn has_backchannel(&self, source: &CameraSource) -> Result<bool, RequestError> {
        if let Some(known) = self.known(&source.id) {
            return Ok(known);
        }
        let has = has_backchannel(&source.main).await?;
        self.note(&source.id, has);
        Ok(has)
    }

    fn known(&self, camera: &str) -> Option<bool> {
        let known = self.backchannels.lock();
        let known = known.unwrap_or_else(PoisonError::into_inner);
        let (at, has) = known.get(camera)?;
        (at.elapsed() < CAPABILITIES_KEPT).then_some(*has)
    }

    fn note(&self, camera: &str, has: bool) {
        let known = self.backchannels.lock();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (at, _)| at.elapsed() < CAPABILITIES_KEPT);
        if known.len() < MAX_CAMERAS {
            known.insert(camera.to_owned(), (Instant::now(), has));
        }
    }

    /// One talk, from the request to its end.
    async fn carry(
        &self,
        wish: TalkWish,
        source: &CameraSource,
        turn: TalkTurn,
        stop: &CancellationToken,
    ) {
        // The viewer's own talk before has to end first.
        let _turn = turn.begin().await;
        if !wish.is_wanted() {
            return;
        }
        let order = wish.question.clone();
        let mut wish = Some(wish);
        let ready = |line| {
            if let Some(wish) = wish.take() {
                wish.answer(Ok(line));
            }
        };
        let ended = self.talk(&order, source, ready, stop).await;
        if let (Some(wish), Err(error)) = (wish, ended) {
            wish.answer(Err(error));
        }
    }

    /// Talks until the viewer has ended it, or `stop`.
    async fn talk(
        &self,
        order: &TalkOrder,
        source: &CameraSource,
        mut ready: impl FnMut(TalkLine) + Send,
        stop: &CancellationToken,
    ) -> Result<(), RequestError> {
        let mut refused = RequestError::Unsupported;
        if self.known(&source.id) != Some(false) {
            match self.over_rtsp(source, &mut ready, stop).await {
                Err(error) => refused = error,
                done => return done,
            }
        }
        if refused == RequestError::Unsupported
            && let Some(loudspeakers) = &self.loudspeakers
        {
            loudspeakers.add(&source.id).await?;
            return match self.over_rtsp(source, &mut ready, stop).await {
                // It said that it has added it.
                Err(RequestError::Unsupported) => Err(RequestError::NotKept),
                done => done,
            };
        }
        let line = match &self.lines {
            Some(lines) => lines.of_camera(&source.id).await?.zip(Some(lines)),
            None => None,
        };
        let Some((line, lines)) = line else {
            return Err(refused);
        };
        let turn = self
            .turns
            .take(&turns::recorder_line(line.id), order.who())?;
        let _turn = turn.begin().await;
        lines.talk(line, ready, stop).await
    }

    /// The same through the backchannel of a camera. Whether it has one is noted.
    async fn over_rtsp(
        &self,
        source: &CameraSource,
        ready: &mut (impl FnMut(TalkLine) + Send),
        stop: &CancellationToken,
    ) -> Result<(), RequestError> {
        let talked = tokio::select! {
            talked = talk(&source.main, &mut *ready) => talked,
            () = stop.cancelled() => return Ok(()),
        };
        match talked {
            Ok(()) => self.note(&source.id, true),
            Err(TalkFailure::Unsupported) => self.note(&source.id, false),
            Err(_) => {}
        }
        talked.map_err(RequestError::from)
    }
}

impl From<TalkFailure> for RequestError {
    fn from(failure: TalkFailure) -> RequestError {
        match failure {
            TalkFailure::Unsupported => RequestError::Unsupported,
            TalkFailure::Refused => RequestError::Refused,
            TalkFailure::Offline => RequestError::Offline,
        }
    }
}

/// Opens lines to cameras as long as somebody may ask. All of them end with `stop`, and recorders are notified.
pub(super) async fn serve(
    mut wishes: mpsc::Receiver<TalkWish>,
    sources: watch::Receiver<Vec<CameraSource>>,
    ways: Arc<TalkWays>,
    stop: CancellationToken,
) {
    let mut talks = JoinSet::new();
    loop {
        let wish = tokio::select! {
            wish = wishes.recv() => wish,
            Some(_) = talks.join_next() => continue,
            () = stop.cancelled() => break,
        };
        let Some(wish) = wish else {
            stop.cancelled().await;
            break;
        };
        if !wish.is_wanted() {
            continue;
        }
        let found = {
            let sources = sources.borrow();
            let mut sources = sources.iter();
            sources.find(|it| it.id == wish.question.camera).cloned()
        };
        let Some(source) = found else {
            wish.answer(Err(RequestError::NoCamera));
            continue;
        };
        let own = turns::camera_line(&source.id);
        let turn = match ways.turns.take(&own, wish.question.who()) {
            Ok(turn) => turn,
            Err(by) => {
                wish.answer(Err(by.into()));
                continue;
            }
        };
        let (ways, stop) = (Arc::clone(&ways), stop.clone());
        talks.spawn(async move { ways.carry(wish, &source, turn, &stop).await });
    }
    let ended = timeout(END_TALKS, async {
        while talks.join_next().await.is_some() {}
    })
    .await;
    if ended.is_err() {
        tracing::warn!("a recorder did not confirm the end of a talk");
    }
}
