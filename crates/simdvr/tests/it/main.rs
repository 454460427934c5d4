//! The simulated recorder as its clients see it: real sockets, the retina RTSP client, HTTP.

#[cfg(test)]
mod faults;
#[cfg(test)]
mod isapi;
#[cfg(test)]
mod live;
#[cfg(test)]
mod lockout;
#[cfg(test)]
mod malformed;
#[cfg(test)]
mod ptz;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod support;
