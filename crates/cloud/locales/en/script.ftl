# What scripts say; pages may say it too. Only arguments and choices by number: see language/script.rs.

direct = Direct
mapped = Mapped
relayed = Relayed
online = Online
offline = Offline
offline-since = Offline since { $when }
never-online = Not online yet
cameras = { $n ->
    [one] { $n } camera
   *[other] { $n } cameras
}
page-of = { $page } / { $pages }

show = Show
hide = Hide
show-password = Show password

qr-none = No code of a recorder was found in this picture.
qr-no-camera = The camera could not be opened. Type the serial number and code instead.
qr-read = Code read. Check the name, then choose Add.
qr-wrong = This QR code is not one of a recorder.

tile-waiting = Connecting…
tile-offline = The camera is offline
tile-unplayable = This browser cannot play this camera’s video. Set the camera’s sub-stream to H.264.
tile-refused = The recorder refused its password. Set the right one where the agent runs.
tile-recorder-offline = The device is offline
tile-no-answer = The device does not answer
tile-no-path = No path to the device was found
tile-no-cloud = No connection to the cloud
tile-forbidden = You may not watch this device
tile-busy = The device is busy. Wait a moment.
tile-unsupported = This browser cannot show live video

form-working = One moment…

strength-worst = Very easy to guess
strength-weak = Easy to guess
strength-fair = So-so
strength-good = Good
strength-strong = Very good
