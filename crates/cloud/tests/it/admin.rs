//! What the operator of a cloud has: commands, backups, the doctor, numbers, warnings and secrets.

mod backup;
mod commands;
mod doctor;
mod keys;
mod observed;
mod operator_warnings;
mod private;
