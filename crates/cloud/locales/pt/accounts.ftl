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
login-password-set = Sua nova senha está definida. Entre com ela.
login-registered = Sua conta está pronta. Entre com ela.

letters = Letras da imagem
letters-picture = Imagem de 4 letras ou números. Ouvir as diz.
letters-new = Nova imagem
letters-listen = Ouvir
letters-wrong = Estas não são as letras da imagem. Tente mais uma vez ou peça uma nova imagem.
letters-dead = Esta imagem já foi usada ou é antiga demais. Digite as letras da nova.

register-title = Digite o e-mail
register-button = Receber código de verificação
register-hint = Enviamos um código de 4 números para este endereço. Ele vale por 30 minutos.

finish-title = Criar conta
finish-sent = Se <strong>{ $email }</strong> puder ser cadastrado, um código está a caminho. Pode levar um minuto; veja também na pasta de spam.
finish-code = Código de verificação
finish-valid-for = Válido por
finish-not-valid = Não é mais válido
finish-again = Enviar de novo
finish-again-in = Enviar de novo em
finish-start-again = Começar de novo
finish-button = Concluir
finish-wrong-code = Este código não está certo ou não vale mais: ele deixa de valer após 3 tentativas erradas, 30 minutos ou um e-mail mais novo. Veja o e-mail mais novo ou toque em “Enviar de novo”.
finish-no-code = Digite os 4 números do e-mail.
finish-name-taken = Alguém já tem este nome de usuário. Escolha outro; seu código continua valendo.
finish-too-many-names = Foram nomes de usuário demais. Comece de novo em “Cadastrar-se”.
finish-too-early = O próximo código pode ser enviado em { $wait }.
finish-no-more-codes = Não são enviados mais códigos para este cadastro. Comece de novo em “Cadastrar-se”.

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
recovery-hint = Enviamos um link por e-mail. Ele define uma nova senha e encerra todas as suas sessões.
recovery-button = Enviar link
recovery-sent-title = Veja seu e-mail
recovery-sent = Um e-mail para <strong>{ $email }</strong> está a caminho. O link vale uma vez e por 30 minutos. Pode levar um minuto; veja também na pasta de spam.
recovery-back = Voltar para entrar
recovery-new-password = Nova senha
recovery-set = Salvar senha
recovery-dead-title = O link não vale mais
recovery-dead = Este link já foi usado ou tem mais de 30 minutos.
recovery-again = Pedir um novo

step-up-wrong = Não está certo. Depois de várias tentativas, espere um pouco antes da próxima.
step-up-title = Confirme que é você
step-up-why = O que vem a seguir pode mudar quem entra na sua conta. Digite sua senha mais uma vez.
step-up-button = Continuar
step-up-hint = Ela é pedida de novo após 10 minutos.

renewal-needs-script = Manter este navegador conectado precisa de JavaScript.
renewal-late = A nuvem não responde. Uma nova tentativa é feita a cada poucos segundos.
