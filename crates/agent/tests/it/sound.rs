//! Sound from cameras whose codec browsers cannot play, as a viewer without a browser receives it.

use std::time::{Duration, Instant};

use agent::recorder::RecorderStatus;
use peer::{AudioCodec, Event, Sound};
use serde_json::json;
use simdvr::{SimLoudspeaker, SimulatedSound};
use sound::g711::{from_ulaw, to_alaw, to_ulaw};
use tokio::task::AbortHandle;

use crate::link_support::Viewer;
use crate::requests::Site;
use crate::support::{Dvr, PASSWORD, USER, soon};

/// Samples that are listened to: half a second.
const HEARD: usize = 4_000;

#[tokio::test]
async fn aac_and_g726_of_cameras_are_heard_as_g711() {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    for (camera, sound) in [(0, SimulatedSound::Aac), (2, SimulatedSound::G726)] {
        config.cameras[camera] = config.cameras[camera].clone().with_sound(sound);
    }
    let dvr = Dvr::start(config).await;
    let mut site = Site::of(dvr.watched(), 4).await;
    let mut viewer = site.viewer("s", json!({})).await;

    for (camera, hertz) in [("1", 1_000), ("3", 600)] {
        let listens = viewer.ask("listen", json!({"camera": camera})).await;
        assert_eq!(listens["result"], json!({}), "{listens}");
        hears(&mut viewer, hertz).await;
    }
}

#[tokio::test]
async fn a_viewer_talks_through_a_camera_and_hears_the_echo() {
    let dvr = Dvr::with_four_cameras().await;
    let mut site = Site::of(dvr.watched(), 4).await;
    let mut ana = site.viewer("a", json!({})).await;
    let mut ben = site.viewer("b", json!({})).await;
    let (speaks, stopped) = (json!({"camera": "1"}), json!({"camera": null}));
    ana.ask("listen", speaks.clone()).await;

    let begun = ana.ask("talk", speaks.clone()).await;
    assert_eq!(begun["result"], json!({}), "{begun}");
    let voice = Voice::speaks(&ana, 500);
    hears(&mut ana, 500).await;

    let refused = ben.ask("talk", speaks.clone()).await;
    assert_eq!(refused["error"]["code"], 409, "{refused}");
    let by = &refused["error"]["data"]["peerview/talkedBy"];
    assert_eq!(by, &json!({"name": "ana"}), "{refused}");
    assert_eq!(ana.ask("talk", stopped).await["result"], json!({}));
    drop(voice);
    soon("the camera to be free", async {
        while ben
            .ask("talk", speaks.clone())
            .await
            .get("result")
            .is_none()
        {}
    })
    .await;
}

#[tokio::test]
async fn an_alaw_camera_says_both_laws_through_every_driver() {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    config.talk_line = None;
    config.cameras[0] = config.cameras[0].clone().with_alaw_talk();
    let dvr = Dvr::start(config).await;
    for side in [dvr.watched(), crate::onvif::side(&dvr)] {
        let mut site = Site::of(side, 4).await;
        let mut ana = site.viewer("a", json!({})).await;
        let door = json!({"camera": "1"});
        let can = ana.ask("capabilities", door.clone()).await;
        assert_eq!(can["result"]["talk"], "camera", "{can}");
        ana.ask("listen", door.clone()).await;

        let begun = ana.ask("talk", door.clone()).await;

        assert_eq!(begun["result"], json!({}), "{begun}");
        for (codec, hertz) in [(AudioCodec::Pcmu, 500), (AudioCodec::Pcma, 800)] {
            let _voice = Voice::speaks_in(codec, &ana, hertz);
            // Where an echo comes too late, there is a piece of the chime.
            soon("the echo", async {
                while tone(&mut ana).await.abs_diff(hertz as usize) > 20 {}
            })
            .await;
        }
    }
}

async fn with_loudspeaker(loudspeaker: SimLoudspeaker, has_media2: bool) -> Dvr {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    config.talk_line = None;
    config.onvif.loudspeaker = loudspeaker;
    config.onvif.has_media2 = has_media2;
    Dvr::start(config).await
}

#[tokio::test]
async fn a_missing_loudspeaker_is_added_when_somebody_talks() {
    for has_media2 in [false, true] {
        let dvr = with_loudspeaker(SimLoudspeaker::Addable, has_media2).await;
        let mut site = Site::of(crate::onvif::side(&dvr), 4).await;
        let mut ana = site.viewer("a", json!({})).await;
        let (door, stopped) = (json!({"camera": "1"}), json!({"camera": null}));

        let can = ana.ask("capabilities", door.clone()).await;
        assert_eq!(can["result"]["talk"], "camera", "{can}");
        let none = ana.ask("capabilities", json!({"camera": "2"})).await;
        assert_eq!(none["result"]["talk"], json!(null), "{none}");
        let added = || dvr.faults.stats().loudspeaker_parts_added;
        assert_eq!(added(), 0, "to ask changes nothing");

        ana.ask("listen", door.clone()).await;
        for _ in 0..2 {
            let begun = ana.ask("talk", door.clone()).await;
            assert_eq!(begun["result"], json!({}), "{begun}");
            let _voice = Voice::speaks(&ana, 500);
            hears(&mut ana, 500).await;
            ana.ask("talk", stopped.clone()).await;
        }
        assert_eq!(added(), 2, "an output and a decoder, once");
    }
}

#[tokio::test]
async fn a_loudspeaker_that_may_not_be_added_is_refused() {
    let dvr = with_loudspeaker(SimLoudspeaker::Forbidden, false).await;
    let mut site = Site::of(crate::onvif::side(&dvr), 4).await;
    let mut ana = site.viewer("a", json!({})).await;

    let refused = ana.ask("talk", json!({"camera": "1"})).await;

    assert_eq!(refused["error"]["code"], 502, "{refused}");
    assert_eq!(*site.side.status.borrow(), RecorderStatus::Online);
    assert_eq!(dvr.faults.stats().failed_logins, 0);
}

#[tokio::test]
async fn who_may_not_talk_reaches_no_loudspeaker() {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    config.talk_line = None;
    let dvr = Dvr::start(config).await;
    let mut site = Site::of(dvr.watched(), 4).await;
    let grants = json!([{"rights": ["view", "sound"]}]);
    let who = json!({"peerview/viewer": {"name": "ben", "role": "guest", "grants": grants}});
    let mut guest = site.viewer("b", who).await;
    let mut owner = site.viewer("a", json!({})).await;

    let refused = guest.ask("talk", json!({"camera": "1"})).await;
    assert_eq!(refused["error"]["code"], 403, "{refused}");
    // It sends all the same.
    let _voice = Voice::speaks(&guest, 1_500);
    owner.ask("listen", json!({"camera": "1"})).await;
    let heard = tone(&mut owner).await;
    assert!(heard.abs_diff(1_500) > 100, "{heard} Hz");

    for (camera, code) in [("2", 501), ("77", 404)] {
        let refused = owner.ask("talk", json!({"camera": camera})).await;
        assert_eq!(refused["error"]["code"], code, "camera {camera}: {refused}");
    }
}

/// Somebody who sends a tone until dropped.
pub(crate) struct Voice(AbortHandle);

impl Voice {
    pub(crate) fn speaks(viewer: &Viewer, hertz: u32) -> Voice {
        Voice::speaks_in(AudioCodec::Pcmu, viewer, hertz)
    }

    pub(crate) fn speaks_in(codec: AudioCodec, viewer: &Viewer, hertz: u32) -> Voice {
        let media = viewer.endpoint.media();
        let task = tokio::spawn(async move {
            let mut every_20_ms = tokio::time::interval(Duration::from_millis(20));
            for n in 0_u64.. {
                every_20_ms.tick().await;
                let data = (160 * n..160 * (n + 1)).map(|at| {
                    let angle = std::f64::consts::TAU * f64::from(hertz) * at as f64 / 8_000.0;
                    let sample = (angle.sin() * 8_000.0) as i16;
                    match codec {
                        AudioCodec::Pcmu => to_ulaw(sample),
                        AudioCodec::Pcma => to_alaw(sample),
                    }
                });
                let sound = Sound {
                    data: data.collect::<Vec<u8>>().into(),
                    codec,
                    time: 160 * n,
                    arrived: Instant::now(),
                    source: 1,
                };
                if media.sound(sound).await.is_err() {
                    return;
                }
            }
        });
        Voice(task.abort_handle())
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Waits until this frequency is heard. Where the machine is too busy to speak or to decode in time, there
/// are pieces of something else before it.
pub(crate) async fn hears(viewer: &mut Viewer, hertz: usize) {
    let hearing = async { while tone(viewer).await.abs_diff(hertz) > 20 {} };
    soon(&format!("{hertz} Hz"), hearing).await;
}

/// The frequency of what is heard next, by upward turns.
async fn tone(viewer: &mut Viewer) -> usize {
    let mut samples: Vec<i16> = Vec::new();
    let mut next_time = None;
    // What was under way from another camera, and the start of the decoder, come first.
    let mut n_skipped = 0;
    while samples.len() < HEARD {
        let packet = viewer
            .until("sound", |event| match event {
                Event::Sound(sound) => Some(sound.clone()),
                _ => None,
            })
            .await;
        n_skipped += 1;
        if n_skipped <= 25 {
            continue;
        }
        assert_eq!(packet.codec, AudioCodec::Pcmu);
        // A gap, or the end of the clip, would count as turns.
        if next_time.is_some_and(|next| next != packet.time) {
            samples.clear();
        }
        next_time = Some(packet.time + packet.data.len() as u64);
        samples.extend(packet.data.iter().map(|byte| from_ulaw(*byte)));
    }
    let turns = samples.windows(2).filter(|two| two[0] < 0 && two[1] >= 0);
    turns.count() * 8_000 / samples.len()
}
