//! The set-up page: on the agent's own machine and network, anybody with the code that the agent prints can
//! add recorders, change their passwords and see their claim links. The terminal uses
//! [`SetupSite::try_recorder`] and [`SetupSite::keep`] for the same.

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
