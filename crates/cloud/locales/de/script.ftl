# Was Skripte sagen; Seiten dürfen es auch.

direct = Direkt
mapped = Portfreigabe
relayed = Über Relay
online = Online
offline = Offline
offline-since = Offline seit { $when }
never-online = Noch nie online
cameras = { $n ->
    [one] { $n } Kamera
   *[other] { $n } Kameras
}
page-of = { $page } / { $pages }

show = Zeigen
hide = Verbergen
show-password = Passwort zeigen

qr-none = In diesem Bild wurde kein Code eines Rekorders gefunden.
qr-no-camera = Die Kamera ließ sich nicht öffnen. Geben Sie Seriennummer und Code stattdessen ein.
qr-read = Code gelesen. Prüfen Sie den Namen, und wählen Sie dann Hinzufügen.
qr-wrong = Dieser QR-Code gehört zu keinem Rekorder.

tile-waiting = Verbinden…
tile-offline = Die Kamera ist offline
tile-unplayable = Dieser Browser kann das Video dieser Kamera nicht abspielen. Stellen Sie ihren Substream auf H.264.
tile-refused = Der Rekorder hat sein Passwort abgelehnt. Setzen Sie dort, wo der Agent läuft, das richtige.
tile-recorder-offline = Das Gerät ist offline
tile-no-answer = Das Gerät antwortet nicht
tile-no-path = Es wurde kein Weg zum Gerät gefunden
tile-no-cloud = Keine Verbindung zur Cloud
tile-forbidden = Sie dürfen dieses Gerät nicht ansehen
tile-busy = Das Gerät ist ausgelastet. Warten Sie einen Moment.
tile-unsupported = Dieser Browser kann kein Live-Video zeigen

form-working = Einen Moment …

strength-worst = Sehr leicht zu erraten
strength-weak = Leicht zu erraten
strength-fair = Mittelmäßig
strength-good = Gut
strength-strong = Sehr gut
