# Log in, register, forgot password, and what may be typed there.

cloud-p2p = Cloud P2P
email = Email
user-name = User name
password = Password
step-of = Step { $step } of { $steps }
mailbox-arrives-in = In this demo it arrives in the <a href="/demo/mailbox" target="_blank">mailbox</a>.

login-name = User name / Email
login-auto = Auto-login
login-forgot = Forgot password
login-button = Login
login-register = Register
login-connected-to = Connected to { $host }
login-mailbox = Mailbox of this demo
login-wrong = User name or password is wrong. After several tries, wait a little before the next one.
login-picture = After several failures, answer the picture too, and type your password once more.
login-password-set = Your new password is set. Log in with it.
login-registered = Your account is ready. Log in with it.
login-ended = You were logged out: the session in this browser has ended. Please log in again.
login-ended-back = You were logged out: the session in this browser has ended. After you log in, the same page opens again.
login-to-add = Log in, or register first. Then the recorder that you scanned can be added.

letters = Letters in the picture
letters-picture = Picture of 4 letters or digits. Listen says them.
letters-new = New picture
letters-listen = Listen
letters-wrong = These are not the letters in the picture. Try once more, or take a new picture.
letters-dead = This picture is used up or too old. Type the letters in the new one.

register-title = Enter Email
register-button = Get verification code
register-hint = We send a { $digits }-digit code to this address. It works for 30 minutes.

finish-title = Create account
finish-sent = If <strong>{ $email }</strong> can be registered, a code is on its way. It can take a minute; look in the junk folder too.
finish-sent-button = If <strong>{ $email }</strong> can be registered, a mail with a button is on its way. It can take a minute; look in the junk folder too.
finish-code = Verification code
finish-valid-for = Valid for
finish-not-valid = No longer valid
finish-again = Send again
finish-again-in = Send again in
finish-start-again = Start again
finish-button = Finish
finish-wrong-code = This code is not right, or no longer good: after 3 wrong tries, 30 minutes or a newer mail it stops working. Look at the newest mail and press the button in it, or press Send again.
finish-no-code = Type the { $digits } digits from the mail.
finish-name-taken = Somebody has this user name. Choose another.
finish-too-many-names = Those were too many user names. Start again with Register.
finish-too-early = The next code can be sent in { $wait }.
finish-no-more-codes = No more codes are sent for this registration. Start again with Register.
finish-proven = <strong>{ $email }</strong> is confirmed. Choose a user name and a password.
finish-only-button = Press the button in the mail to go on. It continues in the browser that opens it.

password-hint = At least { $min } characters; long phrases are better than symbols.
password-hint-ends = At least { $min } characters; long phrases are better than symbols. You will be logged out everywhere.
password-short = A password has at least { $min } characters. Long phrases are better than symbols.
password-long = A password has at most { $max } characters.
password-control = A password cannot contain control characters.
password-common = Many people use this password, so it would be guessed. Choose another.
password-own-word = This password is made of your name, your address or the name of this app. Choose another.
email-bad = Type a whole e-mail address, like anna@example.org.
user-name-bad = A user name has { $min } to { $max } letters (a to z), digits, dots, dashes or underscores.

recovery-title = Forgot password
recovery-hint = We mail you a button and a code. Either sets a new password and logs you out everywhere.
recovery-login = User name or e-mail
recovery-button = Send mail
recovery-sent-title = Check your mailbox
recovery-sent = If there is an account for <strong>{ $login }</strong>, a mail to its address is on its way. It works once and for 30 minutes. It can take a minute; look in the junk folder too.
recovery-new-password = New password
recovery-set = Set password
recovery-again = Ask for a new mail
recovery-no-login = Type your user name or e-mail address.
recovery-code = Code from the mail
recovery-code-hint = Or press the button in the mail.
recovery-only-button = Press the button in the mail to go on. It continues in the browser that opens it.
recovery-wrong-code = This code is not right, or no longer good: after 5 wrong tries or 30 minutes it stops working. Press the button in the newest mail, or ask for a new mail.

button-register = Continue to create your account in this browser. A registration that was begun elsewhere with this address ends.
button-reset = Continue to set a new password in this browser.
button-continue = Continue
button-dead = This button is used up, too old, or was replaced by a newer mail.
button-again = Start again

human-other-way = I can use neither the picture nor the sound
human-trap = Leave this field empty
human-without-scripts = Without scripts this takes a little longer: the form can be sent after { $seconds } seconds, and the mail holds a button instead of a code.
human-more-work = Please press the button once more.
human-too-early = Please press the button again in { $wait }.
human-trapped = Something was filled in that should stay empty. Please try once more.

step-up-wrong = That is not right. After several tries, wait a little before the next one.
step-up-title = Confirm that it is you
step-up-why = What comes next can change who gets into your account. Please give your password once more.
step-up-button = Continue
step-up-hint = You will be asked for it again after 10 minutes.

renewal-needs-script = Auto-login of this browser needs JavaScript.
renewal-late = The cloud does not answer. It tries again every few seconds.

show = Show
hide = Hide
show-password = Show password

form-working = One moment…
