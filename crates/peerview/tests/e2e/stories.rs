//! Stories of people, one file each.

mod account;
mod admin;
mod auto_login;
mod check_config;
mod demo;
mod doctor;
mod factors;
mod first_run;
mod load;
mod recorders;
mod secrecy;
mod setup;
mod trouble;
