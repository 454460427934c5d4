//! The WebRTC endpoint that agent and native viewer drive.
