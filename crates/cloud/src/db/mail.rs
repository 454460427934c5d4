//! Rows about mails: the outbox, refused addresses, muted notices, and the mailbox of the demo.

pub mod mail_refusals;
pub mod mailbox;
pub mod muted_notices;
pub mod outbox;
