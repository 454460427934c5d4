//! Carries frames from a stream's subscription to a slot of the viewer's connection, and reports
//! the state of the slot.

use bytes::Bytes;
use peer::{AudioCodec, Frame, MediaSender, Sound, VideoCodec};
use proto::control::SlotState;
use proto::link::message::StreamKind;
use proto::reason::Reason;
use proto::video::{CameraCodec, Decoders, PictureCodec, PictureRoute};
use tokio::sync::mpsc;

use super::picture_channel::{Congestion, PictureChannel};
use super::pump_task::PumpTask;
use super::still;
use crate::recorder::handle::RecorderHandle;
use crate::stream::{self, Codec, Event, FrameKind, StreamState, Streams, Subscription};

/// What a pump reports about its slot.
#[derive(Debug)]
pub(super) struct News {
    pub(super) slot: u8,
    /// Number of the request that this call is showing; reports about earlier requests are stale.
    pub(super) generation: u32,
    pub(super) state: SlotState,
    pub(super) reason: Option<Reason>,
    pub(super) codec: Option<Codec>,
    pub(super) size: Option<(u32, u32)>,
}

/// An order to a pump.
#[derive(Debug)]
pub(super) enum PumpOrder {
    /// Send the last group of pictures again.
    Resend,
}

pub(super) struct Pump {
    pub(super) slot: u8,
    pub(super) generation: u32,
    /// Video codecs that the viewer can play as RTP in this slot.
    pub(super) codecs: Vec<VideoCodec>,
    /// What the viewer decodes by itself.
    pub(super) decoders: Decoders,
    pub(super) streams: Streams,
    pub(super) camera: String,
    pub(super) stream: StreamKind,
    pub(super) media: MediaSender,
    pub(super) news: mpsc::Sender<News>,
    /// Asked for a still while the stream starts.
    pub(super) recorder: RecorderHandle,
    /// Sends the other stream of the same camera until this one has a picture.
    pub(super) predecessor: Option<(PumpTask, mpsc::Sender<PumpOrder>)>,
}

/// The way of a picture, with its codec there.
#[derive(Debug, Clone, Copy)]
enum PumpRoute {
    Rtp(VideoCodec),
    Data(PictureCodec),
}

/// The viewer has disconnected, or the call has ended.
struct ViewerGone;

/// Starts to feed a slot.
pub(super) fn start(
    pump: Pump,
    subscription: Subscription,
    orders: mpsc::Receiver<PumpOrder>,
) -> PumpTask {
    let task = tokio::spawn(async move {
        let channel = || PictureChannel::new(pump.media.clone(), pump.slot, pump.generation);
        // Whoever sees the camera's other stream needs none.
        let has_still = pump.decoders.still && pump.predecessor.is_none();
        let still = has_still.then(|| still::start(channel(), &pump.recorder, &pump.camera));
        let channel = channel();
        let mut feeding = Feeding {
            // The low half counts interruptions, so the numbers of a slot only grow.
            source: u64::from(pump.generation) << 32,
            still,
            pump,
            channel,
            state: SlotState::Waiting,
            reason: None,
            size: None,
        };
        // The pump ends when the call ends, so it needs no separate report.
        let ViewerGone = feeding.run(subscription, orders).await;
    });
    PumpTask::of(&task)
}

struct Feeding {
    pump: Pump,
    /// Brings a still until there is a picture.
    still: Option<PumpTask>,
    channel: PictureChannel,
    source: u64,
    state: SlotState,
    reason: Option<Reason>,
    size: Option<(u32, u32)>,
}

impl Feeding {
    async fn run(
        &mut self,
        mut subscription: Subscription,
        mut orders: mpsc::Receiver<PumpOrder>,
    ) -> ViewerGone {
        loop {
            let outcome = tokio::select! {
                event = subscription.next() => self.take(event).await,
                order = orders.recv() => match order {
                    Some(PumpOrder::Resend) => {
                        // The group goes back in time, so it is a separate source.
                        self.source += 1;
                        let camera = &self.pump.camera;
                        match self.pump.streams.subscribe(camera, self.pump.stream) {
                            Some(again) => subscription = again,
                            None => tracing::debug!(camera, "the camera no longer exists"),
                        }
                        Ok(())
                    }
                    None => Err(ViewerGone),
                },
            };
            if let Err(gone) = outcome {
                return gone;
            }
        }
    }

    async fn take(&mut self, event: Event) -> Result<(), ViewerGone> {
        match event {
            Event::Cached(frames) => self.burst(&frames).await,
            Event::Frame(frame) => self.frame(&frame).await,
            Event::Lagged => {
                // What follows the gap does not lead on from what came before it.
                self.source += 1;
                Ok(())
            }
            Event::State(state) => self.stream_changed(&state).await,
        }
    }

    async fn burst(
        &mut self,
        frames: &[std::sync::Arc<stream::StreamFrame>],
    ) -> Result<(), ViewerGone> {
        let Some(first) = frames.first() else {
            return Ok(());
        };
        let Some(carrier) = self.carrier(first).await? else {
            return Ok(());
        };
        self.take_over();
        match carrier {
            PumpRoute::Rtp(codec) => {
                let group = frames
                    .iter()
                    .map(|frame| self.converted(frame, codec, true))
                    .collect();
                let burst = self.pump.media.burst(self.pump.slot, group).await;
                burst.map_err(|_| ViewerGone)?;
            }
            PumpRoute::Data(codec) => {
                for frame in frames {
                    let sent = self.channel.send(frame, codec, Congestion::Wait).await;
                    sent.map_err(|_| ViewerGone)?;
                }
            }
        }
        self.playing(first).await
    }

    async fn frame(&mut self, frame: &stream::StreamFrame) -> Result<(), ViewerGone> {
        // Sound has its own pump (`start_sound`).
        if frame.kind == FrameKind::Audio {
            return Ok(());
        }
        let Some(carrier) = self.carrier(frame).await? else {
            return Ok(());
        };
        let is_key = frame.kind == FrameKind::VideoKey;
        if is_key {
            self.take_over();
        }
        match carrier {
            PumpRoute::Rtp(codec) => {
                let converted = self.converted(frame, codec, false);
                let sent = self.pump.media.video(self.pump.slot, converted).await;
                sent.map_err(|_| ViewerGone)?;
            }
            PumpRoute::Data(codec) => {
                let sent = self.channel.send(frame, codec, Congestion::LeaveOut).await;
                sent.map_err(|_| ViewerGone)?;
            }
        }
        if is_key {
            self.playing(frame).await?;
        }
        Ok(())
    }

    /// Stops the camera's other stream and a still, because this stream has its first picture.
    fn take_over(&mut self) {
        self.pump.predecessor = None;
        self.still = None;
    }

    fn converted(&self, frame: &stream::StreamFrame, codec: VideoCodec, is_cached: bool) -> Frame {
        Frame {
            data: frame.data.clone(),
            codec,
            is_key: frame.kind == FrameKind::VideoKey,
            is_cached,
            time: frame.rtp_time,
            arrived: frame.arrived,
            source: self.source,
        }
    }

    /// How the frame gets to the viewer; reports it if the viewer cannot show it.
    async fn carrier(
        &mut self,
        frame: &stream::StreamFrame,
    ) -> Result<Option<PumpRoute>, ViewerGone> {
        let Some((camera, as_rtp)) = video_codec(frame.codec) else {
            return Ok(None);
        };
        let negotiated = as_rtp.filter(|codec| self.pump.codecs.contains(codec));
        // Only key frames say it.
        let size = frame.size.or(self.size);
        let way = self.pump.decoders.way(camera, size, negotiated.is_some());
        match (way, negotiated) {
            (Some(PictureRoute::Rtp), Some(codec)) => return Ok(Some(PumpRoute::Rtp(codec))),
            (Some(PictureRoute::Data(codec)), _) => return Ok(Some(PumpRoute::Data(codec))),
            (Some(PictureRoute::Rtp) | None, _) => {}
        }
        self.take_over();
        self.tell(SlotState::Unplayable, None, Some(frame.codec), frame.size)
            .await?;
        Ok(None)
    }

    async fn playing(&mut self, frame: &stream::StreamFrame) -> Result<(), ViewerGone> {
        self.tell(SlotState::Playing, None, Some(frame.codec), frame.size)
            .await
    }

    async fn stream_changed(&mut self, state: &StreamState) -> Result<(), ViewerGone> {
        // The camera's other stream continues while this one is starting.
        if matches!(state, StreamState::Offline(_) | StreamState::Refused(_)) {
            self.take_over();
            // Frames after an interruption do not continue the frames before it.
            self.source += 1;
        }
        match slot_state(state) {
            Some((state, reason)) => self.tell(state, reason, None, None).await,
            None => Ok(()),
        }
    }

    async fn tell(
        &mut self,
        state: SlotState,
        reason: Option<Reason>,
        codec: Option<Codec>,
        size: Option<(u32, u32)>,
    ) -> Result<(), ViewerGone> {
        let is_old = self.state == state && self.reason == reason;
        if is_old && (size.is_none() || self.size == size) {
            return Ok(());
        }
        self.state = state;
        self.reason.clone_from(&reason);
        self.size = size.or(self.size);
        let news = News {
            slot: self.pump.slot,
            generation: self.pump.generation,
            state,
            reason,
            codec,
            size,
        };
        self.pump.news.send(news).await.map_err(|_| ViewerGone)
    }
}

/// The state of an audio pump.
pub(super) struct SoundPump {
    pub(super) source: u64,
    /// Audio codecs that the viewer can play.
    pub(super) codecs: Vec<AudioCodec>,
    pub(super) media: MediaSender,
}

/// Starts to feed the audio m-line.
pub(super) fn start_sound(pump: SoundPump, mut subscription: Subscription) -> PumpTask {
    let task = tokio::spawn(async move {
        loop {
            let Event::Frame(frame) = subscription.next().await else {
                continue;
            };
            let Some(codec) = audio_codec(frame.codec) else {
                continue;
            };
            if !pump.codecs.contains(&codec) {
                continue;
            }
            let sound = Sound {
                data: Bytes::clone(&frame.data),
                codec,
                time: frame.rtp_time,
                arrived: frame.arrived,
                source: pump.source,
            };
            if pump.media.sound(sound).await.is_err() {
                break;
            }
        }
    });
    PumpTask::of(&task)
}

/// The slot state that follows from a stream's state, with the reason; `None` if a picture must arrive
/// first.
fn slot_state(state: &StreamState) -> Option<(SlotState, Option<Reason>)> {
    match state {
        StreamState::Waiting => Some((SlotState::Waiting, None)),
        StreamState::NoKeyFrame => Some((SlotState::Waiting, Some(Reason::NoKeyFrame))),
        StreamState::Playing { .. } => None,
        StreamState::Offline(reason) => Some((SlotState::Offline, Some(reason.clone()))),
        StreamState::Refused(reason) => Some((SlotState::Refused, Some(reason.clone()))),
    }
}

/// The codec of pictures, and what it is in RTP if WebRTC knows it.
fn video_codec(codec: Codec) -> Option<(CameraCodec, Option<VideoCodec>)> {
    match codec {
        Codec::H264 => Some((CameraCodec::H264, Some(VideoCodec::H264))),
        Codec::H265 => Some((CameraCodec::H265, Some(VideoCodec::H265))),
        Codec::Jpeg => Some((CameraCodec::Jpeg, None)),
        Codec::Pcmu | Codec::Pcma => None,
    }
}

fn audio_codec(codec: Codec) -> Option<AudioCodec> {
    match codec {
        Codec::Pcmu => Some(AudioCodec::Pcmu),
        Codec::Pcma => Some(AudioCodec::Pcma),
        Codec::H264 | Codec::H265 | Codec::Jpeg => None,
    }
}
