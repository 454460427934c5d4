//! Carries frames from a stream's subscription to a slot of the viewer's connection, and tells
//! how the slot does.

use bytes::Bytes;
use peer::{AudioCodec, Frame, MediaSender, Sound, VideoCodec};
use proto::control::SlotState;
use proto::link::message::Watch;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::stream::{self, Codec, Event, FrameKind, StreamState, Streams, Subscription};

/// What a pump tells about its slot.
#[derive(Debug)]
pub(super) struct News {
    pub(super) slot: u8,
    /// The n-th thing this call was asked to show; news of earlier ones are stale.
    pub(super) generation: u32,
    pub(super) state: SlotState,
    pub(super) codec: Option<VideoCodec>,
    pub(super) size: Option<(u32, u32)>,
}

/// A task that ends with its owner.
pub(super) struct PumpTask(AbortHandle);

impl Drop for PumpTask {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What a pump may be told.
#[derive(Debug)]
pub(super) enum PumpOrder {
    /// Send the last group of pictures again.
    Resend,
}

/// What a pump knows.
pub(super) struct Pump {
    pub(super) slot: u8,
    pub(super) generation: u32,
    /// What the viewer can play in this slot.
    pub(super) codecs: Vec<VideoCodec>,
    pub(super) streams: Streams,
    pub(super) watch: Watch,
    pub(super) media: MediaSender,
    pub(super) news: mpsc::Sender<News>,
    /// Sends the same camera's other stream until this one has a picture.
    pub(super) predecessor: Option<(PumpTask, mpsc::Sender<PumpOrder>)>,
}

/// The viewer or the call is gone.
struct ViewerGone;

/// Starts to feed a slot.
pub(super) fn start(
    pump: Pump,
    subscription: Subscription,
    orders: mpsc::Receiver<PumpOrder>,
) -> PumpTask {
    let task = tokio::spawn(async move {
        let mut feeding = Feeding {
            source: u64::from(pump.generation) << 32,
            pump,
            state: SlotState::Waiting,
            size: None,
        };
        // Its end is the end of the call, which needs no second report.
        let ViewerGone = feeding.run(subscription, orders).await;
    });
    PumpTask(task.abort_handle())
}

struct Feeding {
    pump: Pump,
    source: u64,
    state: SlotState,
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
                        self.source += 1;
                        let watch = &self.pump.watch;
                        match self.pump.streams.subscribe(&watch.camera, watch.stream) {
                            Some(again) => subscription = again,
                            None => tracing::debug!(camera = watch.camera, "camera is gone"),
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
        let Some(codec) = self.playable(first).await? else {
            return Ok(());
        };
        let group = frames
            .iter()
            .map(|frame| self.converted(frame, codec, true))
            .collect();
        self.take_over();
        self.pump
            .media
            .burst(self.pump.slot, group)
            .await
            .map_err(|_| ViewerGone)?;
        self.playing(first, codec).await
    }

    async fn frame(&mut self, frame: &stream::StreamFrame) -> Result<(), ViewerGone> {
        if frame.kind == FrameKind::Audio {
            return Ok(());
        }
        let Some(codec) = self.playable(frame).await? else {
            return Ok(());
        };
        let is_key = frame.kind == FrameKind::VideoKey;
        if is_key {
            self.take_over();
        }
        let converted = self.converted(frame, codec, false);
        self.pump
            .media
            .video(self.pump.slot, converted)
            .await
            .map_err(|_| ViewerGone)?;
        if is_key {
            self.playing(frame, codec).await?;
        }
        Ok(())
    }

    /// The first picture of this stream is there: the other stream of the camera may go.
    fn take_over(&mut self) {
        self.pump.predecessor = None;
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

    /// The frame's codec, if the viewer can play it; says so if not.
    async fn playable(
        &mut self,
        frame: &stream::StreamFrame,
    ) -> Result<Option<VideoCodec>, ViewerGone> {
        let Some(codec) = video_codec(frame.codec) else {
            return Ok(None);
        };
        if self.pump.codecs.contains(&codec) {
            return Ok(Some(codec));
        }
        self.take_over();
        self.tell(SlotState::Unplayable, Some(codec), frame.size)
            .await?;
        Ok(None)
    }

    async fn playing(
        &mut self,
        frame: &stream::StreamFrame,
        codec: VideoCodec,
    ) -> Result<(), ViewerGone> {
        self.tell(SlotState::Playing, Some(codec), frame.size).await
    }

    async fn stream_changed(&mut self, state: &StreamState) -> Result<(), ViewerGone> {
        // While the stream is waited for, the camera's other one is still on.
        if matches!(state, StreamState::Offline(_) | StreamState::Refused) {
            self.take_over();
            // What comes after an interruption does not go on from what was before.
            self.source += 1;
        }
        match slot_state(state) {
            Some(state) => self.tell(state, None, None).await,
            None => Ok(()),
        }
    }

    async fn tell(
        &mut self,
        state: SlotState,
        codec: Option<VideoCodec>,
        size: Option<(u32, u32)>,
    ) -> Result<(), ViewerGone> {
        let is_old = self.state == state && (size.is_none() || self.size == size);
        if is_old {
            return Ok(());
        }
        self.state = state;
        self.size = size.or(self.size);
        let news = News {
            slot: self.pump.slot,
            generation: self.pump.generation,
            state,
            codec,
            size,
        };
        self.pump.news.send(news).await.map_err(|_| ViewerGone)
    }
}

/// What a sound pump knows.
pub(super) struct SoundPump {
    pub(super) source: u64,
    /// What the viewer can play.
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
    PumpTask(task.abort_handle())
}

/// The state a stream puts its slot into; `None` where a picture has to come first.
fn slot_state(state: &StreamState) -> Option<SlotState> {
    match state {
        StreamState::Waiting => Some(SlotState::Waiting),
        StreamState::Playing { .. } => None,
        StreamState::Offline(_) => Some(SlotState::Offline),
        StreamState::Refused => Some(SlotState::Refused),
    }
}

fn video_codec(codec: Codec) -> Option<VideoCodec> {
    match codec {
        Codec::H264 => Some(VideoCodec::H264),
        Codec::H265 => Some(VideoCodec::H265),
        Codec::Pcmu | Codec::Pcma => None,
    }
}

fn audio_codec(codec: Codec) -> Option<AudioCodec> {
    match codec {
        Codec::Pcmu => Some(AudioCodec::Pcmu),
        Codec::Pcma => Some(AudioCodec::Pcma),
        Codec::H264 | Codec::H265 => None,
    }
}
