//! GStreamer's RTSP server as a third-party recorder.

use tokio::process::Command;

use super::process::Process;

/// Debian's Python, which has GStreamer's bindings; another one first in `PATH` would not.
pub(crate) const PYTHON: &str = "/usr/bin/python3";

/// A running RTSP server with one camera: a green ball that moves over blue.
pub(crate) struct GStreamer {
    process: Process,
    port: u16,
}

impl GStreamer {
    /// Starts one on a free port, with a key frame every 2 s.
    pub(crate) async fn start() -> GStreamer {
        GStreamer::start_on(0).await
    }

    async fn start_on(port: u16) -> GStreamer {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/e2e/support/gst_rtsp.py");
        let mut command = Command::new(PYTHON);
        command.arg(script).arg(port.to_string());
        let process = Process::start("GStreamer's RTSP server", command);
        let port = process.says("port ").await.parse().expect("a port number");
        GStreamer { process, port }
    }

    /// Where its camera is.
    pub(crate) fn url(&self) -> String {
        format!("rtsp://127.0.0.1:{}/ball", self.port)
    }

    /// Ends it without a farewell, as a power cut would.
    pub(crate) async fn dies(&mut self) {
        self.process.kill().await;
    }

    /// Starts it again on the same port.
    pub(crate) async fn comes_back(&mut self) {
        *self = GStreamer::start_on(self.port).await;
    }
}
