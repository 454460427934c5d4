# Live-Ansicht. Was ihre Skripte sagen, steht in script.ftl.

live-title = Live-Ansicht
live-needs-script = Die Live-Ansicht braucht JavaScript: Schalten Sie es für diese Seite ein.
live-no-cameras = Noch keine Kameras
live-no-cameras-hint = Das Gerät hat seine Kameras noch nicht gemeldet. Das geschieht, sobald es online ist.
live-no-devices = Noch keine Geräte
live-no-devices-hint = Fügen Sie ein Gerät hinzu, um hier seine Kameras zu sehen.
live-again = Erneut versuchen
live-at-once = Bilder zugleich
live-pictures = { $n ->
    [one] { $n } Bild
   *[other] { $n } Bilder
}
live-page-back = Eine Seite zurück
live-page-forward = Eine Seite weiter
live-capture = Aufnehmen
live-sound = Ton
live-talk = Zum Sprechen halten
live-full-screen = Vollbild
quality = Qualität
quality-auto = Auto
quality-clear = Scharf
quality-fluent = Flüssig

viewable-title = Kamera sichtbar machen
viewable-change = Ändern
viewable-close = Schließen
