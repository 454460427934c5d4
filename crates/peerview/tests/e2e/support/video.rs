//! The video in the page: counts decoded frames and inspects pixels.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use super::browser::Browser;

/// How many frames must be decoded on top for a picture to count as moving.
const MOVING: u64 = 10;
/// Pictures are looked at in this size.
const WIDTH: usize = 64;
const HEIGHT: usize = 36;

/// One `<video>` of the page at one moment.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Video {
    /// Frames decoded so far.
    pub(crate) frames: u64,
    /// Width of the picture in pixels, 0 before the first.
    pub(crate) width: u64,
    /// Height of the picture in pixels.
    pub(crate) height: u64,
}

/// A small copy of a picture.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Picture(Vec<[u8; 3]>);

impl Picture {
    /// Of four bytes per pixel, as a canvas has them.
    fn of_bytes(bytes: &[u8]) -> Picture {
        let pixels = bytes.chunks_exact(4);
        Picture(pixels.map(|it| [it[0], it[1], it[2]]).collect())
    }

    /// Whether there is something on it.
    fn is_real(&self) -> bool {
        self.part_black() < 0.9 && self.n_colours() >= 2
    }

    /// Part of the picture, 0 to 1, that is within `tolerance` of a colour in every channel.
    pub(crate) fn part_of(&self, colour: [u8; 3], tolerance: u8) -> f64 {
        let near = |pixel: &&[u8; 3]| {
            pixel
                .iter()
                .zip(colour)
                .all(|(a, b)| a.abs_diff(b) <= tolerance)
        };
        let count = self.0.iter().filter(near).count();
        ratio(count, self.0.len())
    }

    /// Part of the picture that is all but black.
    pub(crate) fn part_black(&self) -> f64 {
        self.part_of([0, 0, 0], 24)
    }

    /// Part of the picture that differs from another one.
    pub(crate) fn part_changed(&self, other: &Picture) -> f64 {
        let differs = |(a, b): &(&[u8; 3], &[u8; 3])| {
            a.iter().zip(b.iter()).any(|(a, b)| a.abs_diff(*b) > 40)
        };
        let count = self.0.iter().zip(&other.0).filter(differs).count();
        ratio(count, self.0.len())
    }

    /// Number of clearly different colours.
    pub(crate) fn n_colours(&self) -> usize {
        let coarse = self.0.iter().map(|pixel| pixel.map(|value| value / 48));
        coarse.collect::<std::collections::BTreeSet<_>>().len()
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand pixels")]
fn ratio(count: usize, of: usize) -> f64 {
    count as f64 / of.max(1) as f64
}

impl Browser {
    /// Every `<video>` that is shown, in the order of the page.
    pub(crate) async fn videos(&self) -> Vec<Video> {
        let script = "return deep('video').filter((v) => v.checkVisibility()).map((v) => ({
            frames: v.getVideoPlaybackQuality().totalVideoFrames, width: v.videoWidth, height: v.videoHeight }))";
        let videos = self.runs(script, vec![]).await;
        serde_json::from_value(videos).expect("as the script makes it")
    }

    /// Waits until this many pictures are shown and every one of them moves.
    pub(crate) async fn sees_moving_pictures(&self, count: usize) {
        self.waits_until(&format!("{count} pictures are there"), async || {
            let videos = self.videos().await;
            videos.iter().filter(|video| video.width > 0).count() >= count
        })
        .await;
        let before = self.videos().await;
        self.waits_until(&format!("{count} pictures move"), async || {
            let pairs = self.videos().await.into_iter().zip(before.iter());
            pairs
                .filter(|(now, before)| now.frames >= before.frames + MOVING)
                .count()
                >= count
        })
        .await;
    }

    /// What the tiles show that play, whether as video or drawn.
    async fn live_tiles(&self) -> Vec<Picture> {
        let script = "
            const playing = deep('live-tile').filter((it) => it.checkVisibility() && it.dataset.state === 'playing');
            return playing.map((tile) => {
                const source = tile.querySelector(tile.dataset.picture === 'drawn' ? 'canvas' : 'video');
                const canvas = Object.assign(document.createElement('canvas'), { width: arguments[0], height: arguments[1] });
                const context = canvas.getContext('2d');
                context.drawImage(source, 0, 0, canvas.width, canvas.height);
                return [...context.getImageData(0, 0, canvas.width, canvas.height).data];
            });";
        let tiles = self.runs(script, vec![json!(WIDTH), json!(HEIGHT)]).await;
        let tiles: Vec<Vec<u8>> = serde_json::from_value(tiles).expect("bytes of pixels");
        tiles.iter().map(|it| Picture::of_bytes(it)).collect()
    }

    /// Waits until this many tiles play, and each has changed what it shows.
    pub(crate) async fn sees_live_tiles(&self, count: usize) {
        let mut first = Vec::new();
        self.waits_until(&format!("{count} tiles play"), async || {
            first = self.live_tiles().await;
            first.len() == count && first.iter().all(Picture::is_real)
        })
        .await;
        let mut has_moved = vec![false; count];
        self.waits_until(&format!("{count} tiles move"), async || {
            for (index, now) in self.live_tiles().await.iter().enumerate().take(count) {
                has_moved[index] |= now.is_real() && now.part_changed(&first[index]) > 0.002;
            }
            has_moved.iter().all(|it| *it)
        })
        .await;
    }

    /// Taps the middle of the n-th tile twice, which enlarges its camera.
    pub(crate) async fn enlarges_tile(&self, index: usize) {
        let script = "
            const { x, y, width, height } = deep('live-tile')[arguments[0]].getBoundingClientRect();
            return [x + width / 2, y + height / 2];";
        let place = self.runs(script, vec![json!(index)]).await;
        let (x, y): (f64, f64) = serde_json::from_value(place).expect("two numbers");
        self.taps_twice(x, y).await;
    }

    /// Waits until the one shown `<canvas>` is on top, is no empty picture, and changes.
    pub(crate) async fn sees_a_drawn_picture_move(&self) {
        let script = "
            const canvas = deep('.tile canvas').find((it) => it.checkVisibility());
            if (!canvas?.width || canvas.closest('.tile').dataset.state !== 'playing') return null;
            const { x, y, width, height } = canvas.getBoundingClientRect();
            const pile = document.elementsFromPoint(x + width / 2, y + height / 2);
            const top = pile.find((it) => it.matches('img, video, canvas') && getComputedStyle(it).opacity !== '0');
            if (top !== canvas) return null;
            return canvas.toDataURL('image/jpeg', 0.5);";
        let seen = async || {
            let picture = self.runs(script, vec![]).await;
            picture.as_str().map(str::to_owned)
        };
        self.waits_until("a picture is drawn", async || seen().await.is_some())
            .await;
        let first = seen().await;
        self.waits_until("the drawn picture moves", async || {
            let now = seen().await;
            // An empty JPEG has a few hundred bytes.
            now.as_ref().is_some_and(|now| now.len() > 4_000) && now != first
        })
        .await;
    }

    /// Taps the shown `<canvas>` twice, which enlarges its camera.
    pub(crate) async fn enlarges_the_drawn_picture(&self) {
        let script = "
            const canvas = deep('.tile canvas').find((it) => it.checkVisibility());
            const { x, y, width, height } = canvas.getBoundingClientRect();
            return [x + width / 2, y + height / 2];";
        let place = self.runs(script, vec![]).await;
        let (x, y): (f64, f64) = serde_json::from_value(place).expect("two numbers");
        self.taps_twice(x, y).await;
    }

    /// Waits until no picture has moved for a whole second.
    pub(crate) async fn waits_until_pictures_stand_still(&self) {
        let mut before = self.videos().await;
        let mut since = Instant::now();
        self.waits_until("no picture moves", async || {
            let now = self.videos().await;
            if now != before {
                (before, since) = (now, Instant::now());
            }
            since.elapsed() >= Duration::from_secs(1)
        })
        .await;
    }

    /// Taps the n-th shown `<video>` twice, which enlarges its camera.
    pub(crate) async fn enlarges(&self, index: usize) {
        let script = "
            const video = deep('video').filter((v) => v.checkVisibility())[arguments[0]];
            const { x, y, width, height } = video.getBoundingClientRect();
            return [x + width / 2, y + height / 2];";
        let place = self.runs(script, vec![json!(index)]).await;
        let (x, y): (f64, f64) = serde_json::from_value(place).expect("two numbers");
        self.taps_twice(x, y).await;
    }

    /// A small copy of what is on the screen where the n-th shown `<video>` is: whatever lies on top
    /// of it counts, so that a hidden video is none. The edge, with its frame and labels, is left out.
    pub(crate) async fn picture(&self, index: usize) -> Picture {
        let place = "
            const video = deep('video').filter((v) => v.checkVisibility())[arguments[0]];
            video.scrollIntoView({ block: 'nearest' });
            const { x, y, width, height } = video.getBoundingClientRect();
            return { x, y, width, height, ratio: devicePixelRatio };";
        let place = self.runs(place, vec![json!(index)]).await;
        let screen = self.screenshot().await;
        let script = "
            const [screen, place, width, height, done] = arguments;
            const image = new Image();
            image.onload = () => {
                const canvas = document.createElement('canvas');
                [canvas.width, canvas.height] = [width, height];
                const context = canvas.getContext('2d');
                const part = [place.x + place.width * 0.1, place.y + place.height * 0.25,
                              place.width * 0.8, place.height * 0.5].map((length) => length * place.ratio);
                context.drawImage(image, ...part, 0, 0, width, height);
                done([...context.getImageData(0, 0, width, height).data]);
            };
            image.src = 'data:image/png;base64,' + screen;";
        let bytes = self
            .runs_until_done(
                script,
                vec![json!(screen), place, json!(WIDTH), json!(HEIGHT)],
            )
            .await;
        let bytes: Vec<u8> = serde_json::from_value(bytes).expect("bytes of pixels");
        Picture::of_bytes(&bytes)
    }

    /// Waits until the n-th tile has kept a picture of itself to start from next time.
    pub(crate) async fn keeps_a_poster(&self, index: usize) {
        self.waits_until(&format!("tile {index} keeps a poster"), async || {
            let script = "const poster = deep('.tile__poster')[arguments[0]];
                return !poster.hidden && poster.naturalWidth > 0;";
            self.runs(script, vec![json!(index)]).await == json!(true)
        })
        .await;
    }

    /// Asserts that no still picture lies above the n-th shown `<video>`.
    pub(crate) async fn sees_no_still_above(&self, index: usize) {
        let script = "
            const video = deep('video').filter((v) => v.checkVisibility())[arguments[0]];
            const { x, y, width, height } = video.getBoundingClientRect();
            const pile = document.elementsFromPoint(x + width / 2, y + height / 2);
            return pile.find((element) => element.matches('img, video, canvas'))?.localName;";
        let topmost = self.runs(script, vec![json!(index)]).await;
        assert_eq!(topmost, json!("video"), "what picture {index} shows");
    }

    /// Asserts that the n-th picture is no empty one, and that it changes.
    pub(crate) async fn sees_a_real_picture(&self, index: usize) {
        self.sees_no_still_above(index).await;
        let first = self.picture(index).await;
        assert!(
            first.part_black() < 0.9,
            "picture {index} is black: {:.2}",
            first.part_black()
        );
        assert!(first.n_colours() >= 2, "picture {index} has one colour");
        self.waits_until(&format!("picture {index} changes"), async || {
            self.picture(index).await.part_changed(&first) > 0.002
        })
        .await;
    }

    /// Asserts that the n-th picture is GStreamer's: a green ball over blue, and that it moves.
    pub(crate) async fn sees_the_ball(&self, index: usize) {
        let is_ball = |picture: &Picture| {
            let blue = picture.part_of([0x20, 0x40, 0xc0], 60);
            let green = picture.part_of([0x20, 0xd0, 0x20], 70);
            blue > 0.5 && green > 0.01
        };
        self.waits_until("the picture is a green ball on blue", async || {
            is_ball(&self.picture(index).await)
        })
        .await;
        let first = self.picture(index).await;
        self.waits_until("the ball moves", async || {
            let picture = self.picture(index).await;
            is_ball(&picture) && picture.part_changed(&first) > 0.01
        })
        .await;
    }
}
