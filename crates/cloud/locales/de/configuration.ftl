# Einstellungen.

configuration-live = Live-Ansicht auf diesem Telefon
configuration-quality = Qualität
configuration-resume = Letzte Ansicht fortsetzen
configuration-resume-on = Ein
configuration-resume-off = Aus
configuration-connection = Verbindung
configuration-connection-auto = Auto
configuration-connection-relay = Nur Relay
configuration-connection-hint = Auto nimmt den direkten Weg, wo es einen gibt. „Nur Relay“ verbirgt Ihre Adresse vor dem Standort des Rekorders und kostet Zeit.
configuration-about = Über
configuration-cloud = Verbundene Cloud
configuration-licence = Lizenz
configuration-licence-names = Apache-2.0 oder MIT
configuration-icons = Symbole

configuration-quality-wifi = Qualität im WLAN
configuration-quality-mobile = Qualität mit mobilen Daten
configuration-quality-one = Dieser Browser sagt nicht, ob er WLAN oder mobile Daten nutzt; darum gilt eine Qualität für beides.
data-title = Datenverbrauch auf diesem Telefon
data-wifi = WLAN
data-mobile = Mobile Daten
data-unknown = Live-Ansicht
data-today = Heute
data-yesterday = Gestern
data-month = Dieser Monat
data-last-month = Letzter Monat
data-reset = Zurücksetzen
data-hint = Was die Live-Ansicht in diesem Browser gesendet und empfangen hat. Es wird hier gezählt und niemandem mitgeteilt. Abmelden löscht es.
configuration-notices = Benachrichtigungen

app-lock = App-Sperre
app-lock-what = Sperrt diese App auf diesem Telefon, wenn sie eine Weile nicht benutzt wurde. Sie fragt dann nach einer PIN oder einem Passkey, bevor etwas zu sehen ist. Fünf falsche PINs melden ab und löschen, was dieses Telefon aufbewahrt, auch Bilder und Videos.
app-lock-honest = Sie schützt vor jemandem, der Ihr entsperrtes Telefon in die Hand nimmt. Vor einem Dieb mit Zeit und Werkzeug schützt sie nicht: Sperren Sie das Telefon selbst, und beenden Sie seine Sitzung unter Cloud P2P, wenn es verloren ist.
app-lock-pin = PIN
app-lock-new-pin = Neue PIN
app-lock-again = PIN noch einmal
app-lock-after = Sperren, wenn unbenutzt seit
app-lock-minutes = { $n ->
    [one] { $n } Minute
   *[other] { $n } Minuten
}
app-lock-turn-on = Einschalten
app-lock-turn-off = Ausschalten
app-lock-passkey = Auch mit Passkey öffnen
app-lock-locked = Gesperrt
app-lock-open = Öffnen
app-lock-forgotten = PIN vergessen: abmelden
app-lock-needs-script = Die App-Sperre braucht JavaScript. Erlauben Sie es für diese Seite in den Einstellungen des Browsers.
app-lock-save = Zeit speichern
app-lock-why-pin = Jede Änderung braucht die PIN.
