# Geräte, ein Gerät, Gerät hinzufügen.

devices-title = Geräte
devices-none = Noch keine Geräte
devices-none-hint = Starten Sie den Agenten neben Ihrem Rekorder. Er zeigt eine Seriennummer und 6 Buchstaben: Damit fügen Sie das Gerät hinzu.
devices-search = Geräte und Kameras suchen
devices-search-count = { $n } Geräte und ihre Kameras durchsuchen
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
add-photo = Foto des QR-Codes
add-hint = Scannen Sie den QR-Code, den der Agent zeigt, mit der Kamera Ihres Telefons, oder geben Sie ein:
add-code = Bestätigungscode (6 Buchstaben)
add-name-example = Laden, Erdgeschoss
add-name-hint = Ohne Namen heißt es wie vor Ort.
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
