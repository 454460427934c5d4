//! Stories of people, one file each.

mod account;
mod admin;
mod agent_setup;
mod agent_status;
mod auto_login;
mod check_config;
mod demo;
mod doctor;
mod factors;
mod first_run;
mod load;
mod pageless_viewer;
mod recorders;
mod relay;
mod secrecy;
mod setup;
mod trouble;
