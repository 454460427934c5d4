//! A recording as programs read it that nobody here wrote: ffprobe and ffmpeg.

use std::path::Path;

use data_encoding::BASE64;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::support::folder::Folder;
use crate::support::person::Person;

/// What ffprobe says about a file.
#[derive(Debug)]
pub(super) struct Probe {
    pub(super) codec: String,
    pub(super) frames: u64,
    pub(super) seconds: f64,
    /// The codec of its sound, and how long that is.
    pub(super) sound: Option<(String, f64)>,
    /// How far its sound is behind its pictures, as long as nobody asked the camera for a further key frame, and
    /// when the last of it is heard.
    pub(super) lag: f64,
    pub(super) heard_until: f64,
}

/// The files of this person's browser, oldest first, as ffprobe reads the one at `index`.
pub(super) async fn probe(ana: &Person, index: usize) -> Probe {
    let folder = Folder::new("recording");
    let file = folder.path().join("recording.mp4");
    std::fs::write(&file, bytes_of(ana, index).await).expect("a file can be written");
    let entries = "stream=codec_type,codec_name,nb_read_frames,duration:format=duration:packet=codec_type,pts_time,flags";
    let told = ffprobe(&file, &["-count_frames", "-show_entries", entries]).await;
    let streams = told["streams"].as_array().expect("streams");
    let stream = |kind: &str| streams.iter().find(|it| it["codec_type"] == kind);
    let video = stream("video").expect("a video");
    let sound = stream("audio").map(|it| (text(&it["codec_name"]), number(&it["duration"])));
    let (lag, heard_until) = match sound {
        Some(_) => lag(&file, &told).await,
        None => (0.0, 0.0),
    };
    Probe {
        codec: text(&video["codec_name"]),
        frames: text(&video["nb_read_frames"]).parse().expect("a number"),
        seconds: number(&told["format"]["duration"]),
        sound,
        lag,
        heard_until,
    }
}

async fn bytes_of(ana: &Person, index: usize) -> Vec<u8> {
    let script = "
const done = arguments[arguments.length - 1];
(async () => {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('videos');
  const names = await Array.fromAsync(folder.keys());
  const file = await (await folder.getFileHandle(names.sort()[arguments[0]])).getFile();
  const reader = new FileReader();
  reader.onload = () => done(reader.result.split(',')[1]);
  reader.readAsDataURL(file);
})().catch((error) => done(String(error)));";
    let bytes = ana
        .browser
        .runs_until_done(script, vec![json!(index)])
        .await;
    let bytes = bytes.as_str().expect("the file as text").as_bytes();
    BASE64.decode(bytes).expect("base64")
}

async fn ffprobe(file: &Path, arguments: &[&str]) -> Value {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-of", "json"])
        .args(arguments)
        .arg(file)
        .output()
        .await
        .expect("ffprobe is installed by `make setup`");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let told: Value = serde_json::from_slice(&output.stdout).expect("ffprobe writes JSON");
    assert_eq!(errors, "", "{told}");
    told
}

/// The simulated recorder strikes its chime at every full second, and its small pictures have a key frame at every
/// second one.
async fn lag(file: &Path, told: &Value) -> (f64, f64) {
    let packets = told["packets"].as_array().expect("packets");
    let mut keys = packets
        .iter()
        .filter(|it| it["codec_type"] == "video" && text(&it["flags"]).starts_with('K'));
    // Those of the group that the agent had kept come all at once.
    let key = number(&keys.next_back().expect("a key frame")["pts_time"]);
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(file)
        .args(["-map", "0:a", "-ac", "1", "-ar", "8000", "-f", "s16le", "-"])
        .output()
        .await
        .expect("ffmpeg is installed by `make setup`");
    let samples = output.stdout.chunks_exact(2);
    let samples: Vec<i16> = samples
        .map(|it| i16::from_le_bytes([it[0], it[1]]))
        .collect();
    let strike = last_strike(&samples).expect("the chime is heard") as f64 / 8_000.0;
    let lag = (strike - key).rem_euclid(1.0);
    (if lag > 0.5 { lag - 1.0 } else { lag }, strike)
}

/// Where the chime was struck last. Its tone fades away within the second; Opus lets it be heard a little before.
fn last_strike(samples: &[i16]) -> Option<usize> {
    const ECHO: usize = 200;
    let is_loud = |at: usize| samples[at].unsigned_abs() > 2_000;
    let was_quiet = |at: usize| {
        let before = &samples[at - 2 * ECHO..at - ECHO];
        before.iter().all(|it| it.unsigned_abs() < 900)
    };
    let after = (2 * ECHO..samples.len()).rfind(|at| is_loud(*at) && was_quiet(*at))?;
    (after - ECHO..=after).find(|at| is_loud(*at))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn number(value: &Value) -> f64 {
    text(value).parse().unwrap_or_default()
}
