# Ce que porte chaque page : barre, menu, cadre, temps.

slogan = Vos enregistreurs, directement sur votre téléphone
skip = Aller au contenu
back = Retour
menu = Menu
menu-live = Vue en direct
menu-devices = Appareils
menu-configuration = Configuration
menu-help = Aide
log-out = Se déconnecter
language = Langue
language-now = Langue : { $name }

moment = { $day } { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
} { $year }, { $time } UTC
wait-seconds = { $n ->
    [one] { $n } seconde
   *[other] { $n } secondes
}
wait-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
wait-hours = { $n ->
    [one] { $n } heure
   *[other] { $n } heures
}
wait-days = { $n ->
    [one] { $n } jour
   *[other] { $n } jours
}
