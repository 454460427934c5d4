//! The control channel of a call: JSON-RPC requests from the viewer, and notifications to it.

use peer::Path;
use proto::control::{CallPath, CameraList, Listen, Slot, Unwatch, method};
use proto::link::message::Watch;
use proto::rpc::{Message, RpcError, code, typed};
use serde_json::Value;

use super::pump::News;
use super::{ActiveCall, Over, limits};

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
        let message = match self.perform(&method, params) {
            Ok(result) => Message::Response {
                id: Some(id),
                outcome: Ok(result),
            },
            Err(error) => Message::refusal(id, error),
        };
        self.say(&message).await
    }

    fn perform(&mut self, method: &str, params: Value) -> Result<Value, RpcError> {
        match method {
            method::WATCH => {
                let watch: Watch = typed(params)?;
                let slot = self
                    .slots
                    .watch(&watch)
                    .ok_or_else(|| RpcError::new(code::NOT_FOUND, "no such camera or slot"))?;
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
            method::PING => Ok(Value::Object(serde_json::Map::new())),
            _ => Err(RpcError::new(code::NO_METHOD, "no such method")),
        }
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

    async fn tell_slot(&mut self, slot: &Slot) -> Result<(), Over> {
        self.say(&Message::notification(method::SLOT, slot)).await
    }

    pub(super) async fn tell_cameras(&mut self) -> Result<(), Over> {
        let cameras = CameraList {
            cameras: self.context.streams.cameras().borrow().clone(),
        };
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
            .map_err(|_| "the connection is over")
    }
}

fn to_value(slot: &Slot) -> Value {
    serde_json::to_value(slot).expect("a slot has string keys and no failing serializers")
}
