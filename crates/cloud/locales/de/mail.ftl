# E-Mails, und das Postfach der Demo.

mail-sent-by = Gesendet von { $host } wegen einer Anfrage am { $asked_at }.
mail-asked-from = Gesendet von { $host } wegen einer Anfrage am { $asked_at }, von { $browser } unter { $place }.
mail-no-answer = Antworten werden nicht gelesen.

mail-code-subject = { $code } ist Ihr Peerview-Bestätigungscode
mail-button-subject = Weiter mit Ihrer Peerview-Registrierung
mail-code-is = Ihr Bestätigungscode ist
mail-code-use = Geben Sie ihn auf der Seite ein, auf der Sie ihn angefordert haben. Er gilt { $minutes } Minuten.
mail-code-never = Sagen Sie diesen Code niemandem und geben Sie die Schaltfläche nicht weiter: Niemand von Peerview fragt danach. Wenn Sie sich nicht registrieren wollten, ignorieren Sie diese Mail; es entsteht kein Konto.
mail-code-or = Oder drücken Sie diese Schaltfläche; es geht in dem Browser weiter, der sie öffnet:
mail-code-only-button = Drücken Sie diese Schaltfläche, um mit der Registrierung fortzufahren. Es geht in dem Browser weiter, der sie öffnet.
mail-code-button = Mein Konto anlegen

mail-known-subject = Sie haben schon ein Peerview-Konto
mail-known = Jemand, vielleicht Sie, wollte mit dieser Adresse ein Konto registrieren. Sie haben schon eines.
mail-known-login = Anmelden
mail-known-forgot = Passwort vergessen? Ein neues setzen
mail-known-ignore = Wenn Sie das nicht waren, ist nichts geschehen, und Sie können diese E-Mail ignorieren.

mail-reset-subject = Neues Peerview-Passwort setzen
mail-reset = Setzen Sie ein neues Passwort für Ihr Konto:
mail-reset-button = Neues Passwort setzen
mail-reset-use = Schaltfläche und Code gelten einmal und { $minutes } Minuten lang. Ein neues Passwort meldet Sie überall ab.
mail-reset-never = Geben Sie beides nicht weiter: Niemand von Peerview fragt danach. Wenn Sie das nicht angefordert haben, ignorieren Sie diese Mail; Ihr Passwort bleibt, wie es ist.
mail-reset-or = Oder geben Sie diesen Code auf der Seite ein, auf der Sie ihn angefordert haben:

mail-no-account-subject = Zu dieser Adresse gibt es kein Peerview-Konto
mail-no-account = Jemand, vielleicht Sie, hat für diese Adresse ein neues Passwort angefordert, aber es gibt kein Konto mit ihr. Vielleicht haben Sie sich mit einer anderen Adresse registriert.
mail-no-account-register = Hier registrieren
mail-no-account-ignore = Wenn Sie das nicht waren, können Sie diese E-Mail ignorieren.

mail-changed-subject = Ihr Peerview-Passwort wurde geändert
mail-changed = Das Passwort Ihres Kontos wurde geändert, und Sie wurden überall abgemeldet.
mail-changed-not-you = Wenn Sie das nicht waren, kann jemand Ihre E-Mails lesen. Sichern Sie zuerst Ihr Postfach, dann setzen Sie ein neues Passwort:
mail-changed-forgot = Neues Passwort setzen

mail-deleted-subject = Ihr Peerview-Konto wurde gelöscht
mail-deleted = Ihr Konto wurde gelöscht, und mit ihm alles, was über Sie gespeichert war. Ihre Geräte stehen jetzt in niemandes Liste.
mail-deleted-not-you = Wenn Sie das nicht waren: Registrieren Sie sich neu, fügen Sie Ihre Geräte wieder hinzu, und benachrichtigen Sie den Betreiber von { $host }.

mail-test-subject = Eine Mail von { $host }, um zu sehen, dass Mails ankommen
mail-test = Mails von { $host } kommen hier an. Lag diese nicht im Spam-Ordner, werden auch Codes und Links nicht dort liegen.

mailbox-title = Postfach
mailbox-hint = Diese Seite gibt es nur in der Demo: E-Mails dieser Cloud kommen hier an und nirgends sonst.
mailbox-to = An { $recipient } · { $time }
mailbox-none = Noch keine E-Mail.
mailbox-again = Noch einmal nachsehen
