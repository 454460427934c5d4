//! What is known of devices that answer a search.

use proptest::prelude::*;

use super::*;

fn fixture(path: &str) -> Vec<u8> {
    let path = format!("{}/testdata/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn found(answers: &[(&str, &str)]) -> Vec<LanDevice> {
    let mut devices = LanDevices::default();
    for (from, path) in answers {
        let from = from.parse().expect("an address");
        assert!(devices.take(from, &fixture(path)), "{path}");
    }
    devices.all().cloned().collect()
}

#[test]
fn devices_of_every_vendor_are_found() {
    for (from, path, told) in [
        (
            "192.168.1.108",
            "dahua-nvr4104-v3.216",
            ("Dahua", "DHI-NVR4104HS-4KS2", Some(80)),
        ),
        (
            "192.168.0.90",
            "axis-p1375-v10.12",
            ("AXIS", "P1375", Some(80)),
        ),
        (
            "192.168.1.20",
            "reolink-rlc520-v3.0",
            ("IPC", "IPC-BO", Some(8000)),
        ),
        (
            "192.168.1.30",
            "tplink-tapoc200-v1.3",
            ("TP-IPC", "MODEL", Some(2020)),
        ),
    ] {
        let path = format!("{path}/probe_match.xml");
        let devices = found(&[(from, &path)]);

        let device = &devices[0];
        assert_eq!(
            (device.make.as_str(), device.model.as_str(), device.port),
            told
        );
        assert_eq!((device.kind, device.is_activated), (FoundKind::Onvif, None));
    }
}

#[test]
fn a_link_local_answer_is_known_by_its_usable_address() {
    let told = fixture("axis-p1375-v10.12/probe_match.xml");
    let told = String::from_utf8(told).expect("text");
    let (start, end) = (
        told.find("XAddrs>").expect("a list"),
        told.rfind("</").expect("an end"),
    );
    let list = &told[start + 7..end];
    let list = &list[..list.find("</").expect("the end of the list")];
    let found = |addresses: &str| {
        let mut devices = LanDevices::default();
        let answer = told.replace(list, addresses);
        devices.take("fe80::1".parse().expect("an address"), answer.as_bytes());
        let found = devices.all().next().cloned();
        found.map(|device| device.address_text())
    };

    let both = "http://[fe80::1]/onvif http://[fd00::9]:81/onvif http://192.0.2.9:8000/onvif";
    assert_eq!(found(both).as_deref(), Some("192.0.2.9:8000"));
    let six = "http://[fe80::1]/onvif http://[fd00::9]:81/onvif";
    assert_eq!(found(six).as_deref(), Some("[fd00::9]:81"));
    for useless in [
        "http://[fe80::1]/onvif",
        "http://[::1]/onvif",
        "http://0.0.0.0/onvif",
        "",
    ] {
        assert_eq!(found(useless), None, "{useless}");
    }
}

#[test]
fn both_answers_of_one_device_are_put_together() {
    let ways = [
        ("192.168.1.64", "hikvision-ds2de3304w-v5.5/probe_match.xml"),
        ("10.0.0.1", "hikvision-ds2de3304w-v5.5/sadp.xml"),
    ];
    for answers in [ways, [ways[1], ways[0]]] {
        let mut devices = LanDevices::default();
        for (from, path) in answers {
            devices.take(from.parse().expect("an address"), &fixture(path));
        }
        let devices: Vec<&LanDevice> = devices.all().collect();

        let [device] = devices[..] else {
            panic!("{devices:?}")
        };
        assert_eq!(device.kind, FoundKind::Hikvision);
        assert_eq!(device.model, "DS-2DE3304W-DE");
        assert!(device.serial.ends_with("C42000000W"));
        assert_eq!((device.is_activated, device.port), (Some(false), Some(80)));
    }
}

#[test]
fn settings_name_the_driver_and_the_port() {
    let devices = found(&[
        ("192.168.1.64", "hikvision-ds2de3304w-v5.5/sadp.xml"),
        ("fd00::1", "reolink-rlc520-v3.0/probe_match.xml"),
    ]);

    assert_eq!(
        devices[0].settings(),
        "[[agent.recorders]]\nkind = \"hikvision\"\naddress = \"192.168.1.64\"\nuser = \"\"\npassword = \"\"\n"
    );
    assert!(
        devices[1]
            .settings()
            .contains("kind = \"onvif\"\naddress = \"[fd00::1]:8000\"\n")
    );
}

#[test]
fn an_answer_cannot_move_the_cursor_or_forge_settings() {
    let text = "\u{1b}[2J&#27;]0;x&#7;\u{202e}&#x202e;Evil\"]\n[agent]";
    let answer = format!(
        "<ProbeMatch><Types>inquiry</Types><DeviceDescription>{text}</DeviceDescription>\
         <DeviceSN>{}</DeviceSN><IPv4Address>192.0.2.1</IPv4Address></ProbeMatch>",
        "9".repeat(5000)
    );
    let mut devices = LanDevices::default();

    devices.take(IpAddr::from([192, 0, 2, 9]), answer.as_bytes());

    let device = devices.all().next().expect("one");
    assert!(
        !device
            .model
            .chars()
            .any(|c| c.is_control() || c == '\u{202e}'),
        "{device:?}"
    );
    assert_eq!(device.serial.len(), MAX_FOUND_CHARS);
    assert!(!device.settings().contains("Evil"));
}

#[test]
fn strangers_cannot_add_devices_without_end() {
    let mut devices = LanDevices::default();
    for host in 0..2 * u32::try_from(MAX_FOUND).expect("small") {
        let address = Ipv4Addr::from_bits(0x0a00_0000 + host);
        let answer = format!(
            "<ProbeMatch><Types>inquiry</Types><IPv4Address>{address}</IPv4Address></ProbeMatch>"
        );
        devices.take(IpAddr::from([192, 0, 2, 9]), answer.as_bytes());
    }

    assert_eq!(devices.len(), MAX_FOUND);
}

#[test]
fn probes_printers_and_our_own_inquiry_are_no_devices() {
    let printer = String::from_utf8(fixture("reolink-rlc520-v3.0/probe_match.xml"))
        .expect("UTF-8")
        .replace("onvif://", "http://")
        .replace(
            "dn:NetworkVideoTransmitter tds:Device",
            "wprt:PrintDeviceType",
        );
    let mut devices = LanDevices::default();
    for datagram in [
        printer.as_str(),
        &sadp_inquiry(7),
        &probe(7),
        "",
        "<a/>",
        "\u{0}",
    ] {
        assert!(
            !devices.take(IpAddr::from([192, 0, 2, 9]), datagram.as_bytes()),
            "{datagram}"
        );
    }
    assert!(devices.is_empty());
}

#[test]
fn ids_of_messages_are_random_uuids() {
    assert_eq!(ws::uuid(0), "00000000-0000-4000-8000-000000000000");
    assert_eq!(ws::uuid(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    assert!(probe(5).contains("uuid:00000000-0000-4000-8000-000000000005"));
}

proptest! {
    #[test]
    fn no_datagram_causes_a_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        scope in ".{0,60}",
    ) {
        let mut devices = LanDevices::default();
        let from = IpAddr::from([192, 0, 2, 9]);
        devices.take(from, &bytes);
        let answer = format!(
            "<e:Envelope><e:Body><ProbeMatches><ProbeMatch><Types>x:NetworkVideoTransmitter</Types>\
             <Scopes>onvif://www.onvif.org/name/{scope}</Scopes><XAddrs>http://{scope}</XAddrs>\
             </ProbeMatch></ProbeMatches></e:Body></e:Envelope>"
        );
        devices.take(from, answer.as_bytes());
    }
}
