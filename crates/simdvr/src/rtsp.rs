//! The RTSP side: accepts connections and gives each one a task of its own.

mod answer;
mod connection;
mod request;
mod session;
mod transport;

use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::door::Door;
use crate::shared::Shared;

/// Serves RTSP until `stop` ends it; connections end with it.
pub(crate) async fn serve(mut door: Door, shared: Arc<Shared>, stop: CancellationToken) {
    let tasks = TaskTracker::new();
    loop {
        let stream: TcpStream = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            (stream, _) = door.accept() => stream,
        };
        tasks.spawn(connection::serve(stream, shared.clone(), stop.clone()));
    }
    tasks.close();
    tasks.wait().await;
}
