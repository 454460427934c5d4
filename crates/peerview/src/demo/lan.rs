//! The demo for phones on the local network: the address that they reach, the self-signed certificate, and
//! the instructions for people.

use std::fs;
use std::net::{IpAddr, UdpSocket};
use std::path::{Path, PathBuf};

use agent::card::qr_text;
use anyhow::Context;
use jiff::Timestamp;
use jiff::tz::Offset;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, date_time_ymd};

use crate::terminal::say;

/// Its days: phones of Apple refuse more than 825.
const VALID_YEARS: i32 = 2;
/// A test address (RFC 5737), to which nothing is sent: only the way there is looked up.
const ELSEWHERE: &str = "192.0.2.1:9";

/// A certificate that the demo has made for itself, for one address.
pub(super) struct DemoCertificate {
    pub(super) file: PathBuf,
    pub(super) key_file: PathBuf,
}

impl DemoCertificate {
    /// The one in the data folder, so that a phone which has accepted it once need not again; else a new one.
    pub(super) fn keep(data: &Path, address: IpAddr) -> anyhow::Result<DemoCertificate> {
        let folder = data.join("lan");
        let year = i32::from(Offset::UTC.to_datetime(Timestamp::now()).year());
        let stem = format!("{}-{year}", address.to_string().replace(':', "."));
        let own = DemoCertificate {
            file: folder.join(format!("{stem}.pem")),
            key_file: folder.join(format!("{stem}.key")),
        };
        if !own.file.exists() || !own.key_file.exists() {
            own.make(&folder, address, year)
                .with_context(|| format!("making a certificate in {}", folder.display()))?;
        }
        Ok(own)
    }

    fn make(&self, folder: &Path, address: IpAddr, year: i32) -> anyhow::Result<()> {
        let mut params = CertificateParams::new(vec![address.to_string()])?;
        let name = &mut params.distinguished_name;
        name.push(DnType::CommonName, format!("Peerview demo on {address}"));
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.not_before = date_time_ymd(year, 1, 1);
        params.not_after = date_time_ymd(year + VALID_YEARS, 1, 1);
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        fs::create_dir_all(folder)?;
        let mut private = cloud::private::options();
        let private = private.write(true).create(true).truncate(true);
        std::io::Write::write_all(
            &mut private.open(&self.key_file)?,
            key.serialize_pem().as_bytes(),
        )?;
        fs::write(&self.file, certificate.pem())?;
        Ok(())
    }
}

/// The address of this machine that its network reaches.
pub(super) fn address() -> anyhow::Result<IpAddr> {
    let found = UdpSocket::bind("0.0.0.0:0")
        .and_then(|socket| {
            socket.connect(ELSEWHERE)?;
            socket.local_addr()
        })
        .map(|address| address.ip())
        .ok()
        .filter(|ip| !ip.is_loopback() && !ip.is_unspecified());
    found.context("this machine is in no network; name its address with --bind ADDRESS")
}

/// How a phone opens it, and how a recorder of one's own comes beside the simulated one.
pub(super) fn welcome(url: &str, certificate: &DemoCertificate) {
    say("");
    say(qr_text(url).unwrap_or_default());
    say(
        "On a phone in this network: scan the code. The browser warns about the self-signed certificate:",
    );
    say("choose Advanced and Proceed (Safari: Show Details, then visit this website).");
    say("Everybody in this network can open the demo and its mailbox until you stop it.");
    say("");
    say("To add your own recorder or camera, in another terminal:");
    let authority = certificate.file.display();
    say(format!(
        "  peerview agent --cloud {url} --ca-file {authority} --data data/own --hikvision ADDRESS --user admin"
    ));
    say(format!(
        "  peerview agent --cloud {url} --ca-file {authority} --data data/own --rtsp rtsp://USER:PASSWORD@ADDRESS/PATH"
    ));
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_demo_certificate_is_kept_with_a_private_key() {
        let data = std::env::temp_dir().join(format!("peerview-lan-{}", std::process::id()));
        let address: IpAddr = "fd00::5".parse().unwrap();

        let first = DemoCertificate::keep(&data, address).unwrap();
        let text = fs::read_to_string(&first.file).unwrap();
        let again = DemoCertificate::keep(&data, address).unwrap();

        assert_eq!(again.file, first.file);
        assert_eq!(fs::read_to_string(&again.file).unwrap(), text);
        let mode = fs::metadata(&first.key_file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::remove_dir_all(&data).unwrap();
    }
}
