# Dispositivos, um dispositivo, adicionar dispositivo.

devices-title = Dispositivos
devices-none = Ainda não há dispositivos
devices-none-hint = Inicie o agente perto do seu gravador. Ele mostra um número de série e 6 letras: adicione o dispositivo com eles.
devices-search = Pesquisar dispositivos e câmeras
devices-search-count = { $n } dispositivos, suas câmeras
devices-state = Mostrar
devices-state-all = Todos os dispositivos
devices-state-online = Só online
devices-state-offline = Só offline
devices-no-match = Nenhum dispositivo ou câmera tem esse nome.
devices-settings = Ajustes de { $name }
device-live = Ao vivo
device-connection = Conexão
device-serial = Número de série
device-cameras = Câmeras
device-name = Nome
device-rename = Renomear
device-remove = Remover da minha conta

removal-title = Remover { $name }
removal-question = Remover <strong>{ $name }</strong> ({ $serial }) da sua conta? A imagem ao vivo termina na hora. O gravador e suas gravações ficam como estão; com o código de verificação ele pode ser adicionado de novo.
removal-remove = Remover
removal-keep = Manter

add-title = Adicionar dispositivo
add-scan = Ler código QR
add-scan-stop = Parar de escanear
add-photo = Foto do código QR
add-hint = Leia com a câmera do celular o código QR que o agente mostra, ou digite:
add-code = Código de verificação (6 letras)
add-name-example = Loja, térreo
add-name-hint = Sem nome, ele se chama como no local.
add-button = Adicionar
add-another = Adicionar outro depois deste
add-done = O dispositivo foi adicionado. Aqui você pode adicionar o próximo.
add-promise = O vídeo vai do gravador até você, criptografado em todo o caminho. Este servidor não o vê, nem quando precisa retransmiti-lo.

claim-no-serial = Um número de série é PV e 13 letras ou números, como o agente do gravador mostra.
claim-no-code = Um código de verificação são 6 letras, como o agente do gravador mostra.
claim-no-name = Um nome tem no máximo { $max } caracteres, nenhum invisível nem que mude a direção da escrita.
claim-already-yours = Este dispositivo já está na sua lista.
claim-refused = O número de série ou o código de verificação está errado, ou o dispositivo está desconectado.
claim-too-many = Tentativas demais. Espere um pouco e confira o código que o agente do gravador mostra.
claim-too-many-for = Tentativas demais. Tente de novo em { $wait } e confira o código que o agente do gravador mostra.
claim-without-scripts = Neste momento, adicionar um dispositivo sem scripts demora um pouco mais: o formulário pode ser enviado após { $seconds } segundos.
device-changes-too-many = Hoje dispositivos foram adicionados ou removidos muitas vezes. Continue amanhã, por favor.

cameras-title = Câmeras
cameras-edit = Renomear, ordenar ou ocultar
cameras-hint = Nomes, ordem e câmeras ocultas valem em todo lugar onde você entrar. O gravador em si não muda.
cameras-no-match = Nenhuma câmera tem esse nome.
camera-settings = Nome e lugar de { $name }
camera-hidden = Oculta
cameras-hidden = { $n ->
    [one] { $n } oculta
   *[other] { $n } ocultas
}
camera-hide = Ocultar { $name }
camera-show = Mostrar { $name }
camera-name = Nome
camera-name-hint = O gravador a chama de “{ $name }”. Deixe o campo vazio para usar esse nome.
camera-place = Lugar na lista, de 1 a { $n }
camera-shown = Mostrar ao vivo e nas listas
camera-save = Salvar
camera-no-name = Um nome tem no máximo { $max } caracteres, nenhum invisível nem que mude o sentido da escrita.
camera-no-place = Um lugar é um número de 1 a { $n }.
move-up = Mover { $name } para cima
move-down = Mover { $name } para baixo
order-title = Ordem dos dispositivos
order-edit = Mudar a ordem
order-hint = Esta ordem vale para sua conta, em Dispositivos e ao vivo.

about-recorder = Gravador
about-model = Modelo
about-firmware = Firmware
connection-since = Online desde
connection-lasts = Continua
way-mostly-direct = Quase sempre direta
way-mostly-relayed = Quase sempre retransmitida
way-either = Direta ou retransmitida
connection-outages = { $n ->
    [0] Nenhuma queda nos últimos { $days } dias
    [one] { $n } queda nos últimos { $days } dias
   *[other] { $n } quedas nos últimos { $days } dias
}
add-lost = Se o código QR ou o link de um gravador trouxe você aqui: escaneie ou abra-o mais uma vez. Ele foi aberto em outra janela ou em outro celular, e o código fica lá.
connection-round-trip = Ida e volta do servidor ao agente
connection-milliseconds = { $n } ms
