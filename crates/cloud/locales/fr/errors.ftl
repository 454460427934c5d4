# Ce qui est dit quand quelque chose n’est pas possible.

error-title = { $status ->
    [400] Demande non valable
    [401] Non connecté
    [403] Non autorisé
    [404] Rien ici
    [405] Impossible
    [413] Trop grand
    [429] Trop souvent
    [500] Notre erreur
    [503] Pas maintenant
   *[other] Impossible
}
error-home = Aller à la page d’accueil
error-not-found = Il n’y a rien ici. Cela a peut-être été déplacé, ou appartient à quelqu’un d’autre.
error-refused = Cette demande ne vient pas d’une page de ce cloud. Rouvrez la page et recommencez-y.
error-signed-out = Vous n’êtes pas connecté.
error-wrong-method = Cette page ne s’utilise pas ainsi.
error-unavailable = Cela ne fonctionne pas pour le moment, et rien n’a été modifié. Réessayez dans un instant.
error-broken = Un problème est survenu de notre côté. Veuillez réessayer.
error-disk-full = Le disque du cloud est plein : rien ne peut être enregistré pour le moment. Rien n’est perdu. Réessayez plus tard.
error-too-often = C’était trop souvent. Attendez { $wait } et réessayez.
error-form = Ce formulaire est illisible. Rouvrez la page et remplissez-le à nouveau.
error-form-too-large = C’est plus que ce qu’un formulaire peut contenir.
error-mails-used-up = Plus aucun e-mail ne part vers cette boîte pour le moment. Le bouton du dernier e-mail est valable 24 heures : appuyez dessus. Ou redemandez dans { $wait }.
offline-title = Pas de connexion
offline-words = Vous n’avez pas de connexion au cloud.
offline-hint = Vérifiez le Wi-Fi ou les données mobiles. Si d’autres pages marchent, le cloud lui-même est peut-être en panne.
