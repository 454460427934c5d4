# Segundo fator, códigos de recuperação e chaves de acesso: ao entrar, na conta e nos e-mails.

login-with-passkey = Entrar com uma chave de acesso
login-passkey-wrong = Esta chave de acesso não abre nenhuma conta aqui. Talvez tenha sido removida, ou demorou demais: tente outra vez ou entre com a senha.
login-again = Demorou demais, ou o código esteve errado vezes demais. Entre outra vez.

factor-step = Mais um passo
factor-step-why = A sua senha está certa. A sua conta pede também um segundo fator.
factor-code = Código do seu aplicativo
factor-code-hint = Os 6 dígitos que o seu aplicativo autenticador mostra agora.
factor-continue = Continuar
factor-use-passkey = Usar uma chave de acesso
factor-use-recovery = Usar um código de recuperação
factor-recovery = Código de recuperação
factor-recovery-hint = Um dos códigos que guardou ao ativar o segundo fator. Cada um serve uma vez.
factor-lost = Ninguém pode retirar este passo por si: é preciso o seu aplicativo, uma chave de acesso ou um código de recuperação.
factor-wrong = Este código ou chave de acesso não está certo ou já foi usado. Depois de várias tentativas, espere um pouco antes da próxima.

passkey-needs-script = As chaves de acesso precisam de JavaScript, que está desligado neste navegador.
passkey-unsupported = Este navegador não pode usar chaves de acesso.
passkey-elsewhere = As chaves de acesso desta nuvem só funcionam no endereço dela:
passkey-refused = Não foi dada nenhuma chave de acesso. Tente outra vez ou escolha outro modo.
passkey-known = Já há uma chave de acesso para esta conta neste celular ou computador.
passkey-broken = Não funcionou. Tente outra vez.

factor-title = Segundo fator
factor-is-on = O segundo fator está ativo. Depois da senha é pedido um código, uma chave de acesso ou um código de recuperação.
factor-what = Um segundo fator protege a sua conta mesmo que alguém saiba a sua senha. Configure um aplicativo que mostre códigos ou use uma chave de acesso.
factor-needed = Você administra esta nuvem, por isso a sua conta precisa de um segundo fator. Ative-o para continuar.
factor-app = Aplicativo autenticador
factor-app-there = O seu aplicativo está configurado. Com um celular novo, configure-o outra vez; o antigo deixa então de servir.
factor-app-what = Serve qualquer aplicativo que mostre códigos de 6 dígitos. Não precisa de conexão.
factor-app-set-up = Configurar um aplicativo
factor-app-replace = Configurar em outro celular
factor-app-scan = Leia esta imagem com o seu aplicativo autenticador.
factor-app-qr = Código QR com a chave para o seu aplicativo
factor-app-type = Ou digite esta chave no aplicativo:
factor-app-shown-as = O aplicativo vai mostrá-la como { $name }.
factor-app-confirm = Digite o código que o aplicativo mostra agora, para sabermos que funciona.
factor-app-turn-on = Ativar
factor-app-wrong = Não é o código que vale agora. O relógio do seu celular está certo? Espere o próximo código e tente outra vez.
factor-passkeys = { $n ->
    [0] Ainda não tem nenhuma chave de acesso. Com ela entra com o dedo, o rosto ou um PIN, e vale pelos dois fatores.
    [one] Tem { $n } chave de acesso. Vale pelos dois fatores.
   *[other] Tem { $n } chaves de acesso. Cada uma vale pelos dois fatores.
}
factor-on-what = A sua senha sozinha ainda abre a conta. Pode fazer pedir uma chave de acesso depois dela.
factor-on = Pedir uma chave de acesso depois da senha
factor-off-title = Desativar
factor-off-what = Então a sua senha sozinha abre a conta. O aplicativo e os códigos de recuperação são esquecidos; as chaves de acesso ficam.
factor-off = Desativar o segundo fator

codes-title = Códigos de recuperação
codes-left = { $n ->
    [0] Não resta nenhum código de recuperação. Peça novos agora.
    [one] Resta { $n } código de recuperação.
   *[other] Restam { $n } códigos de recuperação.
}
codes-renew = Novos códigos de recuperação
codes-renew-what = Os antigos deixam de servir.
codes-keep = Guarde estes códigos agora: não são mostrados outra vez.
codes-what = Cada um deixa entrar uma vez, em vez do aplicativo ou da chave de acesso. Imprima-os ou ponha-os no seu gerenciador de senhas; não no celular que pode perder.
codes-for = Para { $user_name } em { $host }
codes-copy = Copiar
codes-copied = Copiado
codes-print = Imprimir
codes-kept = Já os guardei

passkeys-title = Chaves de acesso
passkeys-what = Com uma chave de acesso entra com o dedo, o rosto ou um PIN: nenhuma senha para digitar nem para roubar.
passkeys-name = Nome da chave de acesso
passkeys-name-example = Celular da Ana
passkeys-add = Adicionar uma chave de acesso
passkeys-no-name = As chaves de acesso precisam de uma nuvem com nome. Esta só tem um endereço IP.
passkeys-none = Ainda não há nenhuma chave de acesso.
passkeys-added = Adicionada
passkeys-used = Último uso
passkeys-unused = Ainda sem uso
passkeys-rename = Mudar o nome
passkeys-remove = Remover a chave de acesso
passkeys-remove-what = Ela deixa de abrir esta conta. Apague-a também onde está guardada.
passkeys-unfit = Não foi possível adicionar a chave de acesso: não serve, ou demorou demais. Tente outra vez.
passkeys-too-many = Não é possível adicionar mais chaves de acesso, ou esta já existe.
passkeys-bad-name = Dê à chave de acesso um nome de 1 a { $most } caracteres visíveis.

mail-factor-app = Foi configurado um aplicativo autenticador para a sua conta Peerview
mail-factor-on = O segundo fator da sua conta Peerview foi ativado
mail-factor-off = O segundo fator da sua conta Peerview foi desativado
mail-factor-codes = A sua conta Peerview tem novos códigos de recuperação
mail-factor-code-used = Foi usado um código de recuperação da sua conta Peerview
mail-factor-wrong-codes = Alguém tem a sua senha Peerview, mas não o segundo fator
mail-factor-passkey-added = Foi adicionada uma chave de acesso à sua conta Peerview
mail-factor-passkey-removed = Foi removida uma chave de acesso da sua conta Peerview
mail-factor-you = Se foi você, não há nada a fazer.
mail-factor-not-you = Se não foi você, defina já uma senha nova e veja depois o segundo fator e as chaves de acesso da sua conta:
mail-factor-forgot = Definir uma senha nova

step-up-code = Código do seu aplicativo ou um código de recuperação
