//! Addresses that a device reports. A device may not know its own address: behind a NAT, in a container or
//! with two networks it reports a host that cannot be reached, so the host is always taken from the settings.
//! Pure.

use rtsp::address::StreamAddress;
use url::Url;

/// Where a service or picture of the device is.
pub(super) fn service(base: &Url, said: &str) -> Option<Url> {
    let said = Url::parse(said.trim()).ok()?;
    if !matches!(said.scheme(), "http" | "https") {
        return None;
    }
    let mut url = base.clone();
    url.set_path(said.path());
    url.set_query(said.query());
    // Where the host is true, so is the port; some have a port for each service.
    if said.host_str() == base.host_str() && said.scheme() == base.scheme() {
        url.set_port(said.port()).ok()?;
    }
    Some(url)
}

/// Where a stream of the device is, without the login that some devices write into it.
pub(super) fn stream(base: &Url, said: &str, rtsp_port: Option<u16>) -> Option<StreamAddress> {
    // Without what comes after a #, which cameras need as little as the login before the host.
    let said = said.split('#').next().unwrap_or_default();
    let (address, _login) = StreamAddress::parse(said).ok()?;
    let host = base.host_str().unwrap_or_default();
    Some(StreamAddress {
        host: host.trim_matches(['[', ']']).to_owned(),
        port: rtsp_port.unwrap_or(address.port),
        ..address
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> Url {
        Url::parse(text).expect("an address")
    }

    #[test]
    fn streams_of_a_device_with_a_wrong_host_are_reached() {
        for (settings, said, expected) in [
            (
                "http://192.0.2.1/",
                "rtsp://0.0.0.0:554/stream1",
                "rtsp://192.0.2.1:554/stream1",
            ),
            (
                "http://192.0.2.1:8000/",
                "rtsp://10.0.0.9/a?b=1&c=2",
                "rtsp://192.0.2.1:554/a?b=1&c=2",
            ),
            (
                "http://cam.lan/",
                "rtsp://192.0.2.1:8554/x",
                "rtsp://cam.lan:8554/x",
            ),
            (
                "http://[2001:db8::1]/",
                "rtsp://192.0.2.1/x",
                "rtsp://[2001:db8::1]:554/x",
            ),
            (
                "http://192.0.2.1/",
                "rtsp://ana:pw@192.0.2.1/x#y",
                "rtsp://192.0.2.1:554/x",
            ),
        ] {
            let address = stream(&base(settings), said, None).expect(said);
            assert_eq!(address.url(), expected);
        }
        let address = stream(
            &base("http://192.0.2.1/"),
            "rtsp://10.0.0.9:554/a",
            Some(10554),
        );
        assert_eq!(address.expect("an address").port, 10554);
    }

    #[test]
    fn addresses_of_other_kinds_are_no_streams() {
        for said in [
            "",
            "http://192.0.2.1/",
            "rtsp:///x",
            "file:///etc/passwd",
            "stream1",
        ] {
            assert_eq!(
                stream(&base("http://192.0.2.1/"), said, None),
                None,
                "{said}"
            );
        }
        assert_eq!(
            service(&base("http://192.0.2.1/"), "ftp://192.0.2.1/"),
            None
        );
    }

    #[test]
    fn a_service_keeps_its_port_if_its_host_is_true() {
        for (settings, said, expected) in [
            (
                "http://192.0.2.1/",
                "http://192.0.2.1:2020/onvif/ptz",
                "http://192.0.2.1:2020/onvif/ptz",
            ),
            (
                "http://192.0.2.1:81/",
                "http://10.0.0.9:80/onvif/ptz",
                "http://192.0.2.1:81/onvif/ptz",
            ),
            (
                "https://cam.lan/",
                "http://cam.lan:80/onvif/ptz?x=1",
                "https://cam.lan/onvif/ptz?x=1",
            ),
        ] {
            let url = service(&base(settings), said).expect(said);
            assert_eq!(url.as_str(), expected);
        }
    }
}
