//! Requests of a viewer to the recorder during a call: each waits for its answer while the call goes on, a
//! few at a time. A snapshot is kept until its viewer has fetched it part by part, so that the viewer is
//! never sent more than it reads.

use std::time::Duration;

use bytes::Bytes;
use data_encoding::BASE64;
use futures_util::future::{BoxFuture, FutureExt};
use proto::control::requests::{
    CameraCapabilities, CapabilitiesRequest, PresetList, Ptz, PtzAction, SNAPSHOT_PART_BYTES,
    SnapshotPart, SnapshotPartRequest, SnapshotReady, SnapshotRequest,
};
use proto::control::streams::ViewableChange;
use proto::control::{Talk, method};
use proto::link::bucket::Bucket;
use proto::rpc::{Id, RpcError, code, typed};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{ActiveCall, Over, limits, settings};
use crate::recorder::handle::{PtzOrder, RequestError, TalkOrder};
use crate::stream::talk_line::TalkLine;

/// The requests of one viewer.
pub(super) struct ViewerRequests {
    bucket: Bucket,
    waiting: JoinSet<RecorderAnswer>,
    snapshot: Option<Bytes>,
    /// Number of the last snapshot.
    n_snapshots: u32,
}

/// What came back for one request.
pub(super) struct RecorderAnswer {
    id: Id,
    outcome: RecorderOutcome,
}

type RecorderOutcome = Result<RecorderReply, RequestError>;

enum RecorderReply {
    Done,
    Presets(PresetList),
    Capabilities(CameraCapabilities),
    Snapshot(Bytes),
    Viewable(ViewableChange),
    /// The number of a request to talk, the camera, and the line to it.
    Talk(u32, String, TalkLine),
    /// Whatever needs nothing done here.
    Told(Value),
}

impl Default for ViewerRequests {
    fn default() -> ViewerRequests {
        ViewerRequests {
            bucket: Bucket::new(limits::CONTROL_RATE, Duration::ZERO),
            waiting: JoinSet::new(),
            snapshot: None,
            n_snapshots: 0,
        }
    }
}

impl ViewerRequests {
    /// Counts one request; false if there were too many.
    pub(super) fn take(&mut self, now: Duration) -> bool {
        self.bucket.take(now)
    }

    /// The next answer of the recorder; `None` if there is no open request.
    pub(super) async fn next(&mut self) -> Option<RecorderAnswer> {
        // A request whose wait has failed is answered by nobody, as if it had been lost.
        self.waiting.join_next().await?.ok()
    }

    /// One part of the kept snapshot.
    pub(super) fn part(&self, asked: SnapshotPartRequest) -> Result<Value, RpcError> {
        let snapshot = self
            .snapshot
            .as_ref()
            .filter(|_| asked.snapshot == self.n_snapshots);
        let part = snapshot.and_then(|bytes| bytes.chunks(SNAPSHOT_PART_BYTES).nth(asked.part));
        let part = part.ok_or_else(|| RpcError::new(code::NOT_FOUND, "no such part"))?;
        let data = BASE64.encode(part);
        Ok(to_value(&SnapshotPart { data }))
    }

    /// Keeps a snapshot instead of the one before.
    fn keep(&mut self, picture: Bytes) -> SnapshotReady {
        self.n_snapshots = self.n_snapshots.wrapping_add(1);
        let ready = SnapshotReady {
            snapshot: self.n_snapshots,
            kind: "image/jpeg".to_owned(),
            bytes: picture.len(),
            parts: picture.len().div_ceil(SNAPSHOT_PART_BYTES),
        };
        self.snapshot = Some(picture);
        ready
    }
}

/// Whether the recorder itself answers a method.
pub(super) fn is_for_recorder(method: &str) -> bool {
    matches!(
        method,
        method::PTZ
            | method::CAPABILITIES
            | method::SNAPSHOT
            | method::TALK
            | method::MAKE_VIEWABLE
    ) || settings::is_about(method)
}

impl ActiveCall {
    /// Passes a request on; the answer follows.
    pub(super) fn ask_recorder(
        &mut self,
        id: Id,
        method: &str,
        params: Value,
    ) -> Result<(), RpcError> {
        if self.requests.waiting.len() >= limits::MAX_WAITING_REQUESTS {
            return Err(rpc_error(RequestError::Busy));
        }
        let recorder = &self.context.recorder;
        // The request is in the recorder's queue when this returns, so that orders keep their order.
        let answer = match method {
            method::PTZ => {
                let ptz: Ptz = typed(params)?;
                let is_list = ptz.action == PtzAction::Presets;
                let answer = recorder.steer(PtzOrder {
                    camera: ptz.camera,
                    action: ptz.action,
                    call: self.session.clone(),
                    name: self.viewer.name.clone(),
                });
                let reply = move |presets| {
                    if is_list {
                        RecorderReply::Presets(presets)
                    } else {
                        RecorderReply::Done
                    }
                };
                async move { answer.get().await.map(reply) }.boxed()
            }
            method::CAPABILITIES => {
                let asked: CapabilitiesRequest = typed(params)?;
                let answer = recorder.capabilities(&asked.camera);
                async move { answer.get().await.map(RecorderReply::Capabilities) }.boxed()
            }
            method::TALK => {
                let talk: Talk = typed(params)?;
                self.wish_to_talk(talk.camera)
            }
            method::MAKE_VIEWABLE => {
                let answer = recorder.make_viewable(typed(params)?);
                async move { answer.get().await.map(RecorderReply::Viewable) }.boxed()
            }
            method if settings::is_about(method) => {
                let answer = settings::ask(recorder, method, params)?;
                answer.map(|told| told.map(RecorderReply::Told)).boxed()
            }
            _ => {
                let asked: SnapshotRequest = typed(params)?;
                let answer = recorder.snapshot(&asked.camera, asked.size);
                async move { answer.get().await.map(RecorderReply::Snapshot) }.boxed()
            }
        };
        let answered = answer.map(|outcome| RecorderAnswer { id, outcome });
        self.requests.waiting.spawn(answered);
        Ok(())
    }

    /// Ends a talk, and begins another one if a camera is named.
    fn wish_to_talk(&mut self, camera: Option<String>) -> BoxFuture<'static, RecorderOutcome> {
        let wish = self.talk.stop();
        let Some(camera) = camera else {
            return async { Ok(RecorderReply::Done) }.boxed();
        };
        let line = self.context.recorder.talk(TalkOrder {
            camera: camera.clone(),
            call: self.session.clone(),
            name: self.viewer.name.clone(),
        });
        let granted = move |line| RecorderReply::Talk(wish, camera, line);
        async move { line.get().await.map(granted) }.boxed()
    }

    /// Passes an answer of the recorder to the viewer.
    pub(super) async fn recorder_answered(&mut self, answer: RecorderAnswer) -> Result<(), Over> {
        let outcome = match answer.outcome {
            Ok(RecorderReply::Done) => Ok(json!({})),
            Ok(RecorderReply::Presets(presets)) => Ok(to_value(&presets)),
            Ok(RecorderReply::Capabilities(capabilities)) => Ok(to_value(&capabilities)),
            Ok(RecorderReply::Talk(wish, camera, line)) => {
                self.talk.begin(wish, camera, line);
                Ok(json!({}))
            }
            Ok(RecorderReply::Told(told)) => Ok(told),
            Ok(RecorderReply::Snapshot(picture)) => Ok(to_value(&self.requests.keep(picture))),
            Ok(RecorderReply::Viewable(change)) => Ok(to_value(&change)),
            Err(error) => Err(rpc_error(error)),
        };
        self.answer(answer.id, outcome).await
    }
}

/// The refusal that tells a viewer why.
fn rpc_error(error: RequestError) -> RpcError {
    let code = match error {
        RequestError::NoCamera | RequestError::NoOutput => code::NOT_FOUND,
        RequestError::Unsupported => code::UNSUPPORTED,
        RequestError::Steered(_) | RequestError::Talked(_) | RequestError::LineInUse => {
            code::CONFLICT
        }
        RequestError::Busy => code::TOO_MANY,
        RequestError::Offline => code::UNAVAILABLE,
        RequestError::Timeout => code::TIMEOUT,
        RequestError::Refused | RequestError::BadAnswer | RequestError::NotKept => {
            code::BAD_RECORDER
        }
    };
    let refusal = RpcError::new(code, &error.to_string());
    match error {
        RequestError::Steered(by) => refusal.steered_by(by),
        RequestError::Talked(by) => refusal.talked_by(by),
        _ => refusal,
    }
}

/// A result on the wire.
pub(super) fn to_value(result: &impl Serialize) -> Value {
    serde_json::to_value(result).expect("wire types have string keys and no failing serializers")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(requests: &ViewerRequests, snapshot: u32, part: usize) -> Option<Vec<u8>> {
        let part = requests.part(SnapshotPartRequest { snapshot, part }).ok()?;
        let data = part["data"].as_str().expect("text");
        Some(BASE64.decode(data.as_bytes()).expect("base64"))
    }

    #[test]
    fn a_snapshot_is_put_together_from_its_parts() {
        let mut requests = ViewerRequests::default();
        let picture: Vec<u8> = (0..70_000_u32).map(|n| (n % 251) as u8).collect();

        let ready = requests.keep(picture.clone().into());

        assert_eq!((ready.bytes, ready.parts), (70_000, 3));
        let parts = (0..ready.parts).map(|at| part(&requests, ready.snapshot, at));
        let parts: Vec<_> = parts.map(|part| part.expect("a part")).collect();
        assert_eq!(parts.concat(), picture);
        assert_eq!(part(&requests, ready.snapshot, 3), None);
        let message = requests.part(SnapshotPartRequest {
            snapshot: 1,
            part: 0,
        });
        let length = message.expect("a part").to_string().len();
        assert!(length < proto::rpc::MAX_MESSAGE_BYTES - 1_000, "{length}");
    }

    #[test]
    fn a_new_snapshot_replaces_the_one_before() {
        let mut requests = ViewerRequests::default();
        let first = requests.keep(vec![1; 10].into());

        let second = requests.keep(vec![2; 10].into());

        assert_eq!(part(&requests, first.snapshot, 0), None);
        assert_eq!(part(&requests, second.snapshot, 0), Some(vec![2; 10]));
    }

    #[test]
    fn a_flood_of_requests_is_refused_until_it_slows_down() {
        let mut requests = ViewerRequests::default();
        let second = Duration::from_secs(1);

        let passed = (0..1_000).filter(|_| requests.take(second)).count();

        assert_eq!(passed, 200);
        assert!(requests.take(2 * second));
    }
}
