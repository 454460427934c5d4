//! How much of a device's answers is read. Every number has its reason beside it.

/// Longest answer that is read, in bytes; the profiles of a recorder with 64 cameras take 600 kB.
pub const MAX_ANSWER_BYTES: usize = 2 * 1024 * 1024;
/// Longest datagram that is read, in bytes: what UDP can carry.
pub const MAX_DATAGRAM_BYTES: usize = 65_507;
/// Real answers nest about twelve deep.
pub const MAX_DEPTH: usize = 32;
/// Elements of one answer; a profile has about a hundred.
pub const MAX_ELEMENTS: usize = 60_000;
/// Bytes that are kept of one text. Scopes of a device take about 500, some makers' 2,000.
pub const MAX_TEXT_BYTES: usize = 4 * 1024;
/// Bytes that are kept of a name of an element or a token.
pub const MAX_WORD_BYTES: usize = 128;
/// Most profiles that are kept; recorders have up to three for each of 256 cameras.
pub const MAX_PROFILES: usize = 1024;
/// Most presets that are kept.
pub const MAX_PRESETS: usize = 512;
/// Most services that are kept; devices have about fifteen.
pub const MAX_SERVICES: usize = 64;
/// Codes that are kept of one fault; subcodes nest two deep.
pub const MAX_FAULT_CODES: usize = 8;
/// Characters that are kept of a fault's own words.
pub const MAX_REASON_CHARS: usize = 200;
/// Devices of one search; further answers are dropped.
pub const MAX_FOUND: usize = 1024;
/// Characters that are kept of a make, model or serial number of a device that was found.
pub const MAX_FOUND_CHARS: usize = 64;
/// Addresses that are read from one answer of a search.
pub const MAX_ADDRESSES: usize = 8;
/// Sizes and profiles of an encoder that are kept; cameras have about a dozen.
pub const MAX_SIZES: usize = 64;
/// Namespaces of settings that are sent back; gSOAP declares about forty in each envelope.
pub const MAX_NAMESPACES: usize = 64;
/// Events that are read from one answer.
pub const MAX_MESSAGES: usize = 256;
/// Parts of an address of a subscription that are kept and sent back.
pub const MAX_REFERENCE_PARAMETERS: usize = 8;
/// Relay outputs that are kept.
pub const MAX_RELAYS: usize = 32;
/// Settings for loudspeakers that are read from one answer; cameras have one.
pub const MAX_LOUDSPEAKERS: usize = 16;
/// Bytes that are kept of the topic of an event.
pub const MAX_TOPIC_BYTES: usize = 256;
