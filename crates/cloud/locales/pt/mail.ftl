# E-mails, e a caixa de correio da demonstração.

mail-sent-by = Enviado por { $host } por causa de um pedido de { $asked_at }.
mail-asked-from = Enviado por { $host } por causa de um pedido de { $asked_at }, a partir de { $browser } em { $place }.
mail-no-answer = As respostas não são lidas.

mail-code-subject = { $code } é o seu código de verificação Peerview
mail-button-subject = Continue seu registro no Peerview
mail-code-is = Seu código de verificação é
mail-code-use = Digite-o na página em que o pediu. Ele vale por { $minutes } minutos.
mail-code-never = Nunca diga este código a ninguém nem repasse o botão: ninguém do Peerview os pede. Se você não queria se registrar, ignore este e-mail; nenhuma conta é criada.
mail-code-or = Ou toque neste botão; continua no navegador que o abre:
mail-code-only-button = Toque neste botão para continuar seu registro. Continua no navegador que o abre.
mail-code-button = Criar minha conta

mail-known-subject = Você já tem uma conta Peerview
mail-known = Alguém, talvez você, quis cadastrar uma conta com este endereço. Você já tem uma.
mail-known-login = Entrar
mail-known-forgot = Esqueceu a senha? Defina uma nova
mail-known-ignore = Se não foi você, nada aconteceu e você pode ignorar este e-mail.

mail-reset-subject = Defina uma nova senha Peerview
mail-reset = Defina uma nova senha para sua conta:
mail-reset-button = Definir nova senha
mail-reset-use = O botão e o código valem uma vez e por { $minutes } minutos. Uma nova senha encerra todas as sessões.
mail-reset-never = Nunca os repasse: ninguém do Peerview os pede. Se você não pediu isto, ignore este e-mail; sua senha fica como está.
mail-reset-or = Ou digite este código na página onde o pediu:

mail-no-account-subject = Não há conta Peerview com este endereço
mail-no-account = Alguém, talvez você, pediu uma nova senha para este endereço, mas não há conta com ele. Talvez você tenha se cadastrado com outro endereço.
mail-no-account-register = Cadastre-se aqui
mail-no-account-ignore = Se não foi você, pode ignorar este e-mail.

mail-changed-subject = Sua senha Peerview foi alterada
mail-changed = A senha da sua conta foi alterada, e todas as suas sessões foram encerradas.
mail-changed-not-you = Se não foi você, alguém pode ler seus e-mails. Proteja primeiro sua caixa de correio e depois defina uma nova senha:
mail-changed-forgot = Definir nova senha

mail-deleted-subject = Sua conta Peerview foi excluída
mail-deleted = Sua conta foi excluída, e com ela tudo o que se guardava sobre você. Seus dispositivos não estão mais na lista de ninguém.
mail-deleted-not-you = Se não foi você: cadastre-se de novo, adicione seus dispositivos outra vez e avise quem opera { $host }.

mail-test-subject = Um e-mail de { $host } para ver se os e-mails chegam
mail-test = Os e-mails de { $host } chegam aqui. Se este não estava na pasta de spam, códigos e links também não estarão.

mailbox-title = Caixa de correio
mailbox-hint = Esta página só existe na demonstração: os e-mails desta nuvem chegam aqui e a nenhum outro lugar.
mailbox-to = Para { $recipient } · { $time }
mailbox-none = Ainda não há e-mail.
mailbox-again = Olhar de novo
