//! The list of all audit events. `docs/ref/audit.md` explains it; a test compares the two. A new event is one
//! line here, one there, and a call of `state.audit.note`.

macro_rules! inventory {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// An event that the log may tell of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $($(#[$doc])* $variant,)+
        }

        impl Action {
            /// Every event of the inventory.
            pub const ALL: &[Action] = &[$(Action::$variant,)+];

            /// Its name in the log.
            pub fn name(self) -> &'static str {
                match self {
                    $(Action::$variant => $name,)+
                }
            }

            /// Its name in the code.
            pub fn variant(self) -> &'static str {
                match self {
                    $(Action::$variant => stringify!($variant),)+
                }
            }
        }
    };
}

inventory! {
    /// A process of the cloud began to serve.
    CloudStarted = "cloud.start",
    /// It was told to stop.
    CloudStopped = "cloud.stop",
    /// The first account was made by the printed link, or somebody tried.
    SetUp = "cloud.setup",
    /// Somebody tried to log in.
    LogIn = "login",
    /// A second factor was asked for after the right password.
    SecondStep = "login.second",
    /// A signed-in person proved anew who they are, for something sensitive.
    StepUp = "step_up",
    /// A second factor or passkey was added, changed, used or removed.
    FactorChanged = "factor.change",
    /// Somebody ended one of their sessions.
    LogOut = "logout",
    /// A verification code was asked for.
    CodeAsked = "register.code",
    /// A verification code was tried.
    CodeTried = "register.try",
    /// An account was created by registration.
    Registered = "register.finish",
    /// The button of a mail was pressed.
    ButtonPressed = "mail.button",
    /// A form came without its picture's letters, its work or its wait, or filled in as programs do.
    ProofRefused = "human.refuse",
    /// A way to set a new password was asked for.
    ResetAsked = "reset.ask",
    /// A mailed code for a new password was tried.
    ResetTried = "reset.try",
    /// A new password was set by mail, or the mail was not valid any more.
    ResetFinished = "reset.finish",
    /// A signed-in person set another password, or gave the wrong old one.
    PasswordChanged = "password.change",
    /// A signed-in person requests a new address.
    EmailAsked = "email.ask",
    /// An account has another address, or its old one again.
    EmailChanged = "email.change",
    /// A person downloaded the data about their account.
    DataTaken = "data.take",
    /// An account was locked and its sessions ended.
    AccountLocked = "account.lock",
    /// An account was unlocked by an operator.
    AccountUnlocked = "account.unlock",
    /// An account was deleted for good.
    AccountDeleted = "account.delete",
    /// Every session of an account was ended, or every one but the one that asked.
    SessionsEnded = "sessions.end",
    /// Somebody tried to claim a recorder.
    RecorderClaimed = "recorder.claim",
    /// A recorder left its owner's account.
    RecorderReleased = "recorder.release",
    /// An owner renamed a recorder, moved it in their list, or renamed, moved or hid one of its cameras.
    RecorderArranged = "recorder.arrange",
    /// A link was refused: another key than the recorder's, or a proof that does not hold.
    LinkRefused = "link.refuse",
    /// A TLS handshake failed or took too long.
    TlsFailed = "tls.fail",
    /// A request was refused because another site's page sent it.
    RequestRefused = "request.refuse",
    /// Somebody asked for an object that belongs to another account or does not exist.
    AccessDenied = "access.deny",
    /// A rate limit refused a request.
    LimitReached = "limit.reach",
    /// So many codes were wrong that short codes are off for everybody.
    StrongModeOn = "limit.strong",
    /// A request met a defect of ours, or a database that does not answer.
    RequestBroken = "request.break",
    /// Operators were told that something is wrong.
    AlarmRaised = "alarm",
    /// A command of `peerview admin` changed something.
    AdminActed = "admin",
    /// Events were lost, and how many.
    LinesLost = "audit.lost",
    /// There were too many events of one kind, so they were only counted.
    LinesSummed = "audit.sum",
    /// Files of the log were removed before their days were over, and how many.
    LogCut = "audit.cut",
    /// A line that was torn when the machine stopped was cut off.
    LineMended = "audit.mend",
    /// Lines that had been written are not there any more.
    TamperingSeen = "audit.tampered",
}
