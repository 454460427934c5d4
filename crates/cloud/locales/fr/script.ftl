# Ce que disent les scripts ; les pages peuvent le dire aussi.

direct = Direct
mapped = Port ouvert
relayed = Relayé
online = En ligne
offline = Hors ligne
offline-since = Hors ligne depuis { $when }
never-online = Pas encore en ligne
online-without-picture = Connecté, pas d’image
cameras = { $n ->
    [one] { $n } caméra
   *[other] { $n } caméras
}
camera-favourite = Favorite : { $camera }
zoom = { $times }×
zoom-reset = Zoom { $times }× : voir toute l’image
page-of = { $page } / { $pages }

qr-none = Aucun code d’enregistreur n’a été trouvé dans cette image.
qr-no-camera = L’appareil photo n’a pas pu s’ouvrir. Saisissez plutôt le numéro de série et le code.
qr-read = Code lu. Vérifiez le nom, puis choisissez Ajouter.
qr-wrong = Ce QR code n’est pas celui d’un enregistreur.
qr-searching = Recherche d’un code…
qr-not-loaded = Le lecteur de codes n’a pas pu être chargé. Réessayez, ou saisissez le numéro de série et le code.

tile-selected = { $camera } : { $state }
tile-playing = En direct
tile-waiting = Connexion…
tile-offline = La caméra est hors ligne
tile-unplayable = Ce navigateur ne peut pas lire la vidéo de cette caméra. Réglez son flux secondaire sur H.264, ou utilisez un autre navigateur.
tile-too-large = Cette image est trop grande pour ce navigateur, qui décode le H.265 jusqu’à 1280 × 720. Choisissez Fluide sous Qualité, ou utilisez un autre navigateur.
tile-no-h264 = Ce navigateur ne peut pas lire le H.264 que cette caméra envoie. Dans Firefox, activez le plugin OpenH264 sous Modules complémentaires, ou utilisez un autre navigateur.
tile-recorder-offline = L’appareil est hors ligne. Vérifiez-y le courant et Internet.
tile-no-answer = L’appareil ne répond pas. Si cela dure, redémarrez-y l’agent.
tile-no-path = Aucun chemin vers l’appareil n’a été trouvé. Essayez un autre réseau, comme les données mobiles. Le test de connexion, sous Aide, dit ce qu’il faut ouvrir dans celui-ci.
tile-no-cloud = Vous n’avez pas de connexion au cloud. Vérifiez Internet là où vous êtes.
tile-cloud-full = Le cloud n’a pas de place libre. Fermez d’autres pages de la vue en direct, ou attendez quelques minutes.
tile-forbidden = Vous ne pouvez pas regarder cet appareil
tile-busy = L’appareil est occupé. Attendez un instant.
tile-unsupported = Ce navigateur ne peut pas afficher de vidéo en direct : il n’a pas WebRTC, ou WebRTC est désactivé. Autorisez-le dans les réglages du navigateur, ou utilisez-en un autre.
tile-removed = Cet appareil n’est plus dans votre compte. Pour le voir, ajoutez-le à nouveau sous Appareils.
tile-slow = Pas encore d’image. Choisissez Réessayer ; si cela ne suffit pas, redémarrez la caméra.
tile-still = Rien ne vient de l’appareil. Attente…

talk-live = On vous entend : parlez
talk-live-recorder = On vous entend près de l’enregistreur : parlez
talk-hold-on = Maintenez le bouton pendant que vous parlez
talk-somebody = { $name } parle. Attendez la fin.
talk-line-in-use = Quelqu’un parle à l’enregistreur avec un autre programme. Attendez la fin.
talk-forbidden = Vous ne pouvez pas parler par cette caméra
talk-unsupported = La caméra n’accepte pas de son d’ici
talk-failed = La caméra n’a pas répondu. Maintenez de nouveau le bouton.
talk-closed = La caméra ou l’enregistreur a mis fin à la conversation ; quelqu’un d’autre utilise peut-être sa ligne. Maintenez à nouveau le bouton.
talk-lost = La caméra ne reçoit plus de son. Maintenez à nouveau le bouton dès que son image est revenue.
talk-silent = Aucun son n’est venu de ce microphone, la conversation a donc pris fin. Vérifiez le microphone, puis maintenez à nouveau le bouton.
talk-refused = Le navigateur ne peut pas utiliser le micro. Autorisez-le dans les réglages du navigateur pour cette page, puis maintenez de nouveau le bouton.
talk-no-microphone = Aucun micro n’a été trouvé. Branchez-en un, puis maintenez de nouveau le bouton.
talk-insecure = Les navigateurs n’ouvrent le micro que sur des pages sûres. Ouvrez celle-ci avec https://.
talk-microphone-busy = Le micro ne s’est pas ouvert. Fermez les autres programmes qui l’utilisent, puis maintenez de nouveau le bouton.

viewable-asking = La caméra dit ce qui changerait…
viewable-changing = La caméra est en cours de modification. Cela peut prendre une demi-minute.
viewable-codec = Format vidéo : { $from } devient { $to }
viewable-size = Taille de l’image : { $from } devient { $to }
viewable-rate = Images par seconde : { $from } devient { $to }
viewable-smart = Codec intelligent (« + ») : désactivé
viewable-effect-sub = Cela modifie la petite image de la caméra (flux secondaire) pour tout le monde, ainsi que ses enregistrements.
viewable-effect-main = Cela modifie l’image complète de la caméra (flux principal) pour tout le monde. Ses enregistrements prendront plus de place.
viewable-nothing = Les réglages de la caméra conviennent déjà à tous les navigateurs. Choisissez Réessayer ; si cela n’aide pas, redémarrez la caméra.
viewable-done = C’est fait. L’image démarre d’elle-même.
viewable-restart = L’enregistreur a accepté la modification. Redémarrez-le : l’image sera là ensuite.
viewable-forbidden = Vous ne pouvez pas modifier les réglages de cette caméra. Demandez au propriétaire de l’appareil.
viewable-unsupported = Cette caméra ne peut pas être modifiée d’ici. Réglez son flux secondaire sur H.264 dans ses propres réglages.
viewable-refused = L’enregistreur a refusé la modification ou ne l’a pas gardée. Donnez-y à l’utilisateur de l’agent le droit de modifier les réglages, ou réglez le flux sur H.264 sur l’enregistreur.
viewable-busy = L’appareil est occupé. Attendez un instant, puis recommencez.
viewable-no-answer = L’enregistreur ne répond pas. Vérifiez son alimentation et son réseau, puis recommencez.
viewable-lost = La connexion à l’appareil a été perdue. Dès qu’elle est revenue, recommencez pour voir si la caméra a été modifiée.

reason-refused = L’enregistreur a refusé le nom d’utilisateur ou le mot de passe. Corrigez-les dans les réglages de l’agent, puis redémarrez-le.
reason-locked = L’enregistreur a bloqué cet utilisateur après trop de mots de passe erronés. Vérifiez le mot de passe dans les réglages de l’agent, attendez une demi-heure, puis redémarrez-le.
reason-locked-until = L’enregistreur a bloqué cet utilisateur jusqu’à { $when } après trop de mots de passe erronés. Vérifiez le mot de passe dans les réglages de l’agent, puis redémarrez-le ensuite.
reason-login-missing = L’enregistreur demande un identifiant, et les réglages de l’agent n’en ont pas. Ajoutez-y nom d’utilisateur et mot de passe, puis redémarrez l’agent.
reason-no-digest = L’enregistreur ne propose pas l’authentification Digest. Activez-la dans ses réglages de sécurité, ou mettez allow_basic dans les réglages de l’agent, ce qui envoie le mot de passe en clair.
reason-forbidden = L’utilisateur de l’agent n’a pas le droit de voir ceci sur l’enregistreur. Donnez-lui-y le droit de vue en direct.
reason-https-wanted = L’enregistreur ne répond qu’en HTTPS. Écrivez https:// devant son adresse dans les réglages de l’agent, puis redémarrez-le.
reason-certificate = Le certificat de l’enregistreur est inutilisable. Créez-en un nouveau dans ses réglages réseau.
reason-certificate-changed = L’enregistreur montre un autre certificat qu’avant. S’il a été remplacé ou réinitialisé, acceptez le nouveau avec « peerview agent trust » là où tourne l’agent.
reason-unreachable = L’enregistreur est injoignable. Vérifiez l’alimentation, le câble réseau et son adresse dans les réglages de l’agent.
reason-no-answer = L’enregistreur ne répond pas. Si cela dure, redémarrez-le.
reason-closed = L’enregistreur a fermé la connexion. L’agent réessaie.
reason-invalid-answer = La réponse de l’enregistreur n’a pas de sens. Vérifiez l’adresse et le port dans les réglages de l’agent.
reason-moved = L’enregistreur renvoie à une autre adresse. Écrivez-la dans les réglages de l’agent, puis redémarrez-le.
reason-full = Tous les flux de l’enregistreur sont occupés. Fermez un autre spectateur ou programme ; l’agent réessaie.
reason-no-stream = L’enregistreur n’a pas ce flux. Vérifiez le câble de la caméra et l’adresse du flux.
reason-status = L’enregistreur a refusé le flux avec le statut { $status }. Si cela dure, redémarrez-le.
reason-unplugged = La caméra est hors ligne. Vérifiez son câble et son alimentation.
reason-no-camera = L’enregistreur n’a plus cette caméra.
reason-no-video = Il n’y a pas de vidéo à cette adresse. Vérifiez l’adresse du flux dans les réglages de l’agent.
reason-no-picture = La caméra n’envoie pas d’image. Si cela dure, redémarrez-la.
reason-no-key-frame = En attente de la prochaine image clé de la caméra. Un intervalle plus court dans ses réglages aide.
reason-no-parameter-sets = La caméra envoie des images impossibles à décoder (SPS et PPS manquent). Redémarrez-la ou mettez à jour son micrologiciel.
reason-codec = La caméra envoie de la vidéo { $codec }, qui ne peut pas être affichée. Réglez son flux sur H.264.
reason-unknown = Il n’y a pas d’image. Le journal de l’agent dit pourquoi.

strength-worst = Très facile à deviner
strength-weak = Facile à deviner
strength-fair = Moyen
strength-good = Bon
strength-strong = Très bon

panel-not-loaded = Cet outil ne s’est pas chargé. Vérifiez votre connexion, puis fermez-le et rouvrez-le.
panel-asking = On demande à la caméra ce qu’elle sait faire…
panel-no-answer = L’enregistreur ne répond pas. Vérifiez son alimentation et son réseau, puis réessayez.
panel-busy = L’appareil est occupé. Attendez un instant, puis réessayez.
panel-unsupported = La caméra ne sait pas faire cela.
panel-refused = L’enregistreur a refusé. Donnez ce droit à l’utilisateur de l’agent dans les réglages des utilisateurs de l’enregistreur.
panel-lost = La connexion à l’appareil est perdue. Quand son image sera revenue, réessayez.
ptz-none = Cette caméra ne peut être ni tournée, ni zoomée, ni mise au point d’ici.
ptz-forbidden = Vous ne pouvez pas piloter cette caméra. Demandez au propriétaire de l’appareil.
ptz-steered = { $name } pilote cette caméra. Réessayez dans { $n } s, quand cette personne aura terminé.
ptz-free = La caméra devrait être libre : vous pouvez la piloter.
ptz-goes = La caméra va à « { $name } ».
ptz-saved = Enregistrée sous « { $name } ».
ptz-full = La caméra n’a plus de place libre. Supprimez une position, ou enregistrez sous un nom de la liste.
ptz-remove-really = Tout le monde perdra « { $name } ». Appuyez encore sur Supprimer.
ptz-removed = « { $name } » est supprimée.
ptz-patrol-runs = La ronde { $name } continue jusqu’à ce que quelqu’un l’arrête ou pilote la caméra.
ptz-patrol-over = La ronde { $name } est arrêtée.

talk-locked = On vous entend jusqu’à ce que vous appuyiez à nouveau
talk-locked-recorder = On vous entend à l’enregistreur jusqu’à ce que vous appuyiez à nouveau
talk-opening = Ouverture du micro… Autorisez-le si le navigateur le demande.
talk-quiet = Aucun son ne vient de votre micro. Vérifiez qu’il n’est pas coupé.
talk-none = Cette caméra n’a pas de haut-parleur, et son enregistreur n’en propose pas.

image-none = L’image de cette caméra ne peut pas être réglée d’ici.
image-forbidden = Vous ne pouvez pas régler l’image de cette caméra. Demandez au propriétaire de l’appareil.
image-changing = Réglage de la caméra…
image-changed = La caméra a pris en compte le changement.
day-night-auto = Automatique
day-night-day = Toujours en couleur (jour)
day-night-night = Toujours infrarouge (nuit)
day-night-other = Réglé sur la caméra elle-même
image-flip-none = Désactivé
image-flip-left-right = Gauche et droite
image-flip-up-down = Haut et bas
image-flip-both = Demi-tour (pour une caméra suspendue à l’envers)
outputs-none = Cet appareil n’a pas de sorties commandables d’ici.
outputs-forbidden = Vous ne pouvez pas commander les sorties de cet appareil. Demandez à son propriétaire.
output-unnamed = Sortie { $id }
output-is-on = « { $name } » est en marche.
output-is-off = « { $name } » est à l’arrêt.
output-is-pulse = « { $name } » a été en marche un instant.

ptz-steered-self = Vous pilotez cette caméra dans une autre fenêtre. Réessayez dans { $n } s, quand vous l’aurez lâchée là-bas.
talk-self = Vous parlez dans une autre fenêtre. Terminez là-bas, puis appuyez de nouveau sur le bouton.
kept-title = Images et vidéos
kept-camera = Caméra
kept-save = Télécharger
capture-kept = L’image de { $camera } est gardée sur ce téléphone.
capture-none = Aucune image à capturer pour le moment. Attendez que la caméra en montre une.
capture-full = Le stockage de ce téléphone est plein : l’image n’a pas été gardée. Téléchargez-la, ou supprimez d’abord des images et des vidéos.
capture-not-kept = Ce navigateur ne garde rien (comme une fenêtre privée) : l’image n’est pas dans Images et vidéos. Téléchargez-la.

kept-delete = Supprimer
kept-picture-of = Image de { $camera }
kept-video-of = Vidéo de { $camera }
kept-choose = Sélectionner : { $name }
kept-used = { $n ->
    [one] { $n } élément, { $size }
   *[other] { $n } éléments, { $size }
}
kept-running = { $n ->
    [one] { $n } en cours d’enregistrement
   *[other] { $n } en cours d’enregistrement
}
kept-chosen = { $n ->
    [one] { $n } sélectionné, { $size }
   *[other] { $n } sélectionnés, { $size }
}
kept-delete-title = { $n ->
    [one] Supprimer { $n } élément ?
   *[other] Supprimer { $n } éléments ?
}
kept-delete-words = { $n ->
    [one] Il n’est que sur ce téléphone et ne peut pas être récupéré.
   *[other] Ils ne sont que sur ce téléphone et ne peuvent pas être récupérés.
}
kept-gone = Le fichier n’est plus là : le navigateur l’a effacé.
kept-unreadable = Ce navigateur ne garde rien ici (comme une fenêtre privée). Ouvrez la page dans une fenêtre normale.
kept-unplayable = Ce navigateur ne peut pas l’afficher. Téléchargez-le et ouvrez-le avec un autre programme.
kept-share-failed = Le partage a échoué. Téléchargez-le et partagez-le depuis là.
kept-log-out = Se déconnecter et effacer ?
kept-log-out-words = { $n ->
    [one] { $n } image ou vidéo est sur ce téléphone. Elle va être effacée. Téléchargez-la d’abord pour la garder.
   *[other] { $n } images et vidéos sont sur ce téléphone. Elles vont être effacées. Téléchargez-les d’abord pour les garder.
}
kept-log-out-agree = Effacer et continuer
ask-cancel = Annuler

recording-began = Enregistrement de { $camera } avec le son. Il y a de la place pour au moins { $room }.
recording-began-silent = Enregistrement de { $camera } sans le son : la caméra n’en envoie pas. Il y a de la place pour au moins { $room }.
recording-began-unsupported = Enregistrement de { $camera } sans le son : ce navigateur ne peut pas l’enregistrer. Il y a de la place pour au moins { $room }.
recording-kept = La vidéo de { $camera } est gardée sur ce téléphone : { $length }, { $size }, sans le son.
recording-kept-sound = La vidéo de { $camera } est gardée sur ce téléphone : { $length }, { $size }, avec le son.
recording-nothing = { $camera } n’a envoyé aucune vidéo enregistrable ; rien n’a été gardé. Attendez que l’image bouge, puis recommencez.
recording-none = Aucune image à enregistrer pour le moment. Attendez que la caméra en montre une.
recording-no-room = Il n’y a pas de place pour un enregistrement sur ce téléphone. Supprimez d’abord des images et des vidéos.
recording-unsupported = Ce navigateur ne peut pas enregistrer la vidéo de la caméra. Mettez-le à jour, ou utilisez Capturer.
recording-single-pictures = Cette caméra envoie des images isolées (MJPEG), qui ne s’enregistrent pas ici. Utilisez Capturer, ou réglez son flux sur H.264.
recording-ended-left = La caméra a quitté l’écran : l’enregistrement est terminé.
recording-ended-lost = La vidéo de la caméra n’arrivait plus : l’enregistrement est terminé.
recording-ended-full = Le stockage de ce téléphone est plein : l’enregistrement est terminé.
recording-ended-changed = La caméra a changé d’image ; une autre vidéo continue ici.
recording-ended-sound = Le son de la caméra a commencé ; une autre vidéo continue ici, avec le son.
recording-ended-failed = Le navigateur n’a pas pu continuer à écrire : l’enregistrement est terminé.
recording-ended-page = La page a été quittée : l’enregistrement est terminé.

kept-picture = Image
kept-video = Vidéo
kept-sound = avec le son
kept-silent = sans le son

recording-not-begun = L’enregistrement n’a pas commencé. Vérifiez la connexion, puis choisissez Enregistrer à nouveau.

quality-auto = Auto
quality-clear = Nette
quality-balanced = Équilibrée
quality-fluent = Fluide
quality-chosen = { $name } : l’image fait { $size }.
quality-only-one = Cette caméra n’a qu’un seul flux.
quality-nothing-between = Cette caméra n’a rien entre sa grande et sa petite image : vous voyez la petite.
quality-full-is-small = La grande image de cette caméra ne dépasse pas une image équilibrée : vous voyez la grande.
quality-cannot-show = Ce navigateur ne peut pas afficher le flux de ce choix : vous en voyez un autre.
quality-no-session = L’appareil ne donne pas d’autre flux pour le moment : vous voyez celui qui est ouvert.
quality-in-tile = Dans une vignette, la petite image suffit. Agrandissez-la pour voir la grande.
quality-by-path = Vous voyez la petite image tant que votre connexion ne porte pas la grande.
statistics-per-second = { $n } par seconde
data-is-reset = Le compte repart de zéro.
app-lock-digits = De 4 à 12 chiffres ; 6 ou plus valent mieux.
app-lock-differs = Les deux PIN ne sont pas les mêmes.
app-lock-is-on = Le verrouillage est activé.
app-lock-is-off = Le verrouillage est désactivé.
app-lock-wrong = { $n ->
    [one] PIN faux. Encore { $n } essai ; ensuite vous êtes déconnecté.
   *[other] PIN faux. Encore { $n } essais.
}
app-lock-out = Trop de PIN faux. Déconnexion …
app-lock-insecure = Le verrouillage a besoin de HTTPS. Ouvrez cette appli à son adresse https://.
app-lock-passkey-on = Une clé d’accès l’ouvre aussi.
app-lock-passkey-none = Aucune clé d’accès n’a été utilisée. Ajoutez-en une sous Cloud P2P, Clés d’accès, puis réessayez.
app-lock-passkey-failed = La clé d’accès n’a pas été utilisée. Réessayez, ou tapez le PIN.
arranged-moved = { $name } : place { $place } sur { $n }
arranged-hide = { $name } est masquée
arranged-show = { $name } est affichée
ptz-somebody = { $name } pilote cette caméra.
ptz-self = Vous pilotez cette caméra dans une autre fenêtre.
arrangement-waits = { $n ->
    [one] Beaucoup de changements en peu de temps. Ce téléphone les garde ; votre compte les reçoit dans { $n } minute.
   *[other] Beaucoup de changements en peu de temps. Ce téléphone les garde ; votre compte les reçoit dans { $n } minutes.
}
arranged-waits = { $n ->
    [one] Beaucoup de changements en peu de temps. Laissez cette page ouverte : les derniers sont enregistrés dans { $n } minute.
   *[other] Beaucoup de changements en peu de temps. Laissez cette page ouverte : les derniers sont enregistrés dans { $n } minutes.
}
test-again = { $n ->
    [one] Appuyez de nouveau dans { $n } minute.
   *[other] Appuyez de nouveau dans { $n } minutes.
}
app-lock-saved = Le délai est enregistré.
offline-mend = Vérifiez-y le courant, Internet et que l’agent fonctionne. L’appareil revient de lui-même.
