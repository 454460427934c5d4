# Configuration.

configuration-live = Vue en direct sur ce téléphone
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

configuration-quality-wifi = Qualité en Wi-Fi
configuration-quality-mobile = Qualité en données mobiles
configuration-quality-one = Ce navigateur ne dit pas s’il utilise le Wi-Fi ou les données mobiles : une seule qualité vaut pour les deux.
data-title = Données utilisées sur ce téléphone
data-wifi = Wi-Fi
data-mobile = Données mobiles
data-unknown = Vue en direct
data-today = Aujourd’hui
data-yesterday = Hier
data-month = Ce mois-ci
data-last-month = Le mois dernier
data-reset = Remettre à zéro
data-hint = Ce que la vue en direct a envoyé et reçu dans ce navigateur, compté ici et communiqué à personne. La déconnexion l’efface.
configuration-notices = Notifications

app-lock = Verrouillage de l’appli
app-lock-what = Verrouille cette appli sur ce téléphone quand elle a été quittée un moment. Elle demande alors un PIN ou une clé d’accès avant de montrer quoi que ce soit. Cinq PIN faux déconnectent et effacent ce que ce téléphone conserve, images et vidéos comprises.
app-lock-honest = Il protège de quelqu’un qui prend votre téléphone déverrouillé. Il ne protège pas d’un voleur qui a du temps et des outils : verrouillez le téléphone lui-même et, s’il est perdu, terminez sa session sous Cloud P2P.
app-lock-pin = PIN
app-lock-new-pin = Nouveau PIN
app-lock-again = PIN encore une fois
app-lock-after = Verrouiller après une absence de
app-lock-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
app-lock-turn-on = Activer
app-lock-turn-off = Désactiver
app-lock-passkey = Ouvrir aussi avec une clé d’accès
app-lock-locked = Verrouillé
app-lock-open = Ouvrir
app-lock-forgotten = PIN oublié : se déconnecter
app-lock-needs-script = Le verrouillage a besoin de JavaScript. Autorisez-le pour cette page dans les réglages du navigateur.
app-lock-save = Enregistrer le délai
app-lock-why-pin = Chaque changement demande le PIN.
