//! Repository rules as tests. Each failure names the file, the rule and the way out; where a rule
//! has exceptions, they are listed beside it with a reason.

mod checklist;
mod code;
mod dependencies;
mod documents;
mod floors;
mod keys;
mod names;
mod second_database;
mod sizes;
mod texts;
mod tree;
mod wording;

#[path = "../../src/config_file.rs"]
mod config_file;
mod settings;
