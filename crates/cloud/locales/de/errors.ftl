# Was gesagt wird, wenn etwas nicht geht.

error-title = { $status ->
    [400] Ungültige Anfrage
    [401] Nicht angemeldet
    [403] Nicht erlaubt
    [404] Hier ist nichts
    [405] Nicht möglich
    [413] Zu groß
    [429] Zu oft
    [500] Unser Fehler
    [503] Gerade nicht möglich
   *[other] Nicht möglich
}
error-home = Zur Startseite
error-not-found = Hier ist nichts. Vielleicht ist es umgezogen oder gehört jemand anderem.
error-refused = Diese Anfrage kam nicht von einer Seite dieser Cloud. Öffnen Sie die Seite neu und wiederholen Sie sie dort.
error-signed-out = Sie sind nicht angemeldet.
error-wrong-method = So lässt sich diese Seite nicht benutzen.
error-unavailable = Das geht gerade nicht, und nichts wurde geändert. Bitte versuchen Sie es gleich noch einmal.
error-broken = Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es noch einmal.
error-disk-full = Der Speicher der Cloud ist voll, deshalb kann gerade nichts gesichert werden. Verloren ist nichts. Bitte versuchen Sie es später noch einmal.
error-too-often = Das war zu oft. Bitte warten Sie { $wait } und versuchen Sie es dann noch einmal.
error-form = Dieses Formular lässt sich nicht lesen. Öffnen Sie die Seite neu und füllen Sie es dort aus.
error-form-too-large = Das ist mehr, als in ein Formular passt.
error-mails-used-up = Vorerst geht keine weitere Mail an dieses Postfach. Die Schaltfläche in der neuesten Mail gilt 24 Stunden: Drücken Sie sie. Oder fragen Sie in { $wait } wieder an.
offline-title = Keine Verbindung
offline-words = Sie haben keine Verbindung zur Cloud.
offline-hint = Prüfen Sie WLAN oder mobile Daten. Wenn andere Seiten gehen, ist vielleicht die Cloud selbst ausgefallen.
