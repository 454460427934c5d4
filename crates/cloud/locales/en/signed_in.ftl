# The own account: what a signed-in person can change, end, take along, lock and delete; notices of it.

cancel = Cancel
save = Save

configuration-account = My account
account-security = Security
account-data-heading = Your data
account-email = Change email
account-password = Change password
account-sessions = Where I am signed in
account-notices = Notices
account-lock = Lock my account
account-data = Download my data
account-deletion = Delete account
account-password-set = Your new password is set. You were logged out everywhere else.
account-notices-set = Your choice is saved.

account-password-old = Old password
account-password-ends = You will be logged out everywhere else.

account-email-now = Your address is <strong>{ $email }</strong>.
account-email-new = New email
account-email-hint = We mail a button to the new address. Only when you press it there does the address change; the old one is told.
account-email-send = Send the button
account-email-same = This is your address already.
account-email-waiting = If <strong>{ $email }</strong> can be used, a mail with a button is on its way to it. Until you press it, nothing changes.
email-button = Use this address
email-button-why = Press the button to use the address that this mail came to for your account. It takes the place of the old one.
email-button-done = Your new address is in use. The old one was told.
email-button-on = To my account
link-code = Code from the link
link-code-hint = Copy the characters after # in the link of the mail.
link-dead = This link is used up, too old, or cannot be used any more.

sessions-this = This browser
sessions-last = Last seen
sessions-first = Since
sessions-from = From { $place }
sessions-end = Log out
sessions-end-named = Log out { $browser }
sessions-end-others = Log out everywhere else
sessions-hint = A browser that you log out stops showing anything at once. The end of each address is left out. If you do not know a browser, log it out and change your password.
browser-on = { $browser } on { $system }
browser-unknown = An unknown browser

notices-to = Notices go to <strong>{ $email }</strong>.
notices-security = Logins and changes
notices-security-hint = New logins, a new password or address, a lock. These cannot be turned off.
notices-recorders = Devices that were added or removed

data-what = One file (JSON) with your user name and address, where you are signed in, your devices and their cameras, your choices, the mails of the last day, and what the log says about your account: the newest { $lines } events, such as log-ins, with the network they came from.
data-not = Passwords and keys are not in it. Recordings are on your recorder and nowhere else.
data-button = Download

lock-when = You lost your phone, or somebody gets into your account? Lock it at once.
lock-what = Everybody is logged out at once, you too, and nobody can log in. Your devices stay yours. You unlock the account with a new password by mail.
lock-done = The account is locked, and everybody is logged out.
lock-unlock = To unlock it, set a new password. Secure your mailbox first.
not-me-email = If your address was changed, it is changed back.

deletion-what = Your account, your devices in it and everything that is stored about you are deleted for ever. Whoever has a recorder’s verification code can add it again.
deletion-data = You may want this first:
deletion-name = User name
deletion-name-hint = Type { $name } to say that you mean it.
deletion-name-wrong = This is not your user name. Nothing was deleted.
deletion-title = Account deleted
deletion-done = Your account is deleted.
deletion-after = It is gone with everything that was stored about you, here and in the cloud; a mail confirms it. Your devices are in nobody’s list: whoever has a recorder’s verification code can add it.

mail-email-subject = Confirm your new address for Peerview
mail-email-asked = The account { $name } wants to use this address.
mail-email-press = If that is you, press the button. It works once and for { $minutes } minutes.
mail-email-ignore = If that was not you, ignore this mail; nothing changes.
mail-email-taken-subject = This address has a Peerview account
mail-email-taken = Somebody, perhaps you, wanted to use this address for another account. It has an account already, so it cannot have two.

notice-sign-in-subject = New login to your Peerview account
notice-new-browser = Somebody logged in to your account from a new browser.
notice-after-failures = { $n ->
    [one] Somebody gave the right password of your account after { $n } wrong one.
   *[other] Somebody gave the right password of your account after { $n } wrong ones.
}
notice-password-subject = Your Peerview password was changed
notice-password = The password of your account was changed, and everybody else was logged out.
notice-email-subject = The address of your Peerview account was changed
notice-new-email = Your account uses another address from now on: { $address }
notice-email-in-use = Your account uses this address from now on.
notice-others-subject = You were logged out everywhere else
notice-others = All browsers but one were logged out of your account.
notice-download-subject = The data of your Peerview account was downloaded
notice-download = Somebody downloaded the data that is stored about your account.
notice-locked-subject = Your Peerview account is locked
notice-locked = Your account is locked. Everybody was logged out, and nobody can log in.
notice-added-subject = A device was added to your Peerview account
notice-added = This device was added to your account: { $name }
notice-removed-subject = A device was removed from your Peerview account
notice-removed = This device was removed from your account: { $name }
notice-recorders-subject = The devices of your Peerview account changed
notice-recorders = Devices were added to your account or removed from it.
notice-n-added = { $n ->
    [one] { $n } device added:
   *[other] { $n } devices added:
}
notice-n-removed = { $n ->
    [one] { $n } device removed:
   *[other] { $n } devices removed:
}
notice-further-subject = More happened in your Peerview account
notice-further = { $n ->
    [one] Besides what earlier mails told you, { $n } more login or change happened in your account.
   *[other] Besides what earlier mails told you, { $n } more logins or changes happened in your account.
}
notice-when = When: { $time }
notice-browser = Browser: { $browser }
notice-place = From: { $place }
notice-advice-lock = If that was you, there is nothing to do. If not, lock your account:
notice-advice-undo = If that was you, there is nothing to do. If not, undo it and lock your account. This works for 7 days:
notice-advice-unlock = To unlock it, secure your mailbox and set a new password:
notice-advice-none = The old address was told too.
notice-not-me = That was not me
notice-unlock = Set a new password
notice-why = { $host } sends this because it is about the security of your account.
