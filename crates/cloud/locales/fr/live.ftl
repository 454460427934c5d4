# Vue en direct. Ce que disent ses scripts est dans script.ftl.

live-title = Vue en direct
live-needs-script = La vue en direct a besoin de JavaScript : activez-le pour ce site.
live-no-cameras = Pas encore de caméra
live-no-cameras-hint = L’appareil n’a pas encore annoncé ses caméras. Il le fera dès qu’il sera en ligne.
live-no-devices = Pas encore d’appareil
live-no-devices-hint = Ajoutez un appareil pour voir ici ses caméras.
live-again = Réessayer
live-at-once = Images à la fois
live-pictures = { $n ->
    [one] { $n } image
   *[other] { $n } images
}
live-page-back = Une page en arrière
live-page-forward = Une page en avant
live-capture = Capturer
live-sound = Son
live-talk = Maintenir pour parler
live-full-screen = Plein écran
quality = Qualité

viewable-title = Rendre cette caméra visible
viewable-change = Modifier
viewable-close = Fermer

live-ptz = PTZ
live-talk-tool = Parler
live-image = Image
live-outputs = Sorties
live-heard = Son audio est activé
tile-snapshot = Image fixe
panel-close = Fermer
ptz-hint = Appuyez sur le pavé ou utilisez les flèches du clavier. Sur une image agrandie, faites glisser.
ptz-turn = Tourner la caméra
ptz-up = Vers le haut
ptz-down = Vers le bas
ptz-left = Vers la gauche
ptz-right = Vers la droite
ptz-up-left = En haut à gauche
ptz-up-right = En haut à droite
ptz-down-left = En bas à gauche
ptz-down-right = En bas à droite
ptz-zoom = Zoom
ptz-zoom-in = Zoom avant
ptz-zoom-out = Zoom arrière
ptz-focus = Mise au point
ptz-focus-near = Mise au point plus près
ptz-focus-far = Mise au point plus loin
ptz-iris = Iris
ptz-iris-open = Ouvrir l’iris
ptz-iris-close = Fermer l’iris
ptz-presets = Positions enregistrées
ptz-no-presets = Aucune position n’est encore enregistrée.
ptz-go = Aller
ptz-remove = Supprimer
ptz-save-as = Nom de cette position
ptz-save = Enregistrer
ptz-patrol = Ronde
ptz-start = Démarrer
ptz-stop = Arrêter

talk-hint = Maintenez le bouton pendant que vous parlez, ou touchez-le pour laisser le micro ouvert jusqu’à l’appui suivant.

image-hint = Ces réglages sont ceux de la caméra : tout le monde voit le changement, et il est enregistré.
image-brightness = Luminosité
image-contrast = Contraste
image-saturation = Couleur
image-sharpness = Netteté
image-day-night = Jour et nuit
image-wdr = Équilibrer les zones claires et sombres (WDR)
image-flip = Miroir
output-on = Marche
output-off = Arrêt
output-pulse = Impulsion
live-cameras = Caméras
live-cameras-close = Fermer
live-cameras-search = Chercher une caméra
live-sets = Quelles caméras
live-set-all = Toutes
live-set-favourites = Favorites
live-view-remove = Supprimer cette vue
live-view-name = Nom d’une nouvelle vue
live-view-save = Enregistrer l’affichage
live-small-window = Petite fenêtre
kept-needs-script = Images et vidéos a besoin de JavaScript : activez-le pour ce site.
kept-stays = Ce que vous capturez et enregistrez reste sur ce téléphone, dans ce navigateur : rien n’est envoyé. La déconnexion et la suppression du compte l’effacent. Téléchargez ce que vous voulez garder longtemps : un navigateur peut l’effacer quand le téléphone est plein.
kept-select = Sélectionner
kept-select-all = Tout sélectionner
kept-chosen-actions = Que faire de la sélection
kept-share = Partager
kept-none = Rien pour le moment
kept-none-hint = Ouvrez la vue en direct, sélectionnez une caméra, puis Capturer ou Enregistrer.

live-record = Enregistrer
live-statistics = Statistiques
statistics-size = Taille de l’image
statistics-rate = Images
statistics-bits = Données
statistics-lost = Perdu
statistics-codec = Format vidéo
statistics-path = Chemin

live-all-hidden = Toutes les caméras sont masquées
live-all-hidden-hint = Choisissez l’appareil, puis « Renommer, ordonner ou masquer » pour les afficher de nouveau.
