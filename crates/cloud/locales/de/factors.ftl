# Zweiter Faktor, Wiederherstellungscodes und Passkeys: beim Anmelden, im Konto und in E-Mails.

login-with-passkey = Mit Passkey anmelden
login-passkey-wrong = Dieser Passkey öffnet hier kein Konto. Vielleicht wurde er entfernt, oder es hat zu lange gedauert: Versuchen Sie es noch einmal, oder melden Sie sich mit dem Passwort an.
login-again = Das hat zu lange gedauert, oder der Code war zu oft falsch. Bitte melden Sie sich noch einmal an.

factor-step = Noch ein Schritt
factor-step-why = Ihr Passwort stimmt. Ihr Konto fragt auch nach einem zweiten Faktor.
factor-code = Code aus Ihrer App
factor-code-hint = Die 6 Ziffern, die Ihre Authenticator-App gerade zeigt.
factor-continue = Weiter
factor-use-passkey = Passkey verwenden
factor-use-recovery = Stattdessen einen Wiederherstellungscode verwenden
factor-recovery = Wiederherstellungscode
factor-recovery-hint = Einer der Codes, die Sie beim Einschalten des zweiten Faktors aufbewahrt haben. Jeder gilt einmal.
factor-lost = Niemand kann diesen Schritt für Sie abschalten: Es braucht Ihre App, einen Passkey oder einen Wiederherstellungscode.
factor-wrong = Dieser Code oder Passkey ist falsch oder schon verwendet. Warten Sie nach mehreren Versuchen etwas bis zum nächsten.

passkey-needs-script = Passkeys brauchen JavaScript, das in diesem Browser aus ist.
passkey-unsupported = Dieser Browser kann keine Passkeys verwenden.
passkey-elsewhere = Passkeys dieser Cloud gelten nur unter ihrer eigenen Adresse:
passkey-refused = Es kam kein Passkey. Versuchen Sie es noch einmal, oder wählen Sie einen anderen Weg.
passkey-known = Auf diesem Telefon oder Computer gibt es schon einen Passkey für dieses Konto.
passkey-broken = Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.

factor-title = Zweiter Faktor
factor-is-on = Der zweite Faktor ist an. Nach dem Passwort werden Sie nach einem Code, einem Passkey oder einem Wiederherstellungscode gefragt.
factor-what = Ein zweiter Faktor schützt Ihr Konto auch dann, wenn jemand Ihr Passwort erfährt. Richten Sie eine App ein, die Codes zeigt, oder verwenden Sie einen Passkey.
factor-needed = Sie betreiben diese Cloud, darum braucht Ihr Konto einen zweiten Faktor. Schalten Sie ihn ein, um weiterzumachen.
factor-app = Authenticator-App
factor-app-there = Ihre App ist eingerichtet. Mit einem neuen Telefon richten Sie sie neu ein; die alte gilt dann nicht mehr.
factor-app-what = Jede App, die 6-stellige Codes zeigt, ist recht. Sie braucht keine Verbindung.
factor-app-set-up = App einrichten
factor-app-replace = Auf anderem Telefon einrichten
factor-app-scan = Scannen Sie dieses Bild mit Ihrer Authenticator-App.
factor-app-qr = QR-Code mit dem Schlüssel für Ihre App
factor-app-type = Oder tippen Sie diesen Schlüssel in die App:
factor-app-shown-as = Die App zeigt ihn als { $name }.
factor-app-confirm = Geben Sie den Code ein, den die App jetzt zeigt. So wissen wir, dass es klappt.
factor-app-turn-on = Einschalten
factor-app-wrong = Das ist nicht der Code, der gerade gilt. Geht die Uhr Ihres Telefons richtig? Warten Sie auf den nächsten Code, und versuchen Sie es noch einmal.
factor-passkeys = { $n ->
    [0] Sie haben noch keinen Passkey. Ein Passkey meldet Sie mit Finger, Gesicht oder PIN an und gilt als beide Faktoren.
    [one] Sie haben { $n } Passkey. Er gilt als beide Faktoren.
   *[other] Sie haben { $n } Passkeys. Jeder gilt als beide Faktoren.
}
factor-on-what = Noch öffnet Ihr Passwort allein das Konto. Sie können danach nach einem Passkey fragen lassen.
factor-on = Nach dem Passwort nach einem Passkey fragen
factor-off-title = Ausschalten
factor-off-what = Dann öffnet Ihr Passwort allein das Konto. App und Wiederherstellungscodes werden vergessen; Passkeys bleiben.
factor-off = Zweiten Faktor ausschalten

codes-title = Wiederherstellungscodes
codes-left = { $n ->
    [0] Es ist kein Wiederherstellungscode übrig. Holen Sie jetzt neue.
    [one] { $n } Wiederherstellungscode ist übrig.
   *[other] { $n } Wiederherstellungscodes sind übrig.
}
codes-renew = Neue Wiederherstellungscodes
codes-renew-what = Die alten gelten dann nicht mehr.
codes-keep = Bewahren Sie diese Codes jetzt auf: Sie werden nicht noch einmal gezeigt.
codes-what = Jeder meldet Sie einmal an, statt App oder Passkey. Drucken Sie sie aus, oder legen Sie sie in Ihren Passwortmanager; nicht auf das Telefon, das Sie verlieren könnten.
codes-for = Für { $user_name } bei { $host }
codes-copy = Kopieren
codes-copied = Kopiert
codes-print = Drucken
codes-kept = Ich habe sie aufbewahrt

passkeys-title = Passkeys
passkeys-what = Ein Passkey meldet Sie mit Finger, Gesicht oder PIN an: kein Passwort zum Tippen und keines zum Stehlen.
passkeys-name = Name des Passkeys
passkeys-name-example = Annas Telefon
passkeys-add = Passkey hinzufügen
passkeys-no-name = Passkeys brauchen eine Cloud, die unter einem Namen erreichbar ist. Diese ist nur unter einer IP-Adresse erreichbar.
passkeys-none = Noch kein Passkey.
passkeys-added = Hinzugefügt
passkeys-used = Zuletzt verwendet
passkeys-unused = Noch nicht verwendet
passkeys-rename = Umbenennen
passkeys-remove = Passkey entfernen
passkeys-remove-what = Er öffnet dieses Konto dann nicht mehr. Löschen Sie ihn auch dort, wo er aufbewahrt wird.
passkeys-unfit = Der Passkey konnte nicht hinzugefügt werden: Er passt nicht, oder es hat zu lange gedauert. Bitte versuchen Sie es noch einmal.
passkeys-too-many = Es können keine Passkeys mehr hinzugefügt werden, oder dieser ist schon da.
passkeys-bad-name = Geben Sie dem Passkey einen Namen mit 1 bis { $most } sichtbaren Zeichen.

mail-factor-app = Für Ihr Peerview-Konto wurde eine Authenticator-App eingerichtet
mail-factor-on = Der zweite Faktor Ihres Peerview-Kontos wurde eingeschaltet
mail-factor-off = Der zweite Faktor Ihres Peerview-Kontos wurde ausgeschaltet
mail-factor-codes = Ihr Peerview-Konto hat neue Wiederherstellungscodes
mail-factor-code-used = Ein Wiederherstellungscode Ihres Peerview-Kontos wurde verwendet
mail-factor-wrong-codes = Jemand hat Ihr Peerview-Passwort, aber nicht Ihren zweiten Faktor
mail-factor-passkey-added = Zu Ihrem Peerview-Konto wurde ein Passkey hinzugefügt
mail-factor-passkey-removed = Ein Passkey Ihres Peerview-Kontos wurde entfernt
mail-factor-you = Wenn Sie das waren, ist nichts zu tun.
mail-factor-not-you = Wenn Sie das nicht waren, setzen Sie sofort ein neues Passwort; sehen Sie dann nach dem zweiten Faktor und den Passkeys Ihres Kontos:
mail-factor-forgot = Neues Passwort setzen

step-up-code = Code aus Ihrer App oder ein Wiederherstellungscode
