# Le compte : ce que l'on peut y changer, fermer, emporter, verrouiller et supprimer ; avis à ce sujet.

cancel = Annuler
save = Enregistrer

configuration-account = Mon compte
account-security = Sécurité
account-data-heading = Vos données
account-email = Changer d’e-mail
account-password = Changer de mot de passe
account-sessions = Où je suis connecté
account-notices = Avis
account-lock = Verrouiller mon compte
account-data = Télécharger mes données
account-deletion = Supprimer le compte
account-password-set = Votre nouveau mot de passe est actif. Partout ailleurs, vous êtes déconnecté.
account-notices-set = Votre choix est enregistré.

account-password-old = Ancien mot de passe
account-password-ends = Partout ailleurs, vous serez déconnecté.

account-email-now = Votre adresse est <strong>{ $email }</strong>.
account-email-new = Nouvel e-mail
account-email-hint = Nous envoyons un bouton à la nouvelle adresse. Elle ne change que si vous l’y pressez ; l’ancienne est prévenue.
account-email-send = Envoyer le bouton
account-email-same = C’est déjà votre adresse.
account-email-waiting = Si <strong>{ $email }</strong> peut être utilisée, un e-mail avec un bouton est en route. Tant que vous ne le pressez pas, rien ne change.
email-button = Utiliser cette adresse
email-button-why = Pressez le bouton pour utiliser, pour votre compte, l’adresse qui a reçu cet e-mail. Elle remplace l’ancienne.
email-button-done = Votre nouvelle adresse est active. L’ancienne a été prévenue.
email-button-on = Vers mon compte
link-code = Code du lien
link-code-hint = Copiez les caractères après # dans le lien de l’e-mail.
link-dead = Ce lien a déjà servi, est trop ancien ou n’est plus valable.

sessions-this = Ce navigateur
sessions-last = Vu pour la dernière fois
sessions-first = Connecté depuis
sessions-from = Depuis { $place }
sessions-end = Déconnecter
sessions-end-named = Déconnecter { $browser }
sessions-end-others = Déconnecter partout ailleurs
sessions-hint = Un navigateur déconnecté ne voit plus rien aussitôt. La fin de chaque adresse est omise. Si vous ne connaissez pas un navigateur, déconnectez-le et changez de mot de passe.
browser-on = { $browser } sur { $system }
browser-unknown = Un navigateur inconnu

notices-to = Les avis vont à <strong>{ $email }</strong>.
notices-security = Connexions et changements
notices-security-hint = Nouvelles connexions, nouveau mot de passe ou nouvelle adresse, verrouillage. Ceux-ci ne peuvent pas être désactivés.
notices-recorders = Appareils ajoutés ou retirés

data-what = Un fichier (JSON) avec votre nom d’utilisateur et votre adresse, vos connexions, vos appareils et leurs caméras, vos choix, les e-mails du dernier jour et ce que le journal dit de votre compte : les { $lines } événements les plus récents, comme les connexions, avec le réseau d’où ils sont venus.
data-not = Il ne contient ni mots de passe ni clés. Les enregistrements sont sur votre enregistreur et nulle part ailleurs.
data-button = Télécharger

lock-when = Téléphone perdu, ou quelqu’un entre dans votre compte ? Verrouillez-le tout de suite.
lock-what = Tout le monde est déconnecté aussitôt, vous aussi, et personne ne peut se connecter. Vos appareils restent à vous. Vous déverrouillez le compte avec un nouveau mot de passe par e-mail.
lock-done = Le compte est verrouillé et tout le monde est déconnecté.
lock-unlock = Pour le déverrouiller, définissez un nouveau mot de passe. Protégez d’abord votre boîte mail.
not-me-email = Si votre adresse a été changée, l’ancienne est rétablie.

deletion-what = Votre compte, vos appareils et tout ce qui est gardé sur vous sont supprimés pour toujours. Quiconque a le code de vérification d’un enregistreur peut l’ajouter à nouveau.
deletion-data = Vous voulez peut-être d’abord :
deletion-name = Nom d’utilisateur
deletion-name-hint = Tapez { $name } pour confirmer que c’est voulu.
deletion-name-wrong = Ce n’est pas votre nom d’utilisateur. Rien n’a été supprimé.
deletion-title = Compte supprimé
deletion-done = Votre compte est supprimé.
deletion-after = Il a disparu avec tout ce qui était gardé sur vous, ici et dans le cloud ; un e-mail le confirme. Vos appareils ne sont dans la liste de personne : quiconque a le code de vérification d’un enregistreur peut l’ajouter.

mail-email-subject = Confirmez votre nouvelle adresse pour Peerview
mail-email-asked = Le compte { $name } veut utiliser cette adresse.
mail-email-press = Si c’est vous, pressez le bouton. Il fonctionne une fois et pendant { $minutes } minutes.
mail-email-ignore = Si ce n’était pas vous, ignorez cet e-mail ; rien ne change.
mail-email-taken-subject = Cette adresse a déjà un compte Peerview
mail-email-taken = Quelqu’un, peut-être vous, a voulu utiliser cette adresse pour un autre compte. Elle en a déjà un et ne peut en avoir deux.

notice-sign-in-subject = Nouvelle connexion à votre compte Peerview
notice-new-browser = Quelqu’un s’est connecté à votre compte depuis un nouveau navigateur.
notice-after-failures = { $n ->
    [one] Quelqu’un a donné le bon mot de passe de votre compte après { $n } erroné.
   *[other] Quelqu’un a donné le bon mot de passe de votre compte après { $n } erronés.
}
notice-password-subject = Votre mot de passe Peerview a été changé
notice-password = Le mot de passe de votre compte a été changé, et tous les autres ont été déconnectés.
notice-email-subject = L’adresse de votre compte Peerview a été changée
notice-new-email = Votre compte utilise désormais une autre adresse : { $address }
notice-email-in-use = Votre compte utilise désormais cette adresse.
notice-others-subject = Vous avez été déconnecté partout ailleurs
notice-others = Tous les navigateurs sauf un ont été déconnectés de votre compte.
notice-download-subject = Les données de votre compte Peerview ont été téléchargées
notice-download = Quelqu’un a téléchargé ce qui est gardé sur votre compte.
notice-locked-subject = Votre compte Peerview est verrouillé
notice-locked = Votre compte est verrouillé. Tout le monde a été déconnecté et personne ne peut se connecter.
notice-added-subject = Un appareil a été ajouté à votre compte Peerview
notice-added = Cet appareil a été ajouté à votre compte : { $name }
notice-removed-subject = Un appareil a été retiré de votre compte Peerview
notice-removed = Cet appareil a été retiré de votre compte : { $name }
notice-recorders-subject = Les appareils de votre compte Peerview ont changé
notice-recorders = Des appareils ont été ajoutés à votre compte ou en ont été retirés.
notice-n-added = { $n ->
    [one] { $n } appareil ajouté :
   *[other] { $n } appareils ajoutés :
}
notice-n-removed = { $n ->
    [one] { $n } appareil retiré :
   *[other] { $n } appareils retirés :
}
notice-further-subject = Il s’est passé d’autres choses sur votre compte Peerview
notice-further = { $n ->
    [one] En plus de ce que disaient les messages précédents, il y a eu { $n } autre connexion ou modification sur votre compte.
   *[other] En plus de ce que disaient les messages précédents, il y a eu { $n } autres connexions ou modifications sur votre compte.
}
notice-when = Quand : { $time }
notice-browser = Navigateur : { $browser }
notice-place = Depuis : { $place }
notice-advice-lock = Si c’était vous, il n’y a rien à faire. Sinon, verrouillez votre compte :
notice-advice-undo = Si c’était vous, il n’y a rien à faire. Sinon, annulez et verrouillez votre compte. C’est possible pendant 7 jours :
notice-advice-unlock = Pour le déverrouiller, protégez votre boîte mail et définissez un nouveau mot de passe :
notice-advice-none = L’ancienne adresse a été prévenue aussi.
notice-not-me = Ce n’était pas moi
notice-unlock = Définir un nouveau mot de passe
notice-why = { $host } envoie ceci parce qu’il s’agit de la sécurité de votre compte.
