//! One file per address.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

mod account_changes;
mod account_end;
mod add_device;
mod busy;
mod button;
mod captcha;
mod demo_mailbox;
mod device_notices;
mod every_page;
mod forgot;
mod human;
mod languages;
mod limits;
mod login;
mod logout;
mod mixed_up;
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
