# Lo que dicen los scripts; las páginas también pueden decirlo.

direct = Directa
mapped = Puerto abierto
relayed = Retransmitida
online = En línea
offline = Desconectado
offline-since = Desconectado desde { $when }
never-online = Aún no conectado
cameras = { $n ->
    [one] { $n } cámara
   *[other] { $n } cámaras
}
page-of = { $page } / { $pages }

show = Mostrar
hide = Ocultar
show-password = Mostrar contraseña

qr-none = En esta imagen no se encontró el código de un grabador.
qr-no-camera = No se pudo abrir la cámara. Escriba el número de serie y el código.
qr-read = Código leído. Compruebe el nombre y elija Añadir.
qr-wrong = Este código QR no es de un grabador.

tile-waiting = Conectando…
tile-offline = La cámara está desconectada
tile-unplayable = Este navegador no puede reproducir el vídeo de esta cámara. Ponga su flujo secundario en H.264.
tile-refused = El grabador rechazó su contraseña. Ponga la correcta donde funciona el agente.
tile-recorder-offline = El dispositivo está desconectado
tile-no-answer = El dispositivo no responde
tile-no-path = No se encontró un camino al dispositivo
tile-no-cloud = Sin conexión con la nube
tile-forbidden = No puede ver este dispositivo
tile-busy = El dispositivo está ocupado. Espere un momento.
tile-unsupported = Este navegador no puede mostrar vídeo en directo

form-working = Un momento…

strength-worst = Muy fácil de adivinar
strength-weak = Fácil de adivinar
strength-fair = Regular
strength-good = Buena
strength-strong = Muy buena
