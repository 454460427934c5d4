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
quality-auto = Auto
quality-clear = Nítida
quality-fluent = Fluida

viewable-title = Tornar esta câmera visível
viewable-change = Alterar
viewable-close = Fechar
