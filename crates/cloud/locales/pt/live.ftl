# Ao vivo. O que os scripts dizem está em script.ftl.

live-title = Ao vivo
live-needs-script = A imagem ao vivo precisa de JavaScript: ative-o para este site.
live-no-cameras = Ainda não há câmeras
live-no-cameras-hint = O dispositivo ainda não informou suas câmeras. Ele o fará assim que estiver on-line.
live-no-devices = Ainda não há dispositivos
live-no-devices-hint = Adicione um dispositivo para ver suas câmeras aqui.
live-again = Tentar de novo
live-at-once = Imagens ao mesmo tempo
live-pictures = { $n ->
    [one] { $n } imagem
   *[other] { $n } imagens
}
live-page-back = Uma página para trás
live-page-forward = Uma página para a frente
live-capture = Capturar
live-sound = Som
live-talk = Segurar para falar
live-full-screen = Tela cheia
quality = Qualidade

viewable-title = Tornar esta câmera visível
viewable-change = Alterar
viewable-close = Fechar

live-ptz = PTZ
live-talk-tool = Falar
live-image = Imagem
live-outputs = Saídas
live-heard = O som dela está ligado
tile-snapshot = Imagem parada
panel-close = Fechar
ptz-hint = Pressione o controle ou use as setas do teclado. Em uma imagem ampliada, arraste.
ptz-turn = Girar a câmera
ptz-up = Para cima
ptz-down = Para baixo
ptz-left = Para a esquerda
ptz-right = Para a direita
ptz-up-left = Para cima à esquerda
ptz-up-right = Para cima à direita
ptz-down-left = Para baixo à esquerda
ptz-down-right = Para baixo à direita
ptz-zoom = Zoom
ptz-zoom-in = Aproximar
ptz-zoom-out = Afastar
ptz-focus = Foco
ptz-focus-near = Focar mais perto
ptz-focus-far = Focar mais longe
ptz-iris = Íris
ptz-iris-open = Abrir a íris
ptz-iris-close = Fechar a íris
ptz-presets = Posições salvas
ptz-no-presets = Nenhuma posição salva ainda.
ptz-go = Ir
ptz-remove = Excluir
ptz-save-as = Nome desta posição
ptz-save = Salvar
ptz-patrol = Ronda
ptz-start = Iniciar
ptz-stop = Parar

talk-hint = Segure o botão enquanto fala, ou toque nele para deixar o microfone aberto até a próxima vez que o pressionar.

image-hint = Estes ajustes são da câmera: todos veem a mudança, e ela é gravada.
image-brightness = Brilho
image-contrast = Contraste
image-saturation = Cor
image-sharpness = Nitidez
image-day-night = Dia e noite
image-wdr = Equilibrar áreas claras e escuras (WDR)
image-flip = Espelhar
output-on = Ligar
output-off = Desligar
output-pulse = Pulso
live-cameras = Câmeras
live-cameras-close = Fechar
live-cameras-search = Buscar câmeras
live-sets = Quais câmeras
live-set-all = Todas
live-set-favourites = Favoritas
live-view-remove = Remover esta visualização
live-view-name = Nome da nova visualização
live-view-save = Salvar o que aparece
live-small-window = Janela pequena
kept-needs-script = Imagens e vídeos precisa de JavaScript: ative-o para este site.
kept-stays = O que você captura e grava fica neste celular, neste navegador: não é enviado a ninguém. Sair e excluir a conta apagam tudo. Salve como arquivo o que quiser guardar por muito tempo: o navegador pode apagá-lo quando o celular enche.
kept-select = Selecionar
kept-select-all = Selecionar tudo
kept-chosen-actions = O que fazer com a seleção
kept-share = Compartilhar
kept-none = Nada ainda
kept-none-hint = Abra Ao vivo, selecione uma câmera e escolha Capturar ou Gravar.

live-record = Gravar
live-statistics = Estatísticas
statistics-size = Tamanho da imagem
statistics-rate = Imagens
statistics-bits = Dados
statistics-lost = Perdido
statistics-codec = Formato de vídeo
statistics-path = Caminho

live-all-hidden = Todas as câmeras estão ocultas
live-all-hidden-hint = Escolha o dispositivo e “Renomear, ordenar ou ocultar” para mostrá-las de novo.
