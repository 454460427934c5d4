# Mails, and the demo's mailbox.

mail-sent-by = Sent by { $host } because of a request on { $asked_at }.
mail-asked-from = Sent by { $host } because of a request on { $asked_at }, from { $browser } at { $place }.
mail-no-answer = Replies are not read.

mail-code-subject = { $code } is your Peerview verification code
mail-button-subject = Go on with your Peerview registration
mail-code-is = Your verification code is
mail-code-use = Type it on the page where you asked for it. It works for { $minutes } minutes.
mail-code-never = Never tell this code to anybody, and never pass the button on: nobody from Peerview asks for them. If you did not want to register, ignore this mail; no account is made.
mail-code-or = Or press this button; it goes on in the browser that opens it:
mail-code-only-button = Press this button to go on with your registration. It goes on in the browser that opens it.
mail-code-button = Create my account

mail-known-subject = You already have a Peerview account
mail-known = Somebody, perhaps you, wanted to register an account with this address. You already have one.
mail-known-login = Log in
mail-known-forgot = Forgot your password? Set a new one
mail-known-ignore = If that was not you, nothing has happened and you can ignore this mail.

mail-reset-subject = Set a new Peerview password
mail-reset = Set a new password for your account:
mail-reset-button = Set a new password
mail-reset-use = Button and code work once and for { $minutes } minutes. A new password logs you out everywhere.
mail-reset-never = Never pass them on: nobody from Peerview asks for them. If you did not ask for this, ignore this mail; your password stays as it is.
mail-reset-or = Or type this code on the page where you asked for it:

mail-no-account-subject = There is no Peerview account for this address
mail-no-account = Somebody, perhaps you, asked for a new password for this address, but there is no account with it. Perhaps you registered with another address.
mail-no-account-register = Register here
mail-no-account-ignore = If that was not you, you can ignore this mail.

mail-changed-subject = Your Peerview password was changed
mail-changed = The password of your account was changed, and you were logged out everywhere.
mail-changed-not-you = If that was not you, somebody can read your mail. Secure your mailbox first, then set a new password:
mail-changed-forgot = Set a new password

mail-deleted-subject = Your Peerview account was deleted
mail-deleted = Your account was deleted, and with it everything that was stored about you. Your devices are now in nobody’s list.
mail-deleted-not-you = If that was not you: register again and add your devices again, and tell whoever runs { $host }.

mail-test-subject = A mail from { $host }, to see that mails arrive
mail-test = Mails from { $host } arrive here. If this one was not in the spam folder, codes and links will not be either.

mailbox-title = Mailbox
mailbox-hint = This page exists only in the demo: mails of this cloud arrive here and nowhere else.
mailbox-to = To { $recipient } · { $time }
mailbox-none = No mail yet.
mailbox-again = Look again
