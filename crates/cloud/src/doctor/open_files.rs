//! How many files a process started like this one may open.

use super::finding::Finding;
use crate::config::Config;
use crate::open_files::{self, FEW, LEAST, Room};

const TOPIC: &str = "open files";

/// Compares the limit with what a cloud can use.
pub(super) fn look(config: &Config) -> Finding {
    judge(open_files::attainable(), config)
}

fn judge(files: u64, config: &Config) -> Finding {
    let room = Room::of(files, config.relay.enabled, config.connections.places);
    let found = format!(
        "a process may open {files} files, which is enough for {} connections and {} relayed addresses",
        room.connections, room.allocations
    );
    let fix = format!(
        "raise the hard limit of whatever starts the cloud (LimitNOFILE= of its systemd unit, `ulimit -Hn`) \
         to 65536; below {LEAST} it does not start"
    );
    if files < LEAST {
        Finding::bad(TOPIC, found, fix)
    } else if files < FEW {
        Finding::warn(TOPIC, found, fix)
    } else {
        Finding::ok(TOPIC, found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Grade;

    #[test]
    fn a_low_open_file_limit_is_reported_with_its_effect() {
        let config = Config::default();
        for (files, grade) in [
            (100, Grade::Bad),
            (LEAST, Grade::Warn),
            (1_024, Grade::Warn),
            (FEW, Grade::Ok),
            (u64::MAX, Grade::Ok),
        ] {
            assert_eq!(judge(files, &config).grade, grade, "{files}");
        }
        assert!(judge(1_024, &config).found.contains("704 connections"));
    }
}
