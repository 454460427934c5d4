//! Accounts: who gets in, who stays in, and what guessing costs.

mod attack;
mod deletion;
mod locks;
mod races;
mod refunds;
mod rules;
mod same_answers;
mod tokens;
mod ways_in;
