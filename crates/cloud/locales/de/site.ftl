# Die Einrichtungsseite des Agenten, auf der Rekorder hinzugefügt werden.

site-title = Rekorder einrichten
site-back = Zurück
site-next = Weiter
site-code-lead = Diese Seite fügt dem Peerview-Agenten auf diesem Rechner Rekorder hinzu. Geben Sie den Code ein, den der Agent in seinem Terminal oder Protokoll ausgegeben hat.
site-code = Code des Agenten
site-code-hint = Acht Buchstaben und Ziffern. Jeder Start des Agenten gibt einen neuen aus.
site-code-wrong = Dieser Code ist falsch. Suchen Sie den neuesten in den Ausgaben des Agenten.
site-code-wait = Es gab zu viele falsche Codes. Versuchen Sie es in { $seconds ->
    [one] { $seconds } Sekunde
   *[other] { $seconds } Sekunden
    } noch einmal. Auf dem Rechner des Agenten selbst zählen die Versuche anderer nicht: Öffnen Sie diese Seite dort.
site-recorders = Ihre Rekorder
site-open = { $name } öffnen
site-opening = Der Agent verbindet sich mit ihm.
site-cameras = { $n ->
    [one] { $n } Kamera
   *[other] { $n } Kameras
    }
site-found = In diesem Netz gefunden
site-found-none = Nichts hat geantwortet. Geräte antworten nur in ihrem eigenen Netz, und bei manchen ist ONVIF ausgeschaltet. Geben Sie stattdessen die Adresse des Rekorders ein.
site-search = Noch einmal suchen
site-choose = { $address } einrichten
site-added = Hinzugefügt
site-not-activated = Dieses Gerät hat noch kein Passwort. Legen Sie zuerst am Gerät eines fest.
site-type = Adresse eingeben
site-address = Adresse des Rekorders
site-address-hint = Zum Beispiel 192.168.1.64, 192.168.1.64:8000 oder https://192.168.1.64, oder die rtsp://-Adresse einer Kamera. Ohne Benutzername und Passwort.
site-address-bad = Das ist keine Adresse eines Rekorders. Schreiben Sie sie wie im Beispiel unter dem Feld.
site-address-login = Lassen Sie Benutzername und Passwort in der Adresse weg. Die nächste Seite fragt danach.
site-kind = Art des Rekorders
site-kind-hikvision = Hikvision und verwandte Marken
site-kind-onvif = Jede andere Marke (ONVIF)
site-kind-rtsp = Kamera mit einer rtsp://-Adresse
site-user = Benutzername am Rekorder
site-password = Passwort am Rekorder
site-password-hint = Es wird einmal an den Rekorder gesendet, nur auf dem Rechner des Agenten gespeichert und nicht mehr angezeigt. Ein Benutzer mit Bedienerrechten genügt.
site-name = Name für Menschen
site-name-hint = Zum Beispiel Zuhause oder Laden. Ohne Namen wird die Adresse gezeigt.
site-again = Diesen Benutzernamen und dieses Passwort noch einmal senden
site-unencrypted = Diese Seite ist nicht verschlüsselt. In einem Netz, dem Sie nicht vertrauen, nutzen Sie „peerview agent setup“ in einem Terminal auf dem Rechner des Agenten.
site-show-picture = Bild zeigen
site-takes-time = Das kann eine halbe Minute dauern.
site-refused = Der Rekorder hat diesen Benutzernamen oder dieses Passwort abgelehnt. Es wurde einmal gesendet und wird nicht noch einmal gesendet. Probieren Sie beides auf der eigenen Seite oder am Bildschirm des Rekorders, und geben Sie es dann hier ein.
site-refused-left = Der Rekorder hat diesen Benutzernamen oder dieses Passwort abgelehnt. Es wurde einmal gesendet und wird nicht noch einmal gesendet. Probieren Sie beides auf der eigenen Seite oder am Bildschirm des Rekorders, bevor Sie es hier eingeben: Der Rekorder sperrt diesen Benutzer nach { $n ->
    [one] { $n } weiteren falschen Passwort
   *[other] { $n } weiteren falschen Passwörtern
    }.
site-locked = Der Rekorder hat diesen Benutzer nach zu vielen falschen Passwörtern gesperrt. Warten Sie eine halbe Stunde, und probieren Sie das Passwort zuerst auf der eigenen Seite oder am Bildschirm des Rekorders.
site-locked-for = Der Rekorder hat diesen Benutzer nach zu vielen falschen Passwörtern gesperrt. Er gibt ihn in { $minutes ->
    [one] { $minutes } Minute
   *[other] { $minutes } Minuten
    } wieder frei. Bis dahin wird nichts an ihn gesendet.
site-unsent = Der Rekorder hat genau diesen Benutzernamen und dieses Passwort schon abgelehnt, deshalb wurden sie nicht noch einmal gesendet. Wenn sie jetzt stimmen, setzen Sie unten den Haken.
site-login-missing = Die Kamera verlangt eine Anmeldung. Geben Sie ihren Benutzernamen und ihr Passwort ein.
site-https-wanted = Der Rekorder antwortet nur über HTTPS. Gehen Sie zurück, und schreiben Sie https:// vor seine Adresse.
site-unreachable = Unter dieser Adresse antwortet nichts. Prüfen Sie die Adresse sowie Strom und Netzwerkkabel des Rekorders.
site-invalid-answer = Was unter dieser Adresse antwortet, ist kein Rekorder dieser Art. Prüfen Sie die Adresse mit ihrem Port und die Art.
site-no-cameras = Unter dieser Adresse antwortet etwas, nennt aber keine Kamera. Prüfen Sie die Art des Rekorders, und ob dieser Benutzer Kameras sehen darf.
site-other-certificate = Diese Adresse zeigt ein anderes Zertifikat als bisher, deshalb wurde kein Passwort gesendet. Wurde der Rekorder ersetzt oder zurückgesetzt, nehmen Sie das neue Zertifikat an. Wenn nicht, gibt sich vielleicht jemand als Ihr Rekorder aus.
site-certificate-expected = Erwartet (SHA-256)
site-certificate-shown = Jetzt gezeigt (SHA-256)
site-certificate-compare = Die eigene Seite des Rekorders zeigt diese Zahl in den Netzwerk- oder Sicherheitseinstellungen.
site-accept = Neues Zertifikat annehmen
site-accepted = Das neue Zertifikat ist angenommen. Geben Sie das Passwort des neuen Rekorders ein.
site-failed = Das konnte nicht gespeichert werden. Das Protokoll des Agenten nennt den Grund.
site-picture-of = Bild von { $camera }
site-pictures-arrive = { $camera } sendet Bilder ({ $codec }). Der Rekorder gibt kein Standbild her, das diese Seite zeigen könnte; die App zeigt das Video.
site-pictures-arrive-sized = { $camera } sendet Bilder ({ $codec }, { $width } × { $height }). Der Rekorder gibt kein Standbild her, das diese Seite zeigen könnte; die App zeigt das Video.
site-no-picture = Noch ist kein Bild angekommen. Laden Sie diese Seite gleich noch einmal.
site-claim = In Ihr Konto aufnehmen
site-claim-lead = Scannen Sie dies mit dem Telefon, oder öffnen Sie den Link, und melden Sie sich in Ihrem Konto an.
site-qr = QR-Code mit dem Link, der diesen Rekorder in ein Konto aufnimmt
site-claim-link = In mein Konto aufnehmen
site-serial = Seriennummer
site-letters = Bestätigungscode
site-add-another = Weiteren Rekorder hinzufügen
site-certificate = Zertifikat des Rekorders
site-certificate-lead = SHA-256. Vergleichen Sie es mit der eigenen Seite des Rekorders; ein anderes erhält von nun an kein Passwort.
site-change = Anderes Passwort oder andere Adresse
site-remove = Von diesem Agenten entfernen
site-remove-lead = Der Agent zeigt diesen Rekorder nicht mehr und vergisst sein Passwort. Fügen Sie ihn wieder hinzu, hat er dieselbe Seriennummer und bleibt in Ihrem Konto.
site-from-file = Dieser Rekorder steht in der Einstellungsdatei des Agenten. Ändern Sie ihn dort.
