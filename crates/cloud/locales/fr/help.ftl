# Aide.

help-first = Premiers pas
help-first-agent = Sur un ordinateur du réseau de l’enregistreur, lancez l’agent avec l’adresse, le nom d’utilisateur et le mot de passe de l’enregistreur.
help-first-add = L’agent affiche un numéro de série, 6 lettres et un QR code. Scannez le QR code avec votre téléphone, ou saisissez les deux sous <a href="/devices/new">Ajouter un appareil</a>.
help-first-live = Ouvrez <a href="/devices">Appareils</a> et touchez Vue en direct.
help-live = Dans la vue en direct
help-live-select = Touchez une image pour la sélectionner ; Capturer et Son agissent sur celle-ci.
help-live-enlarge = Touchez-la deux fois pour l’agrandir et la voir en pleine qualité. Retour les montre toutes à nouveau.
help-live-swipe = Balayez, ou utilisez les flèches, pour d’autres caméras. Tournez le téléphone pour ne voir que la vidéo.
help-live-talk = Dans Parler, maintenez le bouton pendant que vous parlez, ou touchez-le pour rester ouvert ; on vous entend à la caméra choisie ou à son enregistreur. PTZ tourne la caméra, Image et Sorties la règlent.
help-paths = Direct, port ouvert et relayé
help-direct = L’image va du réseau de l’enregistreur à vous, et nulle part ailleurs.
help-mapped = L’image va droit chez vous, comme avec Direct. Le routeur de l’enregistreur la laisse passer par un port que l’agent a demandé.
help-relayed = Aucun des réseaux n’a laissé entrer l’autre, le relais de ce cloud transmet donc les paquets. Ils restent chiffrés ; le relais n’a pas de clé.
help-trouble = Quand il n’y a pas d’image
help-trouble-device = <strong>L’appareil est hors ligne :</strong> son agent ne tourne pas ou n’a pas d’internet. Il revient de lui-même.
help-trouble-camera = <strong>La caméra est hors ligne :</strong> l’enregistreur est là, mais l’image de cette caméra n’arrive pas.
help-trouble-password = <strong>L’enregistreur a refusé son mot de passe :</strong> mettez le bon là où tourne l’agent. L’agent ne réessaie pas de lui-même, car les enregistreurs se bloquent après quelques essais erronés.
help-trouble-video = <strong>Ce navigateur ne peut pas lire la vidéo de cette caméra :</strong> réglez son flux secondaire sur H.264 dans l’enregistreur.
help-server = Ce que ce serveur peut voir
help-server-sees = Votre nom d’utilisateur et votre adresse, quels appareils sont les vôtres et les noms de leurs caméras, quand vous vous connectez et d’où.
help-server-blind = Il ne reçoit pas le mot de passe de l’enregistreur, et les images ne passent par lui que relayées, chiffrées entre l’agent de l’enregistreur et votre navigateur. Ces pages viennent de ce serveur : qui l’exploite pourrait les modifier, utilisez donc un cloud en qui vous avez confiance.
