//! Steers the cameras of a Hikvision recorder: orders in their order, one at a time. Movements end by
//! themselves, on the recorder where it can do that, otherwise by a stop that is sent from here.

use proto::control::requests::{PresetList, PtzAction, PtzSpeed};
use proto::isapi::{PtzCapabilities, path, ptz};
use tokio::time::{Instant, timeout};

use super::http::GetError;
use super::isapi::Isapi;
use crate::limits::ORDER_REQUEST;
use crate::recorder::desk::DriverReports;
use crate::recorder::due_stops::DueStops;
use crate::recorder::handle::{PtzOrder, RequestError};
use crate::recorder::steering::{Steering, after};

/// What moves and has to be stopped from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::recorder) enum Motion {
    /// Pan, tilt and zoom together, on recorders without movements that end by themselves.
    Turn,
    Focus,
    Iris,
}

type IsapiStops = DueStops<(u32, Motion)>;

impl Steering for Isapi {
    type Motion = (u32, Motion);

    async fn steer(
        &self,
        order: &PtzOrder,
        stops: &mut IsapiStops,
        reports: &DriverReports,
    ) -> Result<PresetList, RequestError> {
        let channel = super::channel(reports, &order.camera)?;
        let can = self.ptz_capabilities(channel).await?;
        let is_possible = match &order.action {
            PtzAction::Move {
                pan, tilt, zoom, ..
            } => {
                let is_turn = pan.percent() != 0 || tilt.percent() != 0;
                (can.has_pan_tilt || !is_turn) && (can.has_zoom || zoom.percent() == 0)
            }
            PtzAction::Stop => can.has_pan_tilt || can.has_zoom || !stops.is_empty(),
            // The lens is not part of these capabilities; the recorder answers the order itself.
            PtzAction::Focus { .. } | PtzAction::Iris { .. } => true,
            PtzAction::Presets => can.n_presets > 0,
            PtzAction::Goto { preset }
            | PtzAction::Save { preset, .. }
            | PtzAction::Remove { preset } => preset.get() <= can.n_presets,
            PtzAction::Patrol { patrol, .. } => patrol.get() <= can.n_patrols,
        };
        if !is_possible {
            return Err(RequestError::Unsupported);
        }
        if order.action == PtzAction::Presets {
            let body = self
                .timed(self.http.get(&path::ptz_presets(channel)))
                .await?;
            let presets = ptz::parse_presets(&body).map_err(GetError::from)?;
            return Ok(PresetList { presets });
        }
        self.carry_out(channel, &order.action, can, stops).await?;
        Ok(PresetList::default())
    }

    async fn stop(&self, &(channel, motion): &(u32, Motion)) -> Result<(), RequestError> {
        let still = PtzSpeed::default();
        let (path, body) = match motion {
            Motion::Turn => {
                let body = ptz::movement(still, still, still, None);
                (path::ptz_continuous(channel), body)
            }
            Motion::Focus => (path::lens(channel, true), ptz::lens_movement(true, still)),
            Motion::Iris => (path::lens(channel, false), ptz::lens_movement(false, still)),
        };
        self.put(&path, body).await
    }
}

impl Isapi {
    async fn carry_out(
        &self,
        channel: u32,
        action: &PtzAction,
        can: PtzCapabilities,
        stops: &mut IsapiStops,
    ) -> Result<(), RequestError> {
        match action {
            PtzAction::Move {
                pan,
                tilt,
                zoom,
                ms,
            } => {
                let span = can.is_momentary.then_some(ms.ms());
                let path = match span {
                    Some(_) => path::ptz_momentary(channel),
                    None => path::ptz_continuous(channel),
                };
                if span.is_none() {
                    stops.plan((channel, Motion::Turn), after(ms.ms()));
                }
                let body = ptz::movement(*pan, *tilt, *zoom, span);
                self.put(&path, body).await
            }
            PtzAction::Stop => {
                for motion in [Motion::Focus, Motion::Iris] {
                    if stops.contains(&(channel, motion)) {
                        stops.plan((channel, motion), Instant::now());
                    }
                }
                let turn = (channel, Motion::Turn);
                let stopped = self.stop(&turn).await;
                stops.sent(&turn, &stopped);
                stopped
            }
            PtzAction::Focus { speed, ms } => {
                stops.plan((channel, Motion::Focus), after(ms.ms()));
                self.move_lens(channel, true, *speed, stops).await
            }
            PtzAction::Iris { speed, ms } => {
                stops.plan((channel, Motion::Iris), after(ms.ms()));
                self.move_lens(channel, false, *speed, stops).await
            }
            PtzAction::Presets => Ok(()),
            PtzAction::Goto { preset } => {
                let path = path::ptz_go_to(channel, preset.get());
                self.put(&path, String::new()).await
            }
            PtzAction::Save { preset, name } => {
                let path = path::ptz_preset(channel, preset.get());
                self.put(&path, ptz::preset(preset.get(), name.as_str()))
                    .await
            }
            PtzAction::Remove { preset } => {
                let path = path::ptz_preset(channel, preset.get());
                self.timed(self.http.delete(&path)).await
            }
            PtzAction::Patrol { patrol, is_on } => {
                let path = path::ptz_patrol(channel, patrol.get(), *is_on);
                self.put(&path, String::new()).await
            }
        }
    }

    async fn move_lens(
        &self,
        channel: u32,
        is_focus: bool,
        speed: PtzSpeed,
        stops: &mut IsapiStops,
    ) -> Result<(), RequestError> {
        let body = ptz::lens_movement(is_focus, speed);
        let moved = self.put(&path::lens(channel, is_focus), body).await;
        if moved == Err(RequestError::Unsupported) {
            // Nothing moves, so nothing has to be stopped.
            let motion = if is_focus {
                Motion::Focus
            } else {
                Motion::Iris
            };
            stops.forget(&(channel, motion));
        }
        moved
    }

    async fn put(&self, path: &str, body: String) -> Result<(), RequestError> {
        self.timed(self.http.put(path, body)).await
    }

    async fn timed<T>(
        &self,
        request: impl Future<Output = Result<T, GetError>>,
    ) -> Result<T, RequestError> {
        match timeout(ORDER_REQUEST, request).await {
            Ok(outcome) => Ok(outcome?),
            Err(_) => Err(RequestError::Timeout),
        }
    }
}
