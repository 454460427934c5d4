# Configuration.

configuration-live = Live view on this phone
configuration-quality = Default quality
configuration-resume = Resume last live view
configuration-resume-on = On
configuration-resume-off = Off
configuration-connection = Connection
configuration-connection-auto = Auto
configuration-connection-relay = Relay only
configuration-connection-hint = Auto uses a direct path if there is one. Relay only hides your address from the recorder’s site, and is slower.
configuration-about = About
configuration-cloud = Connected cloud
configuration-licence = Licence
configuration-licence-names = Apache-2.0 or MIT
configuration-icons = Icons

configuration-quality-wifi = Quality on Wi-Fi
configuration-quality-mobile = Quality on mobile data
configuration-quality-one = This browser does not say whether it uses Wi-Fi or mobile data, so one quality applies to both.
data-title = Data used on this phone
data-wifi = Wi-Fi
data-mobile = Mobile data
data-unknown = Live view
data-today = Today
data-yesterday = Yesterday
data-month = This month
data-last-month = Last month
data-reset = Reset
data-hint = What Live view sent and received in this browser. It is counted only here and never sent anywhere. Log out erases it.
configuration-notices = Notifications

app-lock = App lock
app-lock-what = Locks this app on this phone when you have not used it for a while. It then asks for a PIN, or for a passkey, before it shows anything. Five wrong PINs log out and erase what this phone keeps, pictures and videos included.
app-lock-honest = It protects against somebody who picks up your unlocked phone. It does not protect against a thief with time and tools: lock the phone itself, and end its session under Cloud P2P if it is lost.
app-lock-pin = PIN
app-lock-new-pin = New PIN
app-lock-again = PIN again
app-lock-after = Lock after it was left for
app-lock-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
app-lock-turn-on = Turn on
app-lock-turn-off = Turn off
app-lock-passkey = Open with a passkey too
app-lock-locked = Locked
app-lock-open = Open
app-lock-forgotten = PIN forgotten: log out
app-lock-needs-script = App lock needs JavaScript. Allow it for this page in the browser’s settings.
app-lock-save = Save the time
app-lock-why-pin = Every change needs the PIN.
