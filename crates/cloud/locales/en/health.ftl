# How a recorder is: its clock and its disks.

health-title = Health
health-clock = Clock
health-clock-right = Correct
health-clock-behind = { $wait } behind
health-clock-ahead = { $wait } ahead
health-disks = Disks
health-disk = Disk { $number }
health-not-known = Not known
health-no-disk = None
health-ok = OK
health-idle = OK, at rest
health-preparing = Being prepared
health-unformatted = Not formatted
health-error = Error
health-failing = Will fail soon
health-missing = Not found
health-free = { $size }, { $percent } % free
health-megabytes = { $n } MB
health-gigabytes = { $n } GB
health-terabytes = { $n }.{ $tenths } TB
health-warn-clock = The recorder’s clock is wrong, and recordings are found under wrong times. Set the time on the recorder, or switch NTP on there. It is compared with the clock of the computer on which the agent runs.
health-warn-no-disk = The recorder has no disk, so nothing is recorded. Install one if it should record.
health-warn-unformatted = Disk { $number } is not formatted, so nothing is recorded on it. Format it in the recorder’s menu.
health-warn-error = Disk { $number } reports an error. Recordings may be lost: check or replace it.
health-warn-failing = Disk { $number } will fail soon. Replace it before recordings are lost.
health-warn-missing = The recorder does not find disk { $number }. Recordings may be lost: check its cables, or replace it.
