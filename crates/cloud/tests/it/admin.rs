//! Tools for operators: commands, backups, the doctor, metrics, warnings and secrets.

mod backup;
mod commands;
mod doctor;
mod keys;
mod observed;
mod operator_warnings;
mod private;
