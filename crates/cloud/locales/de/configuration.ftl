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
