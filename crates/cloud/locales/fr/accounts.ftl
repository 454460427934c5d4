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
login-password-set = Votre nouveau mot de passe est enregistré. Connectez-vous avec.
login-registered = Votre compte est prêt. Connectez-vous.

letters = Caractères de l’image
letters-picture = Image de 4 lettres ou chiffres. Écouter les prononce.
letters-new = Nouvelle image
letters-listen = Écouter
letters-wrong = Ce ne sont pas les caractères de l’image. Réessayez, ou prenez une nouvelle image.
letters-dead = Cette image a déjà servi ou est trop ancienne. Saisissez les caractères de la nouvelle.

register-title = Saisir l’e-mail
register-button = Recevoir le code
register-hint = Nous envoyons un code à 4 chiffres à cette adresse. Il est valable 30 minutes.

finish-title = Créer le compte
finish-sent = Si <strong>{ $email }</strong> peut être inscrit, un code est en route. Cela peut prendre une minute ; regardez aussi dans les indésirables.
finish-code = Code de vérification
finish-valid-for = Valable encore
finish-not-valid = N’est plus valable
finish-again = Renvoyer
finish-again-in = Renvoyer dans
finish-start-again = Recommencer
finish-button = Terminer
finish-wrong-code = Ce code n’est pas correct, ou plus valable : il expire après 3 essais erronés, 30 minutes ou un e-mail plus récent. Regardez l’e-mail le plus récent, ou choisissez « Renvoyer ».
finish-no-code = Saisissez les 4 chiffres de l’e-mail.
finish-name-taken = Ce nom d’utilisateur est déjà pris. Choisissez-en un autre ; votre code reste valable.
finish-too-many-names = C’était trop de noms d’utilisateur. Recommencez avec « S’inscrire ».
finish-too-early = Le prochain code peut être envoyé dans { $wait }.
finish-no-more-codes = Aucun autre code n’est envoyé pour cette inscription. Recommencez avec « S’inscrire ».

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
recovery-hint = Nous vous envoyons un lien par e-mail. Il définit un nouveau mot de passe et vous déconnecte partout.
recovery-button = Envoyer le lien
recovery-sent-title = Regardez vos e-mails
recovery-sent = Un e-mail à <strong>{ $email }</strong> est en route. Son lien sert une seule fois et pendant 30 minutes. Cela peut prendre une minute ; regardez aussi dans les indésirables.
recovery-back = Retour à la connexion
recovery-new-password = Nouveau mot de passe
recovery-set = Enregistrer le mot de passe
recovery-dead-title = Lien plus valable
recovery-dead = Ce lien a déjà servi ou a plus de 30 minutes.
recovery-again = En demander un nouveau

step-up-wrong = Ce n’est pas correct. Après plusieurs essais, attendez un peu avant le suivant.
step-up-title = Confirmez que c’est vous
step-up-why = La suite peut changer qui accède à votre compte. Saisissez votre mot de passe encore une fois.
step-up-button = Continuer
step-up-hint = Il est redemandé après 10 minutes.

renewal-needs-script = Rester connecté dans ce navigateur nécessite JavaScript.
renewal-late = Le cloud ne répond pas. Un nouvel essai a lieu toutes les quelques secondes.
