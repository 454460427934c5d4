//! Requests to a recorder: a cheap handle for callers, and the queues from which its driver receives them.
//! Every queue is bounded, and every request has a time-out.

mod last_stops;
mod orders;
mod outputs;
mod stills;
mod uses;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use proto::control::image::{ImageChange, ImageSettings};
use proto::control::requests::{CameraCapabilities, PresetList, PtzAction, SnapshotSize};
use proto::control::streams::{MakeViewable, ViewableChange};
use proto::link::message::StreamKind;
use proto::steering::SteeredBy;
use proto::talking::TalkedBy;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::limits::{
    MAX_KEY_FRAME_ASKS, MAX_WAITING_FETCHES, MAX_WAITING_ORDERS, MAX_WAITING_OUTPUTS,
    MAX_WAITING_TALKERS, RECORDER_ANSWER, SETTINGS_ANSWER,
};
use crate::recorder::event_tap::{EventFeed, EventOutlet, EventTap};
use crate::recorder::turns::TalkTurns;
use crate::stream::talk_line::TalkLine;
pub(crate) use orders::PtzOrders;
use orders::SharedLeases;
pub(crate) use outputs::{OutputRequest, OutputRequests};
use stills::Stills;

/// Asks something of one recorder; cheap to clone.
#[derive(Debug, Clone)]
pub struct RecorderHandle {
    key_frames: mpsc::Sender<KeyFrameWish>,
    orders: mpsc::Sender<Asked<PtzOrder, PresetList>>,
    fetches: mpsc::Sender<RecorderFetch>,
    talks: mpsc::Sender<TalkWish>,
    outputs: mpsc::Sender<OutputRequest>,
    events: EventTap,
    stills: Stills,
    leases: SharedLeases,
    turns: Arc<TalkTurns>,
}

/// What a driver has to serve. Orders and fetches are two queues, so that a slow picture does not delay
/// the next movement.
#[derive(Debug)]
pub struct RecorderRequests {
    /// Streams whose viewers wait for a picture. Nobody waits for an answer.
    pub(crate) key_frames: mpsc::Receiver<KeyFrameWish>,
    pub(crate) orders: PtzOrders,
    pub(crate) fetches: RecorderFetches,
    /// Viewers who want to talk through a camera; taken by [`super::talk::serve`] before the driver runs.
    pub(super) talks: Option<mpsc::Receiver<TalkWish>>,
    /// Outputs to list and to switch.
    pub(crate) outputs: OutputRequests,
    /// Where events go, while somebody wants them.
    pub(super) events: EventOutlet,
}

/// A viewer of this stream waits for a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFrameWish {
    /// Id of the camera.
    pub camera: String,
    /// Which of its streams.
    pub stream: StreamKind,
}

/// Steers a camera for a viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PtzOrder {
    /// Id of the camera.
    pub camera: String,
    /// What to do.
    pub action: PtzAction,
    /// Session id of the viewer's call.
    pub call: String,
    /// The viewer's name, shown to others who want to control the camera.
    pub name: String,
}

/// A request with the place for its answer.
#[derive(Debug)]
pub(crate) struct Asked<Q, A> {
    pub(crate) question: Q,
    answer: oneshot::Sender<Result<A, RequestError>>,
    deadline: Instant,
}

/// Wants to talk through a camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TalkOrder {
    /// Id of the camera.
    pub camera: String,
    /// Session id of the viewer's call.
    pub call: String,
    /// The viewer's name, shown to others who want to talk.
    pub name: String,
}

/// A viewer's request to talk.
pub(super) type TalkWish = Asked<TalkOrder, TalkLine>;

/// Something that is read from a recorder.
#[derive(Debug)]
pub(crate) enum RecorderFetch {
    /// What the camera with this id can do.
    Capabilities(Asked<String, CameraCapabilities>),
    /// A JPEG of the camera with this id.
    Snapshot(Asked<(String, SnapshotSize), Bytes>),
    /// A stream in a codec that every browser shows.
    MakeViewable(Asked<MakeViewable, ViewableChange>),
    /// The image settings of the camera with this id.
    Image(Asked<String, ImageSettings>),
    /// Changes them; they come back as they are then.
    SetImage(Asked<(String, ImageChange), ImageSettings>),
}

/// Why a recorder did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The recorder has no such camera.
    #[error("no such camera")]
    NoCamera,
    /// The recorder has no such output.
    #[error("no such output")]
    NoOutput,
    /// The camera or the recorder cannot do it.
    #[error("the camera cannot do that")]
    Unsupported,
    /// Somebody else steers the camera.
    #[error("somebody else is controlling the camera")]
    Steered(SteeredBy),
    /// Another viewer talks through the camera, or on the recorder's only line.
    #[error("somebody else is talking through the camera")]
    Talked(TalkedBy),
    /// Somebody who is no viewer uses the recorder's talk line, for example with the vendor's program.
    #[error("the recorder's talk line is in use")]
    LineInUse,
    /// Too many requests are waiting.
    #[error("too many requests are waiting for the recorder")]
    Busy,
    /// The recorder cannot be reached.
    #[error("the recorder cannot be reached")]
    Offline,
    /// It did not answer in time.
    #[error("the recorder did not answer in time")]
    Timeout,
    /// It refused, for example because the user whose login the agent has may not do that.
    #[error("the recorder refused")]
    Refused,
    /// Its answer makes no sense.
    #[error("the recorder's answer makes no sense")]
    BadAnswer,
    /// It took a change of its settings, and afterwards they are as before.
    #[error("the recorder did not keep the change")]
    NotKept,
}

/// An answer that is under way.
pub(crate) struct PendingAnswer<A>(
    Result<(oneshot::Receiver<Result<A, RequestError>>, Instant), RequestError>,
);

impl<A> PendingAnswer<A> {
    /// Waits for the answer, and no longer than the recorder may take.
    pub(crate) async fn get(self) -> Result<A, RequestError> {
        let (answer, deadline) = self.0?;
        match tokio::time::timeout_at(deadline, answer).await {
            Ok(Ok(answer)) => answer,
            // The driver has ended, or dropped what nobody waited for.
            Ok(Err(_)) => Err(RequestError::Offline),
            Err(_) => Err(RequestError::Timeout),
        }
    }
}

impl RecorderHandle {
    /// Creates a handle, and the end for the driver.
    pub fn new() -> (RecorderHandle, RecorderRequests) {
        let (key_frames, key_frame_wishes) = mpsc::channel(MAX_KEY_FRAME_ASKS);
        let (orders, waiting_orders) = mpsc::channel(MAX_WAITING_ORDERS);
        let (fetches, waiting_fetches) = mpsc::channel(MAX_WAITING_FETCHES);
        let (talks, waiting_talks) = mpsc::channel(MAX_WAITING_TALKERS);
        let (outputs, waiting_outputs) = mpsc::channel(MAX_WAITING_OUTPUTS);
        let (events, outlet) = EventTap::new();
        let leases = SharedLeases::new();
        let handle = RecorderHandle {
            key_frames,
            orders,
            fetches,
            talks,
            outputs,
            events,
            stills: Stills::default(),
            leases: leases.clone(),
            turns: Arc::default(),
        };
        let requests = RecorderRequests {
            key_frames: key_frame_wishes,
            orders: PtzOrders::new(waiting_orders, leases),
            fetches: RecorderFetches(waiting_fetches),
            talks: Some(waiting_talks),
            outputs: OutputRequests::new(waiting_outputs),
            events: outlet,
        };
        (handle, requests)
    }

    /// Requests a key frame, so that a viewer need not wait for the next one. Skipped if too many
    /// requests are already waiting.
    pub fn request_key_frame(&self, camera: &str, stream: StreamKind) {
        let wish = KeyFrameWish {
            camera: camera.to_owned(),
            stream,
        };
        if self.key_frames.try_send(wish).is_err() {
            tracing::debug!(camera, "skipped a key frame request: too many are waiting");
        }
    }

    /// Steers a camera. Orders are carried out in the order of these calls. Only a request for the
    /// presets is answered with some.
    pub(crate) fn steer(&self, order: PtzOrder) -> PendingAnswer<PresetList> {
        queue(order, RECORDER_ANSWER, |asked| {
            self.orders.try_send(asked).map_err(RequestError::from)
        })
    }

    /// Asks what a camera can do.
    pub(crate) fn capabilities(&self, camera: &str) -> PendingAnswer<CameraCapabilities> {
        queue(camera.to_owned(), RECORDER_ANSWER, |asked| {
            self.fetch(RecorderFetch::Capabilities(asked))
        })
    }

    /// Asks for a JPEG of a camera.
    pub(crate) fn snapshot(&self, camera: &str, size: SnapshotSize) -> PendingAnswer<Bytes> {
        queue((camera.to_owned(), size), RECORDER_ANSWER, |asked| {
            self.fetch(RecorderFetch::Snapshot(asked))
        })
    }

    /// A small JPEG of a camera for somebody who waits for its video; `None` if the recorder gives none.
    pub(crate) fn still(&self, camera: &str) -> impl Future<Output = Option<Bytes>> + use<> {
        let (recorder, id) = (self.clone(), camera.to_owned());
        self.stills.share(camera, async move {
            let still = recorder.snapshot(&id, SnapshotSize::Small).get().await;
            // Many recorders have none; the video tells the viewer what there is to tell.
            still
                .inspect_err(|error| tracing::debug!(camera = id, %error, "no still"))
                .ok()
        })
    }

    /// Asks what would make a stream viewable, or to do it.
    pub(crate) fn make_viewable(&self, asked: MakeViewable) -> PendingAnswer<ViewableChange> {
        queue(asked, SETTINGS_ANSWER, |asked| {
            self.fetch(RecorderFetch::MakeViewable(asked))
        })
    }

    /// Asks for the image settings of a camera.
    pub(crate) fn image(&self, camera: &str) -> PendingAnswer<ImageSettings> {
        queue(camera.to_owned(), RECORDER_ANSWER, |asked| {
            self.fetch(RecorderFetch::Image(asked))
        })
    }

    /// Changes image settings of a camera.
    pub(crate) fn set_image(
        &self,
        camera: &str,
        change: ImageChange,
    ) -> PendingAnswer<ImageSettings> {
        queue((camera.to_owned(), change), RECORDER_ANSWER, |asked| {
            self.fetch(RecorderFetch::SetImage(asked))
        })
    }

    /// Hears of events from now on, until the feed is dropped.
    pub(crate) fn events(&self) -> EventFeed {
        self.events.listen()
    }

    /// Asks for a line to a camera's loudspeaker.
    pub(crate) fn talk(&self, order: TalkOrder) -> PendingAnswer<TalkLine> {
        queue(order, RECORDER_ANSWER, |asked| {
            self.talks.try_send(asked).map_err(RequestError::from)
        })
    }

    fn fetch(&self, fetch: RecorderFetch) -> Result<(), RequestError> {
        self.fetches.try_send(fetch).map_err(RequestError::from)
    }
}

impl<T> From<mpsc::error::TrySendError<T>> for RequestError {
    fn from(error: mpsc::error::TrySendError<T>) -> RequestError {
        match error {
            mpsc::error::TrySendError::Full(_) => RequestError::Busy,
            mpsc::error::TrySendError::Closed(_) => RequestError::Offline,
        }
    }
}

fn queue<Q, A>(
    question: Q,
    longest: Duration,
    send: impl FnOnce(Asked<Q, A>) -> Result<(), RequestError>,
) -> PendingAnswer<A> {
    let (answer, pending) = oneshot::channel();
    let deadline = Instant::now() + longest;
    let asked = Asked {
        question,
        answer,
        deadline,
    };
    PendingAnswer(send(asked).map(|()| (pending, deadline)))
}

impl<Q, A> Asked<Q, A> {
    /// Answers; the asker may have gone meanwhile.
    pub(crate) fn answer(self, answer: Result<A, RequestError>) {
        let _ = self.answer.send(answer);
    }

    /// Whether anybody still waits for the answer.
    pub(super) fn is_wanted(&self) -> bool {
        !self.answer.is_closed() && Instant::now() < self.deadline
    }
}

impl RecorderRequests {
    /// Refuses everything, as long as somebody may ask. Key frames are not asked for.
    pub(super) async fn refuse_all(&mut self, error: &RequestError) {
        loop {
            tokio::select! {
                Some(_) = self.key_frames.recv() => {}
                Some(asked) = self.orders.next() => asked.answer(Err(error.clone())),
                Some(fetch) = self.fetches.next() => fetch.refuse(error.clone()),
                Some(asked) = self.outputs.next() => asked.refuse(error.clone()),
                else => return std::future::pending().await,
            }
        }
    }
}

/// What viewers want to read from a recorder.
#[derive(Debug)]
pub(crate) struct RecorderFetches(mpsc::Receiver<RecorderFetch>);

impl RecorderFetches {
    /// The next one that somebody waits for; `None` once nobody has a handle.
    pub(crate) async fn next(&mut self) -> Option<RecorderFetch> {
        loop {
            let fetch = self.0.recv().await?;
            let is_wanted = match &fetch {
                RecorderFetch::Capabilities(asked) => asked.is_wanted(),
                RecorderFetch::Snapshot(asked) => asked.is_wanted(),
                RecorderFetch::MakeViewable(asked) => asked.is_wanted(),
                RecorderFetch::Image(asked) => asked.is_wanted(),
                RecorderFetch::SetImage(asked) => asked.is_wanted(),
            };
            if is_wanted {
                return Some(fetch);
            }
        }
    }
}

impl RecorderFetch {
    /// Answers with a refusal.
    pub(crate) fn refuse(self, error: RequestError) {
        match self {
            RecorderFetch::Capabilities(asked) => asked.answer(Err(error)),
            RecorderFetch::Snapshot(asked) => asked.answer(Err(error)),
            RecorderFetch::MakeViewable(asked) => asked.answer(Err(error)),
            RecorderFetch::Image(asked) => asked.answer(Err(error)),
            RecorderFetch::SetImage(asked) => asked.answer(Err(error)),
        }
    }
}
