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
live-capture = Foto
live-sound = Ton
live-talk = Zum Sprechen halten
live-full-screen = Vollbild
quality = Qualität

viewable-title = Kamera sichtbar machen
viewable-change = Ändern
viewable-close = Schließen

live-ptz = PTZ
live-talk-tool = Sprechen
live-image = Bild
live-outputs = Ausgänge
live-heard = Ihr Ton ist an
tile-snapshot = Standbild
panel-close = Schließen
ptz-hint = Drücken Sie auf das Feld oder die Pfeiltasten. Auf einem vergrößerten Bild ziehen Sie.
ptz-turn = Kamera drehen
ptz-up = Nach oben
ptz-down = Nach unten
ptz-left = Nach links
ptz-right = Nach rechts
ptz-up-left = Nach links oben
ptz-up-right = Nach rechts oben
ptz-down-left = Nach links unten
ptz-down-right = Nach rechts unten
ptz-zoom = Zoom
ptz-zoom-in = Näher
ptz-zoom-out = Weiter weg
ptz-focus = Fokus
ptz-focus-near = Näher scharfstellen
ptz-focus-far = Weiter weg scharfstellen
ptz-iris = Blende
ptz-iris-open = Blende öffnen
ptz-iris-close = Blende schließen
ptz-presets = Gespeicherte Positionen
ptz-no-presets = Es ist noch keine Position gespeichert.
ptz-go = Anfahren
ptz-remove = Löschen
ptz-save-as = Name dieser Position
ptz-save = Speichern
ptz-patrol = Rundgang
ptz-start = Starten
ptz-stop = Anhalten

talk-hint = Halten Sie die Taste, während Sie sprechen. Tippen Sie nur darauf, bleibt das Mikrofon offen, bis Sie wieder drücken.

image-hint = Diese Einstellungen gelten an der Kamera: Alle sehen die Änderung, und sie wird aufgezeichnet.
image-brightness = Helligkeit
image-contrast = Kontrast
image-saturation = Farbe
image-sharpness = Schärfe
image-day-night = Tag und Nacht
image-wdr = Helle und dunkle Stellen ausgleichen (WDR)
image-flip = Spiegeln
output-on = Ein
output-off = Aus
output-pulse = Kurz ein
live-cameras = Kameras
live-cameras-close = Schließen
live-cameras-search = Kameras suchen
live-sets = Welche Kameras
live-set-all = Alle
live-set-favourites = Favoriten
live-view-remove = Diese Ansicht entfernen
live-view-name = Name einer neuen Ansicht
live-view-save = Gezeigtes speichern
live-small-window = Kleines Fenster
kept-needs-script = „Bilder und Videos“ braucht JavaScript: Schalten Sie es für diese Seite ein.
kept-stays = Was Sie fotografieren und aufnehmen, bleibt auf diesem Telefon, in diesem Browser: Niemand sonst bekommt es. Abmelden und Konto löschen entfernen es. Speichern Sie als Datei, was Sie lange behalten wollen: Ist das Telefon voll, kann der Browser es löschen.
kept-select = Auswählen
kept-select-all = Alle auswählen
kept-chosen-actions = Was mit den ausgewählten geschieht
kept-share = Teilen
kept-none = Noch nichts aufgenommen
kept-none-hint = Öffnen Sie die Live-Ansicht, wählen Sie eine Kamera und dann „Foto“ oder „Aufnehmen“.

live-record = Aufnehmen
live-statistics = Statistik
statistics-size = Bildgröße
statistics-rate = Bilder
statistics-bits = Daten
statistics-lost = Verloren
statistics-codec = Videoformat
statistics-path = Weg

live-all-hidden = Alle Kameras sind ausgeblendet
live-all-hidden-hint = Wählen Sie das Gerät und „Umbenennen, ordnen, ausblenden“, um sie wieder zu zeigen.
