//! A simulated recorder on real sockets.
