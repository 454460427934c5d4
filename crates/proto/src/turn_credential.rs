//! STUN and TURN REST credentials.
