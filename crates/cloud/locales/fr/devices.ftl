# Appareils, un appareil, ajouter un appareil.

devices-title = Appareils
devices-none = Pas encore d’appareil
devices-none-hint = Lancez l’agent à côté de votre enregistreur. Il affiche un numéro de série et 6 lettres : ajoutez l’appareil avec eux.
devices-search = Rechercher des appareils et des caméras
devices-search-count = { $n } appareils, leurs caméras
devices-state = Afficher
devices-state-all = Tous les appareils
devices-state-online = En ligne seulement
devices-state-offline = Hors ligne seulement
devices-no-match = Aucun appareil ni caméra ne porte ce nom.
devices-settings = Réglages de { $name }
device-live = Vue en direct
device-connection = Connexion
device-serial = Numéro de série
device-cameras = Caméras
device-name = Nom
device-rename = Renommer
device-remove = Retirer de mon compte

removal-title = Retirer { $name }
removal-question = Retirer <strong>{ $name }</strong> ({ $serial }) de votre compte ? Sa vue en direct s’arrête aussitôt. L’enregistreur et ses enregistrements restent tels quels ; avec son code de vérification, il peut être ajouté de nouveau.
removal-remove = Retirer
removal-keep = Garder

add-title = Ajouter un appareil
add-scan = Scanner le QR code
add-scan-stop = Arrêter le scan
add-photo = Photo du QR code
add-hint = Scannez avec l’appareil photo de votre téléphone le QR code que l’agent affiche, ou saisissez :
add-code = Code de vérification (6 lettres)
add-name-example = Magasin, rez-de-chaussée
add-name-hint = Sans nom, il s’appelle comme sur place.
add-button = Ajouter
add-another = En ajouter un autre ensuite
add-done = L’appareil a été ajouté. Vous pouvez ajouter le suivant ici.
add-promise = La vidéo va de l’enregistreur à vous, chiffrée sur tout le trajet. Ce serveur ne la voit pas, même quand il doit la relayer.

claim-no-serial = Un numéro de série se compose de PV et de 13 lettres ou chiffres, comme l’agent de l’enregistreur l’affiche.
claim-no-code = Un code de vérification se compose de 6 lettres, comme l’agent de l’enregistreur l’affiche.
claim-no-name = Un nom a au plus { $max } caractères, sans caractère invisible ni qui change le sens de l’écriture.
claim-already-yours = Cet appareil est déjà dans votre liste.
claim-refused = Le numéro de série ou le code de vérification est incorrect, ou l’appareil est hors ligne.
claim-too-many = Trop d’essais. Attendez un moment, et vérifiez le code que l’agent de l’enregistreur affiche.
claim-too-many-for = Trop d’essais. Réessayez dans { $wait }, et vérifiez le code que l’agent de l’enregistreur affiche.
claim-without-scripts = En ce moment, ajouter un appareil sans scripts prend un peu plus de temps : le formulaire peut être envoyé après { $seconds } secondes.
device-changes-too-many = Des appareils ont été ajoutés ou retirés très souvent aujourd’hui. Veuillez continuer demain.

cameras-title = Caméras
cameras-edit = Renommer, ordonner ou masquer
cameras-hint = Les noms, l’ordre et les caméras masquées valent partout où vous êtes connecté. L’enregistreur lui-même ne change pas.
cameras-no-match = Aucune caméra ne porte ce nom.
camera-settings = Nom et place de { $name }
camera-hidden = Masquée
cameras-hidden = { $n ->
    [one] { $n } masquée
   *[other] { $n } masquées
}
camera-hide = Masquer { $name }
camera-show = Afficher { $name }
camera-name = Nom
camera-name-hint = L’enregistreur l’appelle « { $name } ». Laissez le champ vide pour utiliser ce nom.
camera-place = Place dans la liste, de 1 à { $n }
camera-shown = Afficher en direct et dans les listes
camera-save = Enregistrer
camera-no-name = Un nom a au plus { $max } caractères, dont aucun invisible ni changeant le sens de l’écriture.
camera-no-place = Une place est un nombre de 1 à { $n }.
move-up = Monter { $name }
move-down = Descendre { $name }
order-title = Ordre des appareils
order-edit = Modifier l’ordre
order-hint = Cet ordre vaut pour votre compte, dans Appareils et en direct.

about-recorder = Enregistreur
about-model = Modèle
about-firmware = Micrologiciel
connection-since = En ligne depuis
connection-lasts = En cours
way-mostly-direct = Le plus souvent direct
way-mostly-relayed = Le plus souvent relayé
way-either = Direct ou relayé
connection-outages = { $n ->
    [0] Aucune coupure ces { $days } derniers jours
    [one] { $n } coupure ces { $days } derniers jours
   *[other] { $n } coupures ces { $days } derniers jours
}
add-lost = Si le code QR ou le lien d’un enregistreur vous a mené ici : scannez-le ou ouvrez-le encore une fois. Il a été ouvert dans une autre fenêtre ou sur un autre téléphone, et le code y reste.
connection-round-trip = Aller-retour du serveur à l’agent
connection-milliseconds = { $n } ms
