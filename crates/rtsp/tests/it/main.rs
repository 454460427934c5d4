//! The client against scripted cameras, on virtual time. Each oddity is one that a real camera is known for.

mod ends;
mod frames;
mod headers;
mod life;
mod login;
mod playback;
mod sound;
mod transports;
mod walk;
