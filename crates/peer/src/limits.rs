//! All limits of an endpoint in one place: sizes, counts and times, with the reason for each.

use std::time::Duration;

pub use proto::call::limits::MAX_CANDIDATE_BYTES;
pub use proto::link::limits::MAX_SLOTS;

/// Local addresses that get a socket and a host candidate.
pub const MAX_LOCAL_ADDRESSES: usize = 8;
/// Of these, addresses of one family: IPv4 bridges leave room for IPv6, and the other way round.
pub const MAX_ADDRESSES_PER_FAMILY: usize = 5;
/// Of these, addresses of one family and interface; IPv6 adds temporary ones by the hour.
pub const MAX_ADDRESSES_PER_INTERFACE: usize = 2;
/// Remote candidates accepted per ICE generation; more are ignored, because each costs checks.
pub const MAX_REMOTE_CANDIDATES: usize = 20;
/// Longest SDP that is read, in bytes.
pub const MAX_SDP_BYTES: usize = 64 * 1024;
/// STUN servers asked for the public address.
pub const MAX_STUN_SERVERS: usize = 4;
/// Public addresses announced per socket; servers that disagree, or lie, add no more.
pub const MAX_PUBLIC_ADDRESSES: usize = 2;

/// Ways to relays that are tried: four relays, each at two addresses over three transports.
pub const MAX_TURN_SERVERS: usize = 24;
/// Relays that are queried together. The nearest ones answer first.
pub const MAX_RELAYS_TRIED: usize = 4;
/// Relays on which an allocation is held: one to use, one known if it dies.
pub const MAX_RELAYS: usize = 2;
/// How long TCP and TLS to a relay wait for UDP, which is better for pictures.
pub const STREAM_AFTER_UDP: Duration = Duration::from_millis(200);
/// Time for name, connection, TLS and allocation together; after it, a relay counts as silent.
pub const ALLOCATE: Duration = Duration::from_secs(8);
/// Time for one address of a relay if it has another.
pub const ALLOCATE_FIRST: Duration = Duration::from_millis(1_500);
/// Addresses of one relay that are tried, one after the other.
pub const MAX_RELAY_ADDRESSES: usize = 4;
/// How long a relay may take to confirm the end of an allocation.
pub const RELEASE: Duration = Duration::from_millis(500);
/// Peers that are permitted per allocation: the candidates of some ICE generations.
pub const MAX_PERMISSIONS: usize = 3 * MAX_REMOTE_CANDIDATES;
/// Packets that wait for a permission: one check of each pair and some repetitions.
pub const MAX_HELD_PACKETS: usize = 2 * MAX_REMOTE_CANDIDATES;
/// Channels per allocation; peers beyond get Send indications.
pub const MAX_CHANNELS: usize = 16;
/// Longest frame from a relay over TCP or TLS; longer ones are thrown away. Packets of a call are
/// shorter than an Ethernet frame.
pub const MAX_RELAY_FRAME_BYTES: usize = 4 * 1024;
/// Bytes that may wait for a relay over TCP or TLS; above this, packets are dropped like on a full
/// link. At 4 Mbit/s these are 0.25 s.
pub const RELAY_STREAM_BYTES: usize = 128 * 1024;
/// A relay connection that takes no byte for this long is given up.
pub const RELAY_STALL: Duration = Duration::from_secs(10);
/// Batches that may wait for the task of a relay connection.
pub const RELAY_ORDERS: usize = 64;
/// Packets and notices of relays that may wait for the task of a connection.
pub const RELAY_REPORTS: usize = 256;

/// A call that is not connected after this time has no path.
pub const CONNECT: Duration = Duration::from_secs(15);
/// Time for an ICE restart after a lost path, before the call ends.
pub const RESTART: Duration = Duration::from_secs(15);
/// A picture that is followed by nothing from the other side for this long: it is asked for a sign of
/// life.
pub const PROBE_AFTER: Duration = Duration::from_millis(800);
/// A picture that is followed by nothing from the other side for this long: the path is silent.
// Viewers report reception about once a second, and acknowledge the probe within 200 ms.
pub const SILENT: Duration = Duration::from_millis(1_500);
/// The same without pictures; ICE's own checks come every 5 s at most.
pub const SILENT_IDLE: Duration = Duration::from_secs(6);
/// Wait before a connectivity check is repeated for the first time; it doubles with each further one.
/// The first check through a relay is lost if the other side has not yet got the permission for it,
/// and the first one through two NATs if the viewer's has not let anything out yet, so this is the delay of such
/// calls. Chromium repeats checks every 48 ms.
pub const FIRST_CHECK_WAIT: Duration = Duration::from_millis(20);
/// Datagrams of DTLS that may wait for their path: two flights of a handshake.
pub const MAX_EARLY_DATAGRAMS: usize = 8;
/// Longest of them, in bytes: an Ethernet frame.
pub const MAX_EARLY_DATAGRAM_BYTES: usize = 1_500;
/// Unanswered connectivity checks before a path counts as lost; with the waits between them about
/// 11 s, so that detection and restart together stay within the 30 s of RFC 7675.
pub const STUN_RETRANSMITS: usize = 9;

/// Bytes of frames that may wait per slot: one cached group of pictures of a large stream.
pub const SLOT_QUEUE_BYTES: usize = 16 * 1024 * 1024;
/// Frames that may wait per slot.
pub const SLOT_QUEUE_FRAMES: usize = 2_000;
/// Packets that are already encrypted and waiting; above this, frames stay in their slot.
pub const EGRESS_BYTES: usize = 256 * 1024;
/// Packets of one frame that wait to be sent or sent again.
pub const SEND_BUFFER_PACKETS: usize = 4_000;
/// Packets kept for retransmission per slot.
pub const RTX_PACKETS: usize = 1_500;
/// How long packets are kept for retransmission.
pub const RTX_AGE: Duration = Duration::from_secs(2);
/// Largest piece of G.711 in one packet.
// 120 ms; receivers should take up to 200 ms (RFC 3551 §4.2).
pub const MAX_SOUND_BYTES: usize = 960;

/// Bytes that may be sent at once: half of a default socket buffer of Linux.
pub const BURST_BYTES: usize = 64 * 1024;
/// Pace on a path inside the site, bytes per second.
pub const LOCAL_PACE: u64 = 32 * 1024 * 1024;
/// Pace on any other path, bytes per second; more if the queue needs it.
pub const WIDE_PACE: u64 = 2_500_000;
/// A queue is emptied within this time at any pace.
pub const DRAIN_WITHIN: Duration = Duration::from_millis(250);
/// Packets are collected up to this number of bytes before the task wakes up for them.
pub const PACE_QUANTUM_BYTES: usize = 16 * 1024;
/// Requested send and receive buffer per socket, in bytes.
pub const SOCKET_BUFFER_BYTES: usize = 1024 * 1024;

/// What a path is taken to carry before it was tried, in bits per second: a small picture.
pub const FIRST_ESTIMATE: u64 = 1_000_000;
/// With an estimate, str0m gives out one packet a microsecond, and a runtime's timer waits for a millisecond: what is
/// due this soon is due now.
pub const ESTIMATE_GRAIN: Duration = Duration::from_micros(2);
/// Most bits per second that a path is tried for.
pub const MAX_AIM: u64 = 50_000_000;

/// Commands that may wait for the task.
pub const COMMANDS: usize = 64;
/// Frames that may wait for the task.
pub const MEDIA: usize = 64;
/// Events that may wait for the owner; a slow owner loses pictures and statistics first.
pub const EVENTS: usize = 2_048;
/// Longest message on the control channel, in bytes.
pub const MAX_CONTROL_BYTES: usize = 64 * 1024;
/// Bytes that may wait in the control channel.
pub const CONTROL_QUEUE_BYTES: usize = 128 * 1024;
/// Data channels besides the control channel: one per slot.
pub const MAX_DATA_CHANNELS: usize = MAX_SLOTS as usize;
/// Longest message on such a channel: the longest piece of a picture.
pub const MAX_DATA_BYTES: usize = proto::video::MAX_MESSAGE_BYTES;
/// Bytes on such a channel that the other side has not acknowledged. At a round trip of 50 ms they carry
/// 20 Mbit/s, and at 2 Mbit/s a picture is late by half a second at most.
pub const DATA_ROOM_BYTES: usize = 128 * 1024;
/// Messages that may wait for the task; their bytes are limited by the room of their channels.
pub const DATA_ORDERS: usize = 64;
/// Data channels that a peer may open and have closed before the call ends.
pub const MAX_FOREIGN_CHANNELS: usize = 16;
/// Time between two statistics events.
pub const STATS: Duration = Duration::from_secs(1);
