//! Parses a client's request: stream and track from the address, and the requested transport. Pure
//! text processing, with own parsers where those of `rtsp-types` 0.1 can panic on their input.

use url::Url;

/// The stream and track of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// ISAPI stream number, such as 101.
    pub(crate) number: u32,
    /// 1 is video, 2 is audio; `None` is the whole stream.
    pub(crate) track: Option<u8>,
}

/// The transport that a client requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransportRequest {
    /// On the RTSP connection itself, with channels for RTP and RTCP if it names them.
    Interleaved(Option<(u8, u8)>),
    /// To these UDP ports for RTP and RTCP.
    Udp(u16, u16),
}

/// The stream of an address. Letter case does not matter, and the query does not either, except
/// that some clients append the track to the end of the address.
pub(crate) fn target(url: &Url) -> Option<Target> {
    let path = url.path().to_ascii_lowercase();
    let rest = path.strip_prefix("/streaming/channels/")?;
    let digits = rest.split('/').next()?;
    if digits.len() > 5 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole = url.as_str().to_ascii_lowercase();
    let track = match whole.rsplit_once("trackid=") {
        Some((_, number)) => Some(number.trim_end_matches('/').parse().ok()?),
        None => None,
    };
    Some(Target {
        number: digits.parse().ok()?,
        track,
    })
}

/// The address of the whole stream as the client wrote it, without query, track and trailing slash.
pub(crate) fn base(url: &Url) -> String {
    let mut plain = url.clone();
    plain.set_query(None);
    plain.set_fragment(None);
    // Answers must not repeat an address that contains a password.
    if plain.set_username("").is_err() || plain.set_password(None).is_err() {
        return String::new();
    }
    let text = plain.as_str().trim_end_matches('/');
    let lower = text.to_ascii_lowercase();
    let end = lower.rfind("/trackid=").unwrap_or(text.len());
    text[..end].to_owned()
}

/// The first transport of a `Transport` value that this recorder supports.
pub(crate) fn wish(value: &str) -> Option<TransportRequest> {
    value.split(',').find_map(one_wish)
}

fn one_wish(offer: &str) -> Option<TransportRequest> {
    let mut parts = offer.split(';').map(str::trim);
    let profile = parts.next()?.to_ascii_uppercase();
    let parameters: Vec<&str> = parts.collect();
    if parameters
        .iter()
        .any(|part| part.eq_ignore_ascii_case("multicast"))
    {
        return None;
    }
    let find = |name: &str| {
        parameters
            .iter()
            .filter_map(|part| part.split_once('='))
            .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    };
    match profile.as_str() {
        "RTP/AVP/TCP" => match find("interleaved") {
            Some(text) => Some(TransportRequest::Interleaved(Some(pair(text)?))),
            None => Some(TransportRequest::Interleaved(None)),
        },
        "RTP/AVP" | "RTP/AVP/UDP" => {
            let (rtp, rtcp) = pair::<u16>(find("client_port")?)?;
            (rtp != 0 && rtcp != 0).then_some(TransportRequest::Udp(rtp, rtcp))
        }
        _ => None,
    }
}

/// Two different numbers "a-b", or "a" for a number and its successor.
fn pair<N>(text: &str) -> Option<(N, N)>
where
    N: std::str::FromStr + Copy + PartialEq + TryFrom<u32> + Into<u32>,
{
    let (first, second) = match text.split_once('-') {
        Some((first, second)) => (first.parse().ok()?, second.parse().ok()?),
        None => {
            let first: N = text.parse().ok()?;
            (first, N::try_from(first.into() + 1).ok()?)
        }
    };
    (first != second).then_some((first, second))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str) -> Option<(u32, Option<u8>)> {
        let target = target(&Url::parse(address).unwrap())?;
        Some((target.number, target.track))
    }

    #[test]
    fn addresses_are_parsed_ignoring_case_and_query() {
        let cases = [
            ("rtsp://h/Streaming/Channels/101", Some((101, None))),
            ("rtsp://h:10554/streaming/channels/402/", Some((402, None))),
            (
                "rtsp://h/Streaming/Channels/101?transportmode=unicast",
                Some((101, None)),
            ),
            (
                "rtsp://h/STREAMING/CHANNELS/102/trackID=1",
                Some((102, Some(1))),
            ),
            (
                "rtsp://h/Streaming/Channels/102/trackID=2/",
                Some((102, Some(2))),
            ),
            (
                "rtsp://h/Streaming/Channels/101?x=y/trackID=1",
                Some((101, Some(1))),
            ),
            ("rtsp://h/Streaming/Channels/101/trackID=x", None),
            ("rtsp://h/Streaming/Channels/101/trackID=999", None),
            ("rtsp://h/Streaming/Channels/", None),
            ("rtsp://h/Streaming/Channels/1x1", None),
            ("rtsp://h/Streaming/Channels/99999999999999999999", None),
            ("rtsp://h/", None),
            ("rtsp:opaque", None),
        ];

        for (address, expected) in cases {
            assert_eq!(read(address), expected, "{address}");
        }
    }

    #[test]
    fn the_base_address_has_no_password_query_or_track() {
        let url = Url::parse("rtsp://a:b@h:1/Streaming/Channels/101/trackID=1?x").unwrap();

        assert_eq!(base(&url), "rtsp://h:1/Streaming/Channels/101");
    }

    #[test]
    fn the_first_supported_transport_is_chosen() {
        let cases = [
            (
                "RTP/AVP/TCP;unicast;interleaved=2-3",
                Some(TransportRequest::Interleaved(Some((2, 3)))),
            ),
            (
                "RTP/AVP/TCP;interleaved=4",
                Some(TransportRequest::Interleaved(Some((4, 5)))),
            ),
            ("rtp/avp/tcp", Some(TransportRequest::Interleaved(None))),
            (
                "RTP/AVP;unicast;client_port=5000-5001",
                Some(TransportRequest::Udp(5000, 5001)),
            ),
            (
                "RTP/AVP;multicast,RTP/AVP/UDP;client_port=6000",
                Some(TransportRequest::Udp(6000, 6001)),
            ),
            ("RTP/SAVP;unicast;client_port=5000-5001", None),
            ("RTP/AVP;unicast", None),
            ("RTP/AVP;client_port=0-1", None),
            ("RTP/AVP;client_port=65535", None),
            ("RTP/AVP;client_port=99999-100000", None),
            ("RTP/AVP/TCP;interleaved=255", None),
            ("RTP/AVP/TCP;interleaved=1-1", None),
            ("RTP/AVP/TCP;interleaved=a-b", None),
            (
                "RTP/AVP/TCP;dest_addr=\"\\\"",
                Some(TransportRequest::Interleaved(None)),
            ),
            ("", None),
            (";;;,,,", None),
        ];

        for (value, expected) in cases {
            assert_eq!(wish(value), expected, "{value}");
        }
    }
}
