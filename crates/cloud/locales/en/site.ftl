# The set-up page of the agent, on which recorders are added.

site-title = Set up recorders
site-back = Back
site-next = Next
site-code-lead = This page adds recorders to the Peerview agent on this machine. Type the code that the agent has printed in its terminal or log.
site-code = Code of the agent
site-code-hint = Eight letters and digits. Each start of the agent prints a new one.
site-code-wrong = This code is wrong. Look for the newest one in what the agent has printed.
site-code-wait = There were too many wrong codes. Try again in { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
    }. On the machine of the agent itself, the tries of others do not count: open this page there.
site-recorders = Your recorders
site-open = Open { $name }
site-opening = The agent is connecting to it.
site-cameras = { $n ->
    [one] { $n } camera
   *[other] { $n } cameras
    }
site-found = Found in this network
site-found-none = Nothing has answered. Devices answer only in their own network, and some have ONVIF switched off. Type the address of the recorder instead.
site-search = Search again
site-choose = Set up { $address }
site-added = Added
site-not-activated = This device has no password yet. Set one on the device first.
site-type = Type an address
site-address = Address of the recorder
site-address-hint = For example 192.168.1.64, 192.168.1.64:8000 or https://192.168.1.64, or the rtsp:// address of a camera. Without user name and password.
site-address-bad = This is not the address of a recorder. Write it as in the example below the field.
site-address-login = Leave user name and password out of the address. The next page asks for them.
site-kind = Kind of recorder
site-kind-hikvision = Hikvision and its other brands
site-kind-onvif = Any other make (ONVIF)
site-kind-rtsp = Camera with an rtsp:// address
site-user = User name on the recorder
site-password = Password on the recorder
site-password-hint = It is sent to the recorder once, is kept only on the agent’s machine, and is not shown again. A user with operator rights is enough.
site-name = Name for people
site-name-hint = For example Home or Shop. Without it, the address is shown.
site-again = Send this user name and password once more
site-unencrypted = This page is not encrypted. In a network that you do not trust, use “peerview agent setup” in a terminal of the agent’s machine.
site-show-picture = Show picture
site-takes-time = This can take half a minute.
site-refused = The recorder refused this user name or password. It was sent once and is not sent again. Try both on the recorder’s own page or screen, then type them here.
site-refused-left = The recorder refused this user name or password. It was sent once and is not sent again. Try both on the recorder’s own page or screen before you type them here: the recorder locks this user after { $n ->
    [one] { $n } more wrong password
   *[other] { $n } more wrong passwords
    }.
site-locked = The recorder has locked this user after too many wrong passwords. Wait half an hour, and try the password on the recorder’s own page or screen first.
site-locked-for = The recorder has locked this user after too many wrong passwords. It unlocks in { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
    }. Until then nothing is sent to it.
site-unsent = The recorder has refused exactly this user name and password before, so they were not sent again. If they are right now, tick the box below.
site-login-missing = The camera asks for a login. Type its user name and password.
site-https-wanted = The recorder answers only over HTTPS. Go back and write https:// before its address.
site-unreachable = Nothing answers at this address. Check the address, and the recorder’s power and network cable.
site-invalid-answer = The device at this address is not a recorder of this kind. Check the address with its port, and the kind.
site-no-cameras = Something answers at this address, but it lists no camera. Check the kind of recorder, and whether this user may see cameras.
site-other-certificate = This address shows another certificate than before, so no password was sent. If the recorder was replaced or reset, accept the new certificate. If not, somebody may be pretending to be your recorder.
site-certificate-expected = Expected (SHA-256)
site-certificate-shown = Shown now (SHA-256)
site-certificate-compare = The recorder’s own page shows this number in its network or security settings.
site-accept = Accept the new certificate
site-accepted = The new certificate is accepted. Type the password of the new recorder.
site-failed = This could not be stored. The agent’s log says why.
site-picture-of = Picture of { $camera }
site-pictures-arrive = { $camera } sends pictures ({ $codec }). The recorder gives no still picture that this page could show; the app will show the video.
site-pictures-arrive-sized = { $camera } sends pictures ({ $codec }, { $width } × { $height }). The recorder gives no still picture that this page could show; the app will show the video.
site-no-picture = No picture has arrived yet. Load this page again in a moment.
site-claim = Add it to your account
site-claim-lead = Scan this with your phone, or open the link, and log in to your account.
site-qr = QR code with the link that adds this recorder to an account
site-claim-link = Add to my account
site-serial = Serial number
site-letters = Verification code
site-add-another = Add another recorder
site-certificate = Certificate of the recorder
site-certificate-lead = SHA-256. Compare it with the recorder’s own page; if it changes later, the password is not sent.
site-change = Another password or address
site-remove = Remove from this agent
site-remove-lead = The agent stops showing this recorder and forgets its password. If you add it again, it has the same serial number, and stays in your account.
site-from-file = This recorder is in the agent’s settings file. Change it there.
