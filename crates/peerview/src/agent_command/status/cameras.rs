//! One line for each camera with the state of its streams, problems first.

use agent::status::{CameraReport, RecorderReport, StreamReport};

use super::ago;
use crate::admin_command::table::table;

const HEAD: [&str; 7] = [
    "Recorder",
    "Camera",
    "Pictures",
    "Per second",
    "Last key frame",
    "Sound",
    "Problem",
];

/// What to do about pictures that come in another order than they are shown in.
const B_FRAMES: &str = "sends B-frames, which browsers may not show smoothly; switch them off in the camera, or set its \
     profile to Baseline";

/// A count and a table; nothing where no camera is known.
pub(super) fn lines(recorders: &[RecorderReport], now: u64) -> Vec<String> {
    let mut cameras: Vec<(&RecorderReport, &CameraReport)> = recorders
        .iter()
        .flat_map(|recorder| {
            recorder
                .cameras
                .iter()
                .map(move |camera| (recorder, camera))
        })
        .collect();
    if cameras.is_empty() {
        return Vec::new();
    }
    // A stable sort: otherwise recorders and cameras stay in their order.
    cameras.sort_by_key(|(_, camera)| !has_problem(camera));
    let n_problems = cameras.iter().filter(|(_, it)| has_problem(it)).count();
    let (n, s) = (cameras.len(), if cameras.len() == 1 { "" } else { "s" });
    let head = match n_problems {
        0 => format!("{n} camera{s}, none with a problem"),
        _ => format!("{n} camera{s}, {n_problems} with a problem"),
    };
    let rows = cameras
        .iter()
        .map(|(recorder, camera)| row(recorder, camera, now))
        .collect();
    vec![String::new(), head, table(HEAD, rows, "")]
}

fn has_problem(camera: &CameraReport) -> bool {
    camera.error.is_some() || !camera.is_online
}

/// Of the stream that plays, and of the larger one if both do.
fn shown(camera: &CameraReport) -> Option<&StreamReport> {
    let playing = camera.streams.iter().find(|stream| stream.is_playing);
    playing.or(camera.streams.first())
}

fn row(recorder: &RecorderReport, camera: &CameraReport, now: u64) -> [String; 7] {
    let stream = shown(camera);
    let of = |value: fn(&StreamReport) -> Option<String>| {
        stream.and_then(value).unwrap_or_else(|| "–".to_owned())
    };
    let last_key = stream.and_then(|stream| stream.last_key_frame_at);
    [
        recorder.name.clone(),
        camera.name.clone(),
        match stream {
            None if has_problem(camera) => "–".to_owned(),
            None => "not open".to_owned(),
            Some(stream) => picture(stream),
        },
        of(|stream| stream.pictures_per_second.map(|rate| rate.to_string())),
        last_key.map_or_else(|| "–".to_owned(), |at| ago(now, at)),
        of(|stream| stream.sound.clone()),
        problem(camera, stream, now),
    ]
}

/// `H.264 640×360`.
fn picture(stream: &StreamReport) -> String {
    let Some(codec) = &stream.codec else {
        return "–".to_owned();
    };
    match (stream.width, stream.height) {
        (Some(width), Some(height)) => format!("{codec} {width}×{height}"),
        _ => codec.clone(),
    }
}

/// What is wrong now, else what was wrong last.
fn problem(camera: &CameraReport, stream: Option<&StreamReport>, now: u64) -> String {
    if let Some(error) = &camera.error {
        return error.clone();
    }
    let last = stream.and_then(|stream| stream.last_error.as_ref().zip(stream.last_error_at));
    match last {
        Some((error, at)) => format!("{}: {error}", ago(now, at)),
        None if !camera.is_online => "offline".to_owned(),
        None if stream.is_some_and(|stream| stream.has_b_frames) => B_FRAMES.to_owned(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_795_500_020;

    fn recorder(cameras: serde_json::Value) -> RecorderReport {
        let json = serde_json::json!({
            "name": "Home", "serial": "PV", "state": "online", "n_cameras": 1, "n_cameras_online": 1,
            "link": {"state": "up", "since": 1}, "cameras": cameras,
        });
        serde_json::from_value(json).unwrap()
    }

    fn playing() -> serde_json::Value {
        serde_json::json!({
            "name": "Door", "is_online": true, "streams": [{
                "stream": "sub", "is_playing": true, "codec": "H.264", "width": 640, "height": 360,
                "pictures_per_second": 15.0, "last_key_frame_at": NOW - 1, "sound": "G.711 A-law",
            }],
        })
    }

    #[test]
    fn cameras_are_shown_with_problems_first() {
        let broken = serde_json::json!({
            "name": "Yard", "is_online": false, "error": "the recorder does not answer",
            "streams": [{"stream": "sub", "is_playing": false}],
        });
        let cold = serde_json::json!({"name": "Roof", "is_online": true});
        let recorder = recorder(serde_json::json!([playing(), cold, broken]));

        assert_eq!(
            lines(&[recorder], NOW).join("\n"),
            "\n3 cameras, 1 with a problem\n\
             Recorder  Camera  Pictures       Per second  Last key frame  Sound        Problem\n\
             Home      Yard    –              –           –               –            the recorder does not answer\n\
             Home      Door    H.264 640×360  15          1 second ago    G.711 A-law\n\
             Home      Roof    not open       –           –               –"
        );
    }

    #[test]
    fn a_past_error_has_its_age() {
        let mut camera = playing();
        camera["streams"][0]["last_error"] = "the recorder closed the connection".into();
        camera["streams"][0]["last_error_at"] = (NOW - 180).into();

        let lines = lines(&[recorder(serde_json::json!([camera]))], NOW);

        assert_eq!(lines[1], "1 camera, none with a problem");
        let words = "3 minutes ago: the recorder closed the connection";
        assert!(lines[2].ends_with(words), "{lines:?}");
    }

    #[test]
    fn b_frames_are_reported_with_advice() {
        let mut camera = playing();
        camera["streams"][0]["has_b_frames"] = true.into();

        let lines = lines(&[recorder(serde_json::json!([camera]))], NOW);

        assert_eq!(lines[1], "1 camera, none with a problem");
        assert!(lines[2].ends_with(B_FRAMES), "{lines:?}");
    }

    #[test]
    fn three_hundred_cameras_take_a_line_each() {
        let cameras = vec![playing(); 337];

        let lines = lines(&[recorder(cameras.into())], NOW);

        assert_eq!(lines.join("\n").lines().count(), 3 + 337);
    }
}
