# Anmelden, Registrieren, Passwort vergessen, und was dort eingegeben werden darf.

cloud-p2p = Cloud P2P
email = E-Mail
user-name = Benutzername
password = Passwort
step-of = Schritt { $step } von { $steps }
mailbox-arrives-in = In dieser Demo kommen E-Mails im <a href="/demo/mailbox" target="_blank">Postfach</a> an.

login-name = Benutzername / E-Mail
login-auto = Angemeldet bleiben
login-forgot = Passwort vergessen
login-button = Anmelden
login-register = Registrieren
login-connected-to = Verbunden mit { $host }
login-mailbox = Postfach dieser Demo
login-wrong = Benutzername oder Passwort ist falsch. Warten Sie nach mehreren Versuchen etwas vor dem nächsten.
login-picture = Nach mehreren Fehlversuchen beantworten Sie bitte auch das Bild und geben Ihr Passwort noch einmal ein.
login-password-set = Ihr neues Passwort ist gesetzt. Melden Sie sich damit an.
login-registered = Ihr Konto ist bereit. Melden Sie sich an.
login-ended = Sie wurden abgemeldet: Die Sitzung in diesem Browser ist beendet. Bitte melden Sie sich wieder an.
login-ended-back = Sie wurden abgemeldet: Die Sitzung in diesem Browser ist beendet. Nach der Anmeldung öffnet sich dieselbe Seite wieder.
login-to-add = Melden Sie sich an, oder registrieren Sie sich zuerst. Danach können Sie den gescannten Rekorder hinzufügen.

letters = Zeichen im Bild
letters-picture = Bild mit 4 Buchstaben oder Ziffern. Anhören liest sie vor.
letters-new = Neues Bild
letters-listen = Anhören
letters-wrong = Das sind nicht die Zeichen im Bild. Versuchen Sie es noch einmal, oder nehmen Sie ein neues Bild.
letters-dead = Dieses Bild ist verbraucht oder zu alt. Geben Sie die Zeichen im neuen ein.

register-title = E-Mail eingeben
register-button = Bestätigungscode anfordern
register-hint = Wir senden einen { $digits }-stelligen Code an diese Adresse. Er gilt 30 Minuten.

finish-title = Konto anlegen
finish-sent = Wenn sich <strong>{ $email }</strong> registrieren lässt, ist ein Code unterwegs. Das kann eine Minute dauern; sehen Sie auch im Spam-Ordner nach.
finish-sent-button = Wenn sich <strong>{ $email }</strong> registrieren lässt, ist eine E-Mail mit einer Schaltfläche unterwegs. Das kann eine Minute dauern; sehen Sie auch im Spam-Ordner nach.
finish-code = Bestätigungscode
finish-valid-for = Gültig noch
finish-not-valid = Nicht mehr gültig
finish-again = Erneut senden
finish-again-in = Erneut senden in
finish-start-again = Neu beginnen
finish-button = Fertig
finish-wrong-code = Dieser Code stimmt nicht oder gilt nicht mehr: Nach 3 falschen Versuchen, 30 Minuten oder einer neueren Mail verfällt er. Nehmen Sie die neueste Mail und drücken Sie die Schaltfläche darin, oder wählen Sie „Erneut senden“.
finish-no-code = Geben Sie die { $digits } Ziffern aus der Mail ein.
finish-name-taken = Diesen Benutzernamen hat schon jemand. Wählen Sie einen anderen.
finish-too-many-names = Das waren zu viele Benutzernamen. Beginnen Sie neu mit „Registrieren“.
finish-too-early = Bis zum nächsten Code müssen Sie noch { $wait } warten.
finish-no-more-codes = Für diese Registrierung werden keine Codes mehr gesendet. Beginnen Sie neu mit „Registrieren“.
finish-proven = <strong>{ $email }</strong> ist bestätigt. Wählen Sie Benutzernamen und Passwort.
finish-only-button = Drücken Sie die Schaltfläche in der Mail. Es geht in dem Browser weiter, der sie öffnet.

password-hint = Mindestens { $min } Zeichen; lange Sätze sind besser als Sonderzeichen.
password-hint-ends = Mindestens { $min } Zeichen; lange Sätze sind besser als Sonderzeichen. Sie werden überall abgemeldet.
password-short = Ein Passwort hat mindestens { $min } Zeichen. Lange Sätze sind besser als Sonderzeichen.
password-long = Ein Passwort hat höchstens { $max } Zeichen.
password-control = Ein Passwort darf keine Steuerzeichen enthalten.
password-common = Dieses Passwort benutzen viele, es würde erraten. Wählen Sie ein anderes.
password-own-word = Dieses Passwort besteht aus Ihrem Namen, Ihrer Adresse oder dem Namen dieser App. Wählen Sie ein anderes.
email-bad = Geben Sie eine vollständige E-Mail-Adresse ein, wie anna@example.org.
user-name-bad = Ein Benutzername hat { $min } bis { $max } Buchstaben (a bis z), Ziffern, Punkte, Binde- oder Unterstriche.

recovery-title = Passwort vergessen
recovery-hint = Wir senden Ihnen eine Schaltfläche und einen Code. Beide setzen ein neues Passwort und melden Sie überall ab.
recovery-login = Benutzername oder E-Mail
recovery-button = Mail senden
recovery-sent-title = Sehen Sie in Ihr Postfach
recovery-sent = Wenn es ein Konto für <strong>{ $login }</strong> gibt, ist eine Mail an dessen Adresse unterwegs. Sie gilt einmal und 30 Minuten lang. Es kann eine Minute dauern; sehen Sie auch im Spam-Ordner nach.
recovery-new-password = Neues Passwort
recovery-set = Passwort setzen
recovery-again = Neue Mail anfordern
recovery-no-login = Geben Sie Ihren Benutzernamen oder Ihre E-Mail-Adresse ein.
recovery-code = Code aus der Mail
recovery-code-hint = Oder drücken Sie die Schaltfläche in der Mail.
recovery-only-button = Drücken Sie die Schaltfläche in der Mail. Es geht in dem Browser weiter, der sie öffnet.
recovery-wrong-code = Dieser Code stimmt nicht oder gilt nicht mehr: Nach 5 falschen Versuchen oder 30 Minuten verfällt er. Drücken Sie die Schaltfläche in der neuesten Mail, oder fordern Sie eine neue Mail an.

button-register = Weiter, um Ihr Konto in diesem Browser anzulegen. Eine anderswo mit dieser Adresse begonnene Registrierung endet.
button-reset = Weiter, um in diesem Browser ein neues Passwort zu setzen.
button-continue = Weiter
button-dead = Diese Schaltfläche ist verbraucht, zu alt oder durch eine neuere Mail ersetzt.
button-again = Neu beginnen

human-other-way = Ich kann weder das Bild noch den Ton nutzen
human-trap = Lassen Sie dieses Feld leer
human-without-scripts = Ohne Skripte dauert es etwas länger: Das Formular kann nach { $seconds } Sekunden gesendet werden, und die Mail enthält eine Schaltfläche statt eines Codes.
human-more-work = Bitte drücken Sie noch einmal.
human-too-early = Bitte drücken Sie in { $wait } noch einmal.
human-trapped = Es wurde etwas ausgefüllt, das leer bleiben soll. Bitte versuchen Sie es noch einmal.

step-up-wrong = Das stimmt nicht. Warten Sie nach mehreren Versuchen etwas bis zum nächsten.
step-up-title = Bestätigen Sie, dass Sie es sind
step-up-why = Was jetzt kommt, kann ändern, wer in Ihr Konto gelangt. Bitte geben Sie Ihr Passwort noch einmal ein.
step-up-button = Weiter
step-up-hint = Nach 10 Minuten wird wieder danach gefragt.

renewal-needs-script = Um in diesem Browser angemeldet zu bleiben, ist JavaScript nötig.
renewal-late = Die Cloud antwortet nicht. Alle paar Sekunden wird es erneut versucht.

show = Zeigen
hide = Verbergen
show-password = Passwort zeigen

form-working = Einen Moment …
