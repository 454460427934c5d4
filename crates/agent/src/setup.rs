//! The set-up page: on the agent's own machine and network, whoever has the code that the agent has printed adds
//! recorders, changes their passwords and sees how they get into an account. The same for a terminal is
//! [`SetupSite::try_recorder`] and [`SetupSite::keep`].

mod adding;
mod door;
mod film;
mod logins;
mod networks;
mod pages;
mod routes;
mod server;
mod showing;
mod site;
mod state;
mod texts;
mod trial;

pub use server::{AgentPage, PageOpening};
pub use site::SetupSite;
pub use trial::{Sight, TrialEnd};
