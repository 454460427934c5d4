# Configuration.

configuration-live = Vue en direct sur cet appareil
configuration-quality = Qualité par défaut
configuration-resume = Reprendre la dernière vue
configuration-resume-on = Oui
configuration-resume-off = Non
configuration-connection = Connexion
configuration-connection-auto = Auto
configuration-connection-relay = Relais seulement
configuration-connection-hint = Auto prend le chemin direct quand il existe. « Relais seulement » cache votre adresse au site de l’enregistreur, et coûte du temps.
configuration-about = À propos
configuration-cloud = Cloud connecté
configuration-licence = Licence
configuration-licence-names = Apache-2.0 ou MIT
configuration-icons = Icônes
