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

configuration-quality-wifi = Quality on Wi-Fi
configuration-quality-mobile = Quality on mobile data
configuration-quality-one = This browser does not say whether it uses Wi-Fi or mobile data, so one quality holds for both.
data-title = Data used on this phone
data-wifi = Wi-Fi
data-mobile = Mobile data
data-unknown = Live view
data-today = Today
data-yesterday = Yesterday
data-month = This month
data-last-month = Last month
data-reset = Reset
data-hint = What Live view sent and received in this browser, counted here and told to nobody. Log out erases it.
