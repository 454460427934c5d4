# A própria conta: o que se pode mudar, encerrar, levar, bloquear e excluir; avisos sobre isso.

cancel = Cancelar
save = Salvar

configuration-account = Minha conta
account-security = Segurança
account-data-heading = Seus dados
account-email = Mudar e-mail
account-password = Mudar senha
account-sessions = Onde estou conectado
account-notices = Avisos
account-lock = Bloquear minha conta
account-data = Baixar meus dados
account-deletion = Excluir conta
account-password-set = Sua nova senha está valendo. Você saiu de todos os outros lugares.
account-notices-set = Sua escolha foi salva.

account-password-old = Senha antiga
account-password-ends = Você sairá de todos os outros lugares.

account-email-now = Seu endereço é <strong>{ $email }</strong>.
account-email-new = Novo e-mail
account-email-hint = Enviamos um botão para o novo endereço. Ele só muda quando você o pressiona lá; o antigo é avisado.
account-email-send = Enviar o botão
account-email-same = Este já é o seu endereço.
account-email-waiting = Se <strong>{ $email }</strong> puder ser usado, um e-mail com um botão está a caminho. Até você pressioná-lo, nada muda.
email-button = Usar este endereço
email-button-why = Pressione o botão para usar na sua conta o endereço que recebeu este e-mail. Ele substitui o antigo.
email-button-done = Seu novo endereço está valendo. O antigo foi avisado.
email-button-on = Para a minha conta
link-code = Código do link
link-code-hint = Copie os caracteres depois de # no link do e-mail.
link-dead = Este link já foi usado, é antigo demais ou não vale mais.

sessions-this = Este navegador
sessions-last = Visto por último
sessions-first = Desde
sessions-from = De { $place }
sessions-end = Sair
sessions-end-named = Sair de { $browser }
sessions-end-others = Sair de todos os outros
sessions-hint = Quem sai deixa de ver tudo na hora. O fim de cada endereço é omitido. Se você não conhece um navegador, saia dele e mude sua senha.
browser-on = { $browser } em { $system }
browser-unknown = Um navegador desconhecido

notices-to = Os avisos vão para <strong>{ $email }</strong>.
notices-security = Acessos e mudanças
notices-security-hint = Novos acessos, nova senha ou novo endereço, bloqueio. Estes não podem ser desligados.
notices-recorders = Dispositivos adicionados ou removidos

data-what = Um arquivo (JSON) com seu nome de usuário e endereço, onde você está conectado, seus dispositivos e câmeras, suas escolhas, os e-mails do último dia e o que o registro diz da sua conta: os { $lines } eventos mais recentes, como entradas, com a rede de onde vieram.
data-not = Senhas e chaves não estão nele. As gravações ficam só no seu gravador.
data-button = Baixar

lock-when = Perdeu o celular, ou alguém entra na sua conta? Bloqueie-a já.
lock-what = Todos saem na hora, você também, e ninguém consegue entrar. Seus dispositivos continuam seus. Você desbloqueia a conta com uma nova senha por e-mail.
lock-done = A conta está bloqueada e todos saíram.
lock-unlock = Para desbloquear, defina uma nova senha. Antes, proteja sua caixa de e-mail.
not-me-email = Se o seu endereço foi mudado, volta o antigo.

deletion-what = Sua conta, seus dispositivos nela e tudo o que é guardado sobre você são excluídos para sempre. Quem tiver o código de verificação de um gravador pode adicioná-lo de novo.
deletion-data = Talvez você queira antes:
deletion-name = Nome de usuário
deletion-name-hint = Digite { $name } para confirmar que é isso mesmo.
deletion-name-wrong = Este não é o seu nome de usuário. Nada foi excluído.
deletion-title = Conta excluída
deletion-done = Sua conta foi excluída.
deletion-after = Ela se foi com tudo o que era guardado sobre você, aqui e na nuvem; um e-mail confirma isso. Seus dispositivos não estão na lista de ninguém: quem tiver o código de verificação de um gravador pode adicioná-lo.

mail-email-subject = Confirme seu novo endereço para o Peerview
mail-email-asked = A conta { $name } quer usar este endereço.
mail-email-press = Se for você, pressione o botão. Ele funciona uma vez e por { $minutes } minutos.
mail-email-ignore = Se não foi você, ignore este e-mail; nada muda.
mail-email-taken-subject = Este endereço já tem uma conta Peerview
mail-email-taken = Alguém, talvez você, quis usar este endereço em outra conta. Ele já tem uma e não pode ter duas.

notice-sign-in-subject = Novo acesso à sua conta Peerview
notice-new-browser = Alguém entrou na sua conta com um navegador novo.
notice-after-failures = { $n ->
    [one] Alguém deu a senha certa da sua conta depois de { $n } errada.
   *[other] Alguém deu a senha certa da sua conta depois de { $n } erradas.
}
notice-password-subject = Sua senha do Peerview foi mudada
notice-password = A senha da sua conta foi mudada, e todos os outros saíram.
notice-email-subject = O endereço da sua conta Peerview foi mudado
notice-new-email = A partir de agora sua conta usa outro endereço: { $address }
notice-email-in-use = A partir de agora sua conta usa este endereço.
notice-others-subject = Você saiu de todos os outros lugares
notice-others = Todos os navegadores menos um saíram da sua conta.
notice-download-subject = Os dados da sua conta Peerview foram baixados
notice-download = Alguém baixou o que é guardado sobre a sua conta.
notice-locked-subject = Sua conta Peerview está bloqueada
notice-locked = Sua conta está bloqueada. Todos saíram e ninguém consegue entrar.
notice-added-subject = Um dispositivo foi adicionado à sua conta Peerview
notice-added = Este dispositivo foi adicionado à sua conta: { $name }
notice-removed-subject = Um dispositivo foi removido da sua conta Peerview
notice-removed = Este dispositivo foi removido da sua conta: { $name }
notice-recorders-subject = Os dispositivos da sua conta Peerview mudaram
notice-recorders = Dispositivos foram adicionados à sua conta ou removidos dela.
notice-n-added = { $n ->
    [one] { $n } dispositivo adicionado:
   *[other] { $n } dispositivos adicionados:
}
notice-n-removed = { $n ->
    [one] { $n } dispositivo removido:
   *[other] { $n } dispositivos removidos:
}
notice-further-subject = Aconteceu mais na sua conta Peerview
notice-further = { $n ->
    [one] Além do que os e-mails anteriores disseram, houve mais { $n } login ou mudança na sua conta.
   *[other] Além do que os e-mails anteriores disseram, houve mais { $n } logins ou mudanças na sua conta.
}
notice-when = Quando: { $time }
notice-browser = Navegador: { $browser }
notice-place = De: { $place }
notice-advice-lock = Se foi você, não há nada a fazer. Se não, bloqueie sua conta:
notice-advice-undo = Se foi você, não há nada a fazer. Se não, desfaça e bloqueie sua conta. Isso vale por 7 dias:
notice-advice-unlock = Para desbloquear, proteja sua caixa de e-mail e defina uma nova senha:
notice-advice-none = O endereço antigo também foi avisado.
notice-not-me = Não fui eu
notice-unlock = Definir nova senha
notice-why = { $host } envia isto porque se trata da segurança da sua conta.
