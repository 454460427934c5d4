# Configuração.

configuration-live = Ao vivo neste celular
configuration-quality = Qualidade padrão
configuration-resume = Continuar a última visualização
configuration-resume-on = Sim
configuration-resume-off = Não
configuration-connection = Conexão
configuration-connection-auto = Auto
configuration-connection-relay = Só retransmissão
configuration-connection-hint = Auto usa o caminho direto quando existe. “Só retransmissão” esconde seu endereço do local do gravador e custa tempo.
configuration-about = Sobre
configuration-cloud = Nuvem conectada
configuration-licence = Licença
configuration-licence-names = Apache-2.0 ou MIT
configuration-icons = Ícones

configuration-quality-wifi = Qualidade no Wi-Fi
configuration-quality-mobile = Qualidade com dados móveis
configuration-quality-one = Este navegador não diz se usa Wi-Fi ou dados móveis; por isso uma só qualidade vale para ambos.
data-title = Dados usados neste celular
data-wifi = Wi-Fi
data-mobile = Dados móveis
data-unknown = Ao vivo
data-today = Hoje
data-yesterday = Ontem
data-month = Este mês
data-last-month = Mês passado
data-reset = Zerar
data-hint = O que a visualização ao vivo enviou e recebeu neste navegador; é contado aqui e não é informado a ninguém. Sair da conta apaga.
configuration-notices = Notificações

app-lock = Bloqueio do aplicativo
app-lock-what = Bloqueia este aplicativo neste celular quando fica algum tempo sem uso. Antes de mostrar qualquer coisa, ele pede um PIN ou uma chave de acesso. Cinco PINs errados encerram a sessão e apagam o que este celular guarda, inclusive imagens e vídeos.
app-lock-honest = Protege contra quem pega seu celular desbloqueado. Não protege contra um ladrão com tempo e ferramentas: bloqueie o próprio celular e, se o perder, encerre a sessão dele em Cloud P2P.
app-lock-pin = PIN
app-lock-new-pin = PIN novo
app-lock-again = PIN de novo
app-lock-after = Bloquear depois de ficar sem uso por
app-lock-minutes = { $n ->
    [one] { $n } minuto
   *[other] { $n } minutos
}
app-lock-turn-on = Ativar
app-lock-turn-off = Desativar
app-lock-passkey = Abrir também com chave de acesso
app-lock-locked = Bloqueado
app-lock-open = Abrir
app-lock-forgotten = Esqueci o PIN: sair
app-lock-needs-script = O bloqueio precisa de JavaScript. Permita-o para esta página nas configurações do navegador.
app-lock-save = Salvar o tempo
app-lock-why-pin = Cada mudança precisa do PIN.
