# O que os scripts dizem; as páginas também podem dizer.

direct = Direta
mapped = Porta aberta
relayed = Retransmitida
online = On-line
offline = Desconectado
offline-since = Desconectado desde { $when }
never-online = Ainda não conectado
cameras = { $n ->
    [one] { $n } câmera
   *[other] { $n } câmeras
}
page-of = { $page } / { $pages }

show = Mostrar
hide = Ocultar
show-password = Mostrar senha

qr-none = Não foi encontrado nenhum código de gravador nesta imagem.
qr-no-camera = Não foi possível abrir a câmera. Digite o número de série e o código.
qr-read = Código lido. Confira o nome e escolha Adicionar.
qr-wrong = Este código QR não é de um gravador.

tile-waiting = Conectando…
tile-offline = A câmera está desconectada
tile-unplayable = Este navegador não reproduz o vídeo desta câmera. Ajuste o fluxo secundário para H.264.
tile-refused = O gravador recusou a senha. Defina a certa onde o agente é executado.
tile-recorder-offline = O dispositivo está desconectado
tile-no-answer = O dispositivo não responde
tile-no-path = Não foi encontrado um caminho até o dispositivo
tile-no-cloud = Sem conexão com a nuvem
tile-forbidden = Você não pode ver este dispositivo
tile-busy = O dispositivo está ocupado. Espere um instante.
tile-unsupported = Este navegador não mostra vídeo ao vivo

form-working = Um momento…

strength-worst = Muito fácil de adivinhar
strength-weak = Fácil de adivinhar
strength-fair = Mais ou menos
strength-good = Boa
strength-strong = Muito boa
