# Second facteur, codes de secours et clés d’accès : à la connexion, dans le compte et dans les e-mails.

login-with-passkey = Se connecter avec une clé d’accès
login-passkey-wrong = Cette clé d’accès n’ouvre aucun compte ici. Elle a peut-être été supprimée, ou vous avez attendu trop longtemps : réessayez, ou connectez-vous avec votre mot de passe.
login-again = Cela a duré trop longtemps, ou le code était faux trop souvent. Veuillez vous reconnecter.

factor-step = Encore une étape
factor-step-why = Votre mot de passe est correct. Votre compte demande aussi un second facteur.
factor-code = Code de votre application
factor-code-hint = Les 6 chiffres que votre application d’authentification affiche en ce moment.
factor-continue = Continuer
factor-use-passkey = Utiliser une clé d’accès
factor-use-recovery = Utiliser plutôt un code de secours
factor-recovery = Code de secours
factor-recovery-hint = L’un des codes que vous avez gardés en activant le second facteur. Chacun sert une fois.
factor-lost = Personne ne peut supprimer cette étape pour vous : il faut votre application, une clé d’accès ou un code de secours.
factor-wrong = Ce code ou cette clé d’accès n’est pas correct ou a déjà servi. Après plusieurs essais, attendez un peu avant le suivant.

passkey-needs-script = Les clés d’accès ont besoin de JavaScript, désactivé dans ce navigateur.
passkey-unsupported = Ce navigateur ne peut pas utiliser de clés d’accès.
passkey-elsewhere = Les clés d’accès de ce cloud ne fonctionnent qu’à sa propre adresse :
passkey-refused = Aucune clé d’accès n’a été donnée. Réessayez, ou choisissez un autre moyen.
passkey-known = Il y a déjà une clé d’accès pour ce compte sur ce téléphone ou cet ordinateur.
passkey-broken = Cela n’a pas fonctionné. Veuillez réessayer.

factor-title = Second facteur
factor-is-on = Le second facteur est activé. Après le mot de passe, on vous demande un code, une clé d’accès ou un code de secours.
factor-what = Un second facteur protège votre compte même si quelqu’un apprend votre mot de passe. Configurez une application qui affiche des codes, ou utilisez une clé d’accès.
factor-needed = Vous exploitez ce cloud, votre compte a donc besoin d’un second facteur. Activez-le pour continuer.
factor-app = Application d’authentification
factor-app-there = Votre application est configurée. Avec un nouveau téléphone, configurez-la à nouveau ; l’ancienne ne fonctionne alors plus.
factor-app-what = Toute application qui affiche des codes à 6 chiffres convient. Elle n’a besoin d’aucune connexion.
factor-app-set-up = Configurer une application
factor-app-replace = Configurer sur un autre téléphone
factor-app-scan = Scannez cette image avec votre application d’authentification.
factor-app-qr = Code QR avec la clé pour votre application
factor-app-type = Ou saisissez cette clé dans l’application :
factor-app-shown-as = L’application l’affichera sous le nom { $name }.
factor-app-confirm = Saisissez le code que l’application affiche maintenant, pour être sûr que cela fonctionne.
factor-app-turn-on = Activer
factor-app-wrong = Ce n’est pas le code valable en ce moment. L’horloge de votre téléphone est-elle juste ? Attendez le code suivant et réessayez.
factor-passkeys = { $n ->
    [0] Vous n’avez pas encore de clé d’accès. Elle vous connecte par le doigt, le visage ou un code PIN et compte pour les deux facteurs.
    [one] Vous avez { $n } clé d’accès. Elle compte pour les deux facteurs.
   *[other] Vous avez { $n } clés d’accès. Chacune compte pour les deux facteurs.
}
factor-on-what = Votre mot de passe seul ouvre encore le compte. Vous pouvez faire demander une clé d’accès ensuite.
factor-on = Demander une clé d’accès après le mot de passe
factor-off-title = Désactiver
factor-off-what = Votre mot de passe seul ouvre alors le compte. L’application et les codes de secours sont oubliés ; les clés d’accès restent.
factor-off = Désactiver le second facteur

codes-title = Codes de secours
codes-left = { $n ->
    [0] Il ne reste aucun code de secours. Demandez-en de nouveaux maintenant.
    [one] Il reste { $n } code de secours.
   *[other] Il reste { $n } codes de secours.
}
codes-renew = Nouveaux codes de secours
codes-renew-what = Les anciens ne fonctionnent alors plus.
codes-keep = Gardez ces codes maintenant : ils ne seront plus affichés.
codes-what = Chacun vous connecte une fois, à la place de l’application ou de la clé d’accès. Imprimez-les ou mettez-les dans votre gestionnaire de mots de passe ; pas sur le téléphone que vous pourriez perdre.
codes-for = Pour { $user_name } sur { $host }
codes-copy = Copier
codes-copied = Copié
codes-print = Imprimer
codes-kept = Je les ai gardés

passkeys-title = Clés d’accès
passkeys-what = Une clé d’accès vous connecte par le doigt, le visage ou un code PIN : aucun mot de passe à saisir ni à voler.
passkeys-name = Nom de la clé d’accès
passkeys-name-example = Téléphone d’Anna
passkeys-add = Ajouter une clé d’accès
passkeys-no-name = Les clés d’accès ont besoin d’un cloud joignable par un nom. Celui-ci n’a qu’une adresse IP.
passkeys-none = Pas encore de clé d’accès.
passkeys-added = Ajoutée
passkeys-used = Dernière utilisation
passkeys-unused = Pas encore utilisée
passkeys-rename = Renommer
passkeys-remove = Supprimer la clé d’accès
passkeys-remove-what = Elle n’ouvrira plus ce compte. Supprimez-la aussi là où elle est gardée.
passkeys-unfit = La clé d’accès n’a pas pu être ajoutée : elle ne convient pas, ou vous avez attendu trop longtemps. Veuillez réessayer.
passkeys-too-many = Aucune autre clé d’accès ne peut être ajoutée, ou celle-ci existe déjà.
passkeys-bad-name = Donnez à la clé d’accès un nom de 1 à { $most } caractères visibles.

mail-factor-app = Une application d’authentification a été configurée pour votre compte Peerview
mail-factor-on = Le second facteur de votre compte Peerview a été activé
mail-factor-off = Le second facteur de votre compte Peerview a été désactivé
mail-factor-codes = Votre compte Peerview a de nouveaux codes de secours
mail-factor-code-used = Un code de secours de votre compte Peerview a été utilisé
mail-factor-wrong-codes = Quelqu’un a votre mot de passe Peerview, mais pas votre second facteur
mail-factor-passkey-added = Une clé d’accès a été ajoutée à votre compte Peerview
mail-factor-passkey-removed = Une clé d’accès de votre compte Peerview a été supprimée
mail-factor-you = Si c’était vous, il n’y a rien à faire.
mail-factor-not-you = Si ce n’était pas vous, choisissez tout de suite un nouveau mot de passe, puis vérifiez le second facteur et les clés d’accès de votre compte :
mail-factor-forgot = Choisir un nouveau mot de passe

step-up-code = Code de votre application, ou un code de secours
