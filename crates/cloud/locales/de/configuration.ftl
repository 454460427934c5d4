# Einstellungen.

configuration-live = Live-Ansicht auf diesem Gerät
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
