//! `peerview agent trust`: lists the expected certificates of the recorders on this machine, and accepts a
//! changed one.

use agent::certificates::{self, KnownCertificate, RecorderCertificates, TrustedCertificate};

use super::status::data_dir;
use crate::admin_command::table::printable;
use crate::cli::AgentTrustFlags;
use crate::terminal::say;

/// Lists certificates, or accepts or forgets those of one recorder.
pub(crate) fn run(flags: &AgentTrustFlags) -> anyhow::Result<()> {
    let data_dir = data_dir(flags.config.as_deref(), flags.data.clone())?;
    let recorders = certificates::list(&data_dir)?;
    anyhow::ensure!(
        !recorders.is_empty() || agent::status::look(&data_dir)?.is_some(),
        "no agent has run with the data folder {}; name another one with --data or --config",
        data_dir.display()
    );
    let Some(recorder) = &flags.recorder else {
        recorders.iter().flat_map(lines).for_each(say);
        if recorders.is_empty() {
            say("No recorder of this agent has shown a certificate.");
        }
        return Ok(());
    };
    if flags.forget {
        certificates::forget(&data_dir, recorder)?;
        say(
            "Forgotten. The certificate that the recorder shows next is trusted. Restart the agent.",
        );
        return Ok(());
    }
    let accepted = certificates::accept_refused(&data_dir, recorder)?;
    for certificate in &accepted {
        say(format!("Trusted from now on: {}", line(certificate)));
    }
    if accepted.is_empty() {
        say("This recorder shows no other certificate than the one that is trusted.");
    }
    Ok(())
}

fn lines(recorder: &RecorderCertificates) -> Vec<String> {
    let name = format!("{}:", printable(&recorder.folder));
    let certificates = recorder.certificates.iter();
    let mut lines = vec![name];
    lines.extend(certificates.map(|certificate| format!("  {}", line(certificate))));
    lines
}

fn line(certificate: &KnownCertificate) -> String {
    let trusted = match certificate.trusted {
        Some(TrustedCertificate::Authority) => "signed by a trusted authority".to_owned(),
        Some(TrustedCertificate::Pinned(hash)) => format!("SHA-256 {hash}"),
        None => "none yet".to_owned(),
    };
    let refused = match certificate.refused {
        Some(hash) => format!("; shows another one that is refused: SHA-256 {hash}"),
        None => String::new(),
    };
    format!("{}  {trusted}{refused}", printable(&certificate.place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_where_no_agent_ran_is_named() {
        let folder = std::env::temp_dir().join(format!("peerview-trust-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for recorder in [None, Some("shop".to_owned())] {
            let flags = AgentTrustFlags {
                recorder,
                forget: false,
                config: None,
                data: Some(folder.clone()),
            };

            let error = run(&flags).unwrap_err().to_string();

            assert!(error.starts_with("no agent has run"), "{error}");
        }
        std::fs::remove_dir_all(folder).ok();
    }
}
