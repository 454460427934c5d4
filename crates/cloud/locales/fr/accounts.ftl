# Se connecter, s’inscrire, mot de passe oublié, et ce qu’on peut y saisir.

cloud-p2p = Cloud P2P
email = E-mail
user-name = Nom d’utilisateur
password = Mot de passe
step-of = Étape { $step } sur { $steps }
mailbox-arrives-in = Dans cette démo, il arrive dans la <a href="/demo/mailbox" target="_blank">boîte aux lettres</a>.

login-name = Nom d’utilisateur / E-mail
login-auto = Rester connecté
login-forgot = Mot de passe oublié
login-button = Se connecter
login-register = S’inscrire
login-connected-to = Connecté à { $host }
login-mailbox = Boîte aux lettres de cette démo
login-wrong = Nom d’utilisateur ou mot de passe incorrect. Après plusieurs essais, attendez un peu avant le suivant.
login-picture = Après plusieurs échecs, répondez aussi à l’image et saisissez encore une fois votre mot de passe.
login-password-set = Votre nouveau mot de passe est enregistré. Connectez-vous avec.
login-registered = Votre compte est prêt. Connectez-vous.
login-ended = Vous avez été déconnecté : la session dans ce navigateur est terminée. Veuillez vous reconnecter.
login-ended-back = Vous avez été déconnecté : la session dans ce navigateur est terminée. Après la connexion, la même page s’ouvre à nouveau.
login-to-add = Connectez-vous, ou inscrivez-vous d’abord. Vous pourrez ensuite ajouter l’enregistreur scanné.

letters = Caractères de l’image
letters-picture = Image de 4 lettres ou chiffres. Écouter les prononce.
letters-new = Nouvelle image
letters-listen = Écouter
letters-wrong = Ce ne sont pas les caractères de l’image. Réessayez, ou prenez une nouvelle image.
letters-dead = Cette image a déjà servi ou est trop ancienne. Saisissez les caractères de la nouvelle.

register-title = Saisir l’e-mail
register-button = Recevoir le code
register-hint = Nous envoyons un code à { $digits } chiffres à cette adresse. Il est valable 30 minutes.

finish-title = Créer le compte
finish-sent = Si <strong>{ $email }</strong> peut être inscrit, un code est en route. Cela peut prendre une minute ; regardez aussi dans les indésirables.
finish-sent-button = Si <strong>{ $email }</strong> peut être inscrit, un e-mail avec un bouton est en route. Cela peut prendre une minute ; regardez aussi dans les indésirables.
finish-code = Code de vérification
finish-valid-for = Valable encore
finish-not-valid = N’est plus valable
finish-again = Renvoyer
finish-again-in = Renvoyer dans
finish-start-again = Recommencer
finish-button = Terminer
finish-wrong-code = Ce code n’est pas le bon ou n’est plus valable : il expire après 3 essais faux, 30 minutes ou un e-mail plus récent. Regardez le dernier e-mail et appuyez sur son bouton, ou choisissez « Renvoyer ».
finish-no-code = Saisissez les { $digits } chiffres de l’e-mail.
finish-name-taken = Quelqu’un a déjà ce nom d’utilisateur. Choisissez-en un autre.
finish-too-many-names = C’était trop de noms d’utilisateur. Recommencez avec « S’inscrire ».
finish-too-early = Le prochain code peut être envoyé dans { $wait }.
finish-no-more-codes = Aucun autre code n’est envoyé pour cette inscription. Recommencez avec « S’inscrire ».
finish-proven = <strong>{ $email }</strong> est confirmée. Choisissez un nom d’utilisateur et un mot de passe.
finish-only-button = Appuyez sur le bouton de l’e-mail pour continuer. La suite se passe dans le navigateur qui l’ouvre.

password-hint = Au moins { $min } caractères ; une longue phrase vaut mieux que des symboles.
password-hint-ends = Au moins { $min } caractères ; une longue phrase vaut mieux que des symboles. Vous serez déconnecté partout.
password-short = Un mot de passe a au moins { $min } caractères. Une longue phrase vaut mieux que des symboles.
password-long = Un mot de passe a au plus { $max } caractères.
password-control = Un mot de passe ne peut pas contenir de caractères de contrôle.
password-common = Beaucoup de gens utilisent ce mot de passe, il serait deviné. Choisissez-en un autre.
password-own-word = Ce mot de passe est fait de votre nom, de votre adresse ou du nom de cette application. Choisissez-en un autre.
email-bad = Saisissez une adresse e-mail complète, comme anna@example.org.
user-name-bad = Un nom d’utilisateur a de { $min } à { $max } lettres (a à z), chiffres, points, tirets ou tirets bas.

recovery-title = Mot de passe oublié
recovery-hint = Nous vous envoyons un bouton et un code. L’un ou l’autre définit un nouveau mot de passe et vous déconnecte partout.
recovery-login = Nom d’utilisateur ou e-mail
recovery-button = Envoyer l’e-mail
recovery-sent-title = Regardez vos e-mails
recovery-sent = S’il existe un compte pour <strong>{ $login }</strong>, un e-mail est en route vers son adresse. Il sert une fois et pendant 30 minutes. Cela peut prendre une minute ; regardez aussi dans les indésirables.
recovery-new-password = Nouveau mot de passe
recovery-set = Enregistrer le mot de passe
recovery-again = Demander un nouvel e-mail
recovery-no-login = Saisissez votre nom d’utilisateur ou votre adresse e-mail.
recovery-code = Code de l’e-mail
recovery-code-hint = Ou appuyez sur le bouton de l’e-mail.
recovery-only-button = Appuyez sur le bouton de l’e-mail pour continuer. La suite se passe dans le navigateur qui l’ouvre.
recovery-wrong-code = Ce code n’est pas le bon ou n’est plus valable : il expire après 5 essais faux ou 30 minutes. Appuyez sur le bouton du dernier e-mail, ou demandez un nouvel e-mail.

button-register = Continuez pour créer votre compte dans ce navigateur. Une inscription commencée ailleurs avec cette adresse prend fin.
button-reset = Continuez pour définir un nouveau mot de passe dans ce navigateur.
button-continue = Continuer
button-dead = Ce bouton a déjà servi, est trop ancien ou a été remplacé par un e-mail plus récent.
button-again = Recommencer

human-other-way = Je ne peux utiliser ni l’image ni le son
human-trap = Laissez ce champ vide
human-without-scripts = Sans scripts, c’est un peu plus long : le formulaire peut être envoyé après { $seconds } secondes, et l’e-mail contient un bouton au lieu d’un code.
human-more-work = Appuyez encore une fois, s’il vous plaît.
human-too-early = Appuyez de nouveau dans { $wait }.
human-trapped = Un champ qui doit rester vide a été rempli. Essayez encore une fois.

step-up-wrong = Ce n’est pas correct. Après plusieurs essais, attendez un peu avant le suivant.
step-up-title = Confirmez que c’est vous
step-up-why = La suite peut changer qui accède à votre compte. Saisissez votre mot de passe encore une fois.
step-up-button = Continuer
step-up-hint = Il est redemandé après 10 minutes.

renewal-needs-script = Rester connecté dans ce navigateur nécessite JavaScript.
renewal-late = Le cloud ne répond pas. Un nouvel essai a lieu toutes les quelques secondes.

show = Afficher
hide = Masquer
show-password = Afficher le mot de passe

form-working = Un instant…
