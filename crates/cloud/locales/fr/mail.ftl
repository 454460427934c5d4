# E-mails, et la boîte aux lettres de la démo.

mail-sent-by = Envoyé par { $host } à la suite d’une demande du { $asked_at }.
mail-asked-from = Envoyé par { $host } à la suite d’une demande du { $asked_at }, depuis { $browser } à l’adresse { $place }.
mail-no-answer = Les réponses ne sont pas lues.

mail-code-subject = { $code } est votre code de vérification Peerview
mail-button-subject = Poursuivez votre inscription à Peerview
mail-code-is = Votre code de vérification est
mail-code-use = Saisissez-le sur la page où vous l’avez demandé. Il est valable { $minutes } minutes.
mail-code-never = Ne dites jamais ce code à personne et ne transmettez jamais le bouton : personne chez Peerview ne les demande. Si vous ne vouliez pas vous inscrire, ignorez cet e-mail ; aucun compte n’est créé.
mail-code-or = Ou appuyez sur ce bouton ; la suite se passe dans le navigateur qui l’ouvre :
mail-code-only-button = Appuyez sur ce bouton pour poursuivre votre inscription. La suite se passe dans le navigateur qui l’ouvre.
mail-code-button = Créer mon compte

mail-known-subject = Vous avez déjà un compte Peerview
mail-known = Quelqu’un, peut-être vous, a voulu inscrire un compte avec cette adresse. Vous en avez déjà un.
mail-known-login = Se connecter
mail-known-forgot = Mot de passe oublié ? En définir un nouveau
mail-known-ignore = Si ce n’était pas vous, rien ne s’est passé et vous pouvez ignorer cet e-mail.

mail-reset-subject = Définir un nouveau mot de passe Peerview
mail-reset = Définissez un nouveau mot de passe pour votre compte :
mail-reset-button = Nouveau mot de passe
mail-reset-use = Le bouton et le code servent une fois et pendant { $minutes } minutes. Un nouveau mot de passe vous déconnecte partout.
mail-reset-never = Ne les transmettez jamais : personne chez Peerview ne les demande. Si vous n’avez rien demandé, ignorez cet e-mail ; votre mot de passe reste inchangé.
mail-reset-or = Ou saisissez ce code sur la page où vous l’avez demandé :

mail-no-account-subject = Aucun compte Peerview pour cette adresse
mail-no-account = Quelqu’un, peut-être vous, a demandé un nouveau mot de passe pour cette adresse, mais aucun compte ne l’utilise. Peut-être vous êtes-vous inscrit avec une autre adresse.
mail-no-account-register = S’inscrire ici
mail-no-account-ignore = Si ce n’était pas vous, vous pouvez ignorer cet e-mail.

mail-changed-subject = Votre mot de passe Peerview a été modifié
mail-changed = Le mot de passe de votre compte a été modifié, et vous avez été déconnecté partout.
mail-changed-not-you = Si ce n’était pas vous, quelqu’un peut lire vos e-mails. Protégez d’abord votre messagerie, puis définissez un nouveau mot de passe :
mail-changed-forgot = Nouveau mot de passe

mail-deleted-subject = Votre compte Peerview a été supprimé
mail-deleted = Votre compte a été supprimé, et avec lui tout ce qui était conservé sur vous. Vos appareils ne sont plus dans la liste de personne.
mail-deleted-not-you = Si ce n’était pas vous : inscrivez-vous à nouveau, ajoutez de nouveau vos appareils, et prévenez l’exploitant de { $host }.

mail-test-subject = Un e-mail de { $host } pour voir si les e-mails arrivent
mail-test = Les e-mails de { $host } arrivent ici. Si celui-ci n’était pas dans les indésirables, les codes et les liens n’y seront pas non plus.

mailbox-title = Boîte aux lettres
mailbox-hint = Cette page n’existe que dans la démo : les e-mails de ce cloud arrivent ici et nulle part ailleurs.
mailbox-to = À { $recipient } · { $time }
mailbox-none = Pas encore d’e-mail.
mailbox-again = Regarder à nouveau
