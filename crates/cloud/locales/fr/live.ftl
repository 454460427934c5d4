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
quality-auto = Auto
quality-clear = Nette
quality-fluent = Fluide

viewable-title = Rendre cette caméra visible
viewable-change = Modifier
viewable-close = Fermer
