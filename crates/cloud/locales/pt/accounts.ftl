# Entrar, cadastrar-se, senha esquecida, e o que se pode digitar lá.

cloud-p2p = Cloud P2P
email = E-mail
user-name = Nome de usuário
password = Senha
step-of = Etapa { $step } de { $steps }
mailbox-arrives-in = Nesta demonstração, ele chega à <a href="/demo/mailbox" target="_blank">caixa de correio</a>.

login-name = Nome de usuário / E-mail
login-auto = Manter conectado
login-forgot = Esqueci a senha
login-button = Entrar
login-register = Cadastrar-se
login-connected-to = Conectado a { $host }
login-mailbox = Caixa de correio desta demonstração
login-wrong = O nome de usuário ou a senha está errado. Depois de várias tentativas, espere um pouco antes da próxima.
login-picture = Depois de várias falhas, responda também à imagem e digite sua senha mais uma vez.
login-password-set = Sua nova senha está definida. Entre com ela.
login-registered = Sua conta está pronta. Entre com ela.
login-ended = Você saiu da conta: a sessão neste navegador terminou. Entre outra vez.
login-ended-back = Você saiu da conta: a sessão neste navegador terminou. Depois de entrar, a mesma página se abre de novo.
login-to-add = Entre, ou cadastre-se primeiro. Depois você pode adicionar o gravador que escaneou.

letters = Letras da imagem
letters-picture = Imagem de 4 letras ou números. Ouvir as diz.
letters-new = Nova imagem
letters-listen = Ouvir
letters-wrong = Estas não são as letras da imagem. Tente mais uma vez ou peça uma nova imagem.
letters-dead = Esta imagem já foi usada ou é antiga demais. Digite as letras da nova.

register-title = Digite o e-mail
register-button = Receber código de verificação
register-hint = Enviamos um código de { $digits } dígitos para este endereço. Vale por 30 minutos.

finish-title = Criar conta
finish-sent = Se <strong>{ $email }</strong> puder ser cadastrado, um código está a caminho. Pode levar um minuto; veja também na pasta de spam.
finish-sent-button = Se <strong>{ $email }</strong> puder ser cadastrado, um e-mail com um botão está a caminho. Pode levar um minuto; veja também na pasta de spam.
finish-code = Código de verificação
finish-valid-for = Válido por
finish-not-valid = Não é mais válido
finish-again = Enviar de novo
finish-again-in = Enviar de novo em
finish-start-again = Começar de novo
finish-button = Concluir
finish-wrong-code = Este código não está certo ou já não vale: deixa de valer após 3 tentativas erradas, 30 minutos ou um e-mail mais recente. Veja o e-mail mais recente e toque no botão dele, ou escolha “Enviar de novo”.
finish-no-code = Digite os { $digits } dígitos do e-mail.
finish-name-taken = Alguém já tem este nome de usuário. Escolha outro.
finish-too-many-names = Foram nomes de usuário demais. Comece de novo em “Cadastrar-se”.
finish-too-early = O próximo código pode ser enviado em { $wait }.
finish-no-more-codes = Não são enviados mais códigos para este cadastro. Comece de novo em “Cadastrar-se”.
finish-proven = <strong>{ $email }</strong> está confirmado. Escolha um nome de usuário e uma senha.
finish-only-button = Toque no botão do e-mail para continuar. Continua no navegador que o abre.

password-hint = Pelo menos { $min } caracteres; frases longas valem mais que símbolos.
password-hint-ends = Pelo menos { $min } caracteres; frases longas valem mais que símbolos. Você sairá de todos os aparelhos.
password-short = Uma senha tem pelo menos { $min } caracteres. Frases longas valem mais que símbolos.
password-long = Uma senha tem no máximo { $max } caracteres.
password-control = Uma senha não pode conter caracteres de controle.
password-common = Muita gente usa esta senha, e ela seria adivinhada. Escolha outra.
password-own-word = Esta senha é feita do seu nome, do seu endereço ou do nome deste aplicativo. Escolha outra.
email-bad = Digite um endereço de e-mail completo, como anna@example.org.
user-name-bad = Um nome de usuário tem de { $min } a { $max } letras (a a z), números, pontos, hífens ou sublinhados.

recovery-title = Esqueci a senha
recovery-hint = Enviamos um botão e um código. Qualquer um define uma nova senha e encerra todas as sessões.
recovery-login = Nome de usuário ou e-mail
recovery-button = Enviar e-mail
recovery-sent-title = Veja seu e-mail
recovery-sent = Se existir uma conta para <strong>{ $login }</strong>, um e-mail está a caminho do endereço dela. Vale uma vez e por 30 minutos. Pode levar um minuto; veja também na pasta de spam.
recovery-new-password = Nova senha
recovery-set = Salvar senha
recovery-again = Pedir novo e-mail
recovery-no-login = Digite seu nome de usuário ou e-mail.
recovery-code = Código do e-mail
recovery-code-hint = Ou toque no botão do e-mail.
recovery-only-button = Toque no botão do e-mail para continuar. Continua no navegador que o abre.
recovery-wrong-code = Este código não está certo ou já não vale: deixa de valer após 5 tentativas erradas ou 30 minutos. Toque no botão do e-mail mais recente ou peça um novo e-mail.

button-register = Continue para criar sua conta neste navegador. Um registro começado em outro lugar com este endereço termina.
button-reset = Continue para definir uma nova senha neste navegador.
button-continue = Continuar
button-dead = Este botão já foi usado, é antigo demais ou foi substituído por um e-mail mais recente.
button-again = Começar de novo

human-other-way = Não posso usar nem a imagem nem o som
human-trap = Deixe este campo vazio
human-without-scripts = Sem scripts demora um pouco mais: o formulário pode ser enviado após { $seconds } segundos, e o e-mail traz um botão em vez de um código.
human-more-work = Toque no botão mais uma vez, por favor.
human-too-early = Toque no botão de novo em { $wait }.
human-trapped = Algo foi preenchido que deve ficar vazio. Tente mais uma vez.

step-up-wrong = Não está certo. Depois de várias tentativas, espere um pouco antes da próxima.
step-up-title = Confirme que é você
step-up-why = O que vem a seguir pode mudar quem entra na sua conta. Digite sua senha mais uma vez.
step-up-button = Continuar
step-up-hint = Ela é pedida de novo após 10 minutos.

renewal-needs-script = Manter este navegador conectado precisa de JavaScript.
renewal-late = A nuvem não responde. Uma nova tentativa é feita a cada poucos segundos.

show = Mostrar
hide = Ocultar
show-password = Mostrar senha

form-working = Um momento…
