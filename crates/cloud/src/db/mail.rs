//! Rows about mails: what is to be sent, what was refused, what nobody wants, and the mailbox of the demo.

pub mod mail_refusals;
pub mod mailbox;
pub mod muted_notices;
pub mod outbox;
