//! Requests of a viewer about image settings of a camera and outputs of the recorder.

use futures_util::future::{BoxFuture, FutureExt};
use proto::control::image::{ImageRequest, SetImage};
use proto::control::method;
use proto::control::outputs::SetOutput;
use proto::rpc::{RpcError, code, typed};
use serde::Serialize;
use serde_json::{Value, json};

use crate::recorder::handle::{PendingAnswer, RecorderHandle, RequestError};

/// Whether a method is one of these.
pub(super) fn is_about(method: &str) -> bool {
    matches!(
        method,
        method::IMAGE | method::SET_IMAGE | method::OUTPUTS | method::SET_OUTPUT
    )
}

/// Passes a request on. It is in the recorder's queue when this returns.
pub(super) fn ask(
    recorder: &RecorderHandle,
    method: &str,
    params: Value,
) -> Result<BoxFuture<'static, Result<Value, RequestError>>, RpcError> {
    Ok(match method {
        method::IMAGE => {
            let asked: ImageRequest = typed(params)?;
            told(recorder.image(&asked.camera))
        }
        method::SET_IMAGE => {
            let asked: SetImage = typed(params)?;
            if asked.change.is_empty() {
                return Err(RpcError::new(code::BAD_PARAMS, "nothing is to change"));
            }
            told(recorder.set_image(&asked.camera, asked.change))
        }
        method::OUTPUTS => told(recorder.outputs()),
        _ => {
            let order: SetOutput = typed(params)?;
            let done = recorder.switch(order);
            async move { done.get().await.map(|()| json!({})) }.boxed()
        }
    })
}

fn told<T: Serialize + Send + 'static>(
    answer: PendingAnswer<T>,
) -> BoxFuture<'static, Result<Value, RequestError>> {
    let reply = |value: T| {
        serde_json::to_value(value).expect("wire types have string keys and no failing serializers")
    };
    async move { answer.get().await.map(reply) }.boxed()
}
