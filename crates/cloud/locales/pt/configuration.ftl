# Configuração.

configuration-live = Ao vivo neste aparelho
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
data-title = Dados usados neste telefone
data-wifi = Wi-Fi
data-mobile = Dados móveis
data-unknown = Ao vivo
data-today = Hoje
data-yesterday = Ontem
data-month = Este mês
data-last-month = Mês passado
data-reset = Zerar
data-hint = O que a visualização ao vivo enviou e recebeu neste navegador; é contado aqui e não é informado a ninguém. Sair da conta apaga.
