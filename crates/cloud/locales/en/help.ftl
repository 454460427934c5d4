# Help.

help-first = First steps
help-first-agent = On a computer in the recorder’s network, start the agent with the recorder’s address, user name and password.
help-first-add = The agent shows a serial number, 6 letters and a QR code. Scan the QR code with your phone, or type both at <a href="/devices/new">Add device</a>.
help-first-live = Open <a href="/devices">Devices</a> and tap Live view.
help-live = In Live view
help-live-select = Tap a picture to select it; Capture and Sound work on the selected one.
help-live-enlarge = Tap it twice to enlarge it and see its full quality. Back shows all again.
help-live-swipe = Swipe, or use the arrow keys, for more cameras. Turn the phone for video only.
help-live-talk = In Talk, hold the button while you talk, or tap it to stay open; you are heard at the selected camera or at its recorder. PTZ turns the camera, Image and Outputs change it.
help-paths = Direct, Mapped and Relayed
help-direct = The picture goes from the recorder’s network to you and nowhere else.
help-mapped = The picture goes straight to you, as with Direct. The recorder’s router lets it through a port that the agent asked for.
help-relayed = Neither network let the other in, so this cloud’s relay passes the packets on. They stay encrypted; the relay has no key.
help-trouble = When there is no picture
help-trouble-device = <strong>The device is offline:</strong> its agent is not running or has no internet. It comes back by itself.
help-trouble-camera = <strong>The camera is offline:</strong> the recorder is there, but this camera’s picture does not come.
help-trouble-password = <strong>The recorder refused its password:</strong> set the right one where the agent runs. The agent does not try again by itself, because recorders lock after a few wrong tries.
help-trouble-video = <strong>This browser cannot play this camera’s video:</strong> set the camera’s sub-stream to H.264 in the recorder.
help-server = What this server can see
help-server-sees = Your user name and address, which devices are yours and their cameras’ names, when you connect and from where.
help-server-blind = It does not receive the recorder’s password, and pictures pass it only when relayed, encrypted between the recorder’s agent and your browser. These pages come from this server: whoever runs it could change them, so use a cloud that you trust.
