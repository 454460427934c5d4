# What every page has: bar, menu, buttons of the frame, times.

slogan = Your recorders, straight to your phone
skip = Skip to content
back = Back
menu = Menu
menu-live = Live view
menu-devices = Devices
menu-configuration = Configuration
menu-help = Help
log-out = Log out
language = Language
language-now = Language: { $name }

moment = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }, { $time } UTC
wait-seconds = { $n ->
    [one] { $n } second
   *[other] { $n } seconds
}
wait-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
wait-hours = { $n ->
    [one] { $n } hour
   *[other] { $n } hours
}
wait-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
