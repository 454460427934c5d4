//! A state machine of `proto` on this process's clock: what the drivers of links, viewers' sockets and
//! calls share.

use std::ops::Deref;

use proto::machine::Machine;
use tokio::time::Instant;

/// A machine and the moment at which its time began. It can be looked at, and is fed through this alone.
pub(crate) struct TimedMachine<M> {
    machine: M,
    started: Instant,
}

impl<M: Machine> TimedMachine<M> {
    /// Starts the clock of a machine that was made at zero.
    pub(crate) fn start(machine: M) -> TimedMachine<M> {
        TimedMachine {
            machine,
            started: Instant::now(),
        }
    }

    /// Feeds what happened just now.
    pub(crate) fn handle(&mut self, input: M::Input) {
        self.machine.handle(input, self.started.elapsed());
    }

    /// Lets the machine act on what is due.
    pub(crate) fn handle_timeout(&mut self) {
        self.machine.handle_timeout(self.started.elapsed());
    }

    /// The next thing to do.
    pub(crate) fn poll_output(&mut self) -> Option<M::Output> {
        self.machine.poll_output()
    }

    /// Waits until something is due; for ever once the machine is over. Borrows nothing, so that the other
    /// arms of a `select!` may.
    pub(crate) fn timeout(&self) -> impl Future<Output = ()> + use<M> {
        let due = self.machine.poll_timeout().map(|due| self.started + due);
        async move {
            match due {
                Some(due) => tokio::time::sleep_until(due).await,
                None => std::future::pending().await,
            }
        }
    }
}

impl<M> Deref for TimedMachine<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.machine
    }
}
