# Das eigene Konto: was eine angemeldete Person ändern, beenden, mitnehmen, sperren und löschen kann; Hinweise dazu.

cancel = Abbrechen
save = Speichern

configuration-account = Mein Konto
account-security = Sicherheit
account-data-heading = Ihre Daten
account-email = E-Mail ändern
account-password = Passwort ändern
account-sessions = Wo ich angemeldet bin
account-notices = Hinweise
account-lock = Mein Konto sperren
account-data = Meine Daten herunterladen
account-deletion = Konto löschen
account-password-set = Ihr neues Passwort gilt. Überall sonst wurden Sie abgemeldet.
account-notices-set = Ihre Auswahl ist gespeichert.

account-password-old = Altes Passwort
account-password-ends = Überall sonst werden Sie abgemeldet.

account-email-now = Ihre Adresse ist <strong>{ $email }</strong>.
account-email-new = Neue E-Mail-Adresse
account-email-hint = Wir schicken eine Schaltfläche an die neue Adresse. Erst wenn Sie dort darauf drücken, ändert sie sich; die alte Adresse erfährt davon.
account-email-send = Schaltfläche senden
account-email-same = Das ist schon Ihre Adresse.
account-email-waiting = Falls <strong>{ $email }</strong> verwendet werden kann, ist eine Mail mit einer Schaltfläche dorthin unterwegs. Bis Sie darauf drücken, ändert sich nichts.
email-button = Diese Adresse verwenden
email-button-why = Drücken Sie auf die Schaltfläche, um die Adresse, an die diese Mail ging, für Ihr Konto zu verwenden. Sie ersetzt die alte.
email-button-done = Ihre neue Adresse gilt. Die alte wurde benachrichtigt.
email-button-on = Zu meinem Konto
link-code = Code aus dem Link
link-code-hint = Kopieren Sie die Zeichen nach dem # im Link der Mail.
link-dead = Dieser Link ist verbraucht, zu alt oder gilt nicht mehr.

sessions-this = Dieser Browser
sessions-last = Zuletzt gesehen
sessions-first = Seit
sessions-from = Von { $place }
sessions-end = Abmelden
sessions-end-named = { $browser } abmelden
sessions-end-others = Überall sonst abmelden
sessions-hint = Wer abgemeldet wird, sieht sofort nichts mehr. Das Ende jeder Adresse ist weggelassen. Kennen Sie einen Browser nicht, melden Sie ihn ab und ändern Sie Ihr Passwort.
browser-on = { $browser } auf { $system }
browser-unknown = Ein unbekannter Browser

notices-to = Hinweise gehen an <strong>{ $email }</strong>.
notices-security = Anmeldungen und Änderungen
notices-security-hint = Neue Anmeldungen, ein neues Passwort oder eine neue Adresse, eine Sperre. Diese lassen sich nicht abschalten.
notices-recorders = Hinzugefügte und entfernte Geräte

data-what = Eine Datei (JSON) mit Ihrem Benutzernamen und Ihrer Adresse, Ihren Anmeldungen, Ihren Geräten und deren Kameras, Ihrer Auswahl, den Mails des letzten Tages und dem, was das Protokoll über Ihr Konto sagt: die neuesten { $lines } Ereignisse, etwa Anmeldungen, mit dem Netz, aus dem sie kamen.
data-not = Passwörter und Schlüssel sind nicht darin. Aufnahmen liegen nur auf Ihrem Rekorder.
data-button = Herunterladen

lock-when = Telefon verloren, oder jemand ist in Ihrem Konto? Sperren Sie es sofort.
lock-what = Alle werden sofort abgemeldet, auch Sie, und niemand kann sich anmelden. Ihre Geräte bleiben Ihre. Sie entsperren das Konto mit einem neuen Passwort per Mail.
lock-done = Das Konto ist gesperrt, und alle sind abgemeldet.
lock-unlock = Zum Entsperren setzen Sie ein neues Passwort. Sichern Sie zuerst Ihr Postfach.
not-me-email = Wurde Ihre Adresse geändert, gilt wieder die alte.

deletion-what = Ihr Konto, Ihre Geräte darin und alles, was über Sie gespeichert ist, werden für immer gelöscht. Wer den Bestätigungscode eines Rekorders hat, kann ihn wieder hinzufügen.
deletion-data = Vielleicht möchten Sie zuerst:
deletion-name = Benutzername
deletion-name-hint = Tippen Sie { $name }, um zu bestätigen, dass Sie es so meinen.
deletion-name-wrong = Das ist nicht Ihr Benutzername. Es wurde nichts gelöscht.
deletion-title = Konto gelöscht
deletion-done = Ihr Konto ist gelöscht.
deletion-after = Es ist mit allem weg, was über Sie gespeichert war, hier und in der Cloud; eine Mail bestätigt das. Ihre Geräte stehen in niemandes Liste: Wer den Bestätigungscode eines Rekorders hat, kann ihn hinzufügen.

mail-email-subject = Bestätigen Sie Ihre neue Adresse für Peerview
mail-email-asked = Das Konto { $name } möchte diese Adresse verwenden.
mail-email-press = Wenn Sie das sind, drücken Sie auf die Schaltfläche. Sie gilt einmal und { $minutes } Minuten lang.
mail-email-ignore = Wenn Sie das nicht waren, beachten Sie diese Mail nicht; es ändert sich nichts.
mail-email-taken-subject = Zu dieser Adresse gibt es ein Peerview-Konto
mail-email-taken = Jemand, vielleicht Sie, wollte diese Adresse für ein anderes Konto verwenden. Sie hat schon ein Konto, und zwei kann sie nicht haben.

notice-sign-in-subject = Neue Anmeldung an Ihrem Peerview-Konto
notice-new-browser = Jemand hat sich mit einem neuen Browser an Ihrem Konto angemeldet.
notice-after-failures = { $n ->
    [one] Jemand hat nach { $n } falschen das richtige Passwort Ihres Kontos eingegeben.
   *[other] Jemand hat nach { $n } falschen das richtige Passwort Ihres Kontos eingegeben.
}
notice-password-subject = Ihr Peerview-Passwort wurde geändert
notice-password = Das Passwort Ihres Kontos wurde geändert, und alle anderen wurden abgemeldet.
notice-email-subject = Die Adresse Ihres Peerview-Kontos wurde geändert
notice-new-email = Ihr Konto verwendet ab jetzt eine andere Adresse: { $address }
notice-email-in-use = Ihr Konto verwendet ab jetzt diese Adresse.
notice-others-subject = Sie wurden überall sonst abgemeldet
notice-others = Alle Browser bis auf einen wurden von Ihrem Konto abgemeldet.
notice-download-subject = Die Daten Ihres Peerview-Kontos wurden heruntergeladen
notice-download = Jemand hat heruntergeladen, was über Ihr Konto gespeichert ist.
notice-locked-subject = Ihr Peerview-Konto ist gesperrt
notice-locked = Ihr Konto ist gesperrt. Alle wurden abgemeldet, und niemand kann sich anmelden.
notice-added-subject = Ein Gerät wurde Ihrem Peerview-Konto hinzugefügt
notice-added = Dieses Gerät wurde Ihrem Konto hinzugefügt: { $name }
notice-removed-subject = Ein Gerät wurde aus Ihrem Peerview-Konto entfernt
notice-removed = Dieses Gerät wurde aus Ihrem Konto entfernt: { $name }
notice-recorders-subject = Die Geräte Ihres Peerview-Kontos haben sich geändert
notice-recorders = Ihrem Konto wurden Geräte hinzugefügt oder daraus entfernt.
notice-n-added = { $n ->
    [one] { $n } Gerät hinzugefügt:
   *[other] { $n } Geräte hinzugefügt:
}
notice-n-removed = { $n ->
    [one] { $n } Gerät entfernt:
   *[other] { $n } Geräte entfernt:
}
notice-further-subject = In Ihrem Peerview-Konto ist noch mehr geschehen
notice-further = { $n ->
    [one] Außer dem, was frühere E-Mails sagten, gab es in Ihrem Konto { $n } weitere Anmeldung oder Änderung.
   *[other] Außer dem, was frühere E-Mails sagten, gab es in Ihrem Konto { $n } weitere Anmeldungen oder Änderungen.
}
notice-when = Wann: { $time }
notice-browser = Browser: { $browser }
notice-place = Von: { $place }
notice-advice-lock = Wenn Sie das waren, ist nichts zu tun. Wenn nicht, sperren Sie Ihr Konto:
notice-advice-undo = Wenn Sie das waren, ist nichts zu tun. Wenn nicht, nehmen Sie es zurück und sperren Sie Ihr Konto. Das geht 7 Tage lang:
notice-advice-unlock = Zum Entsperren sichern Sie Ihr Postfach und setzen ein neues Passwort:
notice-advice-none = Auch die alte Adresse wurde benachrichtigt.
notice-not-me = Das war ich nicht
notice-unlock = Neues Passwort setzen
notice-why = { $host } schickt dies, weil es die Sicherheit Ihres Kontos betrifft.
