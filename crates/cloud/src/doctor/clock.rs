//! Compares this machine's clock with a time server over SNTP (RFC 4330): app codes, tickets and
//! certificates depend on it.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use tokio::time::timeout;

use super::dns::Dns;
use super::finding::Finding;
use super::options::DoctorOptions;
use super::{limits, udp};
use crate::random::Random;

const TOPIC: &str = "clock";
const PORT: u16 = 123;
/// Length of a request in bytes.
pub const MESSAGE_BYTES: usize = 48;
/// From the start of NTP's first era, 1900, to that of Unix, in seconds.
const UNIX_START: u64 = 2_208_988_800;
/// Seconds below this belong to the era that starts in 2036 (RFC 4330 §3).
const ERA_BORDER: u64 = 1 << 31;

pub(super) async fn look(options: &DoctorOptions, dns: &Dns) -> Finding {
    match offset(options, dns).await {
        Ok(seconds) => judge(&options.time_server, seconds),
        Err(words) => Finding::warn(
            TOPIC,
            format!("could not be compared: {words}"),
            "allow outgoing UDP port 123, or choose another server with --time-server",
        ),
    }
}

fn judge(server: &str, seconds: f64) -> Finding {
    let direction = if seconds > 0.0 { "behind" } else { "ahead of" };
    let found = format!("{:.3} s {direction} {server}", seconds.abs());
    let fix =
        "synchronize the clock of this machine: `timedatectl set-ntp true`, or install chrony";
    if seconds.abs() > limits::CLOCK_BAD {
        Finding::bad(TOPIC, found, fix)
    } else if seconds.abs() > limits::CLOCK_WARN {
        Finding::warn(TOPIC, found, fix)
    } else {
        Finding::ok(TOPIC, found)
    }
}

/// How far the server is ahead, in seconds.
async fn offset(options: &DoctorOptions, dns: &Dns) -> Result<f64, String> {
    let (host, port) = host_and_port(&options.time_server, PORT);
    let addresses = dns.addresses(host).await?;
    let ip = addresses.first().ok_or(format!("{host} has no address"))?;
    let server = SocketAddr::new(*ip, port);
    let nonce = Random.bytes::<8>();
    let sent = since_1970(options.clock.system_time());
    let answer = timeout(limits::PATIENCE, exchange(server, &request(nonce)))
        .await
        .map_err(|_| format!("{server} does not answer"))?
        .map_err(|error| format!("asking {server}: {error}"))?;
    let received = since_1970(options.clock.system_time());
    read(&answer, nonce, sent, received)
}

/// The two parts of `host`, `host:port` or `[address]:port`.
fn host_and_port(text: &str, usual: u16) -> (&str, u16) {
    if text.parse::<std::net::IpAddr>().is_ok() {
        return (text, usual);
    }
    match text
        .rsplit_once(':')
        .map(|(host, port)| (host, port.parse()))
    {
        Some((host, Ok(port))) => (host, port),
        _ => (text, usual),
    }
}

async fn exchange(server: SocketAddr, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let socket = udp::socket_to(server).await?;
    socket.send(request).await?;
    // Room for extensions or a MAC behind the header, which some servers append.
    let mut answer = vec![0; 2 * MESSAGE_BYTES];
    let n = socket.recv(&mut answer).await?;
    answer.truncate(n);
    Ok(answer)
}

fn since_1970(at: SystemTime) -> Duration {
    at.duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}

/// Version 4, client. The server repeats our transmit time; ours is random, so that only somebody
/// who sees the request can answer it.
pub fn request(nonce: [u8; 8]) -> [u8; MESSAGE_BYTES] {
    let mut message = [0; MESSAGE_BYTES];
    message[0] = 4 << 3 | 3;
    message[40..].copy_from_slice(&nonce);
    message
}

/// How far the server is ahead, in seconds, according to an answer to [`request`], with the times
/// of sending and receiving since 1970.
pub fn read(
    answer: &[u8],
    nonce: [u8; 8],
    sent: Duration,
    received: Duration,
) -> Result<f64, String> {
    let field = |at: usize| -> Option<[u8; 8]> { answer.get(at..at + 8)?.try_into().ok() };
    let (Some(repeated), Some(arrived), Some(left)) = (field(24), field(32), field(40)) else {
        return Err("the answer is too short".to_owned());
    };
    // Mode 4 is the answer of a server (RFC 4330 §4).
    if answer[0] & 7 != 4 || repeated != nonce {
        return Err("the answer does not match the request".to_owned());
    }
    // Leap indicator 3 and stratum 0 or 16 mean that the server is not synchronized.
    if answer[0] >> 6 == 3 || !(1..16).contains(&answer[1]) {
        return Err("the server is not synchronized itself".to_owned());
    }
    let ahead = |theirs: [u8; 8], ours: Duration| moment(theirs) - ours.as_secs_f64();
    // The way there and the way back are taken for equally long (RFC 4330 §5).
    Ok(f64::midpoint(ahead(arrived, sent), ahead(left, received)))
}

/// Seconds since 1970 of an NTP time stamp.
fn moment(stamp: [u8; 8]) -> f64 {
    let [a, b, c, d, fraction @ ..] = stamp;
    let seconds = u64::from(u32::from_be_bytes([a, b, c, d]));
    let era = if seconds < ERA_BORDER { 1 << 32 } else { 0 };
    let whole = Duration::from_secs((seconds + era).saturating_sub(UNIX_START));
    whole.as_secs_f64() + f64::from(u32::from_be_bytes(fraction)) / 2f64.powi(32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Grade;

    const NONCE: [u8; 8] = [7; 8];

    /// An answer received and sent at this second of the era of 1900, plus half a second.
    fn answer(seconds: u32) -> Vec<u8> {
        let mut answer = request(NONCE).to_vec();
        answer[0] = 4 << 3 | 4;
        answer[1] = 2;
        answer[24..32].copy_from_slice(&NONCE);
        for at in [32, 40] {
            answer[at..at + 4].copy_from_slice(&seconds.to_be_bytes());
            answer[at + 4..at + 8].copy_from_slice(&[0x80, 0, 0, 0]);
        }
        answer
    }

    #[test]
    fn the_clock_offset_is_measured_at_the_round_trip_midpoint() {
        let at = |seconds| Duration::from_secs(seconds);
        let answer = answer(3_000_000_000);
        let unix = 3_000_000_000 - UNIX_START;

        let offset = read(&answer, NONCE, at(unix - 1), at(unix + 1)).unwrap();

        assert!((offset - 0.5).abs() < 1e-6, "{offset}");
    }

    #[test]
    fn ntp_times_after_2036_are_read() {
        assert!((moment(answer(1)[32..40].try_into().unwrap()) - 2_085_978_497.5).abs() < 1e-6);
    }

    #[test]
    fn invalid_or_unsynchronized_ntp_answers_are_refused() {
        let now = Duration::from_secs(1);
        let good = answer(3_000_000_000);
        for (at, byte) in [
            (0, 4 << 3 | 3),
            (0, 3 << 6 | 4 << 3 | 4),
            (1, 0),
            (1, 16),
            (24, 0),
        ] {
            let mut bad = good.clone();
            bad[at] = byte;
            assert!(read(&bad, NONCE, now, now).is_err(), "{at} {byte}");
        }
        assert!(read(&good[..47], NONCE, now, now).is_err());
        assert!(read(&[], NONCE, now, now).is_err());
    }

    #[test]
    fn clock_offsets_are_graded_by_their_size() {
        for (seconds, grade) in [
            (0.2, Grade::Ok),
            (-0.9, Grade::Ok),
            (3.0, Grade::Warn),
            (-60.0, Grade::Bad),
        ] {
            assert_eq!(judge("x", seconds).grade, grade, "{seconds}");
        }
        assert!(judge("x", -60.0).found.contains("60.000 s ahead of x"));
    }

    #[test]
    fn a_host_is_read_with_and_without_a_port() {
        assert_eq!(host_and_port("pool.ntp.org", 123), ("pool.ntp.org", 123));
        assert_eq!(host_and_port("127.0.0.1:1123", 123), ("127.0.0.1", 1123));
        assert_eq!(host_and_port("::1", 123), ("::1", 123));
        assert_eq!(host_and_port("[::1]:1123", 123), ("[::1]", 1123));
    }
}
