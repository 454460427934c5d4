//! DNS messages (RFC 1035): the question, and the useful parts of an answer. Pure: the server, or
//! somebody who pretends to be it, may send anything.

use std::net::{IpAddr, SocketAddr};

use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, RCODE, TYPE};

/// The question and the server.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Address of the server, for messages.
    pub server: SocketAddr,
    /// Its number, which the answer repeats.
    pub id: u16,
    /// The name in the query.
    pub name: &'a str,
}

/// The question as a DNS message.
pub fn query(id: u16, name: &str, kind: TYPE) -> Result<Vec<u8>, String> {
    let nonsense = |_| format!("{name} is not a valid DNS name");
    let parsed = Name::new(name).map_err(nonsense)?;
    let mut packet = Packet::new_query(id);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    packet.questions.push(simple_dns::Question::new(
        parsed,
        QTYPE::TYPE(kind),
        QCLASS::CLASS(CLASS::IN),
        false,
    ));
    packet.build_bytes_vec().map_err(nonsense)
}

/// Whether an answer is too long for its transport; an unreadable one may be, too.
pub fn is_cut(answer: &[u8]) -> bool {
    Packet::parse(answer).map_or(true, |packet| packet.has_flags(PacketFlag::TRUNCATION))
}

/// Everything in an answer that `read` accepts, or the reason why there is nothing.
pub fn read<T>(
    answer: &[u8],
    question: &Question<'_>,
    read: impl Fn(&RData<'_>) -> Option<T>,
) -> Result<Vec<T>, String> {
    let Question { server, id, name } = question;
    let nonsense = |_| format!("the DNS server {server} sends an invalid answer");
    let packet = Packet::parse(answer).map_err(nonsense)?;
    match packet.rcode() {
        _ if packet.id() != *id => Err(format!("the DNS server {server} answers another question")),
        // A name that does not exist has no records; that is an answer and no trouble.
        RCODE::NoError | RCODE::NameError => Ok(packet
            .answers
            .iter()
            .filter_map(|record| read(&record.rdata))
            .collect()),
        code => Err(format!(
            "the DNS server {server} answers {code:?} for {name}"
        )),
    }
}

/// The address in a record.
pub fn address(data: &RData<'_>) -> Option<IpAddr> {
    match data {
        RData::A(a) => Some(IpAddr::V4(a.address.into())),
        RData::AAAA(aaaa) => Some(IpAddr::V6(aaaa.address.into())),
        _ => None,
    }
}

/// The text in a record.
pub fn text(data: &RData<'_>) -> Option<String> {
    match data {
        RData::TXT(text) => String::try_from(text.clone()).ok(),
        _ => None,
    }
}

/// The host of an MX record; `.` means that the domain accepts no mail (RFC 7505).
pub fn mail_host(data: &RData<'_>) -> Option<String> {
    match data {
        RData::MX(mx) if mx.exchange.get_labels().is_empty() => Some(".".to_owned()),
        RData::MX(mx) => Some(mx.exchange.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_host_names_are_never_queried() {
        let long = "a".repeat(64);
        for name in [long.as_str(), &"a.".repeat(200)] {
            assert!(query(1, name, TYPE::TXT).is_err(), "{name}");
        }
    }
}
