//! `peerview check-config`: checks a configuration file and prints its problems.

use anyhow::bail;
use cloud::open_files::{self, Room};
use cloud::server::TurnInTls;

use crate::terminal::say;
use crate::{cli, cloud_command};

/// Checks one file. Nothing is bound or contacted.
pub(crate) fn run(arguments: &cli::CheckConfig) -> anyhow::Result<()> {
    let path = &arguments.path();
    let faults = cloud_command::every_fault(path)?;
    if faults.len() > 1 {
        faults.iter().for_each(say);
        bail!(
            "{} settings in {} cannot be used",
            faults.len(),
            path.display()
        );
    }
    let file = cloud_command::read(path)?;
    if file.cloud.is_none() && file.agent.is_none() && file.relay.is_none() {
        bail!(
            "{} has no [cloud], [agent] or [relay] table",
            path.display()
        );
    }
    if let Some(cloud) = &file.cloud {
        cloud.check()?;
        cloud.relay.join_secrets()?;
        cloud.relay.turn_secrets()?;
        say(format!("cloud: listens on {}", cloud.listen));
        let files = open_files::attainable();
        let room = Room::of(files, cloud.relay.enabled, cloud.connections.places);
        say(format!(
            "cloud: room for {} connections, with {files} open files allowed as here",
            room.connections
        ));
        if files < open_files::FEW {
            say("cloud: this is low; raise LimitNOFILE= of its systemd unit or `ulimit -Hn`");
        }
        match cloud.database.place()? {
            place if place.is_empty() => {
                say(format!("cloud: SQLite in {}", cloud.data_dir.display()))
            }
            place => say(format!("cloud: PostgreSQL database {place}")),
        }
    }
    if let Some(agent) = &file.agent {
        agent::trust::client_config(&agent.ca_file, "agent")?;
        say(format!(
            "agent: {} recorders for {}",
            agent.recorders.len(),
            agent.cloud
        ));
    }
    if let Some(relay) = &file.relay {
        relay.check()?;
        relay.secret()?;
        TurnInTls::check(relay)?;
        agent::trust::client_config(&relay.ca_file, "relay")?;
        say(format!("relay: \"{}\" of {}", relay.name, relay.cloud));
    }
    say(format!("{} is fine.", path.display()));
    Ok(())
}
