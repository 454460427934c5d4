# Configuration.

configuration-live = Live view on this device
configuration-quality = Default quality
configuration-resume = Resume last live view
configuration-resume-on = On
configuration-resume-off = Off
configuration-connection = Connection
configuration-connection-auto = Auto
configuration-connection-relay = Relay only
configuration-connection-hint = Auto takes the direct path where there is one. Relay only hides your address from the recorder’s site, and costs time.
configuration-about = About
configuration-cloud = Connected cloud
configuration-licence = Licence
configuration-licence-names = Apache-2.0 or MIT
configuration-icons = Icons
