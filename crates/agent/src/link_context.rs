//! What the link of one recorder needs, and the one place that checks a claim.

use std::net::IpAddr;
use std::sync::Arc;

use proto::claim::ClaimAnswer;
use proto::health::RecorderHealth;
use proto::link::message::AboutRecorder;
use tokio::sync::watch;
use url::Url;

use crate::addresses::AddressWatch;
use crate::certificates::CertificatePins;
use crate::identity::Identity;
use crate::port_mapping::PortMappings;
use crate::public_url::PublicUrl;
use crate::recorder::RecorderIdentity;
use crate::recorder::handle::RecorderHandle;
use crate::status::LinkReport;
use crate::stream::Streams;

/// Given to the link driver of one recorder; cheap to clone.
#[derive(Debug, Clone)]
pub struct LinkContext {
    /// The cloud's public address, `https://…` or `http://…`; the link is `/link` below it.
    pub cloud: Url,
    /// The address of it that people use, which it says when a recorder registers.
    pub public_url: PublicUrl,
    /// Serial, key and verification code of the recorder.
    pub identity: Arc<Identity>,
    /// Display name of the recorder.
    pub name: String,
    /// The name in its settings, if any.
    pub given_name: Option<String>,
    /// What it says it is.
    pub about: watch::Receiver<Option<RecorderIdentity>>,
    /// How its clock and its disks are, as far as it says.
    pub health: watch::Receiver<RecorderHealth>,
    /// Its cameras and their streams.
    pub streams: Streams,
    /// The certificates that it is expected to show.
    pub certificates: CertificatePins,
    /// What can be asked of it.
    pub recorder: RecorderHandle,
    /// Whether calls may use loopback addresses (a demo or a test).
    pub loopback_candidates: bool,
    /// The local address for calls; all addresses if `None`.
    pub bind: Option<IpAddr>,
    /// Hears when this machine's addresses change.
    pub addresses: AddressWatch,
    /// Sockets whose ports the router maps, and what is known about the network of this site.
    pub port_mapping: PortMappings,
    /// Whom to trust as the cloud, and as a relay over TLS.
    pub tls: Arc<rustls::ClientConfig>,
    /// What the link says about itself, for the status file.
    pub report: watch::Sender<LinkReport>,
}

impl LinkContext {
    /// What it is called on its site: the name in the settings, or else its model. Never its address, which is nobody
    /// else's business.
    pub fn own_name(&self) -> Option<String> {
        let model = || {
            let about = self.about.borrow();
            about.as_ref().map(|about| about.model.clone())
        };
        let name = self.given_name.clone().or_else(model);
        name.filter(|name| !name.trim().is_empty())
    }

    /// What it says it is, as the cloud may show it to the owner.
    pub fn about_recorder(&self) -> Option<AboutRecorder> {
        let about = self.about.borrow();
        let about = about.as_ref().map(|about| AboutRecorder {
            model: about.model.clone(),
            firmware: about.firmware.clone(),
        });
        about.map(|about| about.shown())
    }

    /// Checks a claim by `account` with the typed `code`. A wrong code is counted, and the count is
    /// on disk before this returns. It blocks for that one write.
    pub fn claim(&self, code: &str, account: &str) -> ClaimAnswer {
        let answer = self.identity.claim(code);
        let serial = self.identity.serial();
        match answer {
            ClaimAnswer::Accepted => {
                tracing::info!(recorder.serial = %serial, account, "recorder claimed");
            }
            ClaimAnswer::WrongCode => {
                tracing::warn!(recorder.serial = %serial, account, "claim with a wrong code");
            }
            ClaimAnswer::Shut { .. } => {
                tracing::warn!(recorder.serial = %serial, account, "claim while claims are closed");
            }
        }
        answer
    }
}
