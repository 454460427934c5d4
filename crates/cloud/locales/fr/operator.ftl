# Pour qui gère le cloud : le configurer, et ce qu’il dit par e-mail.

setup-title = Configurer ce cloud
setup-why = Ce cloud n’a pas encore de compte. La personne qui l’a démarré trouve un lien sur son terminal, valable une fois et pendant 24 heures. Le premier compte est le sien ; d’autres pourront ensuite s’inscrire.
setup-code = Code de configuration
setup-code-hint = Ce qui suit # dans le lien. Le lien le remplit de lui-même.
setup-code-bad = Ce code n’est pas le bon, ou date de plus de 24 heures. Redémarrez le cloud : il affiche un nouveau lien.
setup-email-hint = Un e-mail y part maintenant, pour montrer que ce cloud peut en envoyer, et plus tard ses alertes.
setup-next = Ensuite, vous activez un second facteur, car ce compte s’occupe du cloud.
setup-closed = Ce cloud est configuré. Ses comptes se connectent, et d’autres peuvent s’inscrire.

mail-setup-subject = Votre cloud { $host } peut envoyer des e-mails
mail-setup = Le cloud { $host } est configuré, et cet e-mail montre que ses messages arrivent. Vous recevrez ici un e-mail quand quelque chose ne va pas.
mail-setup-junk = Si cet e-mail était dans les indésirables, ceux des autres y seront aussi : vérifiez la configuration du domaine de l’expéditeur.

mail-alarm-sent-by = Envoyé le { $asked_at } par { $host } à tous ceux qui le gèrent.
mail-alarm-strong = Beaucoup de codes faux : l’inscription par code est coupée
mail-alarm-strong-do = Quelqu’un essaie de deviner les codes courts de { $host }. Pendant 24 heures, ils ne valent pour personne ; le bouton du même e-mail fonctionne toujours. Vous n’avez rien à faire. `peerview admin limits show` dit combien d’essais il y a eu.
mail-alarm-tampered = Le journal d’audit a été modifié
mail-alarm-tampered-do = Des lignes du journal d’audit de { $host } manquent ou ont changé, et ce n’était pas le cloud. C’est quelqu’un qui peut écrire dans son dossier de données. `peerview admin audit verify` dit où.
mail-alarm-losing = Le journal d’audit ne peut pas être écrit
mail-alarm-losing-do = Les événements de { $host } sont seulement comptés en attendant. Le plus souvent, le disque du dossier de données est plein.
mail-alarm-mail = Les e-mails ne partent pas
mail-alarm-mail-do = Des e-mails de { $host } attendent depuis plus de { $minutes } minutes, les codes arrivent donc trop tard. Celui-ci a attendu avec eux. `peerview admin mail queue` dit ce que répond le serveur de messagerie.
mail-alarm-relay = Un relais a disparu
mail-alarm-relay-do = Un relais de { $host } a disparu depuis plus de { $minutes } minutes. Les appels passent par les autres. Le journal du cloud indique son nom ; celui du relais indique pourquoi il n’atteint pas le cloud.
