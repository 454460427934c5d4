//! All limits of the agent in one place: sizes, counts and times, with the reason for each.

use std::time::Duration;

pub use proto::link::limits::MAX_CAMERAS;

/// Maximum number of recorders per agent; more would overload a small computer.
pub const MAX_RECORDERS: usize = 64;

/// Cache size of a warm stream in bytes; the budget is divided by this.
pub const WARM_STREAM_BYTES: usize = 2 * 1024 * 1024;
/// Cache size of a watched stream in bytes.
pub const WATCHED_STREAM_BYTES: usize = 12 * 1024 * 1024;
/// Maximum number of cached frames per stream, regardless of size.
pub const MAX_CACHED_FRAMES: usize = 1500;
/// Cached frames before the newest key frame, so that a slightly slow viewer misses none.
pub const CACHED_TAIL_FRAMES: usize = 64;
/// A larger frame is dropped; key frames of 8-megapixel cameras are smaller.
pub const MAX_FRAME_BYTES: usize = WARM_STREAM_BYTES;
/// Default memory for warm streams.
pub const DEFAULT_WARM_MEMORY_BYTES: usize = 64 * 1024 * 1024;

/// Maximum time to connect to a recorder over RTSP. How long its answers may take is decided by crate `rtsp`.
pub const RTSP_CONNECT: Duration = Duration::from_secs(5);
/// Maximum time for sending one request to a recorder.
pub const RTSP_SEND: Duration = Duration::from_secs(5);
/// Bytes of one UDP packet of a camera that are read; cameras stay below the Ethernet limit of 1500, and a
/// few send 4 KiB in fragments.
pub const MAX_DATAGRAM_BYTES: usize = 8 * 1024;
/// A stream without a packet of its pictures for this long counts as dead, whatever else it sends.
pub const NO_PICTURE: Duration = Duration::from_secs(60);
/// Time without a key frame after which the list of cameras says so. Recorders have one every 2 to 4 seconds.
pub const LATE_KEY_FRAME: Duration = Duration::from_secs(5);
/// Minimum time between two questions for a key frame on one connection: key frames are large, and on a path that
/// loses packets more of them would lose more.
pub const KEY_FRAME_AGAIN: Duration = Duration::from_secs(1);
/// After a lost packet, pictures are held back until the next key frame, but for this long at most.
pub const PLAY_ON_AFTER_LOSS: Duration = Duration::from_secs(5);
/// How long a stream continues after its last viewer left.
pub const LINGER: Duration = Duration::from_secs(10);
/// How long the end of a session waits for the recorder's answer. One that gives way does so within
/// [`WAIT_FOR_SESSION`].
pub const TEARDOWN: Duration = Duration::from_millis(500);
/// How long a stream waits for another one to free its session if all sessions of a recorder are in use.
pub const WAIT_FOR_SESSION: Duration = Duration::from_secs(1);
/// First delay before a stream or recorder is tried again.
pub const RETRY_FIRST: Duration = Duration::from_secs(1);
/// Maximum delay before a stream or recorder is tried again.
pub const RETRY_MOST: Duration = Duration::from_secs(30);

/// How often the addresses of this machine are looked at.
pub const ADDRESSES_EVERY: Duration = Duration::from_secs(1);

/// Maximum time to connect to a recorder over HTTP.
pub const HTTP_CONNECT: Duration = Duration::from_secs(5);
/// Maximum time for a complete HTTP request; recorders are slow.
pub const HTTP_REQUEST: Duration = Duration::from_secs(10);
/// Default time between two polls of a recorder's cameras.
pub const STATUS_POLL: Duration = Duration::from_secs(30);
/// Polls of the cameras between two reads of their codecs and sizes.
pub const POLLS_PER_STREAM_LIST: u32 = 20;
/// Refusals of a stream that a recorder may re-encode, until no further camera is asked for one.
pub const MAX_TRANSCODED_REFUSALS: u32 = 4;
/// Streams of one camera besides main and sub-stream that are kept; ONVIF devices have up to six.
pub const MAX_MORE_STREAMS: usize = 8;
/// Movements that wait for a recorder; further ones are refused. A person orders a few a second.
pub const MAX_WAITING_ORDERS: usize = 16;
/// Snapshots and questions that wait for a recorder; further ones are refused.
pub const MAX_WAITING_FETCHES: usize = 16;
/// Stills for viewers of streams that start, at a time and per recorder; others wait for their turn.
pub const MAX_STILLS: usize = 2;
/// Wishes to talk that wait for a recorder; further ones are refused.
pub const MAX_WAITING_TALKERS: usize = 4;
/// Packets of what a viewer says that wait for a camera, half a second; further ones are lost.
pub const MAX_WAITING_TALK: usize = 25;
/// A talk without a packet for this long is over, so that the camera is free for others.
pub const TALK_IDLE: Duration = Duration::from_secs(5);
/// Time for ending talks when the program stops: recorders that are not told stay busy.
pub const END_TALKS: Duration = Duration::from_millis(800);
/// Longest answer of a recorder to the head of what is said to it, in bytes.
pub const MAX_UPLOAD_ANSWER: usize = 16 * 1024;
/// Questions about outputs and switches that wait for a recorder; further ones are refused.
pub const MAX_WAITING_OUTPUTS: usize = 8;
/// Events that wait for one viewer's call; a slower one misses the oldest.
pub const MAX_WAITING_EVENTS: usize = 256;
/// What a recorder says about events that waits to be folded.
pub const MAX_UNFOLDED_EVENTS: usize = 64;
/// How long events are listened to after the last viewer left, so that the next page need not arm again.
pub const EVENTS_LINGER: Duration = Duration::from_secs(30);
/// Maximum delay before the events of a recorder are tried again.
pub const EVENTS_RETRY_MOST: Duration = Duration::from_secs(300);
/// Delay before events are tried again that the user may not hear, or that too many hear.
pub const EVENTS_REFUSED: Duration = Duration::from_secs(600);
/// An alert stream without a byte for this long is dead: three heartbeats of 10 seconds, and some.
pub const ALERT_SILENCE: Duration = Duration::from_secs(35);
/// An alert stream is opened again after this time at the latest.
pub const ALERT_STREAM_LASTS: Duration = Duration::from_secs(24 * 3_600);
/// Bytes of an alert stream in a minute; a recorder that attaches pictures sends up to one of 100 kB a second.
pub const MAX_ALERT_BYTES_A_MINUTE: usize = 32 * 1024 * 1024;
/// How long a device holds back its answer to a question for events. Shorter than [`HTTP_REQUEST`].
pub const PULL_WAIT: Duration = Duration::from_secs(5);
/// Minimum time between two questions for events.
pub const PULL_AGAIN: Duration = Duration::from_millis(500);
/// Requested lifetime of a subscription to events; it is renewed at half time.
pub const SUBSCRIPTION: Duration = Duration::from_secs(600);
/// Longest wait of a viewer for a recorder's answer.
pub const RECORDER_ANSWER: Duration = Duration::from_secs(10);
/// The same for a change of a camera's settings, which is read back until the camera shows it.
pub const SETTINGS_ANSWER: Duration = Duration::from_secs(30);
/// How often changed settings are read until they show the change; cameras restart their encoder first.
pub const MAX_READ_BACKS: u32 = 6;
/// Time between two of these.
pub const READ_BACK_AGAIN: Duration = Duration::from_millis(500);
/// Maximum time for one order to move a camera; a later order must not wait long for it.
pub const ORDER_REQUEST: Duration = Duration::from_secs(3);
/// How long an answer about what a camera can do stays true. Cameras are replaced now and then.
pub const CAPABILITIES_KEPT: Duration = Duration::from_secs(600);
/// Time until a stop that a recorder did not confirm is sent again.
pub const STOP_AGAIN: Duration = Duration::from_millis(500);
/// How often a stop is sent at most that the recorder refuses, and how often in short order if it is not heard.
pub const MAX_STOPS: u32 = 10;
/// Time between further stops for a recorder that cannot be reached: its camera may be turning.
pub const STOP_LATER: Duration = Duration::from_secs(5);
/// A stop that no recorder has heard for so long is given up; a camera does not turn that long.
pub const STOP_FOR: Duration = Duration::from_secs(600);
/// Time for stopping what moves, and what is switched on for a moment, when the program stops.
pub const END_MOVEMENTS: Duration = Duration::from_millis(800);
/// Longest snapshot, in bytes; those of 8-megapixel cameras are about 1.5 MB.
pub const MAX_SNAPSHOT_BYTES: usize = 4 * 1024 * 1024;
/// Largest snapshot, in pixels. A browser takes four bytes for each, whatever the file has; four stitched 8-megapixel
/// pictures of a panoramic camera fit.
pub const MAX_SNAPSHOT_PIXELS: u32 = 40_000_000;
/// Key frame requests that wait for a recorder; further ones are dropped.
pub const MAX_KEY_FRAME_ASKS: usize = 16;

/// Sockets with a port mapping that wait for a call; making one takes up to seconds. A page that shows
/// several recorders begins as many calls at once.
pub const READY_MAPPINGS: usize = 4;
/// Port mappings of one agent, for calls and waiting; home routers have room for some 30 to 100.
pub const MAX_MAPPINGS: usize = 16;
/// Networks with a router that are tried.
pub const MAX_NETWORKS: usize = 4;
/// Requested lifetime of a port mapping. It is renewed at half time, which is how long a restart of
/// the router may go unnoticed; after all of it, nothing is left of an agent that was killed.
pub const MAPPING_LIFETIME: Duration = Duration::from_secs(240);
/// Minimum time between two renewals, whatever lifetime a router grants.
// RFC 6887 §11.2.1.
pub const RENEW_LEAST: Duration = Duration::from_secs(4);
/// Time until a failed renewal is tried again; a restarting router takes a minute or two.
pub const RENEW_AGAIN: Duration = Duration::from_secs(10);
/// Failed renewals in a row after which a waiting mapping is given up.
pub const MAX_FAILED_RENEWALS: u32 = 3;
/// Time between two looks at the routes of this machine.
pub const LOOK_AT_NETWORKS: Duration = Duration::from_secs(15);
/// First delay before the routers are queried again after none of them mapped a port.
pub const MAPPING_RETRY_FIRST: Duration = Duration::from_secs(60);
/// Maximum delay before the routers are queried again.
pub const MAPPING_RETRY_MOST: Duration = Duration::from_secs(30 * 60);
/// Maximum time for one request to a router, with its retransmissions.
pub const ROUTER_REQUEST: Duration = Duration::from_secs(12);
/// Minimum time between two announcements of a router that are heeded.
pub const HEED_ANNOUNCEMENT: Duration = Duration::from_secs(10);
/// Time for removing the mappings when the program stops.
pub const REMOVE_MAPPINGS: Duration = Duration::from_millis(800);
/// Requests that may wait for the task that owns the mappings.
pub const MAPPING_ORDERS: usize = 64;
/// Longest wait of a call for a socket with a mapping; the call starts without one then.
pub const TAKE_MAPPING: Duration = Duration::from_millis(100);
/// Longest routing table that is read, in bytes.
pub const MAX_ROUTES_BYTES: usize = 1024 * 1024;

/// The status file is written at most this often; a flapping network must not wear out a memory card.
pub const STATUS_EVERY: Duration = Duration::from_secs(5);
/// Longest status file that is read, in bytes: all recorders with all their cameras.
pub const MAX_STATUS_BYTES: u64 = 32 * 1024 * 1024;
/// How often a running agent looks whether somebody asks for its status.
pub const LOOK_FOR_QUESTION: Duration = Duration::from_millis(500);
/// How long the agent may take to answer; afterwards its last status counts.
pub const STATUS_ANSWER: Duration = Duration::from_secs(5);
/// Longest file with the certificates of a recorder, in bytes: some 300 for each camera with its own address.
pub const MAX_CERTIFICATES_BYTES: u64 = 256 * 1024;
/// Longest error in the status file, in characters.
pub const MAX_STATUS_WORDS: usize = 300;
/// Tries to lock the data folder while others only look at the lock; a look takes microseconds.
pub const MAX_LOCK_TRIES: u32 = 10_000;

/// Sockets whose public addresses are remembered to tell the kind of NAT.
pub const MAX_SEEN_SOCKETS: usize = 8;
/// STUN servers that are remembered for each of them.
pub const MAX_SEEN_SERVERS: usize = 4;

/// Networks of this machine that are searched for recorders.
pub const MAX_SEARCH_NETWORKS: usize = 32;
/// Time until a search asks again, since datagrams get lost. Devices answer within half a second
/// (WS-Discovery 1.1 §3.1.3: APP_MAX_DELAY).
pub const SEARCH_AGAIN: Duration = Duration::from_millis(1_500);
/// Answers to a search that wait to be read.
pub const MAX_WAITING_ANSWERS: usize = 64;

/// Connections to the set-up page at a time; a browser opens six.
pub const MAX_SETUP_CONNECTIONS: usize = 32;
/// Longest form of the set-up page, in bytes.
pub const MAX_SETUP_FORM_BYTES: usize = 16 * 1024;
/// Maximum time for the head of a request to the set-up page.
pub const SETUP_HEAD: Duration = Duration::from_secs(10);
/// Maximum time for a connection to the set-up page; a recorder is tried within it.
pub const SETUP_CONNECTION: Duration = Duration::from_secs(120);
/// A session of the set-up page ends after this long without a request, and the page closes.
pub const SETUP_IDLE: Duration = Duration::from_secs(30 * 60);
/// Sessions of the set-up page; a further one ends the oldest.
pub const MAX_SETUP_SESSIONS: usize = 8;
/// Wrong set-up codes of one client in a row, and the time after which it has one more.
pub const SETUP_TRIES_OF_CLIENT: (u32, Duration) = (5, Duration::from_secs(30));
/// The same for all clients together: 28,800 of 78 billion codes in a day.
pub const SETUP_TRIES_OF_ALL: (u32, Duration) = (20, Duration::from_secs(3));
/// Clients whose wrong codes are counted apart.
pub const MAX_SETUP_CLIENTS: usize = 64;
/// Refused logins that are remembered, so that the same one is not sent again unasked.
pub const MAX_REFUSED_LOGINS: usize = 32;
/// How long the set-up page waits for a recorder to answer its login.
pub const SETUP_TRIAL: Duration = Duration::from_secs(25);
/// How long it waits for a picture to show.
pub const SETUP_PICTURE: Duration = Duration::from_secs(12);
/// How long it searches the LAN.
pub const SETUP_SEARCH: Duration = Duration::from_secs(4);
/// The results of a search are shown for this long before the page searches by itself again.
pub const SETUP_SEARCH_KEPT: Duration = Duration::from_secs(120);
/// Longest name of an added recorder, in characters.
pub const MAX_ADDED_NAME_CHARS: usize = 64;
/// Longest address, user name or password of an added recorder, in bytes.
pub const MAX_ADDED_FIELD_BYTES: usize = 512;
/// Longest file with added recorders, in bytes.
pub const MAX_ADDED_BYTES: u64 = 256 * 1024;
/// Changes of the recorders that wait for the agent.
pub const ROSTER_ORDERS: usize = 4;
/// How long a recorder that is replaced or removed may take to end its streams and its link.
pub const RECORDER_END: Duration = Duration::from_secs(2);
