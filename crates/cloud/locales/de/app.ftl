# Was jede Seite hat: Leiste, Menü, Rahmen, Zeiten.

slogan = Ihre Rekorder, direkt auf Ihr Telefon
skip = Zum Inhalt springen
back = Zurück
menu = Menü
menu-live = Live-Ansicht
menu-devices = Geräte
menu-configuration = Einstellungen
menu-help = Hilfe
log-out = Abmelden
language = Sprache
language-now = Sprache: { $name }

moment = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }, { $time } UTC
wait-seconds = { $n ->
    [one] { $n } Sekunde
   *[other] { $n } Sekunden
}
wait-minutes = { $n ->
    [one] { $n } Minute
   *[other] { $n } Minuten
}
wait-hours = { $n ->
    [one] { $n } Stunde
   *[other] { $n } Stunden
}
wait-days = { $n ->
    [one] { $n } Tag
   *[other] { $n } Tage
}
