//! What the terminal shows about one recorder so that a person can claim it: serial, verification
//! code, claim link, and the link as a QR code in half-block characters.

use fast_qr::convert::Builder as _;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::qr::{QRBuilder, QRCode};
use proto::identity::claim_link;
use proto::shown::QUIET_ZONE;
use tokio::sync::watch;
use url::Url;

use crate::identity::Identity;
use crate::roster::ServedRecorder;

/// One recorder as its future owner sees it on site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecorderCard {
    /// The serial number as typed on *Add device*.
    pub serial: String,
    /// The six letters as typed on *Add device*.
    pub code: String,
    /// Opens *Add device* with both fields filled in.
    pub claim_link: String,
    /// Display name of the recorder.
    pub name: String,
    /// All of it for the terminal, including the QR code.
    pub text: String,
}

/// The cards of all recorders of an agent. Their claim links lead to the public address that the
/// cloud says, and until then to the address that the agent dials.
#[derive(Debug, Clone)]
pub struct RecorderCards {
    served: watch::Receiver<Vec<ServedRecorder>>,
    shown: Url,
    public_url: watch::Receiver<Option<Url>>,
}

/// What is different about the cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardNews {
    /// All claim links: the cloud has another public address.
    Links,
    /// A recorder was added, changed or removed.
    Recorders,
}

impl RecorderCards {
    pub(crate) fn new(
        served: watch::Receiver<Vec<ServedRecorder>>,
        cloud: Url,
        public_url: watch::Receiver<Option<Url>>,
    ) -> RecorderCards {
        RecorderCards {
            served,
            shown: cloud,
            public_url,
        }
    }

    /// The cards, in the order of the settings.
    pub fn current(&self) -> Vec<RecorderCard> {
        let served = self.served.borrow();
        let cards = served.iter().map(|recorder| self.card(recorder));
        cards.collect()
    }

    /// The card of one recorder. The cloud's last word about its address counts, also if [`RecorderCards::changed`]
    /// was never awaited.
    pub fn of(&self, recorder: &ServedRecorder) -> RecorderCard {
        let cloud = self.public_url.borrow().clone();
        let cloud = cloud.unwrap_or_else(|| self.shown.clone());
        terminal_card(&cloud, &recorder.name, &recorder.identity)
    }

    fn card(&self, recorder: &ServedRecorder) -> RecorderCard {
        terminal_card(&self.shown, &recorder.name, &recorder.identity)
    }

    /// Waits until the cards are different; for ever pending if the agent has ended.
    pub async fn changed(&mut self) -> CardNews {
        loop {
            tokio::select! {
                changed = self.public_url.changed() => {
                    if changed.is_err() {
                        std::future::pending::<()>().await;
                    }
                    let said = self.public_url.borrow_and_update().clone();
                    if let Some(url) = said.filter(|url| *url != self.shown) {
                        self.shown = url;
                        return CardNews::Links;
                    }
                }
                Ok(()) = self.served.changed() => return CardNews::Recorders,
            }
        }
    }

    /// Waits until the cloud has said its public address, whatever it is.
    pub async fn cloud_answered(&mut self) {
        let mut public_url = self.public_url.clone();
        if public_url.wait_for(Option::is_some).await.is_err() {
            std::future::pending::<()>().await;
        }
        if let Some(url) = self.public_url.borrow_and_update().clone() {
            self.shown = url;
        }
    }
}

/// Fills in the card of a recorder that registers with `cloud`.
pub(crate) fn terminal_card(cloud: &Url, name: &str, identity: &Identity) -> RecorderCard {
    let serial = identity.serial().to_string();
    let code = identity.code().reveal().to_owned();
    let claim_link = claim_link(cloud.as_str(), identity.serial(), identity.code());
    let mut text = format!(
        "Recorder:          {name}\n\
         Serial number:     {serial}\n\
         Verification code: {code}\n\
         Claim link:        {claim_link}\n"
    );
    // An address too long for a QR code still has its link in the text.
    if let Some(qr) = qr_text(&claim_link) {
        text.push('\n');
        text.push_str(&qr);
    }
    RecorderCard {
        serial,
        code,
        claim_link,
        name: name.to_owned(),
        text,
    }
}

/// A QR code for a dark terminal. `None` if the text is too long for one.
pub fn qr_text(text: &str) -> Option<String> {
    Some(draw(&QRBuilder::new(text).build().ok()?))
}

/// A QR code for a page, dark on white regardless of the page's colours. `None` if the text is too long for one.
pub(crate) fn qr_svg(text: &str) -> Option<String> {
    let qr = QRBuilder::new(text).build().ok()?;
    Some(SvgBuilder::default().margin(QUIET_ZONE).to_str(&qr))
}

/// Draws two rows of modules per line. Light modules are filled, for a dark terminal.
fn draw(qr: &QRCode) -> String {
    let side = qr.size + 2 * QUIET_ZONE;
    let is_light = |row: usize, column: usize| {
        let inside = QUIET_ZONE..QUIET_ZONE + qr.size;
        let is_dark = inside.contains(&row)
            && inside.contains(&column)
            && qr[row - QUIET_ZONE][column - QUIET_ZONE].value();
        !is_dark
    };
    let mut text = String::new();
    for row in (0..side).step_by(2) {
        for column in 0..side {
            let lower = row + 1 < side && is_light(row + 1, column);
            text.push(match (is_light(row, column), lower) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qr_code_is_drawn_with_its_quiet_zone() {
        let qr = QRBuilder::new("https://cloud.example.org/devices/new#PV-1")
            .build()
            .expect("a short text");

        let drawn = draw(&qr);

        let lines: Vec<Vec<char>> = drawn.lines().map(|line| line.chars().collect()).collect();
        let side = qr.size + 2 * QUIET_ZONE;
        assert_eq!(lines.len(), side.div_ceil(2));
        assert!(lines.iter().all(|line| line.len() == side));
        assert!(lines[..2].iter().flatten().all(|drawn| *drawn == '█'));
        // The finder pattern's corner: dark above dark, then dark above light.
        assert_eq!(lines[2][4..7].iter().collect::<String>(), " ▄▄");
    }
}
