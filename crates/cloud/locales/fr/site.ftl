# La page de configuration de l’agent, où l’on ajoute des enregistreurs.

site-title = Configurer des enregistreurs
site-back = Retour
site-next = Suivant
site-code-lead = Cette page ajoute des enregistreurs à l’agent Peerview de cette machine. Saisissez le code que l’agent a affiché dans son terminal ou son journal.
site-code = Code de l’agent
site-code-hint = Huit lettres et chiffres. Chaque démarrage de l’agent en affiche un nouveau.
site-code-wrong = Ce code est faux. Cherchez le plus récent dans ce que l’agent a affiché.
site-code-wait = Il y a eu trop de codes faux. Réessayez dans { $seconds ->
    [one] { $seconds } seconde
   *[other] { $seconds } secondes
    }. Sur l’ordinateur de l’agent lui-même, les essais des autres ne comptent pas : ouvrez cette page là-bas.
site-recorders = Vos enregistreurs
site-open = Ouvrir { $name }
site-opening = L’agent se connecte à lui.
site-cameras = { $n ->
    [one] { $n } caméra
   *[other] { $n } caméras
    }
site-found = Trouvés dans ce réseau
site-found-none = Rien n’a répondu. Les appareils ne répondent que dans leur propre réseau, et ONVIF est désactivé sur certains. Saisissez plutôt l’adresse de l’enregistreur.
site-search = Chercher encore
site-choose = Configurer { $address }
site-added = Ajouté
site-not-activated = Cet appareil n’a pas encore de mot de passe. Définissez-en d’abord un sur l’appareil.
site-type = Saisir une adresse
site-address = Adresse de l’enregistreur
site-address-hint = Par exemple 192.168.1.64, 192.168.1.64:8000 ou https://192.168.1.64, ou l’adresse rtsp:// d’une caméra. Sans nom d’utilisateur ni mot de passe.
site-address-bad = Ce n’est pas l’adresse d’un enregistreur. Écrivez-la comme dans l’exemple sous le champ.
site-address-login = N’écrivez ni nom d’utilisateur ni mot de passe dans l’adresse. La page suivante les demande.
site-kind = Type d’enregistreur
site-kind-hikvision = Hikvision, vendu aussi sous d’autres noms
site-kind-onvif = Toute autre marque (ONVIF)
site-kind-rtsp = Caméra avec une adresse rtsp://
site-user = Nom d’utilisateur sur l’enregistreur
site-password = Mot de passe sur l’enregistreur
site-password-hint = Il est envoyé une fois à l’enregistreur, n’est conservé que sur la machine de l’agent et n’est plus affiché. Un utilisateur avec des droits d’opérateur suffit.
site-name = Nom pour les personnes
site-name-hint = Par exemple Maison ou Boutique. Sans nom, l’adresse est affichée.
site-again = Envoyer encore une fois ce nom et ce mot de passe
site-unencrypted = Cette page n’est pas chiffrée. Dans un réseau auquel vous ne faites pas confiance, utilisez « peerview agent setup » dans un terminal de la machine de l’agent.
site-show-picture = Afficher l’image
site-takes-time = Cela peut prendre une demi-minute.
site-refused = L’enregistreur a refusé ce nom d’utilisateur ou ce mot de passe. Il a été envoyé une fois et n’est pas renvoyé. Essayez les deux sur la page ou l’écran de l’enregistreur, puis saisissez-les ici.
site-refused-left = L’enregistreur a refusé ce nom d’utilisateur ou ce mot de passe. Il a été envoyé une fois et n’est pas renvoyé. Essayez les deux sur la page ou l’écran de l’enregistreur avant de les saisir ici : l’enregistreur bloque cet utilisateur après { $n ->
    [one] { $n } autre mot de passe faux
   *[other] { $n } autres mots de passe faux
    }.
site-locked = L’enregistreur a bloqué cet utilisateur après trop de mots de passe faux. Attendez une demi-heure, et essayez d’abord le mot de passe sur la page ou l’écran de l’enregistreur.
site-locked-for = L’enregistreur a bloqué cet utilisateur après trop de mots de passe faux. Il le débloque dans { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
    }. D’ici là, rien ne lui est envoyé.
site-unsent = L’enregistreur a déjà refusé exactement ce nom d’utilisateur et ce mot de passe, ils n’ont donc pas été renvoyés. S’ils sont justes maintenant, cochez la case ci-dessous.
site-login-missing = La caméra demande une connexion. Saisissez son nom d’utilisateur et son mot de passe.
site-https-wanted = L’enregistreur ne répond qu’en HTTPS. Revenez en arrière et écrivez https:// devant son adresse.
site-unreachable = Rien ne répond à cette adresse. Vérifiez l’adresse, ainsi que l’alimentation et le câble réseau de l’enregistreur.
site-invalid-answer = Ce qui répond à cette adresse n’est pas un enregistreur de ce type. Vérifiez l’adresse avec son port, et le type.
site-no-cameras = Quelque chose répond à cette adresse, mais n’indique aucune caméra. Vérifiez le type d’enregistreur, et si cet utilisateur peut voir des caméras.
site-other-certificate = Cette adresse présente un autre certificat qu’avant, aucun mot de passe n’a donc été envoyé. Si l’enregistreur a été remplacé ou réinitialisé, acceptez le nouveau certificat. Sinon, quelqu’un se fait peut-être passer pour votre enregistreur.
site-certificate-expected = Attendu (SHA-256)
site-certificate-shown = Présenté maintenant (SHA-256)
site-certificate-compare = La page de l’enregistreur affiche ce nombre dans ses réglages de réseau ou de sécurité.
site-accept = Accepter le nouveau certificat
site-accepted = Le nouveau certificat est accepté. Saisissez le mot de passe du nouvel enregistreur.
site-failed = Cela n’a pas pu être enregistré. Le journal de l’agent dit pourquoi.
site-picture-of = Image de { $camera }
site-pictures-arrive = { $camera } envoie des images ({ $codec }). L’enregistreur ne donne pas d’image fixe que cette page pourrait afficher ; l’application affichera la vidéo.
site-pictures-arrive-sized = { $camera } envoie des images ({ $codec }, { $width } × { $height }). L’enregistreur ne donne pas d’image fixe que cette page pourrait afficher ; l’application affichera la vidéo.
site-no-picture = Aucune image n’est encore arrivée. Rechargez cette page dans un instant.
site-claim = Ajoutez-le à votre compte
site-claim-lead = Scannez ceci avec votre téléphone, ou ouvrez le lien, et connectez-vous à votre compte.
site-qr = QR code avec le lien qui ajoute cet enregistreur à un compte
site-claim-link = Ajouter à mon compte
site-serial = Numéro de série
site-letters = Code de vérification
site-add-another = Ajouter un autre enregistreur
site-certificate = Certificat de l’enregistreur
site-certificate-lead = SHA-256. Comparez-le avec la page de l’enregistreur ; désormais un autre ne reçoit aucun mot de passe.
site-change = Autre mot de passe ou autre adresse
site-remove = Retirer de cet agent
site-remove-lead = L’agent ne montre plus cet enregistreur et oublie son mot de passe. Si vous l’ajoutez de nouveau, il a le même numéro de série et reste dans votre compte.
site-from-file = Cet enregistreur est dans le fichier de réglages de l’agent. Modifiez-le là.
