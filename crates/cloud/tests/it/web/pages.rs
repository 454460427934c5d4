//! One file per address.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

mod account_changes;
mod account_end;
mod add_device;
mod arranging;
mod bot_check;
mod busy;
mod captcha;
mod connection_test;
mod demo_mailbox;
mod device_notices;
mod downloads;
mod every_page;
mod first_visit;
mod forgot;
mod languages;
mod limits;
mod live_view;
mod login;
mod logout;
mod mailed_link;
mod mixed_up;
mod offline;
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
mod way_in;
