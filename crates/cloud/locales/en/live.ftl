# Live view. What its scripts say is in script.ftl.

live-title = Live view
live-needs-script = Live view needs JavaScript: switch it on for this site.
live-no-cameras = No cameras yet
live-no-cameras-hint = The device has not sent its list of cameras. It does so as soon as it is online.
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

viewable-title = Make this camera viewable
viewable-change = Change
viewable-close = Close

live-ptz = PTZ
live-talk-tool = Talk
live-image = Image
live-outputs = Outputs
live-heard = Its sound is on
tile-snapshot = Still picture
panel-close = Close
ptz-hint = Press on the pad, or use the arrow keys. On an enlarged picture, drag.
ptz-turn = Turn the camera
ptz-up = Up
ptz-down = Down
ptz-left = Left
ptz-right = Right
ptz-up-left = Up and left
ptz-up-right = Up and right
ptz-down-left = Down and left
ptz-down-right = Down and right
ptz-zoom = Zoom
ptz-zoom-in = Zoom in
ptz-zoom-out = Zoom out
ptz-focus = Focus
ptz-focus-near = Focus nearer
ptz-focus-far = Focus farther
ptz-iris = Iris
ptz-iris-open = Open the iris
ptz-iris-close = Close the iris
ptz-presets = Saved positions
ptz-no-presets = No position is saved yet.
ptz-go = Go
ptz-remove = Delete
ptz-save-as = Name of this position
ptz-save = Save
ptz-patrol = Patrol
ptz-start = Start
ptz-stop = Stop

talk-hint = Hold the button while you talk, or tap it to leave the microphone open until the next press.

image-hint = These settings are the camera’s: everybody sees the change, and it is recorded.
image-brightness = Brightness
image-contrast = Contrast
image-saturation = Colour
image-sharpness = Sharpness
image-day-night = Day and night
image-wdr = Even out bright and dark areas (WDR)
image-flip = Mirror
output-on = On
output-off = Off
output-pulse = Pulse
live-cameras = Cameras
live-cameras-close = Close
live-cameras-search = Search cameras
live-sets = Which cameras
live-set-all = All
live-set-favourites = Favourites
live-view-remove = Remove this view
live-view-name = Name of a new view
live-view-save = Save what is shown
live-small-window = Small window
kept-needs-script = Pictures and videos need JavaScript: switch it on for this site.
kept-stays = What you capture and record stays on this phone, in this browser: it is never sent anywhere. Log out and Delete account erase it. Save what you want to keep for long: a browser may erase it when the phone is full.
kept-select = Select
kept-select-all = Select all
kept-chosen-actions = What to do with the selected
kept-share = Share
kept-none = Nothing captured yet
kept-none-hint = Open Live view, select a camera, then choose Capture or Record.

live-record = Record
live-statistics = Statistics
statistics-size = Size of the picture
statistics-rate = Pictures
statistics-bits = Data
statistics-lost = Lost
statistics-codec = Video format
statistics-path = Path

live-all-hidden = All cameras are hidden
live-all-hidden-hint = Choose the device and “Rename, order or hide” to show them again.
