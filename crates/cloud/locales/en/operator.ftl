# For whoever runs the cloud: setting it up, and what it tells them by mail.

setup-title = Set up this cloud
setup-why = This cloud has no account yet. Whoever started it finds a link on its terminal, which works once and for 24 hours. The first account is theirs; others can register afterwards.
setup-code = Set-up code
setup-code-hint = The part after # in the link. The link fills it in by itself.
setup-code-bad = This code is not right, or older than 24 hours. Start the cloud again: it prints a new link.
setup-email-hint = A mail goes there now, to show that this cloud can send mail, and later to send you its warnings.
setup-next = Next you turn on a second factor, because this account looks after the cloud.
setup-closed = This cloud is set up. Its accounts log in, and others can register.

mail-setup-subject = Your cloud { $host } can send mail
mail-setup = The cloud at { $host } is set up, and this mail shows that its mail arrives. You get a mail here when something is wrong with it.
mail-setup-junk = If this mail was in the junk folder, mails to others will be there too: look at how the sender’s domain is set up.

mail-alarm-sent-by = Sent on { $asked_at } by { $host } to everybody who runs it.
mail-alarm-strong = Many wrong codes: registration by code is off
mail-alarm-strong-do = Somebody is trying to guess the short codes of { $host }. They are off for everybody for 24 hours; the button in the same mail still works. You need not do anything. `peerview admin limits show` shows how many were tried.
mail-alarm-tampered = The audit log was changed
mail-alarm-tampered-do = Lines of the audit log of { $host } were removed or changed, and the cloud did not do that. Somebody who can write to its data folder did that. `peerview admin audit verify` says where.
mail-alarm-losing = The audit log cannot be written
mail-alarm-losing-do = Events of { $host } are only counted until this is fixed. Usually the disk of the data folder is full.
mail-alarm-mail = Mails are not being sent
mail-alarm-mail-do = Mails of { $host } have waited for more than { $minutes } minutes, so codes arrive too late. This one waited with them. `peerview admin mail queue` says what the mail server answers.
mail-alarm-relay = A relay is gone
mail-alarm-relay-do = A relay of { $host } has been gone for more than { $minutes } minutes. Calls take the others. The log of the cloud says its name; the log of the relay says why it does not reach the cloud.
