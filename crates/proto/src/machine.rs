//! The one contract of all state machines: feed one input, do the outputs, come back in time.

use std::time::Duration;

/// Decides what one end of a conversation does. A driver owns it together with a socket and a clock: it
/// feeds whatever happens, does all outputs in their order, and waits for the next input or moment.
///
/// `now` is any monotonic time, the same for all calls.
pub trait Machine {
    /// Inputs: a frame arrived, or a request.
    type Input;
    /// What the driver has to do.
    type Output;

    /// Feeds one input. Drain [`Machine::poll_output`] before the next one.
    fn handle(&mut self, input: Self::Input, now: Duration);

    /// Acts on what is due; called too early, it does nothing.
    fn handle_timeout(&mut self, now: Duration);

    /// The next thing to do, in order; `None` until the next input or moment.
    fn poll_output(&mut self) -> Option<Self::Output>;

    /// When [`Machine::handle_timeout`] wants to be called; asked again after every input. `None` once the
    /// machine is over, and nothing more will happen.
    fn poll_timeout(&self) -> Option<Duration>;
}

#[cfg(test)]
pub(crate) mod test {
    use super::*;

    /// Everything that is to do now.
    pub(crate) fn drain<M: Machine>(machine: &mut M) -> Vec<M::Output> {
        std::iter::from_fn(|| machine.poll_output()).collect()
    }

    /// Drives a machine that hears nothing more, and gives the moment at which it is over. Fails where a
    /// moment that was handled stays due, since the driver would spin, and where the end never comes.
    pub(crate) fn silence<M: Machine>(machine: &mut M, longest: Duration) -> Duration {
        let mut now = Duration::ZERO;
        drain(machine);
        while let Some(at) = machine.poll_timeout() {
            assert!(at > now || now.is_zero(), "{at:?} again after {now:?}");
            assert!(at <= longest, "it lives for more than {longest:?}");
            now = at;
            machine.handle_timeout(now);
            drain(machine);
        }
        now
    }
}
