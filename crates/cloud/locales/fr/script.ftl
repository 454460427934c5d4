# Ce que disent les scripts ; les pages peuvent le dire aussi.

direct = Direct
mapped = Port ouvert
relayed = Relayé
online = En ligne
offline = Hors ligne
offline-since = Hors ligne depuis { $when }
never-online = Pas encore en ligne
cameras = { $n ->
    [one] { $n } caméra
   *[other] { $n } caméras
}
page-of = { $page } / { $pages }

show = Afficher
hide = Masquer
show-password = Afficher le mot de passe

qr-none = Aucun code d’enregistreur n’a été trouvé dans cette image.
qr-no-camera = L’appareil photo n’a pas pu s’ouvrir. Saisissez plutôt le numéro de série et le code.
qr-read = Code lu. Vérifiez le nom, puis choisissez Ajouter.
qr-wrong = Ce QR code n’est pas celui d’un enregistreur.

tile-waiting = Connexion…
tile-offline = La caméra est hors ligne
tile-unplayable = Ce navigateur ne peut pas lire la vidéo de cette caméra. Réglez son flux secondaire sur H.264.
tile-refused = L’enregistreur a refusé son mot de passe. Mettez le bon là où tourne l’agent.
tile-recorder-offline = L’appareil est hors ligne
tile-no-answer = L’appareil ne répond pas
tile-no-path = Aucun chemin vers l’appareil n’a été trouvé
tile-no-cloud = Pas de connexion au cloud
tile-forbidden = Vous ne pouvez pas regarder cet appareil
tile-busy = L’appareil est occupé. Attendez un instant.
tile-unsupported = Ce navigateur ne peut pas afficher de vidéo en direct

form-working = Un instant…

strength-worst = Très facile à deviner
strength-weak = Facile à deviner
strength-fair = Moyen
strength-good = Bon
strength-strong = Très bon
