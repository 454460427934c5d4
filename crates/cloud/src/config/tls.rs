//! `[cloud.tls]`: where the certificate comes from. Without settings, plain HTTP is served, only
//! for this machine and trusted proxies.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::fault::Fault;

/// Let's Encrypt.
const DIRECTORY: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// Names that one certificate may have.
const MOST_DOMAINS: usize = 20;

/// Settings of TLS; certificate files or ACME, not both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsConfig {
    /// PEM file with the certificate and its intermediate certificates; empty means none.
    pub certificate_file: PathBuf,
    /// PEM file with its private key.
    pub key_file: PathBuf,
    /// Host names for an ACME certificate; empty means no ACME.
    pub acme_domains: Vec<String>,
    /// Mail address for warnings from the authority; empty means none.
    pub acme_contact: String,
    /// URL of the authority's directory (RFC 8555 §7.1.1).
    pub acme_directory: Url,
    /// Whether the operator agrees to the authority's terms; ACME requires it.
    pub acme_accept_terms: bool,
    /// PEM file with the authority to trust for the ACME server; empty means the public ones.
    pub acme_ca_file: PathBuf,
    /// Second listener, usually on port 80, that answers ACME challenges and redirects pages to
    /// https.
    pub http_listen: Option<SocketAddr>,
}

impl Default for TlsConfig {
    fn default() -> TlsConfig {
        TlsConfig {
            certificate_file: PathBuf::new(),
            key_file: PathBuf::new(),
            acme_domains: Vec::new(),
            acme_contact: String::new(),
            acme_directory: Url::parse(DIRECTORY).expect("a constant"),
            acme_accept_terms: false,
            acme_ca_file: PathBuf::new(),
            http_listen: None,
        }
    }
}

/// Where the certificate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// There is no certificate: plain HTTP, for this machine and trusted proxies.
    Off,
    /// Files that the operator replaces.
    Files,
    /// Orders at an ACME server.
    Acme,
}

impl TlsConfig {
    /// Where the certificate comes from by these settings; ACME wins if both are set.
    pub fn mode(&self) -> TlsMode {
        if !self.acme_domains.is_empty() {
            TlsMode::Acme
        } else if self.certificate_file.as_os_str().is_empty() {
            TlsMode::Off
        } else {
            TlsMode::Files
        }
    }

    /// Settings that contradict each other.
    pub(super) fn faults(&self, public_url: Option<&Url>) -> Vec<Fault> {
        let mut faults = Vec::new();
        let no_certificate = self.certificate_file.as_os_str().is_empty();
        if no_certificate != self.key_file.as_os_str().is_empty() {
            faults.push(Fault::new(
                "tls.key_file",
                "only one of `tls.certificate_file` and `tls.key_file` is set",
                "set both",
            ));
        }
        if !no_certificate && !self.acme_domains.is_empty() {
            faults.push(Fault::new(
                "tls.acme_domains",
                "both certificate files and ACME are set",
                "set certificate files or `tls.acme_domains`, not both",
            ));
        }
        if let TlsMode::Acme = self.mode() {
            let host = public_url.and_then(Url::host_str).unwrap_or_default();
            faults.extend(self.acme_faults());
            faults.extend(self.acme_name_faults(host));
        }
        faults
    }

    fn acme_faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if !self.acme_accept_terms {
            let authority = self.acme_directory.host_str().unwrap_or_default();
            faults.push(Fault::new(
                "tls.acme_accept_terms",
                "you have not agreed to the authority's terms of service",
                format!("read the terms of {authority}, then set `tls.acme_accept_terms` to true"),
            ));
        }
        if self.acme_directory.scheme() != "https" {
            faults.push(Fault::new(
                "tls.acme_directory",
                "`tls.acme_directory` does not use HTTPS",
                "it must be https://",
            ));
        }
        if !self.acme_contact.is_empty() && self.acme_contact.parse::<lettre::Address>().is_err() {
            faults.push(Fault::new(
                "tls.acme_contact",
                format!(
                    "`tls.acme_contact` ({}) is not a mail address",
                    self.acme_contact
                ),
                "use a mail address, or leave it empty",
            ));
        }
        faults
    }

    fn acme_name_faults(&self, host: &str) -> Vec<Fault> {
        let fault = |found: String, fix: &str| Fault::new("tls.acme_domains", found, fix);
        let mut faults = Vec::new();
        let n_domains = self.acme_domains.len();
        if n_domains > MOST_DOMAINS {
            let found = format!("`tls.acme_domains` has {n_domains} names");
            faults.push(fault(found, &format!("the maximum is {MOST_DOMAINS}")));
        }
        // Compared with its parsed form: an upper-case name would match no handshake.
        let is_name = |name: &String| matches!(Host::parse(name), Ok(Host::Domain(parsed)) if parsed == *name);
        let mut names = self.acme_domains.iter();
        // A wildcard is proven with DNS-01 only (RFC 8555 §8.4), and no name server is ours.
        if let Some(name) = names.find(|name| !is_name(name) || name.contains('*')) {
            let found = format!("`tls.acme_domains`: {name} is not a plain host name");
            faults.push(fault(
                found,
                "use host names in lower case, without * and port",
            ));
        }
        if !self.acme_domains.iter().any(|name| name == host) {
            let found =
                format!("`tls.acme_domains` does not contain the host of `public_url` ({host})");
            faults.push(fault(found, "put it in"));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    fn refusal(text: &str) -> String {
        format!("{:#}", Config::from_toml(text).unwrap_err())
    }

    const ACME: &str = "public_url = \"https://cloud.example.org\"\nlisten = \"0.0.0.0:443\"\n\
                        tls.acme_domains = [\"cloud.example.org\"]\n";

    #[test]
    fn a_certificate_without_its_key_is_refused() {
        assert!(refusal("tls.certificate_file = \"a.pem\"").contains("key_file"));
    }

    #[test]
    fn acme_needs_the_terms_accepted_and_the_public_name() {
        let accepted = format!("{ACME}tls.acme_accept_terms = true\n");

        assert!(refusal(ACME).contains("acme_accept_terms"));
        assert!(Config::from_toml(&accepted).is_ok());
        assert!(refusal(&accepted.replace("//cloud", "//other")).contains("public_url"));
        for bad in ["*.example.org", "Cloud.example.org", "192.0.2.1", "a b"] {
            let text = accepted.replace("[\"cloud", &format!("[\"{bad}\", \"cloud"));
            assert!(refusal(&text).contains("host name"), "{bad}");
        }
    }

    #[test]
    fn files_and_acme_exclude_each_other() {
        let both = format!("{ACME}tls.certificate_file = \"a\"\ntls.key_file = \"b\"\n");

        assert!(refusal(&both).contains("not both"));
    }

    #[test]
    fn plain_http_to_others_needs_a_trusted_proxy() {
        let open = "listen = \"0.0.0.0:8080\"\npublic_url = \"https://cloud.example.org\"\n";

        assert!(refusal(open).contains("trusted_proxies"));
        let behind = format!("{open}trusted_proxies = [\"10.0.0.0/8\"]\n");
        assert!(Config::from_toml(&behind).is_ok());
    }

    #[test]
    fn tls_makes_the_default_address_https() {
        let text = "tls.certificate_file = \"a.pem\"\ntls.key_file = \"b.pem\"";
        let config = Config::from_toml(text).unwrap();

        let url = config.public_url("127.0.0.1:8443".parse().unwrap());

        assert_eq!(url.as_str(), "https://127.0.0.1:8443/");
        let plain = format!("public_url = \"http://localhost:8080\"\n{text}");
        assert!(refusal(&plain).contains("https"));
    }
}
