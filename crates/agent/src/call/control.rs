//! The control channel of a call: JSON-RPC requests from the viewer, and notifications to it.

use peer::Path;
use proto::control::events::RecorderEvent;
use proto::control::in_use::{CameraUse, InUseRequest};
use proto::control::streams::StreamsRequest;
use proto::control::{CallPath, CameraList, Listen, Slot, TalkEnded, Unwatch, method};
use proto::link::message::{WantedStream, Watch};
use proto::rights::{self, Right, RightsVerdict};
use proto::rpc::{Id, Message, RpcError, code, typed};
use serde_json::Value;

use super::events::ViewerEvents;
use super::pump::News;
use super::requests::to_value;
use super::{ActiveCall, Over, limits, requests};

impl ActiveCall {
    /// Answers one message from the viewer.
    pub(super) async fn asked_for(&mut self, text: &str) -> Result<(), Over> {
        let (id, method, params) = match Message::parse(text) {
            Ok(Message::Request { id, method, params }) => (id, method, params),
            // No notification requests anything yet, and the agent sends no requests that could be
            // answered.
            Ok(Message::Notification { .. } | Message::Response { .. }) => return Ok(()),
            Err(error) => {
                self.nonsense()?;
                let error = RpcError::new(code::BAD_REQUEST, &error.to_string());
                let message = Message::Response {
                    id: None,
                    outcome: Err(error),
                };
                return self.say(&message).await;
            }
        };
        let outcome = match self.permit(&method, &params) {
            Ok(()) if requests::is_for_recorder(&method) => {
                match self.ask_recorder(id.clone(), &method, params) {
                    // The recorder's answer is sent when it comes.
                    Ok(()) => return Ok(()),
                    Err(error) => Err(error),
                }
            }
            Ok(()) => self.perform(&method, params),
            Err(error) => Err(error),
        };
        self.answer(id, outcome).await
    }

    /// Whether the viewer may ask that, and has not asked too often.
    fn permit(&mut self, method: &str, params: &Value) -> Result<(), RpcError> {
        if !self.requests.take(self.requested_at.elapsed()) {
            return Err(RpcError::new(code::TOO_MANY, "too many requests; wait"));
        }
        match rights::judge(&self.viewer, method, params) {
            RightsVerdict::Allowed => Ok(()),
            RightsVerdict::Forbidden => Err(RpcError::new(code::FORBIDDEN, "not allowed")),
            RightsVerdict::UnknownMethod => Err(RpcError::new(code::NO_METHOD, "no such method")),
        }
    }

    pub(super) async fn answer(
        &mut self,
        id: Id,
        outcome: Result<Value, RpcError>,
    ) -> Result<(), Over> {
        let id = Some(id);
        self.say(&Message::Response { id, outcome }).await
    }

    fn perform(&mut self, method: &str, params: Value) -> Result<Value, RpcError> {
        match method {
            method::WATCH => {
                let watch: Watch = typed(params)?;
                self.quality.permit(&watch)?;
                let slot = self
                    .slots
                    .watch(&watch)
                    .ok_or_else(|| RpcError::new(code::NOT_FOUND, "no such camera or slot"))?;
                let slot = match watch.stream {
                    WantedStream::Auto => self.show_for_path(slot),
                    WantedStream::Like(_) | WantedStream::Named(_) => slot,
                };
                Ok(to_value(&slot))
            }
            method::UNWATCH => {
                let unwatch: Unwatch = typed(params)?;
                if !self.slots.unwatch(unwatch.slot) {
                    return Err(RpcError::new(code::NOT_FOUND, "no such slot"));
                }
                Ok(Value::Object(serde_json::Map::new()))
            }
            method::LISTEN => {
                let listen: Listen = typed(params)?;
                if !self.slots.listen(listen.camera.as_deref()) {
                    return Err(RpcError::new(code::NOT_FOUND, "no such camera"));
                }
                Ok(Value::Object(serde_json::Map::new()))
            }
            method::STREAMS => {
                let asked: StreamsRequest = typed(params)?;
                let may_change = self.viewer.may(Right::Settings, Some(&asked.camera));
                let list = self.slots.list(&asked.camera, may_change);
                let list = list.ok_or_else(|| RpcError::new(code::NOT_FOUND, "no such camera"))?;
                Ok(to_value(&list))
            }
            method::IN_USE => Ok(to_value(&self.in_use(&typed(params)?))),
            method::SNAPSHOT_PART => self.requests.part(typed(params)?),
            method::PING => Ok(Value::Object(serde_json::Map::new())),
            _ => Err(RpcError::new(code::NO_METHOD, "no such method")),
        }
    }

    /// Who else uses a camera, for what the viewer may do with it.
    fn in_use(&self, asked: &InUseRequest) -> CameraUse {
        let camera = asked.camera.as_str();
        let mut uses = self.context.recorder.in_use(camera, &self.session);
        if !self.viewer.may(Right::Ptz, Some(camera)) {
            uses.steered_by = None;
        }
        if !self.viewer.may(Right::Talk, Some(camera)) {
            (uses.talked_by, uses.talked_at_recorder_by) = (None, None);
        }
        uses
    }

    /// Records the state of a slot and notifies the viewer if it changed.
    pub(super) async fn slot_changed(&mut self, news: News) -> Result<(), Over> {
        match self.slots.note(news) {
            Some(slot) => self.tell_slot(&slot).await,
            None => Ok(()),
        }
    }

    pub(super) async fn tell_slots(&mut self) -> Result<(), Over> {
        for slot in self.slots.all() {
            self.tell_slot(&slot).await?;
        }
        Ok(())
    }

    pub(super) async fn tell_slot(&mut self, slot: &Slot) -> Result<(), Over> {
        self.say(&Message::notification(method::SLOT, slot)).await
    }

    pub(super) async fn tell_cameras(&mut self) -> Result<(), Over> {
        let mut cameras = self.context.streams.cameras().borrow().clone();
        cameras.retain(|camera| self.viewer.may(Right::View, Some(&camera.id)));
        let cameras = CameraList { cameras };
        self.say(&Message::notification(method::CAMERAS, &cameras))
            .await
    }

    /// Tells the viewer what only this end knows about the path.
    pub(super) async fn tell_path(&mut self) -> Result<(), Over> {
        let path = match self.path {
            None => return Ok(()),
            Some(Path::Direct) => CallPath::Direct,
            Some(Path::Mapped) => CallPath::Mapped,
            Some(Path::Relayed(over)) => CallPath::Relayed { over },
        };
        self.say(&Message::notification(method::PATH, &path)).await
    }

    pub(super) async fn cameras_changed(&mut self) -> Result<(), Over> {
        for slot in self.slots.retry_absent() {
            self.tell_slot(&slot).await?;
        }
        self.tell_cameras().await
    }

    pub(super) async fn streams_changed(&mut self) -> Result<(), Over> {
        for slot in self.slots.reconsider() {
            self.tell_slot(&slot).await?;
        }
        Ok(())
    }

    pub(super) async fn reason_changed(&mut self) -> Result<(), Over> {
        for slot in self.slots.tell_absent() {
            self.tell_slot(&slot).await?;
        }
        Ok(())
    }

    /// Tells the viewer what goes on, and of everything from now on, if the viewer may hear of anything.
    pub(super) async fn tell_events(&mut self) -> Result<(), Over> {
        if !self.viewer.may(Right::Alarms, None) {
            return Ok(());
        }
        let feed = self.context.recorder.events();
        let going_on = feed.going_on();
        self.events = ViewerEvents(Some(feed));
        for event in going_on {
            self.tell_event(&event).await?;
        }
        Ok(())
    }

    pub(super) async fn tell_event(&mut self, event: &RecorderEvent) -> Result<(), Over> {
        // What is about no camera is for those with the right for the whole recorder.
        let may_hear = match &event.key.camera {
            Some(camera) => self.viewer.may(Right::Alarms, Some(camera)),
            None => self.viewer.may_everywhere(Right::Alarms),
        };
        if !may_hear {
            return Ok(());
        }
        self.say(&Message::notification(method::EVENT, event)).await
    }

    /// Tells the viewer that its talk is over, which it has not ended.
    pub(super) async fn tell_talk_ended(&mut self, ended: &TalkEnded) -> Result<(), Over> {
        self.say(&Message::notification(method::TALK_ENDED, ended))
            .await
    }

    /// Counts an invalid message.
    pub(super) fn nonsense(&mut self) -> Result<(), Over> {
        self.n_nonsense += 1;
        if self.n_nonsense > limits::MAX_NONSENSE {
            return Err("the viewer talks nonsense");
        }
        Ok(())
    }

    async fn say(&mut self, message: &Message) -> Result<(), Over> {
        if !self.has_control {
            return Ok(());
        }
        self.endpoint
            .send_control(message.to_text())
            .await
            .map_err(|_| "the connection has ended")
    }
}
