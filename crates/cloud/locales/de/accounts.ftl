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
login-password-set = Ihr neues Passwort ist gesetzt. Melden Sie sich damit an.
login-registered = Ihr Konto ist bereit. Melden Sie sich an.

letters = Zeichen im Bild
letters-picture = Bild mit 4 Buchstaben oder Ziffern. Anhören liest sie vor.
letters-new = Neues Bild
letters-listen = Anhören
letters-wrong = Das sind nicht die Zeichen im Bild. Versuchen Sie es noch einmal, oder nehmen Sie ein neues Bild.
letters-dead = Dieses Bild ist verbraucht oder zu alt. Geben Sie die Zeichen im neuen ein.

register-title = E-Mail eingeben
register-button = Bestätigungscode anfordern
register-hint = Wir senden einen 4-stelligen Code an diese Adresse. Er gilt 30 Minuten.

finish-title = Konto anlegen
finish-sent = Wenn sich <strong>{ $email }</strong> registrieren lässt, ist ein Code unterwegs. Das kann eine Minute dauern; sehen Sie auch im Spam-Ordner nach.
finish-code = Bestätigungscode
finish-valid-for = Gültig noch
finish-not-valid = Nicht mehr gültig
finish-again = Erneut senden
finish-again-in = Erneut senden in
finish-start-again = Neu beginnen
finish-button = Fertig
finish-wrong-code = Dieser Code stimmt nicht oder gilt nicht mehr: Nach 3 falschen Versuchen, 30 Minuten oder einer neueren E-Mail verfällt er. Sehen Sie in die neueste E-Mail, oder wählen Sie „Erneut senden“.
finish-no-code = Geben Sie die 4 Ziffern aus der E-Mail ein.
finish-name-taken = Diesen Benutzernamen gibt es schon. Wählen Sie einen anderen; Ihr Code bleibt gültig.
finish-too-many-names = Das waren zu viele Benutzernamen. Beginnen Sie neu mit „Registrieren“.
finish-too-early = Bis zum nächsten Code müssen Sie noch { $wait } warten.
finish-no-more-codes = Für diese Registrierung werden keine Codes mehr gesendet. Beginnen Sie neu mit „Registrieren“.

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
recovery-hint = Wir mailen Ihnen einen Link. Er setzt ein neues Passwort und meldet Sie überall ab.
recovery-button = Link senden
recovery-sent-title = Sehen Sie in Ihr Postfach
recovery-sent = Eine E-Mail an <strong>{ $email }</strong> ist unterwegs. Ihr Link gilt einmal und 30 Minuten lang. Das kann eine Minute dauern; sehen Sie auch im Spam-Ordner nach.
recovery-back = Zurück zum Anmelden
recovery-new-password = Neues Passwort
recovery-set = Passwort setzen
recovery-dead-title = Link gilt nicht mehr
recovery-dead = Dieser Link ist verbraucht oder älter als 30 Minuten.
recovery-again = Neuen Link anfordern

step-up-wrong = Das stimmt nicht. Warten Sie nach mehreren Versuchen etwas bis zum nächsten.
step-up-title = Bestätigen Sie, dass Sie es sind
step-up-why = Was jetzt kommt, kann ändern, wer in Ihr Konto gelangt. Bitte geben Sie Ihr Passwort noch einmal ein.
step-up-button = Weiter
step-up-hint = Nach 10 Minuten wird wieder danach gefragt.

renewal-needs-script = Um in diesem Browser angemeldet zu bleiben, ist JavaScript nötig.
renewal-late = Die Cloud antwortet nicht. Alle paar Sekunden wird es erneut versucht.
