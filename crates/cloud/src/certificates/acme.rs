//! Certificates from an ACME server (RFC 8555): ordered if there is none, renewed after two thirds
//! of their life, and retried with increasing waits after a failed order. Names are validated with
//! TLS-ALPN-01 on the main listener, alternating with HTTP-01 if there is a plain one.

use std::sync::Arc;

use anyhow::{Context, bail};
use instant_acme::{
    Account, AccountBuilder, AuthorizationHandle, AuthorizationStatus, ChallengeHandle,
    ChallengeType, Identifier, NewAccount, NewOrder, Order, OrderStatus, RetryPolicy,
};
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::sign::CertifiedKey;
use tokio::sync::watch;

use super::store::Store;
use super::{Certificates, Orders, Validity, limits, pem};
use crate::config::TlsConfig;
use crate::random::Random;
use crate::state::State;

/// Obtains and renews the certificate of one cloud.
pub(crate) struct Acme {
    config: TlsConfig,
    store: Store,
    certificates: Arc<Certificates>,
    /// Validity of the current certificate.
    validity: Option<Validity>,
    /// Uniform; determines how much earlier than necessary this one is renewed.
    jitter: u32,
    n_failed: usize,
    /// No order is placed before this time.
    retry_at: i64,
}

impl Acme {
    /// Uses the certificate of an earlier run, if there is one.
    pub(crate) fn open(
        data_dir: &std::path::Path,
        config: &TlsConfig,
        certificates: Arc<Certificates>,
        random: Random,
    ) -> anyhow::Result<Acme> {
        let store = Store::open(data_dir, config)?;
        let mut acme = Acme {
            config: config.clone(),
            store,
            certificates,
            validity: None,
            jitter: random.u32(),
            n_failed: 0,
            retry_at: 0,
        };
        match acme.store.certificate() {
            Ok(Some(certificate)) => acme.show(certificate)?,
            Ok(None) => {}
            // A damaged file must not keep the cloud from starting.
            Err(error) => {
                tracing::error!("cannot use the stored certificate, ordering a new one: {error:#}")
            }
        }
        Ok(acme)
    }

    /// Places orders when they are due, until the cloud stops.
    pub(crate) async fn run(mut self, state: State, orders: &watch::Sender<Orders>) {
        loop {
            let at = self.next_order(state.clock.now());
            tokio::select! {
                () = state.shutdown.cancelled() => return,
                () = state.clock.sleep_until(at) => {}
            }
            // Woken by LONGEST_WAIT only to look at the clock again.
            if state.clock.now() < self.due() {
                continue;
            }
            let ordered = tokio::select! {
                () = state.shutdown.cancelled() => return,
                ordered = self.order() => ordered,
            };
            self.certificates.forget_answers();
            self.note(&state, orders, ordered);
        }
    }

    fn note(&mut self, state: &State, orders: &watch::Sender<Orders>, ordered: anyhow::Result<()>) {
        self.count(ordered.is_ok(), state.clock.now());
        let last_error = match ordered {
            Ok(()) => {
                tracing::info!(names = ?self.config.acme_domains, "a new certificate is in use");
                String::new()
            }
            Err(error) => {
                let words = format!("{error:#}");
                tracing::error!(
                    n_failed = self.n_failed,
                    error = words,
                    "could not get a certificate by ACME"
                );
                words
            }
        };
        orders.send_modify(|orders| {
            orders.n_made += 1;
            orders.last_error = last_error;
        });
    }

    /// Computes when the next order may be placed.
    fn count(&mut self, succeeded: bool, now: i64) {
        if succeeded {
            self.n_failed = 0;
            self.retry_at = now + limits::SHORTEST_LIFE;
        } else {
            self.retry_at = now + self.wait();
            self.n_failed += 1;
        }
    }

    /// When the next order is due.
    fn next_order(&self, now: i64) -> i64 {
        let due = self.due().min(now + limits::LONGEST_WAIT);
        due.max(self.retry_at)
    }

    /// Wait after a further failed order.
    fn wait(&self) -> i64 {
        limits::ORDER_WAITS[self.n_failed.min(limits::ORDER_WAITS.len() - 1)]
    }

    /// When the certificate should be renewed.
    fn due(&self) -> i64 {
        let Some(Validity { from, until }) = self.validity else {
            return 0;
        };
        let life = until - from;
        let jitter = life / limits::JITTER_PARTS * i64::from(self.jitter) / i64::from(u32::MAX);
        // Two thirds, as Let's Encrypt advises; short certificates scale with it.
        from + life * 2 / 3 - jitter
    }

    async fn order(&mut self) -> anyhow::Result<()> {
        let ordering = self.order_now();
        let (chain, key) = tokio::time::timeout(limits::ORDER_PATIENCE, ordering)
            .await
            .context("the authority took too long")??;
        // Checked and stored before it is shown: a restart must find what handshakes use.
        let certificate = pem::certified_key(chain.as_bytes(), key.as_bytes())
            .context("loading the new certificate")?;
        self.store.keep_certificate(&chain, &key)?;
        self.show(certificate)
    }

    fn show(&mut self, certificate: CertifiedKey) -> anyhow::Result<()> {
        self.validity = Some(pem::validity(&certificate)?);
        self.certificates.show(certificate);
        Ok(())
    }

    async fn order_now(&self) -> anyhow::Result<(String, String)> {
        let account = self.account().await?;
        let names: Vec<Identifier> = self
            .config
            .acme_domains
            .iter()
            .map(|name| Identifier::Dns(name.clone()))
            .collect();
        let mut order = account
            .new_order(&NewOrder::new(&names))
            .await
            .context("ordering a certificate")?;
        self.prove_names(&mut order).await?;
        let patience = RetryPolicy::default().timeout(limits::ORDER_PATIENCE);
        let status = order
            .poll_ready(&patience)
            .await
            .context("waiting for the authority to validate the names")?;
        if status != OrderStatus::Ready {
            bail!("{}", self.why_not(&mut order).await);
        }
        let key = order
            .finalize()
            .await
            .context("requesting the certificate")?;
        let chain = order
            .poll_certificate(&patience)
            .await
            .context("fetching the certificate")?;
        Ok((chain, key))
    }

    async fn account(&self) -> anyhow::Result<Account> {
        // The same account each time: authorities limit how many one address may make.
        if let Some(credentials) = self.store.account()? {
            return self
                .builder()?
                .from_credentials(credentials)
                .await
                .context("loading the ACME account");
        }
        let contact = format!("mailto:{}", self.config.acme_contact);
        let contacts: &[&str] = if self.config.acme_contact.is_empty() {
            &[]
        } else {
            &[&contact]
        };
        let new = NewAccount {
            contact: contacts,
            terms_of_service_agreed: self.config.acme_accept_terms,
            only_return_existing: false,
        };
        let directory = self.config.acme_directory.to_string();
        let (account, credentials) = self
            .builder()?
            .create(&new, directory, None)
            .await
            .context("creating an ACME account")?;
        self.store.keep_account(&credentials)?;
        Ok(account)
    }

    fn builder(&self) -> anyhow::Result<AccountBuilder> {
        let file = &self.config.acme_ca_file;
        if file.as_os_str().is_empty() {
            return Account::builder().context("preparing TLS to the ACME server");
        }
        Account::builder_with_root(file)
            .with_context(|| format!("reading `tls.acme_ca_file` {}", file.display()))
    }

    async fn prove_names(&self, order: &mut Order) -> anyhow::Result<()> {
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let authorization = authorization.context("reading the challenges for the names")?;
            match authorization.status {
                // Proven by an earlier order that is still good; there is nothing to answer.
                AuthorizationStatus::Valid => continue,
                AuthorizationStatus::Pending => self.prove(authorization).await?,
                status => bail!("the authority does not validate a name: {status:?}"),
            }
        }
        Ok(())
    }

    async fn prove(&self, mut authorization: AuthorizationHandle<'_>) -> anyhow::Result<()> {
        // Alternating, so that a firewall in front of one of the two ports does not prevent
        // renewal.
        let over_http = self.config.http_listen.is_some() && self.n_failed % 2 == 1;
        let wanted = if over_http {
            ChallengeType::Http01
        } else {
            ChallengeType::TlsAlpn01
        };
        let mut challenge = authorization
            .challenge(wanted)
            .context("the authority offers no check that is possible here")?;
        // In place before the authority is notified, because it may check at once.
        self.answer(&challenge, over_http)?;
        challenge
            .set_ready()
            .await
            .context("requesting validation of a name")
    }

    fn answer(&self, challenge: &ChallengeHandle<'_>, over_http: bool) -> anyhow::Result<()> {
        let answer = challenge.key_authorization();
        if over_http {
            let token = challenge.token.clone();
            self.certificates
                .answer_over_http(token, answer.as_str().to_owned());
            return Ok(());
        }
        let name = challenge.identifier().to_string();
        let certificate = challenge_certificate(&name, answer.digest().as_ref())?;
        self.certificates.answer_over_tls(name, certificate);
        Ok(())
    }

    /// The problems found by the authority, by name.
    async fn why_not(&self, order: &mut Order) -> String {
        let mut reasons = Vec::new();
        let mut authorizations = order.authorizations();
        while let Some(Ok(mut authorization)) = authorizations.next().await {
            let name = authorization.identifier().to_string();
            let Ok(state) = authorization.refresh().await else {
                continue;
            };
            let problems = state.challenges.iter().filter_map(|c| c.error.as_ref());
            reasons.extend(problems.map(|problem| format!("{name}: {problem}")));
        }
        format!(
            "the authority could not check the names: {}",
            reasons.join("; ")
        )
    }
}

/// A certificate for one name that contains the proof (RFC 8737 §3).
fn challenge_certificate(name: &str, digest: &[u8]) -> anyhow::Result<CertifiedKey> {
    let mut params = rcgen::CertificateParams::new(vec![name.to_owned()])
        .context("writing a challenge certificate")?;
    params.custom_extensions = vec![rcgen::CustomExtension::new_acme_identifier(digest)];
    let key = rcgen::KeyPair::generate().context("making a challenge key")?;
    let certificate = params
        .self_signed(&key)
        .context("signing a challenge certificate")?;
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let key = any_supported_type(&key.into()).context("loading a challenge key")?;
    // Not checked for matching: webpki does not know the critical extension in it.
    Ok(CertifiedKey::new(vec![certificate.der().clone()], key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proto::seconds::{DAY, HOUR, MINUTE};

    fn acme(folder: &std::path::Path, validity: Option<Validity>, n_failed: usize) -> Acme {
        let config = TlsConfig::default();
        Acme {
            store: Store::open(folder, &config).unwrap(),
            config,
            certificates: Arc::default(),
            validity,
            jitter: 0,
            n_failed,
            retry_at: 0,
        }
    }

    #[test]
    fn a_certificate_is_renewed_after_two_thirds_of_its_life() {
        let dir = crate::db::test::tempdir::Dir::new();
        let validity = Validity {
            from: 1_000,
            until: 1_000 + 90 * DAY,
        };
        let mut acme = acme(dir.path(), Some(validity), 0);

        assert_eq!(acme.due(), 1_000 + 60 * DAY);
        acme.jitter = u32::MAX;
        assert_eq!(acme.due(), 1_000 + 57 * DAY);
    }

    #[test]
    fn the_first_certificate_is_ordered_at_once() {
        let dir = crate::db::test::tempdir::Dir::new();

        assert!(acme(dir.path(), None, 0).next_order(5_000) <= 5_000);
    }

    #[test]
    fn a_successful_order_is_not_repeated_within_a_day() {
        let dir = crate::db::test::tempdir::Dir::new();
        let validity = Validity {
            from: 1_000,
            until: 1_000 + 90 * DAY,
        };
        let mut acme = acme(dir.path(), Some(validity), 3);
        let now = 1_000 + 80 * DAY;
        assert!(acme.next_order(now) <= now);

        acme.count(true, now);

        assert_eq!(acme.next_order(now), now + DAY);
        assert_eq!(acme.n_failed, 0);
    }

    #[test]
    fn failed_orders_are_retried_with_increasing_waits() {
        let dir = crate::db::test::tempdir::Dir::new();
        let waits: Vec<i64> = (0..6)
            .map(|n_failed| acme(dir.path(), None, n_failed).wait())
            .collect();

        let expected = [
            MINUTE,
            10 * MINUTE,
            30 * MINUTE,
            2 * HOUR,
            6 * HOUR,
            6 * HOUR,
        ];
        assert_eq!(waits, expected);
    }
}
