//! One file per page.

pub mod account;
pub mod add_device;
pub mod captcha;
pub mod configuration;
pub mod device;
pub mod devices;
pub mod health;
pub mod help;
pub mod language;
pub mod live_view;
pub mod mailbox;
pub mod mailed_secret;
pub mod menu;
pub mod offline;
pub mod passkeys;
pub mod pictures;
pub mod recovery;
pub mod register;
pub mod renewal;
pub mod second_factor;
pub mod second_step;
pub mod session;
pub mod setup;
pub mod step_up;
pub mod work;
