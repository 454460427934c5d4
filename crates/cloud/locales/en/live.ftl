# Live view. What its scripts say is in script.ftl.

live-title = Live view
live-needs-script = Live view needs JavaScript: switch it on for this site.
live-no-cameras = No cameras yet
live-no-cameras-hint = The device has not told its cameras. It does so as soon as it is online.
live-no-devices = No devices yet
live-no-devices-hint = Add a device to see its cameras here.
live-again = Try again
live-at-once = Pictures at once
live-pictures = { $n ->
    [one] { $n } picture
   *[other] { $n } pictures
}
live-page-back = Back one page
live-page-forward = Forward one page
live-capture = Capture
live-sound = Sound
live-talk = Hold to talk
live-full-screen = Full screen
quality = Quality
quality-auto = Auto
quality-clear = Clear
quality-fluent = Fluent

viewable-title = Make this camera viewable
viewable-change = Change
viewable-close = Close
