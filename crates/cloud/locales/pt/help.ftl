# Ajuda.

help-first = Primeiros passos
help-first-agent = Em um computador na rede do gravador, inicie o agente com o endereço, o nome de usuário e a senha do gravador.
help-first-add = O agente mostra um número de série, 6 letras e um código QR. Leia o código QR com o celular, ou digite os dois em <a href="/devices/new">Adicionar dispositivo</a>.
help-first-live = Abra <a href="/devices">Dispositivos</a> e toque em Ao vivo.
help-live = Na tela Ao vivo
help-live-select = Toque em uma imagem para selecioná-la; Capturar e Som valem para a selecionada.
help-live-enlarge = Toque duas vezes para ampliá-la e vê-la com toda a qualidade. Voltar mostra todas de novo.
help-live-swipe = Deslize, ou use as setas, para ver mais câmeras. Gire o celular para ver só o vídeo.
help-live-talk = Em Falar, segure o botão enquanto fala, ou toque nele para deixar aberto; você é ouvido na câmera selecionada ou no gravador dela. PTZ gira a câmera; Imagem e Saídas a ajustam.
help-paths = Direta, porta aberta e retransmitida
help-direct = A imagem vai da rede do gravador até você e a nenhum outro lugar.
help-mapped = A imagem vai sem desvios até você, como em Direta. O roteador do gravador a deixa passar por uma porta que o agente pediu.
help-relayed = Nenhuma das redes deixou a outra entrar, então o servidor de retransmissão desta nuvem repassa os pacotes. Eles continuam criptografados; ele não tem a chave.
help-trouble = Quando não há imagem
help-trouble-device = <strong>O dispositivo está desconectado:</strong> o agente não está em execução ou está sem internet. Ele volta sozinho.
help-trouble-camera = <strong>A câmera está desconectada:</strong> o gravador está lá, mas a imagem desta câmera não chega.
help-trouble-password = <strong>O gravador recusou a senha:</strong> defina a certa onde o agente é executado. O agente não tenta de novo sozinho, porque gravadores se bloqueiam após poucas tentativas erradas.
help-trouble-video = <strong>Este navegador não reproduz o vídeo desta câmera:</strong> ajuste o fluxo secundário da câmera para H.264 no gravador.
help-server = O que este servidor pode ver
help-server-sees = Seu nome de usuário e endereço, quais dispositivos são seus e os nomes das câmeras, quando você se conecta e de onde.
help-server-blind = Ele não recebe a senha do gravador, e as imagens só passam por ele quando retransmitidas, criptografadas entre o agente do gravador e o seu navegador. Estas páginas vêm deste servidor: quem o opera poderia alterá-las, então use uma nuvem em que você confia.
