//! Events by pull point: subscriptions with an end, on the events that the alert stream tells as well. Each
//! subscription has its own address or, as at Axis, a number in the header of every request.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::address;
use super::device::now;
use super::envelope::{SimFault, SoapCall};
use crate::events::{SimEvent, SimSubscription};
use crate::isapi::xml;
use crate::limits::MAX_SUBSCRIPTIONS;
use crate::shared::Shared;

const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
const NOTIFICATION: &str = "http://docs.oasis-open.org/wsn/b-2";
/// Where subscriptions are asked; their number may follow.
pub(super) const MANAGER: &str = "subscription_";
/// Longest time that an answer is held back.
const MAX_WAIT: Duration = Duration::from_secs(60);
/// Lifetime of a subscription that asks for none or too long a one.
const LIFETIME: Duration = Duration::from_secs(600);

/// `CreatePullPointSubscription`.
pub(super) fn create(shared: &Arc<Shared>, call: &SoapCall) -> Result<String, SimFault> {
    if call.operation != "CreatePullPointSubscription" {
        return Err(SimFault::unsupported());
    }
    let lifetime = match call.text("InitialTerminationTime") {
        Some(text) => span(&text).ok_or_else(|| {
            SimFault::sender("ter:InvalidArgVal", "Unacceptable initial termination time")
        })?,
        None => LIFETIME,
    };
    let lifetime = lifetime.min(shared.config.onvif.longest_subscription);
    let (waiting, changes) = shared.events.listen();
    let id = crate::random::number() >> 16;
    {
        let mut all = shared.subscriptions();
        all.retain(|subscription| subscription.ends > Instant::now());
        if all.len() >= MAX_SUBSCRIPTIONS {
            return Err(SimFault::sender(
                "ter:MaxSubscriptions",
                "Too many subscriptions",
            ));
        }
        all.push(SimSubscription {
            id,
            ends: Instant::now() + lifetime,
            waiting,
            changes,
        });
    }
    shared.count(|stats| stats.subscriptions += 1);
    let [now, end] = times(shared, lifetime);
    let (place, parameters) = match shared.config.onvif.has_reference_parameters {
        true => (
            format!("{MANAGER}all"),
            format!(
                "<wsa5:ReferenceParameters><sim:SubscriptionId xmlns:sim=\"urn:simulated\">{id}\
                 </sim:SubscriptionId></wsa5:ReferenceParameters>"
            ),
        ),
        false => (format!("{MANAGER}{id}"), String::new()),
    };
    Ok(format!(
        "<tev:CreatePullPointSubscriptionResponse xmlns:tev=\"http://www.onvif.org/ver10/events/wsdl\" \
         xmlns:wsnt=\"{NOTIFICATION}\" xmlns:wsa5=\"{ADDRESSING}\"><tev:SubscriptionReference>\
         <wsa5:Address>{}</wsa5:Address>{parameters}</tev:SubscriptionReference>\
         <wsnt:CurrentTime>{now}</wsnt:CurrentTime><wsnt:TerminationTime>{end}</wsnt:TerminationTime>\
         </tev:CreatePullPointSubscriptionResponse>",
        address(shared, &place),
    ))
}

/// Requests to a subscription.
pub(super) async fn manage(
    shared: &Arc<Shared>,
    number: &str,
    call: &SoapCall,
) -> Result<String, SimFault> {
    let said = call.text("SubscriptionId");
    let id = said.as_deref().unwrap_or(number).parse::<u64>().ok();
    let mut subscription = TakenSubscription::take(shared, id)?;
    match call.operation.as_str() {
        "PullMessages" => {
            let wait = call.text("Timeout").and_then(|text| span(&text));
            let wait = wait.unwrap_or_default().min(MAX_WAIT);
            Ok(pull(shared, subscription.get(), wait).await)
        }
        "Renew" => {
            let wished = call.text("TerminationTime").and_then(|text| span(&text));
            let longest = shared.config.onvif.longest_subscription;
            let lifetime = wished.unwrap_or(LIFETIME).min(longest);
            subscription.get().ends = Instant::now() + lifetime;
            shared.count(|stats| stats.renewals += 1);
            let [now, end] = times(shared, lifetime);
            Ok(format!(
                "<wsnt:RenewResponse xmlns:wsnt=\"{NOTIFICATION}\">\
                 <wsnt:TerminationTime>{end}</wsnt:TerminationTime>\
                 <wsnt:CurrentTime>{now}</wsnt:CurrentTime></wsnt:RenewResponse>"
            ))
        }
        "Unsubscribe" => {
            subscription.kept = None;
            shared.count(|stats| stats.unsubscribed += 1);
            Ok(format!(
                "<wsnt:UnsubscribeResponse xmlns:wsnt=\"{NOTIFICATION}\"/>"
            ))
        }
        _ => Err(SimFault::unsupported()),
    }
}

/// A subscription that is being asked; it goes back also if its client hangs up.
struct TakenSubscription<'a> {
    shared: &'a Shared,
    kept: Option<SimSubscription>,
}

impl<'a> TakenSubscription<'a> {
    fn take(shared: &'a Shared, id: Option<u64>) -> Result<Self, SimFault> {
        let mut all = shared.subscriptions();
        all.retain(|subscription| subscription.ends > Instant::now());
        let at = all
            .iter()
            .position(|subscription| Some(subscription.id) == id);
        let at = at.ok_or_else(|| {
            SimFault::sender(
                "wsrf-rw:ResourceUnknownFault",
                "There is no such subscription",
            )
        })?;
        let kept = Some(all.swap_remove(at));
        Ok(Self { shared, kept })
    }

    fn get(&mut self) -> &mut SimSubscription {
        self.kept.as_mut().expect("only its end takes it out")
    }
}

impl Drop for TakenSubscription<'_> {
    fn drop(&mut self) {
        self.shared.subscriptions().extend(self.kept.take());
    }
}

async fn pull(shared: &Shared, subscription: &mut SimSubscription, wait: Duration) -> String {
    let mut events = std::mem::take(&mut subscription.waiting);
    let is_first = !events.is_empty();
    if events.is_empty() {
        let next = timeout(wait, subscription.changes.recv()).await;
        events.extend(next.ok().and_then(Result::ok));
    }
    while let Ok(event) = subscription.changes.try_recv() {
        events.push(event);
    }
    let operation = if is_first { "Initialized" } else { "Changed" };
    let messages: String = events
        .iter()
        .map(|event| message(shared, event, operation))
        .collect();
    let [now, end] = times(shared, LIFETIME);
    format!(
        "<tev:PullMessagesResponse xmlns:tev=\"http://www.onvif.org/ver10/events/wsdl\" \
         xmlns:wsnt=\"{NOTIFICATION}\" xmlns:tns1=\"http://www.onvif.org/ver10/topics\">\
         <tev:CurrentTime>{now}</tev:CurrentTime><tev:TerminationTime>{end}</tev:TerminationTime>\
         {messages}</tev:PullMessagesResponse>"
    )
}

/// Topics and names of data as makers have them.
fn message(shared: &Shared, event: &SimEvent, operation: &str) -> String {
    let number = event.camera.unwrap_or(1);
    let settings = (
        "VideoSourceConfigurationToken",
        format!("Source_{number}01"),
    );
    let (topic, source, data) = match event.event_type.as_str() {
        "VMD" => (
            "RuleEngine/CellMotionDetector/tnssim:Motion".to_owned(),
            settings,
            "IsMotion",
        ),
        "linedetection" => (
            "RuleEngine/LineDetector/Crossed".to_owned(),
            settings,
            "ObjectId",
        ),
        "io" => (
            "Device/Trigger/DigitalInput".to_owned(),
            ("InputToken", format!("Input_{number}")),
            "LogicalState",
        ),
        "shelteralarm" => (
            "VideoSource/GlobalSceneChange/ImagingService".to_owned(),
            ("Source", format!("VideoSource_{number}")),
            "State",
        ),
        "diskerror" => (
            "Device/HardwareFailure/StorageFailure".to_owned(),
            ("Token", "Disk_1".to_owned()),
            "Failed",
        ),
        other => (
            format!("RuleEngine/MyRuleDetector/{}", xml::text(other)),
            settings,
            "State",
        ),
    };
    let value = match data {
        "ObjectId" => "7".to_owned(),
        _ => event.is_active.to_string(),
    };
    let (name, token) = source;
    let time = now(shared).strftime("%Y-%m-%dT%H:%M:%SZ");
    format!(
        "<wsnt:NotificationMessage>\
         <wsnt:Topic Dialect=\"http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet\">tns1:{topic}</wsnt:Topic>\
         <wsnt:Message><tt:Message UtcTime=\"{time}\" PropertyOperation=\"{operation}\"><tt:Source>\
         <tt:SimpleItem Name=\"{name}\" Value=\"{token}\"/><tt:SimpleItem Name=\"Rule\" Value=\"MyRule\"/>\
         </tt:Source><tt:Data><tt:SimpleItem Name=\"{data}\" Value=\"{value}\"/></tt:Data></tt:Message>\
         </wsnt:Message></wsnt:NotificationMessage>"
    )
}

/// The device's clock, and when a subscription ends on it.
fn times(shared: &Shared, lifetime: Duration) -> [String; 2] {
    let now = now(shared);
    let lifetime = jiff::SignedDuration::try_from(lifetime).unwrap_or_default();
    let end = now.checked_add(lifetime).unwrap_or(now);
    [now, end].map(|time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// `PT600S` or `PT1M`.
fn span(text: &str) -> Option<Duration> {
    let text = text.strip_prefix("PT")?;
    let (number, factor) = match text.strip_suffix('S') {
        Some(seconds) => (seconds, 1.0),
        None => (text.strip_suffix('M')?, 60.0),
    };
    Duration::try_from_secs_f64(number.parse::<f64>().ok()? * factor).ok()
}
