# What scripts say; pages may say it too. Only arguments and choices by number: see language/script.rs.

direct = Direct
mapped = Mapped
relayed = Relayed
online = Online
offline = Offline
offline-since = Offline since { $when }
never-online = Not online yet
online-without-picture = Connected, no picture
cameras = { $n ->
    [one] { $n } camera
   *[other] { $n } cameras
}
camera-favourite = Favourite: { $camera }
zoom = { $times }×
zoom-reset = Zoom { $times }×: show the whole picture
page-of = { $page } / { $pages }

qr-none = No code of a recorder was found in this picture.
qr-no-camera = The camera could not be opened. Type the serial number and code instead.
qr-read = Code read. Check the name, then choose Add.
qr-wrong = This is not the QR code of a recorder.
qr-searching = Looking for a code …
qr-not-loaded = The QR code reader could not be loaded. Try again, or type the serial number and code instead.

tile-selected = { $camera }: { $state }
tile-playing = Live
tile-waiting = Connecting…
tile-offline = The camera is offline
tile-unplayable = This browser cannot play this camera’s video. Set the camera’s sub-stream to H.264, or use another browser.
tile-too-large = This picture is too large to decode in this browser, which decodes H.265 up to 1280 × 720. Choose Fluent under Quality, or use another browser.
tile-no-h264 = This browser cannot play H.264, which this camera sends. In Firefox, turn on the OpenH264 plugin under Add-ons, or use another browser.
tile-recorder-offline = The device is offline. Check power and internet at its place.
tile-no-answer = The device does not answer. If this lasts, restart the agent there.
tile-no-path = No path to the device was found. Try another network, such as mobile data. The connection test under Help says what to open in this one.
tile-no-cloud = You have no connection to the cloud. Check the internet where you are.
tile-cloud-full = The cloud has no place free. Close other pages of Live view, or wait a few minutes.
tile-forbidden = You may not watch this device
tile-busy = The device is busy. Wait a moment.
tile-unsupported = This browser cannot show live video: it has no WebRTC, or WebRTC is turned off. Allow it in the browser’s settings, or use another browser.
tile-removed = This device is no longer in your account. To watch it, add it again under Devices.
tile-slow = No picture yet. Choose Try again; if that does not help, restart the camera.
tile-still = No data from the device. Waiting…

talk-live = You are heard: speak now
talk-live-recorder = You are heard at the recorder: speak now
talk-hold-on = Hold the button while you talk
talk-somebody = { $name } is talking. Wait until they have finished.
talk-line-in-use = Somebody talks at the recorder with another program. Wait until they have finished.
talk-forbidden = You may not talk through this camera
talk-unsupported = The camera does not accept sound from here
talk-failed = The camera did not answer. Hold the button again.
talk-closed = The camera or recorder has ended the talk; somebody else may use its line. Hold the button again.
talk-lost = The camera no longer accepts sound. Hold the button again once its picture is back.
talk-silent = No sound came from this microphone, so the talk was ended. Check the microphone, then hold the button again.
talk-refused = The browser may not use the microphone. Allow it in the browser’s settings for this page, then hold the button again.
talk-no-microphone = No microphone was found. Connect one, then hold the button again.
talk-insecure = Browsers open the microphone only on secure pages. Open this one with https://.
talk-microphone-busy = The microphone did not open. Close other programs that use it, then hold the button again.

viewable-asking = Asking the camera what would change…
viewable-changing = The camera is being changed. This can take half a minute.
viewable-codec = Video format: { $from } becomes { $to }
viewable-size = Size of the picture: { $from } becomes { $to }
viewable-rate = Pictures per second: { $from } becomes { $to }
viewable-smart = Smart codec (“+”): switched off
viewable-effect-sub = This changes the camera’s small picture (sub-stream) for everybody, and its recordings.
viewable-effect-main = This changes the camera’s full picture (main stream) for everybody. Its recordings then need more space.
viewable-nothing = The camera’s settings already suit every browser. Choose Try again; if that does not help, restart the camera.
viewable-done = Done. The picture starts by itself.
viewable-restart = The recorder has taken the change. Restart it: the picture is there after that.
viewable-forbidden = You may not change this camera’s settings. Ask the owner of the device.
viewable-unsupported = This camera cannot be changed from here. Set its sub-stream to H.264 in the camera’s own settings.
viewable-refused = The recorder refused the change or did not keep it. Give the agent’s user the right to change settings there, or set the stream to H.264 on the recorder.
viewable-busy = The device is busy. Wait a moment, then start again.
viewable-no-answer = The recorder does not answer. Check its power and network, then start again.
viewable-lost = The connection to the device was lost. Once it is back, start again to see whether the camera was changed.

reason-refused = The recorder refused the user name or password. Correct them in the agent’s settings, then restart the agent.
reason-locked = The recorder has locked this user after too many wrong passwords. Check the password in the agent’s settings, wait half an hour, then restart the agent.
reason-locked-until = The recorder has locked this user until { $when } after too many wrong passwords. Check the password in the agent’s settings, and restart the agent after that time.
reason-login-missing = The recorder asks for a login, and the agent’s settings have none. Add user name and password there, then restart the agent.
reason-no-digest = The recorder offers no Digest login. Switch it on in the recorder’s security settings, or set allow_basic in the agent’s settings, which sends the password unencrypted.
reason-forbidden = The agent’s user may not see this on the recorder. Give the user the right to live view there.
reason-https-wanted = The recorder answers only over HTTPS. Write https:// before its address in the agent’s settings, then restart the agent.
reason-certificate = The recorder’s certificate cannot be used. Make a new one in the recorder’s network settings.
reason-certificate-changed = The recorder shows another certificate than before. If it was replaced or reset, accept the new one with “peerview agent trust” where the agent runs.
reason-unreachable = The recorder cannot be reached. Check its power, its network cable and its address in the agent’s settings.
reason-no-answer = The recorder does not answer. If this lasts, restart the recorder.
reason-closed = The recorder closed the connection. The agent tries again.
reason-invalid-answer = The recorder’s answer makes no sense. Check its address and port in the agent’s settings.
reason-moved = The recorder points to another address. Write that address in the agent’s settings, then restart the agent.
reason-full = All streams of the recorder are in use. Close another viewer or program that watches it; the agent tries again.
reason-no-stream = The recorder has no such stream. Check the camera’s cable, and the address of the stream.
reason-status = The recorder refused the stream with status { $status }. If this lasts, restart the recorder.
reason-unplugged = The camera is offline. Check its cable and power.
reason-no-camera = The recorder does not have this camera any more.
reason-no-video = There is no video at this address. Check the address of the stream in the agent’s settings.
reason-no-picture = The camera sends no picture. If this lasts, restart the camera.
reason-no-key-frame = Waiting for the camera’s next key frame. A shorter key frame interval in the camera’s settings helps.
reason-no-parameter-sets = The camera sends pictures that cannot be decoded (SPS and PPS are missing). Restart it or update its firmware.
reason-codec = The camera sends { $codec } video, which cannot be shown. Set its stream to H.264.
reason-unknown = There is no picture. The agent’s log says why.

strength-worst = Very easy to guess
strength-weak = Easy to guess
strength-fair = So-so
strength-good = Good
strength-strong = Very good

panel-not-loaded = This tool did not load. Check your connection, then close it and open it again.
panel-asking = Asking the camera what it can do…
panel-no-answer = The recorder does not answer. Check its power and network, then try again.
panel-busy = The device is busy. Wait a moment, then try again.
panel-unsupported = The camera cannot do this.
panel-refused = The recorder refused. Give the agent’s user the right to do this in the recorder’s user settings.
panel-lost = The connection to the device is lost. Once its picture is back, try again.
ptz-none = This camera does not turn, zoom or focus from here.
ptz-forbidden = You may not steer this camera. Ask the owner of the device.
ptz-steered = { $name } is steering this camera. Try again in { $n } s, once they have let go.
ptz-free = The camera should be free: you can steer it.
ptz-goes = The camera goes to “{ $name }”.
ptz-saved = Saved as “{ $name }”.
ptz-full = The camera has no free place. Delete a position, or save under a name that is in the list.
ptz-remove-really = Everybody loses “{ $name }”. Press Delete again to delete it.
ptz-removed = “{ $name }” is deleted.
ptz-patrol-runs = Patrol { $name } runs until somebody stops it or steers the camera.
ptz-patrol-over = Patrol { $name } is stopped.

talk-locked = You are heard until you press the button again
talk-locked-recorder = You are heard at the recorder until you press the button again
talk-opening = Opening the microphone… Allow it if the browser asks.
talk-quiet = No sound comes from your microphone. Check that it is not muted.
talk-none = This camera has no loudspeaker, and its recorder offers none.

image-none = This camera’s image cannot be changed from here.
image-forbidden = You may not change this camera’s image. Ask the owner of the device.
image-changing = The camera is being changed…
image-changed = The camera has taken the change.
day-night-auto = Automatic
day-night-day = Always colour (day)
day-night-night = Always infrared (night)
day-night-other = Set on the camera itself
image-flip-none = Off
image-flip-left-right = Left and right
image-flip-up-down = Top and bottom
image-flip-both = Half a turn (for a camera that hangs upside down)
outputs-none = This device has no outputs that can be switched from here.
outputs-forbidden = You may not switch the outputs of this device. Ask its owner.
output-unnamed = Output { $id }
output-is-on = “{ $name }” is on.
output-is-off = “{ $name }” is off.
output-is-pulse = “{ $name }” was on for a moment.

ptz-steered-self = You are steering this camera in another window. Try again in { $n } s, once you have let go there.
talk-self = You are talking in another window. End it there, then press the button again.
kept-title = Pictures and videos
kept-camera = Camera
kept-save = Save as file
capture-kept = The picture of { $camera } is kept on this phone.
capture-none = There is no picture to capture at the moment. Wait until the camera shows one.
capture-full = This phone’s storage is full, so the picture was not kept. Save it as a file, or delete some pictures and videos first.
capture-not-kept = This browser stores nothing (as in a private window), so the picture is not in Pictures and videos. Save it as a file.

kept-delete = Delete
kept-picture-of = Picture of { $camera }
kept-video-of = Video of { $camera }
kept-choose = Select: { $name }
kept-used = { $n ->
    [one] { $n } item, { $size }
   *[other] { $n } items, { $size }
}
kept-running = { $n ->
    [one] { $n } is being recorded
   *[other] { $n } are being recorded
}
kept-chosen = { $n ->
    [one] { $n } selected, { $size }
   *[other] { $n } selected, { $size }
}
kept-delete-title = { $n ->
    [one] Delete { $n } item?
   *[other] Delete { $n } items?
}
kept-delete-words = { $n ->
    [one] It is only on this phone and cannot be brought back.
   *[other] They are only on this phone and cannot be brought back.
}
kept-gone = The file is not there any more: the browser has erased it.
kept-unreadable = This browser stores nothing here (as in a private window). Open the page in a normal window.
kept-unplayable = This browser cannot show it. Save it as a file and open it with another program.
kept-share-failed = It could not be shared. Save it as a file, and share it from there.
kept-log-out = Log out and erase?
kept-log-out-words = { $n ->
    [one] { $n } picture or video is on this phone. It is erased now. Save it first if you want to keep it.
   *[other] { $n } pictures and videos are on this phone. They are erased now. Save them first if you want to keep them.
}
kept-log-out-agree = Erase and go on
ask-cancel = Cancel

recording-began = Recording { $camera } with sound. There is room for at least { $room }.
recording-began-silent = Recording { $camera } without sound: none comes from the camera. There is room for at least { $room }.
recording-began-unsupported = Recording { $camera } without sound: this browser cannot record it. There is room for at least { $room }.
recording-kept = The video of { $camera } is kept on this phone: { $length }, { $size }, without sound.
recording-kept-sound = The video of { $camera } is kept on this phone: { $length }, { $size }, with sound.
recording-nothing = { $camera } sent no video that can be recorded, so nothing was kept. Wait until its picture moves, then start again.
recording-none = There is no picture to record at the moment. Wait until the camera shows one.
recording-no-room = There is no room for a recording on this phone. Delete some pictures and videos first.
recording-unsupported = This browser cannot record the camera’s video. Update the browser, or use Capture.
recording-single-pictures = This camera sends single pictures (MJPEG), which cannot be recorded here. Use Capture, or set its stream to H.264.
recording-ended-left = The camera left the screen, so the recording ended.
recording-ended-lost = The camera’s video stopped coming, so the recording ended.
recording-ended-full = This phone’s storage is full, so the recording ended.
recording-ended-sound = The camera’s sound began, so another video goes on with sound from here.
recording-ended-changed = The camera changed its picture, so the recording continues in a new video.
recording-ended-failed = The browser could not write any further, so the recording ended.
recording-ended-page = The page was left, so the recording ended.

kept-picture = Picture
kept-video = Video
kept-sound = with sound
kept-silent = without sound

recording-not-begun = The recording did not begin. Check the connection, then choose Record again.

quality-auto = Auto
quality-clear = Clear
quality-balanced = Balanced
quality-fluent = Fluent
quality-chosen = { $name }: the picture has { $size }.
quality-only-one = This camera has only one stream.
quality-nothing-between = This camera has nothing between its full and its small picture: you see the small one.
quality-full-is-small = This camera’s full picture is no larger than a balanced one: you see the full one.
quality-cannot-show = This browser cannot show the stream that belongs to this choice: you see another.
quality-no-session = The device has no free stream at the moment: you see the one that is open.
quality-in-tile = In a tile the small picture is enough. Enlarge it to see the full one.
quality-by-path = You see the small picture until your connection carries the full one.
statistics-per-second = { $n } per second
data-is-reset = The count starts again now.
app-lock-digits = 4 to 12 digits; 6 or more are better.
app-lock-differs = The two PINs are not the same.
app-lock-is-on = App lock is on.
app-lock-is-off = App lock is off.
app-lock-wrong = { $n ->
    [one] Wrong PIN. { $n } try left; then you are logged out.
   *[other] Wrong PIN. { $n } tries left.
}
app-lock-out = Too many wrong PINs. Logging out …
app-lock-insecure = App lock needs HTTPS. Open this app at its https:// address.
app-lock-passkey-on = A passkey opens it, too.
app-lock-passkey-none = No passkey was used. Add one under Cloud P2P, Passkeys, then try again.
app-lock-passkey-failed = The passkey was not used. Try again, or type the PIN.
arranged-moved = { $name }: place { $place } of { $n }
arranged-hide = { $name } is hidden
arranged-show = { $name } is shown
ptz-somebody = { $name } is steering this camera.
ptz-self = You are steering this camera in another window.
arrangement-waits = { $n ->
    [one] That was many changes in a short time. This phone keeps them; your account gets them in { $n } minute.
   *[other] That was many changes in a short time. This phone keeps them; your account gets them in { $n } minutes.
}
arranged-waits = { $n ->
    [one] That was many changes in a short time. Keep this page open: the last ones are saved in { $n } minute.
   *[other] That was many changes in a short time. Keep this page open: the last ones are saved in { $n } minutes.
}
test-again = { $n ->
    [one] Press the button again in { $n } minute.
   *[other] Press the button again in { $n } minutes.
}
app-lock-saved = The time is saved.
offline-mend = Check power and internet at its place, and that the agent is running there. It comes back by itself.
