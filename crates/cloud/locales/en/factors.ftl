# Second factor, recovery codes and passkeys: at log-in, in the account, and in mails.

login-with-passkey = Log in with a passkey
login-passkey-wrong = This passkey does not open an account here. It may have been removed, or you waited too long: try once more, or log in with your password.
login-again = That took too long, or the code was wrong too often. Please log in again.

factor-step = One more step
factor-step-why = Your password is right. Your account also asks for a second factor.
factor-code = Code from your app
factor-code-hint = The 6 digits that your authenticator app shows just now.
factor-continue = Continue
factor-use-passkey = Use a passkey
factor-use-recovery = Use a recovery code instead
factor-recovery = Recovery code
factor-recovery-hint = One of the codes you kept when you turned the second factor on. Each works once.
factor-lost = Nobody can switch this step off for you: it takes your app, a passkey or a recovery code.
factor-wrong = This code or passkey is not right, or was used already. After several tries, wait a little before the next one.

passkey-needs-script = Passkeys need JavaScript, which is off in this browser.
passkey-unsupported = This browser cannot use passkeys.
passkey-elsewhere = Passkeys of this cloud work only at its own address:
passkey-refused = No passkey was given. Try again, or choose another way.
passkey-known = There is a passkey for this account on this phone or computer already.
passkey-broken = That did not work. Please try again.

factor-title = Second factor
factor-is-on = The second factor is on. After your password you are asked for a code, a passkey or a recovery code.
factor-what = A second factor protects your account even when somebody learns your password. Set up an app that shows codes, or use a passkey.
factor-needed = You run this cloud, so your account needs a second factor. Turn it on to go on.
factor-app = Authenticator app
factor-app-there = Your app is set up. With a new phone, set it up again; the old one then stops working.
factor-app-what = Any app that shows 6-digit codes will do. It needs no connection.
factor-app-set-up = Set up an app
factor-app-replace = Set up on another phone
factor-app-scan = Scan this picture with your authenticator app.
factor-app-qr = QR code with the key for your app
factor-app-type = Or type this key into the app:
factor-app-shown-as = The app will show it as { $name }.
factor-app-confirm = Type the code that the app shows now, so that we know it works.
factor-app-turn-on = Turn on
factor-app-wrong = This is not the present code. Is the clock of your phone right? Wait for the next code and try again.
factor-passkeys = { $n ->
    [0] You have no passkey yet. A passkey logs you in with finger, face or PIN and counts as both factors.
    [one] You have { $n } passkey. It counts as both factors.
   *[other] You have { $n } passkeys. Each counts as both factors.
}
factor-on-what = Your password alone still opens your account. You can ask for a passkey after it.
factor-on = Ask for a passkey after the password
factor-off-title = Turn off
factor-off-what = Then your password alone opens your account. App and recovery codes are deleted; passkeys stay.
factor-off = Turn off the second factor

codes-title = Recovery codes
codes-left = { $n ->
    [0] No recovery code is left. Get new ones now.
    [one] { $n } recovery code is left.
   *[other] { $n } recovery codes are left.
}
codes-renew = New recovery codes
codes-renew-what = The old ones stop working.
codes-keep = Keep these codes now: they are not shown again.
codes-what = Each logs you in once, in place of your app or passkey. Print them, or put them into your password manager; not on the phone that you might lose.
codes-for = For { $user_name } at { $host }
codes-copy = Copy
codes-copied = Copied
codes-print = Print
codes-kept = I have kept them

passkeys-title = Passkeys
passkeys-what = A passkey logs you in with finger, face or PIN: no password to type, and none to steal.
passkeys-name = Name of the passkey
passkeys-name-example = Anna’s phone
passkeys-add = Add a passkey
passkeys-no-name = Passkeys need a cloud that is reached by a name. This one is reached by a bare IP address.
passkeys-none = No passkey yet.
passkeys-added = Added
passkeys-used = Last used
passkeys-unused = Not used yet
passkeys-rename = Rename
passkeys-remove = Remove passkey
passkeys-remove-what = It no longer opens this account. Delete it where it is kept, too.
passkeys-unfit = The passkey could not be added: it does not fit, or you waited too long. Please try again.
passkeys-too-many = No more passkeys can be added, or this one is there already.
passkeys-bad-name = Give the passkey a name of 1 to { $most } characters, none of them invisible.

mail-factor-app = An authenticator app was set up for your Peerview account
mail-factor-on = The second factor of your Peerview account was turned on
mail-factor-off = The second factor of your Peerview account was turned off
mail-factor-codes = Your Peerview account has new recovery codes
mail-factor-code-used = A recovery code of your Peerview account was used
mail-factor-wrong-codes = Somebody has your Peerview password, but not your second factor
mail-factor-passkey-added = A passkey was added to your Peerview account
mail-factor-passkey-removed = A passkey of your Peerview account was removed
mail-factor-you = If that was you, there is nothing to do.
mail-factor-not-you = If that was not you, set a new password at once, then look at the second factor and passkeys of your account:
mail-factor-forgot = Set a new password

step-up-code = Code from your app, or a recovery code
