//! The address that people use for the cloud. An agent beside its cloud, or behind the same front,
//! may dial another one (`127.0.0.1`), which must not end up in a claim link or QR code.

use tokio::sync::watch;
use url::Url;

/// What the cloud said last about its public address; one value for all recorders of an agent.
#[derive(Debug, Clone)]
pub struct PublicUrl(watch::Sender<Option<Url>>);

impl PublicUrl {
    /// Nothing is known yet.
    pub fn new() -> PublicUrl {
        PublicUrl(watch::Sender::new(None))
    }

    /// Takes what the cloud said, if a person can open it: a claim link takes people there.
    pub fn learn(&self, said: &str) {
        let Some(url) = usable(said) else {
            tracing::warn!("the cloud sent an unusable public address");
            return;
        };
        self.0.send_if_modified(|known| {
            let is_new = known.as_ref() != Some(&url);
            *known = Some(url);
            is_new
        });
    }

    /// The address, and word of every change.
    pub fn watch(&self) -> watch::Receiver<Option<Url>> {
        self.0.subscribe()
    }
}

impl Default for PublicUrl {
    fn default() -> PublicUrl {
        PublicUrl::new()
    }
}

fn usable(said: &str) -> Option<Url> {
    let url = Url::parse(said).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    // A login in a printed link would be a secret on paper; the claim follows the `#`.
    let is_bare = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    (is_web && is_bare).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_is_learned_and_changes_are_reported() {
        let public_url = PublicUrl::new();
        let mut watch = public_url.watch();

        public_url.learn("https://cloud.example.org/");
        assert!(watch.has_changed().expect("the sender lives"));
        let known = watch.borrow_and_update().clone();
        assert_eq!(
            known.expect("an address").as_str(),
            "https://cloud.example.org/"
        );

        public_url.learn("https://cloud.example.org/");
        assert!(!watch.has_changed().expect("the sender lives"));
    }

    #[test]
    fn a_public_address_that_no_page_has_is_ignored() {
        let public_url = PublicUrl::new();

        for said in [
            "",
            "cloud.example.org",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://ana:secret@cloud.example.org/",
            "https://cloud.example.org/?next=1",
            "https://cloud.example.org/#PV-1:ABCDEF",
        ] {
            public_url.learn(said);
            assert_eq!(*public_url.watch().borrow(), None, "{said}");
        }
    }
}
