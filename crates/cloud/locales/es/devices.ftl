# Dispositivos, un dispositivo, añadir dispositivo.

devices-title = Dispositivos
devices-none = Aún no hay dispositivos
devices-none-hint = Inicie el agente junto a su grabador. Muestra un número de serie y 6 letras: añada el dispositivo con ellos.
devices-search = Buscar dispositivos y cámaras
devices-search-count = { $n } dispositivos, sus cámaras
devices-state = Mostrar
devices-state-all = Todos los dispositivos
devices-state-online = Solo en línea
devices-state-offline = Solo sin conexión
devices-no-match = Ningún dispositivo ni cámara tiene ese nombre.
devices-settings = Ajustes de { $name }
device-live = Vista en directo
device-connection = Conexión
device-serial = Número de serie
device-cameras = Cámaras
device-name = Nombre
device-rename = Cambiar
device-remove = Quitar de mi cuenta

removal-title = Quitar { $name }
removal-question = ¿Quitar <strong>{ $name }</strong> ({ $serial }) de su cuenta? Su vista en directo termina al momento. El grabador y sus grabaciones quedan como están; con su código de verificación se puede añadir de nuevo.
removal-remove = Quitar
removal-keep = Conservar

add-title = Añadir dispositivo
add-scan = Escanear código QR
add-scan-stop = Dejar de escanear
add-photo = Foto del código QR
add-hint = Escanee el código QR que muestra el agente con la cámara de su teléfono, o escriba:
add-code = Código de verificación (6 letras)
add-name-example = Tienda, planta baja
add-name-hint = Sin nombre, se llama como en su lugar.
add-button = Añadir
add-another = Añadir otro después de este
add-done = El dispositivo fue añadido. Aquí puede añadir el siguiente.
add-promise = El vídeo va del grabador a usted, cifrado en todo el camino. Este servidor no lo ve, ni siquiera cuando tiene que reenviarlo.

claim-no-serial = Un número de serie es PV y 13 letras o cifras, como lo muestra el agente del grabador.
claim-no-code = Un código de verificación son 6 letras, como lo muestra el agente del grabador.
claim-no-name = Un nombre tiene como máximo { $max } caracteres, ninguno invisible ni que cambie la dirección de escritura.
claim-already-yours = Este dispositivo ya está en su lista.
claim-refused = El número de serie o el código de verificación no son correctos, o el dispositivo está desconectado.
claim-too-many = Demasiados intentos. Espere un rato y compruebe el código que muestra el agente del grabador.
claim-too-many-for = Demasiados intentos. Vuelva a intentarlo dentro de { $wait } y compruebe el código que muestra el agente del grabador.
claim-without-scripts = En este momento, añadir un dispositivo sin scripts tarda un poco más: el formulario se puede enviar después de { $seconds } segundos.
device-changes-too-many = Hoy se han añadido o quitado dispositivos muchas veces. Continúe mañana, por favor.

cameras-title = Cámaras
cameras-edit = Renombrar, ordenar u ocultar
cameras-hint = Los nombres, el orden y las cámaras ocultas valen dondequiera que inicie sesión. El grabador no cambia.
cameras-no-match = Ninguna cámara se llama así.
camera-settings = Nombre y lugar de { $name }
camera-hidden = Oculta
cameras-hidden = { $n ->
    [one] { $n } oculta
   *[other] { $n } ocultas
}
camera-hide = Ocultar { $name }
camera-show = Mostrar { $name }
camera-name = Nombre
camera-name-hint = El grabador la llama «{ $name }». Deje el campo vacío para usar ese nombre.
camera-place = Lugar en la lista, de 1 a { $n }
camera-shown = Mostrar en la vista en directo y en las listas
camera-save = Guardar
camera-no-name = Un nombre tiene como máximo { $max } caracteres, ninguno invisible ni que cambie el sentido de la escritura.
camera-no-place = Un lugar es un número de 1 a { $n }.
move-up = Subir { $name }
move-down = Bajar { $name }
order-title = Orden de los dispositivos
order-edit = Cambiar el orden
order-hint = Este orden vale para su cuenta, en Dispositivos y en la vista en directo.

about-recorder = Grabador
about-model = Modelo
about-firmware = Firmware
connection-since = En línea desde
connection-lasts = Continúa
way-mostly-direct = Casi siempre directa
way-mostly-relayed = Casi siempre retransmitida
way-either = Directa o retransmitida
connection-outages = { $n ->
    [0] Ningún corte en los últimos { $days } días
    [one] 1 corte en los últimos { $days } días
   *[other] { $n } cortes en los últimos { $days } días
}
add-lost = Si llegó aquí por el código QR o el enlace de un grabador: escanéelo o ábralo otra vez. Se abrió en otra ventana o en otro teléfono, y el código se queda allí.
connection-round-trip = Ida y vuelta del servidor al agente
connection-milliseconds = { $n } ms
