//! Method names. `S` is the cloud, `D` the agent (device), `C` the viewer (client).

/// S→D notification, first message on a link: [`super::Challenge`].
pub const CHALLENGE: &str = "peerview/challenge";
/// D→S [`super::Register`] → [`super::Registered`]; C→S with `{}`. 429 with `peerview/work` in the
/// error's data: register again on this socket, with the work.
pub const REGISTER: &str = "register";
/// D|C→S `{}` → `{}`.
pub const UNREGISTER: &str = "unregister";
/// D→S notification: [`super::Cameras`], after register and at every change; S→D `{}` →
/// [`super::Cameras`], when the cloud has none, as after a claim.
pub const CAMERAS: &str = "peerview/cameras";
/// D→S notification: [`crate::reach::SiteReach`], after register and at changes.
pub const REACH: &str = "peerview/reach";
/// S→D [`super::Claim`] → `{}`; 403 wrong code, 429 window shut.
pub const CLAIM: &str = "peerview/claim";
/// S→C notification: [`super::Presence`] of one recorder of the account.
pub const PRESENCE: &str = "peerview/presence";
/// C→S [`super::Connect`], S→D [`super::ConnectDevice`] → [`super::Connected`].
pub const CONNECT: &str = "connect";
/// D→S→C [`super::Invite`] → [`super::Invited`]. A second one for a live session is an ICE restart.
pub const INVITE: &str = "invite";
/// Notification both ways: [`super::Trickle`].
pub const TRICKLE: &str = "trickle";
/// C→S and S→D [`super::Extend`] → [`super::Extended`].
pub const EXTEND: &str = "extend";
/// C→S [`super::SessionId`] → `{}`: no picture comes, another path is wanted. S→D [`super::SessionId`]
/// → `{}`: make an offer that restarts ICE.
pub const RESTART: &str = "peerview/restart";
/// S→D notification as an ICE restart goes through, if the credential of connect grows old:
/// [`super::CallServers`].
pub const ICE_SERVERS: &str = "peerview/iceServers";
/// C→S [`super::SessionId`] → `{}`: what is said about this call shall come over this socket.
pub const RESUME: &str = "peerview/resume";
/// Any → S → the other side, [`super::Close`] → `{}`; idempotent.
pub const CLOSE: &str = "close";
