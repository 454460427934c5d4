//! One file per address.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

mod account_changes;
mod account_end;
mod captcha;
mod demo_mailbox;
mod every_page;
mod forgot;
mod languages;
mod login;
mod logout;
mod outbox;
mod passkeys;
mod register;
mod register_finish;
mod renewal;
mod second_factor;
mod second_step;
mod setup;
mod step_up;
mod tokens;
mod trouble;
