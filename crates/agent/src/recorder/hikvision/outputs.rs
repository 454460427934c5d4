//! The outputs of a Hikvision recorder.

use proto::control::outputs::{OutputList, RecorderOutput};
use proto::isapi::outputs::{self, IsapiOutput};
use proto::isapi::path;

use super::http::GetError;
use super::isapi::Isapi;
use crate::recorder::handle::RequestError;
use crate::recorder::outputs::OutputSource;

impl OutputSource for Isapi {
    async fn list_outputs(&self) -> Result<OutputList, RequestError> {
        let mut outputs = Vec::new();
        for IsapiOutput { id, name } in self.known_outputs().await? {
            let state = self.http.get(&path::output_state(id)).await;
            let is_on = match state.map_err(RequestError::from) {
                Ok(body) => outputs::parse_state(&body).ok().flatten(),
                Err(RequestError::Offline) => return Err(RequestError::Offline),
                // Firmware without states.
                Err(_) => None,
            };
            let id = id.to_string();
            outputs.push(RecorderOutput { id, name, is_on });
        }
        Ok(OutputList { outputs })
    }

    async fn set_output(&self, id: &str, is_on: bool) -> Result<(), RequestError> {
        // It becomes part of a path.
        let output = id.parse().map_err(|_| RequestError::NoOutput)?;
        let body = outputs::trigger(is_on);
        Ok(self.http.put(&path::output_trigger(output), body).await?)
    }
}

impl Isapi {
    /// Number of outputs; 0 if the recorder has none, or the user may not know.
    pub(super) async fn n_outputs(&self) -> Result<usize, RequestError> {
        match self.known_outputs().await {
            Ok(known) => Ok(known.len()),
            Err(RequestError::Offline) => Err(RequestError::Offline),
            Err(_) => Ok(0),
        }
    }

    async fn known_outputs(&self) -> Result<Vec<IsapiOutput>, RequestError> {
        let body = self.http.get(path::OUTPUTS).await?;
        Ok(outputs::parse_outputs(&body).map_err(GetError::from)?)
    }
}
