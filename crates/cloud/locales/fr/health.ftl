# L’état d’un enregistreur : son horloge et ses disques.

health-title = État
health-clock = Horloge
health-clock-right = À l’heure
health-clock-behind = Retarde de { $wait }
health-clock-ahead = Avance de { $wait }
health-disks = Disques
health-disk = Disque { $number }
health-not-known = Inconnu
health-no-disk = Aucun
health-ok = En ordre
health-idle = En ordre, au repos
health-preparing = En préparation
health-unformatted = Non formaté
health-error = Erreur
health-failing = Bientôt en panne
health-missing = Introuvable
health-free = { $size }, { $percent } % libres
health-megabytes = { $n } Mo
health-gigabytes = { $n } Go
health-terabytes = { $n },{ $tenths } To
health-warn-clock = L’horloge de l’enregistreur est fausse, et les enregistrements portent de mauvaises heures. Réglez l’heure sur l’enregistreur ou activez-y NTP. La comparaison se fait avec l’horloge de l’ordinateur où tourne l’agent.
health-warn-no-disk = L’enregistreur n’a pas de disque, donc rien n’est enregistré. Mettez-en un s’il doit enregistrer.
health-warn-unformatted = Le disque { $number } n’est pas formaté, donc rien n’y est enregistré. Formatez-le dans le menu de l’enregistreur.
health-warn-error = Le disque { $number } signale une erreur. Des enregistrements peuvent être perdus : vérifiez-le ou remplacez-le.
health-warn-failing = Le disque { $number } va bientôt tomber en panne. Remplacez-le avant de perdre des enregistrements.
health-warn-missing = L’enregistreur ne trouve pas le disque { $number }. Des enregistrements peuvent être perdus : vérifiez ses câbles ou remplacez-le.
