# Geräte, ein Gerät, Gerät hinzufügen.

devices-title = Geräte
devices-none = Noch keine Geräte
devices-none-hint = Starten Sie den Agenten neben Ihrem Rekorder. Er zeigt eine Seriennummer und 6 Buchstaben: Damit fügen Sie das Gerät hinzu.
devices-search = Geräte und Kameras suchen
devices-search-count = { $n } Geräte, ihre Kameras
devices-state = Anzeigen
devices-state-all = Alle Geräte
devices-state-online = Nur online
devices-state-offline = Nur offline
devices-no-match = Kein Gerät und keine Kamera hat diesen Namen.
devices-settings = Einstellungen von { $name }
device-live = Live-Ansicht
device-connection = Verbindung
device-serial = Seriennummer
device-cameras = Kameras
device-name = Name
device-rename = Umbenennen
device-remove = Aus meinem Konto entfernen

removal-title = { $name } entfernen
removal-question = <strong>{ $name }</strong> ({ $serial }) aus Ihrem Konto entfernen? Die Live-Ansicht endet sofort. Der Rekorder und seine Aufnahmen bleiben, wie sie sind; mit dem Bestätigungscode lässt er sich wieder hinzufügen.
removal-remove = Entfernen
removal-keep = Behalten

add-title = Gerät hinzufügen
add-scan = QR-Code scannen
add-scan-stop = Scannen beenden
add-photo = Foto des QR-Codes
add-hint = Scannen Sie den QR-Code, den der Agent zeigt, mit der Kamera Ihres Telefons, oder geben Sie ein:
add-code = Bestätigungscode (6 Buchstaben)
add-name-example = Laden, Erdgeschoss
add-name-hint = Ohne Eingabe gilt der Name, den es vor Ort hat.
add-button = Hinzufügen
add-another = Danach noch eines hinzufügen
add-done = Das Gerät wurde hinzugefügt. Hier können Sie das nächste hinzufügen.
add-promise = Das Video geht vom Rekorder zu Ihnen, auf dem ganzen Weg verschlüsselt. Dieser Server sieht nicht hinein, auch nicht dort, wo er es weiterleiten muss.

claim-no-serial = Eine Seriennummer ist PV und 13 Buchstaben oder Ziffern, wie der Agent des Rekorders sie zeigt.
claim-no-code = Ein Bestätigungscode hat 6 Buchstaben, wie der Agent des Rekorders sie zeigt.
claim-no-name = Ein Name hat höchstens { $max } Zeichen, keines davon unsichtbar oder eines, das die Schreibrichtung ändert.
claim-already-yours = Dieses Gerät ist schon in Ihrer Liste.
claim-refused = Seriennummer oder Bestätigungscode ist falsch, oder das Gerät ist offline.
claim-too-many = Zu viele Versuche. Bitte warten Sie eine Weile, und prüfen Sie den Code, den der Agent des Rekorders zeigt.
claim-too-many-for = Zu viele Versuche. Bitte versuchen Sie es in { $wait } wieder, und prüfen Sie den Code, den der Agent des Rekorders zeigt.
claim-without-scripts = Im Moment dauert das Hinzufügen ohne Skripte etwas länger: Das Formular kann nach { $seconds } Sekunden gesendet werden.
device-changes-too-many = Heute wurden sehr oft Geräte hinzugefügt oder entfernt. Bitte machen Sie morgen weiter.

cameras-title = Kameras
cameras-edit = Umbenennen, ordnen, ausblenden
cameras-hint = Namen, Reihenfolge und ausgeblendete Kameras gelten überall, wo Sie angemeldet sind. Der Rekorder selbst bleibt, wie er ist.
cameras-no-match = Keine Kamera heißt so.
camera-settings = Name und Platz von { $name }
camera-hidden = Ausgeblendet
cameras-hidden = { $n } ausgeblendet
camera-hide = { $name } ausblenden
camera-show = { $name } einblenden
camera-name = Name
camera-name-hint = Der Rekorder nennt sie „{ $name }“. Lassen Sie das Feld leer, um diesen Namen zu verwenden.
camera-place = Platz in der Liste, 1 bis { $n }
camera-shown = In Live-Ansicht und Listen zeigen
camera-save = Speichern
camera-no-name = Ein Name hat höchstens { $max } Zeichen, keines davon unsichtbar oder die Schreibrichtung umkehrend.
camera-no-place = Ein Platz ist eine Zahl von 1 bis { $n }.
move-up = { $name } nach oben
move-down = { $name } nach unten
order-title = Reihenfolge der Geräte
order-edit = Reihenfolge ändern
order-hint = Diese Reihenfolge gilt für Ihr Konto, unter Geräte und in der Live-Ansicht.

about-recorder = Rekorder
about-model = Modell
about-firmware = Firmware
connection-since = Online seit
connection-lasts = Dauert an
way-mostly-direct = Meist direkt
way-mostly-relayed = Meist über Relay
way-either = Direkt oder über Relay
connection-outages = { $n ->
    [0] Kein Ausfall in den letzten { $days } Tagen
    [one] 1 Ausfall in den letzten { $days } Tagen
   *[other] { $n } Ausfälle in den letzten { $days } Tagen
}
add-lost = Falls Sie über den QR-Code oder Link eines Rekorders hier sind: Scannen oder öffnen Sie ihn noch einmal. Er wurde in einem anderen Fenster oder auf einem anderen Telefon geöffnet, und der Code bleibt dort.
connection-round-trip = Umlaufzeit vom Server zum Agenten
connection-milliseconds = { $n } ms
