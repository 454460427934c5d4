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
