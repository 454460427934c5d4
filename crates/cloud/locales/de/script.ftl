# Was Skripte sagen; Seiten dürfen es auch.

direct = Direkt
mapped = Portfreigabe
relayed = Über Relay
online = Online
offline = Offline
offline-since = Offline seit { $when }
never-online = Noch nie online
online-without-picture = Verbunden, kein Bild
cameras = { $n ->
    [one] { $n } Kamera
   *[other] { $n } Kameras
}
camera-favourite = Favorit: { $camera }
zoom = { $times }×
zoom-reset = Zoom { $times }×: ganzes Bild zeigen
page-of = { $page } / { $pages }

qr-none = In diesem Bild wurde kein Code eines Rekorders gefunden.
qr-no-camera = Die Kamera ließ sich nicht öffnen. Geben Sie Seriennummer und Code stattdessen ein.
qr-read = Code gelesen. Prüfen Sie den Namen, und wählen Sie dann Hinzufügen.
qr-wrong = Dieser QR-Code gehört zu keinem Rekorder.
qr-searching = Code wird gesucht …
qr-not-loaded = Der Code-Leser ließ sich nicht laden. Versuchen Sie es noch einmal, oder geben Sie Seriennummer und Code ein.

tile-selected = { $camera }: { $state }
tile-playing = Live
tile-waiting = Verbinden…
tile-offline = Die Kamera ist offline
tile-unplayable = Dieser Browser kann das Video dieser Kamera nicht abspielen. Stellen Sie ihren Substream auf H.264, oder nehmen Sie einen anderen Browser.
tile-too-large = Dieses Bild ist für diesen Browser zu groß: Er dekodiert H.265 bis 1280 × 720. Wählen Sie unter Qualität „Flüssig“, oder nehmen Sie einen anderen Browser.
tile-no-h264 = Dieser Browser kann kein H.264 abspielen, und diese Kamera sendet H.264. Schalten Sie in Firefox unter Add-ons das Plugin OpenH264 ein, oder nehmen Sie einen anderen Browser.
tile-recorder-offline = Das Gerät ist offline. Prüfen Sie dort Strom und Internet.
tile-no-answer = Das Gerät antwortet nicht. Wenn das so bleibt, starten Sie dort den Agenten neu.
tile-no-path = Es wurde kein Weg zum Gerät gefunden. Versuchen Sie es in einem anderen Netz, etwa über mobile Daten. Der Verbindungstest unter Hilfe sagt, was in diesem Netz zu öffnen ist.
tile-no-cloud = Sie haben keine Verbindung zur Cloud. Prüfen Sie das Internet, wo Sie sind.
tile-cloud-full = Die Cloud hat keinen Platz frei. Schließen Sie andere Seiten der Live-Ansicht, oder warten Sie ein paar Minuten.
tile-forbidden = Sie dürfen dieses Gerät nicht ansehen
tile-busy = Das Gerät ist ausgelastet. Warten Sie einen Moment.
tile-unsupported = Dieser Browser kann kein Live-Video zeigen: Er hat kein WebRTC, oder es ist ausgeschaltet. Erlauben Sie es in den Einstellungen des Browsers, oder benutzen Sie einen anderen.
tile-removed = Dieses Gerät ist nicht mehr in Ihrem Konto. Fügen Sie es unter „Geräte“ wieder hinzu, um es zu sehen.
tile-slow = Noch kein Bild. Wählen Sie „Erneut versuchen“; hilft das nicht, starten Sie die Kamera neu.
tile-still = Vom Gerät kommt nichts. Warten…

talk-live = Man hört Sie: jetzt sprechen
talk-live-recorder = Man hört Sie am Rekorder: jetzt sprechen
talk-hold-on = Halten Sie die Taste, während Sie sprechen
talk-somebody = { $name } spricht gerade. Warten Sie, bis das Gespräch zu Ende ist.
talk-line-in-use = Jemand spricht mit einem anderen Programm am Rekorder. Warten Sie, bis das Gespräch zu Ende ist.
talk-forbidden = Sie dürfen über diese Kamera nicht sprechen
talk-unsupported = Die Kamera nimmt von hier keinen Ton an
talk-failed = Die Kamera hat nicht geantwortet. Halten Sie die Taste noch einmal.
talk-closed = Die Kamera oder der Rekorder hat das Gespräch beendet; vielleicht spricht dort jemand anderes. Halten Sie die Taste noch einmal.
talk-lost = Die Kamera nimmt keinen Ton mehr an. Halten Sie die Taste noch einmal, sobald ihr Bild wieder da ist.
talk-silent = Von diesem Mikrofon kam kein Ton, darum wurde das Gespräch beendet. Prüfen Sie das Mikrofon und halten Sie die Taste noch einmal.
talk-refused = Der Browser darf das Mikrofon nicht benutzen. Erlauben Sie es in den Einstellungen des Browsers für diese Seite und halten Sie die Taste noch einmal.
talk-no-microphone = Es wurde kein Mikrofon gefunden. Schließen Sie eines an und halten Sie die Taste noch einmal.
talk-insecure = Browser öffnen das Mikrofon nur auf sicheren Seiten. Öffnen Sie diese mit https://.
talk-microphone-busy = Das Mikrofon ging nicht auf. Schließen Sie andere Programme, die es benutzen, und halten Sie die Taste noch einmal.

viewable-asking = Die Kamera wird gefragt, was sich ändern würde…
viewable-changing = Die Kamera wird umgestellt. Das kann eine halbe Minute dauern.
viewable-codec = Videoformat: aus { $from } wird { $to }
viewable-size = Bildgröße: aus { $from } wird { $to }
viewable-rate = Bilder pro Sekunde: aus { $from } wird { $to }
viewable-smart = Smart Codec („+“): ausgeschaltet
viewable-effect-sub = Das ändert das kleine Bild der Kamera (Substream) für alle, und seine Aufzeichnungen.
viewable-effect-main = Das ändert das volle Bild der Kamera (Mainstream) für alle. Seine Aufzeichnungen brauchen dann mehr Platz.
viewable-nothing = Die Einstellungen der Kamera passen schon zu jedem Browser. Wählen Sie „Erneut versuchen“; hilft das nicht, starten Sie die Kamera neu.
viewable-done = Fertig. Das Bild kommt von selbst.
viewable-restart = Der Rekorder hat die Änderung angenommen. Starten Sie ihn neu: Danach ist das Bild da.
viewable-forbidden = Sie dürfen die Einstellungen dieser Kamera nicht ändern. Fragen Sie den Besitzer des Geräts.
viewable-unsupported = Diese Kamera lässt sich von hier nicht umstellen. Stellen Sie ihren Substream in ihren eigenen Einstellungen auf H.264.
viewable-refused = Der Rekorder hat die Änderung abgelehnt oder nicht behalten. Geben Sie dem Benutzer des Agenten dort das Recht, Einstellungen zu ändern, oder stellen Sie den Stream am Rekorder auf H.264.
viewable-busy = Das Gerät ist beschäftigt. Warten Sie kurz und beginnen Sie noch einmal.
viewable-no-answer = Der Rekorder antwortet nicht. Prüfen Sie Strom und Netzwerk und beginnen Sie noch einmal.
viewable-lost = Die Verbindung zum Gerät ist abgebrochen. Beginnen Sie noch einmal, sobald sie wieder da ist: Dann sehen Sie, ob die Kamera umgestellt wurde.

reason-refused = Der Rekorder hat Benutzernamen oder Passwort abgelehnt. Berichtigen Sie sie in den Einstellungen des Agenten, und starten Sie ihn neu.
reason-locked = Der Rekorder hat diesen Benutzer nach zu vielen falschen Passwörtern gesperrt. Prüfen Sie das Passwort in den Einstellungen des Agenten, warten Sie eine halbe Stunde, und starten Sie ihn neu.
reason-locked-until = Der Rekorder hat diesen Benutzer nach zu vielen falschen Passwörtern bis { $when } gesperrt. Prüfen Sie das Passwort in den Einstellungen des Agenten, und starten Sie ihn danach neu.
reason-login-missing = Der Rekorder verlangt eine Anmeldung, und in den Einstellungen des Agenten steht keine. Tragen Sie dort Benutzernamen und Passwort ein, und starten Sie ihn neu.
reason-no-digest = Der Rekorder bietet keine Digest-Anmeldung an. Schalten Sie sie in seinen Sicherheitseinstellungen ein, oder setzen Sie allow_basic in den Einstellungen des Agenten, womit das Passwort unverschlüsselt gesendet wird.
reason-forbidden = Der Benutzer des Agenten darf dies auf dem Rekorder nicht sehen. Geben Sie ihm dort das Recht auf die Live-Ansicht.
reason-https-wanted = Der Rekorder antwortet nur über HTTPS. Schreiben Sie in den Einstellungen des Agenten https:// vor seine Adresse, und starten Sie den Agenten neu.
reason-certificate = Das Zertifikat des Rekorders ist unbrauchbar. Erstellen Sie in seinen Netzwerkeinstellungen ein neues.
reason-certificate-changed = Der Rekorder zeigt ein anderes Zertifikat als zuvor. Wurde er ersetzt oder zurückgesetzt, nehmen Sie das neue dort, wo der Agent läuft, mit „peerview agent trust“ an.
reason-unreachable = Der Rekorder ist nicht erreichbar. Prüfen Sie Strom, Netzwerkkabel und seine Adresse in den Einstellungen des Agenten.
reason-no-answer = Der Rekorder antwortet nicht. Hält das an, starten Sie ihn neu.
reason-closed = Der Rekorder hat die Verbindung geschlossen. Der Agent versucht es wieder.
reason-invalid-answer = Die Antwort des Rekorders ergibt keinen Sinn. Prüfen Sie Adresse und Port in den Einstellungen des Agenten.
reason-moved = Der Rekorder verweist auf eine andere Adresse. Tragen Sie diese in den Einstellungen des Agenten ein, und starten Sie ihn neu.
reason-full = Alle Streams des Rekorders sind belegt. Schließen Sie einen anderen Zuschauer oder ein anderes Programm; der Agent versucht es wieder.
reason-no-stream = Der Rekorder hat keinen solchen Stream. Prüfen Sie das Kabel der Kamera und die Adresse des Streams.
reason-status = Der Rekorder hat den Stream mit Status { $status } abgelehnt. Hält das an, starten Sie ihn neu.
reason-unplugged = Die Kamera ist offline. Prüfen Sie Kabel und Strom.
reason-no-camera = Diese Kamera gibt es auf dem Rekorder nicht mehr.
reason-no-video = Unter dieser Adresse gibt es kein Video. Prüfen Sie die Adresse des Streams in den Einstellungen des Agenten.
reason-no-picture = Die Kamera sendet kein Bild. Hält das an, starten Sie sie neu.
reason-no-key-frame = Warten auf das nächste Schlüsselbild der Kamera. Ein kürzerer Schlüsselbildabstand in ihren Einstellungen hilft.
reason-no-parameter-sets = Die Kamera sendet Bilder, die sich nicht decodieren lassen (SPS und PPS fehlen). Starten Sie sie neu oder aktualisieren Sie ihre Firmware.
reason-codec = Die Kamera sendet { $codec }-Video, das nicht gezeigt werden kann. Stellen Sie ihren Stream auf H.264.
reason-unknown = Es gibt kein Bild. Das Protokoll des Agenten sagt, warum.

strength-worst = Sehr leicht zu erraten
strength-weak = Leicht zu erraten
strength-fair = Mittelmäßig
strength-good = Gut
strength-strong = Sehr gut

panel-not-loaded = Dieses Werkzeug wurde nicht geladen. Prüfen Sie Ihre Verbindung, schließen Sie es und öffnen Sie es wieder.
panel-asking = Die Kamera wird gefragt, was sie kann…
panel-no-answer = Der Rekorder antwortet nicht. Prüfen Sie Strom und Netzwerk und versuchen Sie es noch einmal.
panel-busy = Das Gerät ist beschäftigt. Warten Sie kurz und versuchen Sie es noch einmal.
panel-unsupported = Das kann die Kamera nicht.
panel-refused = Der Rekorder hat abgelehnt. Geben Sie dem Benutzer des Agenten in den Benutzereinstellungen des Rekorders das Recht dazu.
panel-lost = Die Verbindung zum Gerät ist abgebrochen. Versuchen Sie es noch einmal, sobald sein Bild wieder da ist.
ptz-none = Diese Kamera lässt sich von hier weder drehen noch zoomen noch scharfstellen.
ptz-forbidden = Sie dürfen diese Kamera nicht steuern. Fragen Sie den Besitzer des Geräts.
ptz-steered = { $name } steuert diese Kamera gerade. Versuchen Sie es in { $n } s noch einmal, wenn niemand mehr steuert.
ptz-free = Die Kamera dürfte frei sein: Sie können steuern.
ptz-goes = Die Kamera fährt zu „{ $name }“.
ptz-saved = Gespeichert als „{ $name }“.
ptz-full = Die Kamera hat keinen freien Platz. Löschen Sie eine Position, oder speichern Sie unter einem Namen aus der Liste.
ptz-remove-really = „{ $name }“ geht für alle verloren. Drücken Sie noch einmal auf Löschen.
ptz-removed = „{ $name }“ ist gelöscht.
ptz-patrol-runs = Rundgang { $name } läuft, bis jemand ihn anhält oder die Kamera steuert.
ptz-patrol-over = Rundgang { $name } ist angehalten.

talk-locked = Man hört Sie, bis Sie die Taste wieder drücken
talk-locked-recorder = Man hört Sie am Rekorder, bis Sie die Taste wieder drücken
talk-opening = Das Mikrofon wird geöffnet… Erlauben Sie es, wenn der Browser fragt.
talk-quiet = Von Ihrem Mikrofon kommt kein Ton. Prüfen Sie, ob es stummgeschaltet ist.
talk-none = Diese Kamera hat keinen Lautsprecher, und ihr Rekorder bietet keinen.

image-none = Das Bild dieser Kamera lässt sich von hier nicht einstellen.
image-forbidden = Sie dürfen das Bild dieser Kamera nicht ändern. Fragen Sie den Besitzer des Geräts.
image-changing = Die Kamera wird eingestellt…
image-changed = Die Kamera hat die Änderung übernommen.
day-night-auto = Automatisch
day-night-day = Immer Farbe (Tag)
day-night-night = Immer Infrarot (Nacht)
day-night-other = An der Kamera selbst eingestellt
image-flip-none = Aus
image-flip-left-right = Links und rechts
image-flip-up-down = Oben und unten
image-flip-both = Um eine halbe Drehung (für eine kopfüber hängende Kamera)
outputs-none = Dieses Gerät hat keine Ausgänge, die sich von hier schalten lassen.
outputs-forbidden = Sie dürfen die Ausgänge dieses Geräts nicht schalten. Fragen Sie seinen Besitzer.
output-unnamed = Ausgang { $id }
output-is-on = „{ $name }“ ist ein.
output-is-off = „{ $name }“ ist aus.
output-is-pulse = „{ $name }“ war kurz ein.

ptz-steered-self = Sie steuern diese Kamera in einem anderen Fenster. Versuchen Sie es in { $n } s noch einmal, wenn Sie dort losgelassen haben.
talk-self = Sie sprechen in einem anderen Fenster. Beenden Sie das dort und drücken Sie die Taste noch einmal.
kept-title = Bilder und Videos
kept-camera = Kamera
kept-save = Als Datei speichern
capture-kept = Das Foto von { $camera } ist auf diesem Telefon gespeichert.
capture-none = Gerade ist kein Bild da. Warten Sie, bis die Kamera eines zeigt.
capture-full = Der Speicher dieses Telefons ist voll; das Foto wurde nicht behalten. Speichern Sie es als Datei, oder löschen Sie erst Bilder und Videos.
capture-not-kept = Dieser Browser behält nichts (so wie private Fenster); das Foto ist nicht unter „Bilder und Videos“. Speichern Sie es als Datei.

kept-delete = Löschen
kept-picture-of = Foto von { $camera }
kept-video-of = Video von { $camera }
kept-choose = Auswählen: { $name }
kept-used = { $n ->
    [one] { $n } Eintrag, { $size }
   *[other] { $n } Einträge, { $size }
}
kept-running = { $n ->
    [one] { $n } wird gerade aufgenommen
   *[other] { $n } werden gerade aufgenommen
}
kept-chosen = { $n ->
    [one] { $n } ausgewählt, { $size }
   *[other] { $n } ausgewählt, { $size }
}
kept-delete-title = { $n ->
    [one] { $n } Eintrag löschen?
   *[other] { $n } Einträge löschen?
}
kept-delete-words = { $n ->
    [one] Er ist nur auf diesem Telefon und lässt sich nicht zurückholen.
   *[other] Sie sind nur auf diesem Telefon und lassen sich nicht zurückholen.
}
kept-gone = Die Datei ist nicht mehr da: Der Browser hat sie gelöscht.
kept-unreadable = Dieser Browser behält hier nichts (so wie private Fenster). Öffnen Sie die Seite in einem normalen Fenster.
kept-unplayable = Dieser Browser kann es nicht zeigen. Speichern Sie es als Datei und öffnen Sie es mit einem anderen Programm.
kept-share-failed = Das Teilen ging nicht. Speichern Sie es als Datei, und teilen Sie es von dort.
kept-log-out = Abmelden und löschen?
kept-log-out-words = { $n ->
    [one] { $n } Bild oder Video ist auf diesem Telefon. Es wird jetzt gelöscht. Speichern Sie es vorher, wenn Sie es behalten wollen.
   *[other] { $n } Bilder und Videos sind auf diesem Telefon. Sie werden jetzt gelöscht. Speichern Sie sie vorher, wenn Sie sie behalten wollen.
}
kept-log-out-agree = Löschen und weiter
ask-cancel = Abbrechen

recording-began = { $camera } wird mit Ton aufgenommen. Platz ist für mindestens { $room }.
recording-began-silent = { $camera } wird ohne Ton aufgenommen: Die Kamera sendet keinen. Platz ist für mindestens { $room }.
recording-began-unsupported = { $camera } wird ohne Ton aufgenommen: Dieser Browser kann ihn nicht aufnehmen. Platz ist für mindestens { $room }.
recording-kept = Das Video von { $camera } ist auf diesem Telefon gespeichert: { $length }, { $size }, ohne Ton.
recording-kept-sound = Das Video von { $camera } ist auf diesem Telefon gespeichert: { $length }, { $size }, mit Ton.
recording-nothing = { $camera } hat kein Video gesendet, das sich aufnehmen lässt; nichts wurde behalten. Warten Sie, bis das Bild sich bewegt, und beginnen Sie erneut.
recording-none = Gerade gibt es kein Bild zum Aufnehmen. Warten Sie, bis die Kamera eines zeigt.
recording-no-room = Auf diesem Telefon ist kein Platz für eine Aufnahme. Löschen Sie zuerst Bilder und Videos.
recording-unsupported = Dieser Browser kann das Video der Kamera nicht aufnehmen. Aktualisieren Sie ihn, oder machen Sie Fotos.
recording-single-pictures = Diese Kamera sendet Einzelbilder (MJPEG), die sich hier nicht aufnehmen lassen. Machen Sie Fotos, oder stellen Sie ihren Stream auf H.264.
recording-ended-left = Die Kamera war nicht mehr auf dem Bildschirm; die Aufnahme wurde beendet.
recording-ended-lost = Von der Kamera kam kein Video mehr; die Aufnahme wurde beendet.
recording-ended-full = Der Speicher dieses Telefons ist voll; die Aufnahme wurde beendet.
recording-ended-changed = Die Kamera hat ihr Bild umgestellt; ab hier geht es in einem weiteren Video weiter.
recording-ended-sound = Der Ton der Kamera hat begonnen; ab hier geht es in einem weiteren Video mit Ton weiter.
recording-ended-failed = Der Browser konnte nicht weiterschreiben; die Aufnahme wurde beendet.
recording-ended-page = Die Seite wurde verlassen; die Aufnahme wurde beendet.

kept-picture = Foto
kept-video = Video
kept-sound = mit Ton
kept-silent = ohne Ton

recording-not-begun = Die Aufnahme hat nicht begonnen. Prüfen Sie die Verbindung, und wählen Sie noch einmal „Aufnehmen“.

quality-auto = Auto
quality-clear = Scharf
quality-balanced = Ausgewogen
quality-fluent = Flüssig
quality-chosen = { $name }: Das Bild hat { $size }.
quality-only-one = Diese Kamera hat nur einen Stream.
quality-nothing-between = Diese Kamera hat nichts zwischen dem vollen und dem kleinen Bild: Sie sehen das kleine.
quality-full-is-small = Das volle Bild dieser Kamera ist nicht größer als ein ausgewogenes: Sie sehen das volle.
quality-cannot-show = Dieser Browser kann den Stream dieser Auswahl nicht zeigen: Sie sehen einen anderen.
quality-no-session = Das Gerät gibt zurzeit keinen weiteren Stream: Sie sehen den, der schon offen ist.
quality-in-tile = In einer Kachel reicht das kleine Bild. Vergrößern Sie sie, um das volle zu sehen.
quality-by-path = Sie sehen das kleine Bild, bis Ihre Verbindung das volle trägt.
statistics-per-second = { $n } pro Sekunde
data-is-reset = Ab jetzt wird neu gezählt.
app-lock-digits = 4 bis 12 Ziffern; 6 oder mehr sind besser.
app-lock-differs = Die beiden PINs sind nicht gleich.
app-lock-is-on = Die App-Sperre ist eingeschaltet.
app-lock-is-off = Die App-Sperre ist ausgeschaltet.
app-lock-wrong = { $n ->
    [one] Falsche PIN. Noch { $n } Versuch; danach werden Sie abgemeldet.
   *[other] Falsche PIN. Noch { $n } Versuche.
}
app-lock-out = Zu viele falsche PINs. Sie werden abgemeldet …
app-lock-insecure = Die App-Sperre braucht HTTPS. Öffnen Sie diese App unter ihrer https://-Adresse.
app-lock-passkey-on = Auch ein Passkey öffnet sie.
app-lock-passkey-none = Es wurde kein Passkey benutzt. Fügen Sie unter Cloud P2P, Passkeys einen hinzu, und versuchen Sie es noch einmal.
app-lock-passkey-failed = Der Passkey wurde nicht benutzt. Versuchen Sie es noch einmal, oder geben Sie die PIN ein.
arranged-moved = { $name }: Platz { $place } von { $n }
arranged-hide = { $name } ist ausgeblendet
arranged-show = { $name } wird gezeigt
ptz-somebody = { $name } steuert diese Kamera gerade.
ptz-self = Sie steuern diese Kamera in einem anderen Fenster.
arrangement-waits = { $n ->
    [one] Das waren viele Änderungen in kurzer Zeit. Dieses Telefon behält sie; Ihr Konto bekommt sie in { $n } Minute.
   *[other] Das waren viele Änderungen in kurzer Zeit. Dieses Telefon behält sie; Ihr Konto bekommt sie in { $n } Minuten.
}
arranged-waits = { $n ->
    [one] Das waren viele Änderungen in kurzer Zeit. Lassen Sie diese Seite offen: Die letzten werden in { $n } Minute gespeichert.
   *[other] Das waren viele Änderungen in kurzer Zeit. Lassen Sie diese Seite offen: Die letzten werden in { $n } Minuten gespeichert.
}
test-again = { $n ->
    [one] Drücken Sie in { $n } Minute noch einmal.
   *[other] Drücken Sie in { $n } Minuten noch einmal.
}
app-lock-saved = Die Zeit ist gespeichert.
offline-mend = Prüfen Sie dort Strom und Internet, und ob der Agent läuft. Das Gerät kommt von selbst zurück.
