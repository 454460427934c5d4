# O que os scripts dizem; as páginas também podem dizer.

direct = Direta
mapped = Porta aberta
relayed = Retransmitida
online = On-line
offline = Desconectado
offline-since = Desconectado desde { $when }
never-online = Ainda não conectado
online-without-picture = Conectado, sem imagem
cameras = { $n ->
    [one] { $n } câmera
   *[other] { $n } câmeras
}
camera-favourite = Favorita: { $camera }
zoom = { $times }×
zoom-reset = Zoom { $times }×: mostrar a imagem inteira
page-of = { $page } / { $pages }

qr-none = Não foi encontrado nenhum código de gravador nesta imagem.
qr-no-camera = Não foi possível abrir a câmera. Digite o número de série e o código.
qr-read = Código lido. Confira o nome e escolha Adicionar.
qr-wrong = Este código QR não é de um gravador.
qr-searching = Procurando um código …
qr-not-loaded = Não foi possível carregar o leitor de códigos. Tente outra vez, ou digite o número de série e o código.

tile-selected = { $camera }: { $state }
tile-playing = Ao vivo
tile-waiting = Conectando…
tile-offline = A câmera está desconectada
tile-unplayable = Este navegador não reproduz o vídeo desta câmera. Ajuste o fluxo secundário para H.264 ou use outro navegador.
tile-too-large = Esta imagem é grande demais para este navegador, que decodifica H.265 até 1280 × 720. Escolha Fluida em Qualidade ou use outro navegador.
tile-no-h264 = Este navegador não reproduz H.264, que é o que esta câmera envia. No Firefox, ative o plugin OpenH264 em Complementos, ou use outro navegador.
tile-recorder-offline = O dispositivo está desconectado. Verifique a energia e a internet no local.
tile-no-answer = O dispositivo não responde. Se continuar, reinicie o agente no local.
tile-no-path = Não foi encontrado um caminho até o dispositivo. Tente outra rede, como os dados móveis. O teste de conexão, em Ajuda, diz o que abrir nesta.
tile-no-cloud = Você está sem conexão com a nuvem. Verifique a internet onde está.
tile-cloud-full = A nuvem não tem lugar livre. Feche outras páginas do Ao vivo ou espere alguns minutos.
tile-forbidden = Você não pode ver este dispositivo
tile-busy = O dispositivo está ocupado. Espere um instante.
tile-unsupported = Este navegador não mostra vídeo ao vivo: não tem WebRTC, ou está desligado. Permita-o nas configurações do navegador, ou use outro.
tile-removed = Este dispositivo não está mais na sua conta. Para vê-lo, adicione-o de novo em Dispositivos.
tile-slow = Ainda sem imagem. Escolha Tentar de novo; se não ajudar, reinicie a câmera.
tile-still = Nada chega do dispositivo. Aguardando…

talk-live = Você está sendo ouvido: fale agora
talk-live-recorder = Você está sendo ouvido no gravador: fale agora
talk-hold-on = Segure o botão enquanto fala
talk-somebody = { $name } está falando. Espere terminar.
talk-line-in-use = Alguém fala no gravador com outro programa. Espere terminar.
talk-forbidden = Você não pode falar por esta câmera
talk-unsupported = A câmera não aceita som daqui
talk-failed = A câmera não respondeu. Segure o botão de novo.
talk-closed = A câmera ou o gravador encerrou a conversa; talvez outra pessoa use a linha. Segure o botão de novo.
talk-lost = A câmera não recebe mais som. Segure o botão de novo quando a imagem voltar.
talk-silent = Nenhum som veio deste microfone, por isso a conversa foi encerrada. Verifique o microfone e segure o botão de novo.
talk-refused = O navegador não pode usar o microfone. Permita o uso nas configurações do navegador para esta página e segure o botão de novo.
talk-no-microphone = Nenhum microfone foi encontrado. Conecte um e segure o botão de novo.
talk-insecure = Os navegadores só abrem o microfone em páginas seguras. Abra esta com https://.
talk-microphone-busy = O microfone não abriu. Feche outros programas que o usam e segure o botão de novo.

viewable-asking = Perguntando à câmera o que mudaria…
viewable-changing = A câmera está sendo alterada. Pode levar meio minuto.
viewable-codec = Formato de vídeo: { $from } passa a { $to }
viewable-size = Tamanho da imagem: { $from } passa a { $to }
viewable-rate = Imagens por segundo: { $from } passa a { $to }
viewable-smart = Codec inteligente (“+”): desligado
viewable-effect-sub = Isto altera a imagem pequena da câmera (fluxo secundário) para todos, e as gravações dela.
viewable-effect-main = Isto altera a imagem completa da câmera (fluxo principal) para todos. As gravações dela passam a ocupar mais espaço.
viewable-nothing = Os ajustes da câmera já servem para todos os navegadores. Escolha Tentar de novo; se não ajudar, reinicie a câmera.
viewable-done = Pronto. A imagem começa sozinha.
viewable-restart = O gravador aceitou a alteração. Reinicie-o: depois disso a imagem aparece.
viewable-forbidden = Você não pode alterar os ajustes desta câmera. Fale com o dono do dispositivo.
viewable-unsupported = Esta câmera não pode ser alterada daqui. Ajuste o fluxo secundário para H.264 nos ajustes da própria câmera.
viewable-refused = O gravador recusou a alteração ou não a manteve. Dê ao usuário do agente o direito de alterar ajustes no gravador, ou ajuste o fluxo para H.264 lá.
viewable-busy = O dispositivo está ocupado. Espere um momento e comece de novo.
viewable-no-answer = O gravador não responde. Verifique a energia e a rede dele e comece de novo.
viewable-lost = A conexão com o dispositivo caiu. Quando ela voltar, comece de novo para ver se a câmera foi alterada.

reason-refused = O gravador recusou o usuário ou a senha. Corrija-os nas configurações do agente e reinicie-o.
reason-locked = O gravador bloqueou este usuário após muitas senhas erradas. Confira a senha nas configurações do agente, espere meia hora e reinicie-o.
reason-locked-until = O gravador bloqueou este usuário até { $when } após muitas senhas erradas. Confira a senha nas configurações do agente e reinicie-o depois disso.
reason-login-missing = O gravador pede usuário e senha, e as configurações do agente não os têm. Adicione-os e reinicie o agente.
reason-no-digest = O gravador não oferece autenticação Digest. Ative-a nas configurações de segurança dele, ou defina allow_basic nas configurações do agente, o que envia a senha sem criptografia.
reason-forbidden = O usuário do agente não pode ver isto no gravador. Dê a ele a permissão de visualização ao vivo.
reason-https-wanted = O gravador só responde por HTTPS. Escreva https:// antes do endereço nas configurações do agente e reinicie-o.
reason-certificate = O certificado do gravador não serve. Crie um novo nas configurações de rede dele.
reason-certificate-changed = O gravador mostra um certificado diferente do anterior. Se ele foi trocado ou redefinido, aceite o novo com “peerview agent trust” onde o agente é executado.
reason-unreachable = O gravador não pode ser alcançado. Verifique a energia, o cabo de rede e o endereço nas configurações do agente.
reason-no-answer = O gravador não responde. Se continuar, reinicie-o.
reason-closed = O gravador fechou a conexão. O agente tenta de novo.
reason-invalid-answer = A resposta do gravador não faz sentido. Confira o endereço e a porta nas configurações do agente.
reason-moved = O gravador aponta para outro endereço. Escreva-o nas configurações do agente e reinicie-o.
reason-full = Todos os fluxos do gravador estão em uso. Feche outro visualizador ou programa; o agente tenta de novo.
reason-no-stream = O gravador não tem esse fluxo. Verifique o cabo da câmera e o endereço do fluxo.
reason-status = O gravador recusou o fluxo com o status { $status }. Se continuar, reinicie-o.
reason-unplugged = A câmera está desconectada. Verifique o cabo e a energia.
reason-no-camera = O gravador não tem mais esta câmera.
reason-no-video = Não há vídeo neste endereço. Confira o endereço do fluxo nas configurações do agente.
reason-no-picture = A câmera não envia imagem. Se continuar, reinicie-a.
reason-no-key-frame = Aguardando o próximo quadro-chave da câmera. Um intervalo menor nas configurações dela ajuda.
reason-no-parameter-sets = A câmera envia imagens que não podem ser decodificadas (faltam SPS e PPS). Reinicie-a ou atualize o firmware.
reason-codec = A câmera envia vídeo { $codec }, que não pode ser mostrado. Ajuste o fluxo para H.264.
reason-unknown = Não há imagem. O registro do agente diz por quê.

strength-worst = Muito fácil de adivinhar
strength-weak = Fácil de adivinhar
strength-fair = Mais ou menos
strength-good = Boa
strength-strong = Muito boa

panel-not-loaded = Esta ferramenta não carregou. Verifique sua conexão, feche-a e abra-a de novo.
panel-asking = Perguntando à câmera o que ela pode fazer…
panel-no-answer = O gravador não responde. Verifique a energia e a rede dele e tente de novo.
panel-busy = O dispositivo está ocupado. Aguarde um momento e tente de novo.
panel-unsupported = A câmera não consegue fazer isso.
panel-refused = O gravador recusou. Dê essa permissão ao usuário do agente nas configurações de usuários do gravador.
panel-lost = A conexão com o dispositivo foi perdida. Quando a imagem voltar, tente de novo.
ptz-none = Esta câmera não gira, não dá zoom nem foca daqui.
ptz-forbidden = Você não pode mover esta câmera. Pergunte ao dono do dispositivo.
ptz-steered = { $name } está movendo esta câmera. Tente de novo em { $n } s, quando a pessoa terminar.
ptz-free = A câmera deve estar livre: você pode movê-la.
ptz-goes = A câmera vai para “{ $name }”.
ptz-saved = Salva como “{ $name }”.
ptz-full = A câmera não tem lugar livre. Exclua uma posição ou salve com um nome da lista.
ptz-remove-really = Todos perderão “{ $name }”. Pressione Excluir de novo para excluir.
ptz-removed = “{ $name }” foi excluída.
ptz-patrol-runs = A ronda { $name } continua até alguém parar ou mover a câmera.
ptz-patrol-over = A ronda { $name } foi parada.

talk-locked = Você será ouvido até pressionar o botão de novo
talk-locked-recorder = Você será ouvido no gravador até pressionar o botão de novo
talk-opening = Abrindo o microfone… Permita se o navegador perguntar.
talk-quiet = Nenhum som vem do seu microfone. Verifique se ele não está mudo.
talk-none = Esta câmera não tem alto-falante, e o gravador também não oferece um.

image-none = A imagem desta câmera não pode ser ajustada daqui.
image-forbidden = Você não pode mudar a imagem desta câmera. Pergunte ao dono do dispositivo.
image-changing = Ajustando a câmera…
image-changed = A câmera aceitou a mudança.
day-night-auto = Automático
day-night-day = Sempre em cores (dia)
day-night-night = Sempre infravermelho (noite)
day-night-other = Definido na própria câmera
image-flip-none = Desligado
image-flip-left-right = Esquerda e direita
image-flip-up-down = Em cima e embaixo
image-flip-both = Meia-volta (para uma câmera pendurada de cabeça para baixo)
outputs-none = Este dispositivo não tem saídas que possam ser acionadas daqui.
outputs-forbidden = Você não pode acionar as saídas deste dispositivo. Pergunte ao dono.
output-unnamed = Saída { $id }
output-is-on = “{ $name }” está ligada.
output-is-off = “{ $name }” está desligada.
output-is-pulse = “{ $name }” ficou ligada por um instante.

ptz-steered-self = Você está movendo esta câmera em outra janela. Tente de novo em { $n } s, depois de soltá-la lá.
talk-self = Você está falando em outra janela. Encerre lá e pressione o botão de novo.
kept-title = Imagens e vídeos
kept-camera = Câmera
kept-save = Salvar como arquivo
capture-kept = A imagem de { $camera } está guardada neste celular.
capture-none = Não há imagem para capturar agora. Espere a câmera mostrar uma.
capture-full = O armazenamento deste celular está cheio e a imagem não foi guardada. Salve-a como arquivo ou exclua antes imagens e vídeos.
capture-not-kept = Este navegador não guarda nada (como uma janela anônima), por isso a imagem não está em Imagens e vídeos. Salve-a como arquivo.

kept-delete = Excluir
kept-picture-of = Imagem de { $camera }
kept-video-of = Vídeo de { $camera }
kept-choose = Selecionar: { $name }
kept-used = { $n ->
    [one] { $n } item, { $size }
   *[other] { $n } itens, { $size }
}
kept-running = { $n ->
    [one] { $n } sendo gravado
   *[other] { $n } sendo gravados
}
kept-chosen = { $n ->
    [one] { $n } selecionado, { $size }
   *[other] { $n } selecionados, { $size }
}
kept-delete-title = { $n ->
    [one] Excluir { $n } item?
   *[other] Excluir { $n } itens?
}
kept-delete-words = { $n ->
    [one] Está só neste celular e não pode ser recuperado.
   *[other] Estão só neste celular e não podem ser recuperados.
}
kept-gone = O arquivo não existe mais: o navegador o apagou.
kept-unreadable = Este navegador não guarda nada aqui (como uma janela anônima). Abra a página em uma janela normal.
kept-unplayable = Este navegador não consegue mostrá-lo. Salve-o como arquivo e abra-o com outro programa.
kept-share-failed = Não foi possível compartilhar. Salve como arquivo e compartilhe a partir dali.
kept-log-out = Sair e apagar?
kept-log-out-words = { $n ->
    [one] Há { $n } imagem ou vídeo neste celular. Será apagado agora. Salve antes se quiser guardar.
   *[other] Há { $n } imagens e vídeos neste celular. Serão apagados agora. Salve antes se quiser guardar.
}
kept-log-out-agree = Apagar e continuar
ask-cancel = Cancelar

recording-began = Gravando { $camera } com som. Há espaço para pelo menos { $room }.
recording-began-silent = Gravando { $camera } sem som: a câmera não envia nenhum. Há espaço para pelo menos { $room }.
recording-began-unsupported = Gravando { $camera } sem som: este navegador não consegue gravá-lo. Há espaço para pelo menos { $room }.
recording-kept = O vídeo de { $camera } está guardado neste celular: { $length }, { $size }, sem som.
recording-kept-sound = O vídeo de { $camera } está guardado neste celular: { $length }, { $size }, com som.
recording-nothing = { $camera } não enviou vídeo que possa ser gravado; nada foi guardado. Espere a imagem se mover e comece de novo.
recording-none = Não há imagem para gravar agora. Espere a câmera mostrar uma.
recording-no-room = Não há espaço para gravar neste celular. Exclua antes imagens e vídeos.
recording-unsupported = Este navegador não consegue gravar o vídeo da câmera. Atualize-o ou use Capturar.
recording-single-pictures = Esta câmera envia imagens avulsas (MJPEG), que não podem ser gravadas aqui. Use Capturar ou ajuste o fluxo para H.264.
recording-ended-left = A câmera saiu da tela e a gravação terminou.
recording-ended-lost = O vídeo da câmera parou de chegar e a gravação terminou.
recording-ended-full = O armazenamento deste celular está cheio e a gravação terminou.
recording-ended-changed = A câmera mudou a imagem; outro vídeo continua a partir daqui.
recording-ended-sound = O som da câmera começou; outro vídeo com som continua a partir daqui.
recording-ended-failed = O navegador não conseguiu continuar gravando e a gravação terminou.
recording-ended-page = A página foi fechada e a gravação terminou.

kept-picture = Imagem
kept-video = Vídeo
kept-sound = com som
kept-silent = sem som

recording-not-begun = A gravação não começou. Verifique a conexão e escolha Gravar de novo.

quality-auto = Auto
quality-clear = Nítida
quality-balanced = Equilibrada
quality-fluent = Fluida
quality-chosen = { $name }: a imagem tem { $size }.
quality-only-one = Esta câmera tem apenas um fluxo.
quality-nothing-between = Esta câmera não tem nada entre a imagem completa e a pequena: você vê a pequena.
quality-full-is-small = A imagem completa desta câmera não é maior que uma equilibrada: você vê a completa.
quality-cannot-show = Este navegador não consegue mostrar o fluxo desta escolha: você vê outro.
quality-no-session = O dispositivo não oferece outro fluxo no momento: você vê o que já está aberto.
quality-in-tile = Em um quadro basta a imagem pequena. Amplie-o para ver a completa.
quality-by-path = Você vê a imagem pequena até que sua conexão suporte a completa.
statistics-per-second = { $n } por segundo
data-is-reset = A contagem recomeça agora.
app-lock-digits = De 4 a 12 dígitos; 6 ou mais é melhor.
app-lock-differs = Os dois PINs não são iguais.
app-lock-is-on = O bloqueio está ativado.
app-lock-is-off = O bloqueio está desativado.
app-lock-wrong = { $n ->
    [one] PIN errado. Resta { $n } tentativa; depois a sessão termina.
   *[other] PIN errado. Restam { $n } tentativas.
}
app-lock-out = PINs errados demais. Saindo …
app-lock-insecure = O bloqueio precisa de HTTPS. Abra este aplicativo no endereço https:// dele.
app-lock-passkey-on = Uma chave de acesso também o abre.
app-lock-passkey-none = Nenhuma chave de acesso foi usada. Adicione uma em Cloud P2P, Chaves de acesso, e tente de novo.
app-lock-passkey-failed = A chave de acesso não foi usada. Tente de novo ou digite o PIN.
arranged-moved = { $name }: lugar { $place } de { $n }
arranged-hide = { $name } está oculta
arranged-show = { $name } é mostrada
ptz-somebody = { $name } está movendo esta câmera.
ptz-self = Você está movendo esta câmera em outra janela.
arrangement-waits = { $n ->
    [one] Foram muitas mudanças em pouco tempo. Este celular as guarda; sua conta as recebe em { $n } minuto.
   *[other] Foram muitas mudanças em pouco tempo. Este celular as guarda; sua conta as recebe em { $n } minutos.
}
arranged-waits = { $n ->
    [one] Foram muitas mudanças em pouco tempo. Deixe esta página aberta: as últimas são salvas em { $n } minuto.
   *[other] Foram muitas mudanças em pouco tempo. Deixe esta página aberta: as últimas são salvas em { $n } minutos.
}
test-again = { $n ->
    [one] Toque de novo no botão em { $n } minuto.
   *[other] Toque de novo no botão em { $n } minutos.
}
app-lock-saved = O tempo foi salvo.
offline-mend = Verifique a energia e a internet no local, e se o agente está em execução. Ele volta sozinho.
