# Zustand eines Rekorders: seine Uhr und seine Festplatten.

health-title = Zustand
health-clock = Uhr
health-clock-right = Geht richtig
health-clock-behind = Geht { $wait } nach
health-clock-ahead = Geht { $wait } vor
health-disks = Festplatten
health-disk = Festplatte { $number }
health-not-known = Nicht bekannt
health-no-disk = Keine
health-ok = In Ordnung
health-idle = In Ordnung, ruht
health-preparing = Wird vorbereitet
health-unformatted = Nicht formatiert
health-error = Fehler
health-failing = Fällt bald aus
health-missing = Nicht gefunden
health-free = { $size }, { $percent } % frei
health-megabytes = { $n } MB
health-gigabytes = { $n } GB
health-terabytes = { $n },{ $tenths } TB
health-warn-clock = Die Uhr des Rekorders geht falsch, und Aufnahmen stehen unter falschen Zeiten. Stellen Sie die Zeit am Rekorder, oder schalten Sie dort NTP ein. Verglichen wird mit der Uhr des Computers, auf dem der Agent läuft.
health-warn-no-disk = Der Rekorder hat keine Festplatte, es wird also nichts aufgezeichnet. Setzen Sie eine ein, wenn er aufzeichnen soll.
health-warn-unformatted = Festplatte { $number } ist nicht formatiert, auf ihr wird also nichts aufgezeichnet. Formatieren Sie sie im Menü des Rekorders.
health-warn-error = Festplatte { $number } meldet einen Fehler. Aufnahmen können verloren gehen: Prüfen oder ersetzen Sie sie.
health-warn-failing = Festplatte { $number } fällt bald aus. Ersetzen Sie sie, bevor Aufnahmen verloren gehen.
health-warn-missing = Der Rekorder findet Festplatte { $number } nicht. Aufnahmen können verloren gehen: Prüfen Sie ihre Kabel, oder ersetzen Sie sie.
