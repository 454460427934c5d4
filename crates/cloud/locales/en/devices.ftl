# Devices, one device, Add device.

devices-title = Devices
devices-none = No devices yet
devices-none-hint = Start the agent beside your recorder. It shows a serial number and 6 letters: add the device with them.
devices-search = Search devices and cameras
devices-search-count = { $n } devices, their cameras
devices-state = Show
devices-state-all = All devices
devices-state-online = Only online
devices-state-offline = Only offline
devices-no-match = No device or camera has that name.
devices-settings = Settings of { $name }
device-live = Live view
device-connection = Connection
device-serial = Serial number
device-cameras = Cameras
device-name = Name
device-rename = Rename
device-remove = Remove from my account

removal-title = Remove { $name }
removal-question = Remove <strong>{ $name }</strong> ({ $serial }) from your account? Its live view ends at once. The recorder itself and its recordings stay as they are; with its verification code it can be added again.
removal-remove = Remove
removal-keep = Keep it

add-title = Add device
add-scan = Scan QR code
add-scan-stop = Stop scanning
add-photo = Photo of QR code
add-hint = Scan the QR code that the agent shows with your phone’s camera, or type:
add-code = Verification code (6 letters)
add-name-example = Shop, ground floor
add-name-hint = Without a name, it gets its name from its agent.
add-button = Add
add-another = Add another one after this
add-done = The device was added. Here you can add the next one.
add-promise = Video goes from the recorder to you, encrypted on the whole way. This server does not look into it, not even where it has to relay it.

claim-no-serial = A serial number is PV and 13 letters or digits, as the recorder’s agent shows it.
claim-no-code = A verification code is 6 letters, as the recorder’s agent shows it.
claim-no-name = A name has at most { $max } characters, none of them invisible or changing the direction of text.
claim-already-yours = This device is already in your list.
claim-refused = Serial number or verification code is wrong, or the device is offline.
claim-too-many = Too many tries. Please wait a while, and check the code that the recorder’s agent shows.
claim-too-many-for = Too many tries. Please try again in { $wait }, and check the code that the recorder’s agent shows.
claim-without-scripts = Just now adding a device takes a little longer without scripts: the form can be sent after { $seconds } seconds.
device-changes-too-many = Devices were added or removed very often today. Please continue tomorrow.

cameras-title = Cameras
cameras-edit = Rename, order or hide
cameras-hint = Names, order and hidden cameras apply wherever you are logged in. The recorder itself stays as it is.
cameras-no-match = No camera has that name.
camera-settings = Name and place of { $name }
camera-hidden = Hidden
cameras-hidden = { $n } hidden
camera-hide = Hide { $name }
camera-show = Show { $name }
camera-name = Name
camera-name-hint = The recorder calls it “{ $name }”. Leave the field empty to use that name.
camera-place = Place in the list, 1 to { $n }
camera-shown = Show in Live view and in lists
camera-save = Save
camera-no-name = A name has at most { $max } characters, none of them invisible or changing the direction of text.
camera-no-place = A place is a number from 1 to { $n }.
move-up = Move { $name } up
move-down = Move { $name } down
order-title = Order of devices
order-edit = Change the order
order-hint = This order applies to your account, in Devices and in Live view.

about-recorder = Recorder
about-model = Model
about-firmware = Firmware
connection-since = Online since
connection-lasts = It lasts
way-mostly-direct = Mostly direct
way-mostly-relayed = Mostly relayed
way-either = Direct or relayed
connection-outages = { $n ->
    [0] No outage in the last { $days } days
    [one] 1 outage in the last { $days } days
   *[other] { $n } outages in the last { $days } days
}
add-lost = If a QR code or link of a recorder led you here: scan or open it once more. It was opened in another window or on another phone, and its code stays there.
connection-round-trip = Round trip from the server to the agent
connection-milliseconds = { $n } ms
