# Lo que dicen los scripts; las páginas también pueden decirlo.

direct = Directa
mapped = Puerto abierto
relayed = Retransmitida
online = En línea
offline = Desconectado
offline-since = Desconectado desde { $when }
never-online = Aún no conectado
online-without-picture = Conectado, sin imagen
cameras = { $n ->
    [one] { $n } cámara
   *[other] { $n } cámaras
}
camera-favourite = Favorita: { $camera }
zoom = { $times }×
zoom-reset = Zoom { $times }×: mostrar toda la imagen
page-of = { $page } / { $pages }

qr-none = En esta imagen no se encontró el código de un grabador.
qr-no-camera = No se pudo abrir la cámara. Escriba el número de serie y el código.
qr-read = Código leído. Compruebe el nombre y elija Añadir.
qr-wrong = Este código QR no es de un grabador.
qr-searching = Buscando un código …
qr-not-loaded = No se pudo cargar el lector de códigos. Inténtelo otra vez, o escriba el número de serie y el código.

tile-selected = { $camera }: { $state }
tile-playing = En directo
tile-waiting = Conectando…
tile-offline = La cámara está desconectada
tile-unplayable = Este navegador no puede reproducir el vídeo de esta cámara. Ponga su flujo secundario en H.264 o use otro navegador.
tile-too-large = Esta imagen es demasiado grande para este navegador, que decodifica H.265 hasta 1280 × 720. Elija Fluida en Calidad o use otro navegador.
tile-no-h264 = Este navegador no puede reproducir H.264, que es lo que envía esta cámara. En Firefox, active el plugin OpenH264 en Complementos, o use otro navegador.
tile-recorder-offline = El dispositivo está desconectado. Compruebe allí la corriente e internet.
tile-no-answer = El dispositivo no responde. Si continúa, reinicie allí el agente.
tile-no-path = No se encontró un camino al dispositivo. Pruebe otra red, como los datos móviles. La prueba de conexión, en Ayuda, dice qué hay que abrir en esta.
tile-no-cloud = Usted no tiene conexión con la nube. Compruebe internet donde está.
tile-cloud-full = La nube no tiene sitio libre. Cierre otras páginas de la vista en directo o espere unos minutos.
tile-forbidden = No puede ver este dispositivo
tile-busy = El dispositivo está ocupado. Espere un momento.
tile-unsupported = Este navegador no puede mostrar vídeo en directo: no tiene WebRTC, o está desactivado. Permítalo en los ajustes del navegador o use otro.
tile-removed = Este dispositivo ya no está en su cuenta. Para verlo, añádalo de nuevo en Dispositivos.
tile-slow = Aún no hay imagen. Pulse Reintentar; si no sirve, reinicie la cámara.
tile-still = No llega nada del dispositivo. Esperando…

talk-live = Le oyen: hable ahora
talk-live-recorder = Le oyen en el grabador: hable ahora
talk-hold-on = Mantenga el botón mientras habla
talk-somebody = { $name } está hablando. Espere a que termine.
talk-line-in-use = Alguien habla en el grabador con otro programa. Espere a que termine.
talk-forbidden = No puede hablar por esta cámara
talk-unsupported = La cámara no acepta sonido desde aquí
talk-failed = La cámara no respondió. Mantenga el botón otra vez.
talk-closed = La cámara o el grabador ha terminado la conversación; quizá otra persona usa su línea. Mantenga pulsado el botón otra vez.
talk-lost = La cámara ya no recibe sonido. Mantenga pulsado el botón otra vez cuando vuelva su imagen.
talk-silent = No llegó sonido de este micrófono, así que la conversación terminó. Revise el micrófono y mantenga pulsado el botón otra vez.
talk-refused = El navegador no puede usar el micrófono. Permítalo en los ajustes del navegador para esta página y mantenga el botón otra vez.
talk-no-microphone = No se encontró ningún micrófono. Conecte uno y mantenga el botón otra vez.
talk-insecure = Los navegadores solo abren el micrófono en páginas seguras. Abra esta con https://.
talk-microphone-busy = El micrófono no se abrió. Cierre otros programas que lo usen y mantenga el botón otra vez.

viewable-asking = Preguntando a la cámara qué cambiaría…
viewable-changing = Se está cambiando la cámara. Puede tardar medio minuto.
viewable-codec = Formato de vídeo: { $from } pasa a { $to }
viewable-size = Tamaño de la imagen: { $from } pasa a { $to }
viewable-rate = Imágenes por segundo: { $from } pasa a { $to }
viewable-smart = Códec inteligente («+»): desactivado
viewable-effect-sub = Esto cambia la imagen pequeña de la cámara (flujo secundario) para todos, y sus grabaciones.
viewable-effect-main = Esto cambia la imagen completa de la cámara (flujo principal) para todos. Sus grabaciones ocuparán más espacio.
viewable-nothing = Los ajustes de la cámara ya sirven para todos los navegadores. Elija Reintentar; si no ayuda, reinicie la cámara.
viewable-done = Hecho. La imagen empieza sola.
viewable-restart = El grabador ha aceptado el cambio. Reinícielo: después se verá la imagen.
viewable-forbidden = No puede cambiar los ajustes de esta cámara. Pregunte al propietario del dispositivo.
viewable-unsupported = Esta cámara no se puede cambiar desde aquí. Ponga su flujo secundario en H.264 en los ajustes de la propia cámara.
viewable-refused = El grabador rechazó el cambio o no lo guardó. Dé allí al usuario del agente el derecho a cambiar ajustes, o ponga el flujo en H.264 en el grabador.
viewable-busy = El dispositivo está ocupado. Espere un momento y empiece de nuevo.
viewable-no-answer = El grabador no responde. Revise su corriente y su red, y empiece de nuevo.
viewable-lost = Se perdió la conexión con el dispositivo. Cuando vuelva, empiece de nuevo para ver si la cámara cambió.

reason-refused = El grabador rechazó el usuario o la contraseña. Corríjalos en los ajustes del agente y reinícielo.
reason-locked = El grabador bloqueó este usuario tras demasiadas contraseñas erróneas. Compruebe la contraseña en los ajustes del agente, espere media hora y reinícielo.
reason-locked-until = El grabador bloqueó este usuario hasta { $when } tras demasiadas contraseñas erróneas. Compruebe la contraseña en los ajustes del agente y reinícielo después.
reason-login-missing = El grabador pide usuario y contraseña, y los ajustes del agente no los tienen. Añádalos y reinicie el agente.
reason-no-digest = El grabador no ofrece autenticación Digest. Actívela en sus ajustes de seguridad, o ponga allow_basic en los ajustes del agente, con lo que la contraseña se envía sin cifrar.
reason-forbidden = El usuario del agente no puede ver esto en el grabador. Dele allí el permiso de vista en directo.
reason-https-wanted = El grabador solo responde por HTTPS. Escriba https:// antes de su dirección en los ajustes del agente y reinícielo.
reason-certificate = El certificado del grabador no sirve. Cree uno nuevo en sus ajustes de red.
reason-certificate-changed = El grabador muestra otro certificado que antes. Si fue sustituido o restablecido, acepte el nuevo con «peerview agent trust» donde funciona el agente.
reason-unreachable = No se llega al grabador. Compruebe la corriente, el cable de red y su dirección en los ajustes del agente.
reason-no-answer = El grabador no responde. Si continúa, reinícielo.
reason-closed = El grabador cerró la conexión. El agente lo intenta de nuevo.
reason-invalid-answer = La respuesta del grabador no tiene sentido. Compruebe la dirección y el puerto en los ajustes del agente.
reason-moved = El grabador remite a otra dirección. Escríbala en los ajustes del agente y reinícielo.
reason-full = Todos los flujos del grabador están en uso. Cierre otro visor o programa que lo use; el agente lo intenta de nuevo.
reason-no-stream = El grabador no tiene ese flujo. Compruebe el cable de la cámara y la dirección del flujo.
reason-status = El grabador rechazó el flujo con el estado { $status }. Si continúa, reinícielo.
reason-unplugged = La cámara está desconectada. Compruebe el cable y la corriente.
reason-no-camera = El grabador ya no tiene esta cámara.
reason-no-video = No hay vídeo en esta dirección. Compruebe la dirección del flujo en los ajustes del agente.
reason-no-picture = La cámara no envía imagen. Si continúa, reiníciela.
reason-no-key-frame = Esperando el próximo fotograma clave de la cámara. Ayuda un intervalo más corto en sus ajustes.
reason-no-parameter-sets = La cámara envía imágenes que no se pueden decodificar (faltan SPS y PPS). Reiníciela o actualice su firmware.
reason-codec = La cámara envía vídeo { $codec }, que no se puede mostrar. Ponga su flujo en H.264.
reason-unknown = No hay imagen. El registro del agente dice por qué.

strength-worst = Muy fácil de adivinar
strength-weak = Fácil de adivinar
strength-fair = Regular
strength-good = Buena
strength-strong = Muy buena

panel-not-loaded = Esta herramienta no se ha cargado. Compruebe su conexión, ciérrela y vuelva a abrirla.
panel-asking = Preguntando a la cámara qué puede hacer…
panel-no-answer = El grabador no responde. Compruebe su alimentación y su red e inténtelo de nuevo.
panel-busy = El dispositivo está ocupado. Espere un momento e inténtelo de nuevo.
panel-unsupported = La cámara no puede hacerlo.
panel-refused = El grabador lo ha rechazado. Dé al usuario del agente el permiso necesario en los ajustes de usuarios del grabador.
panel-lost = Se ha perdido la conexión con el dispositivo. Cuando vuelva su imagen, inténtelo de nuevo.
ptz-none = Esta cámara no gira, no hace zoom ni enfoca desde aquí.
ptz-forbidden = No puede mover esta cámara. Pregunte al propietario del dispositivo.
ptz-steered = { $name } está moviendo esta cámara. Inténtelo de nuevo dentro de { $n } s, cuando haya terminado.
ptz-free = La cámara debería estar libre: ya puede moverla.
ptz-goes = La cámara va a «{ $name }».
ptz-saved = Guardada como «{ $name }».
ptz-full = La cámara no tiene sitio libre. Elimine una posición o guarde con un nombre de la lista.
ptz-remove-really = Todos perderán «{ $name }». Pulse Eliminar otra vez para eliminarla.
ptz-removed = «{ $name }» se ha eliminado.
ptz-patrol-runs = La ronda { $name } sigue hasta que alguien la detenga o mueva la cámara.
ptz-patrol-over = La ronda { $name } se ha detenido.

talk-locked = Se le oye hasta que vuelva a pulsar el botón
talk-locked-recorder = Se le oye en el grabador hasta que vuelva a pulsar el botón
talk-opening = Abriendo el micrófono… Permítalo si el navegador lo pregunta.
talk-quiet = No llega sonido de su micrófono. Compruebe que no esté silenciado.
talk-none = Esta cámara no tiene altavoz y su grabador tampoco ofrece ninguno.

image-none = La imagen de esta cámara no se puede ajustar desde aquí.
image-forbidden = No puede cambiar la imagen de esta cámara. Pregunte al propietario del dispositivo.
image-changing = Ajustando la cámara…
image-changed = La cámara ha aceptado el cambio.
day-night-auto = Automático
day-night-day = Siempre color (día)
day-night-night = Siempre infrarrojo (noche)
day-night-other = Ajustado en la propia cámara
image-flip-none = Desactivado
image-flip-left-right = Izquierda y derecha
image-flip-up-down = Arriba y abajo
image-flip-both = Media vuelta (para una cámara colgada al revés)
outputs-none = Este dispositivo no tiene salidas que se puedan activar desde aquí.
outputs-forbidden = No puede activar las salidas de este dispositivo. Pregunte a su propietario.
output-unnamed = Salida { $id }
output-is-on = «{ $name }» está encendida.
output-is-off = «{ $name }» está apagada.
output-is-pulse = «{ $name }» se ha encendido un momento.

ptz-steered-self = Está moviendo esta cámara en otra ventana. Inténtelo de nuevo dentro de { $n } s, cuando la haya soltado allí.
talk-self = Está hablando en otra ventana. Termine allí y vuelva a pulsar el botón.
kept-title = Imágenes y vídeos
kept-camera = Cámara
kept-save = Guardar como archivo
capture-kept = La imagen de { $camera } está guardada en este teléfono.
capture-none = Ahora no hay imagen que capturar. Espere a que la cámara muestre una.
capture-full = El almacenamiento de este teléfono está lleno y la imagen no se guardó. Guárdela como archivo o elimine antes imágenes y vídeos.
capture-not-kept = Este navegador no conserva nada (como en una ventana privada), así que la imagen no está en Imágenes y vídeos. Guárdela como archivo.

kept-delete = Eliminar
kept-picture-of = Imagen de { $camera }
kept-video-of = Vídeo de { $camera }
kept-choose = Seleccionar: { $name }
kept-used = { $n ->
    [one] { $n } elemento, { $size }
   *[other] { $n } elementos, { $size }
}
kept-running = { $n ->
    [one] { $n } se está grabando
   *[other] { $n } se están grabando
}
kept-chosen = { $n ->
    [one] { $n } seleccionado, { $size }
   *[other] { $n } seleccionados, { $size }
}
kept-delete-title = { $n ->
    [one] ¿Eliminar { $n } elemento?
   *[other] ¿Eliminar { $n } elementos?
}
kept-delete-words = { $n ->
    [one] Solo está en este teléfono y no se puede recuperar.
   *[other] Solo están en este teléfono y no se pueden recuperar.
}
kept-gone = El archivo ya no está: el navegador lo ha borrado.
kept-unreadable = Este navegador no conserva nada aquí (como en una ventana privada). Abra la página en una ventana normal.
kept-unplayable = Este navegador no puede mostrarlo. Guárdelo como archivo y ábralo con otro programa.
kept-share-failed = No se pudo compartir. Guárdelo como archivo y compártalo desde allí.
kept-log-out = ¿Cerrar sesión y borrar?
kept-log-out-words = { $n ->
    [one] Hay { $n } imagen o vídeo en este teléfono. Se borra ahora. Guárdelo antes si quiere conservarlo.
   *[other] Hay { $n } imágenes y vídeos en este teléfono. Se borran ahora. Guárdelos antes si quiere conservarlos.
}
kept-log-out-agree = Borrar y continuar
ask-cancel = Cancelar

recording-began = Grabando { $camera } con sonido. Hay espacio para al menos { $room }.
recording-began-silent = Grabando { $camera } sin sonido: la cámara no envía ninguno. Hay espacio para al menos { $room }.
recording-began-unsupported = Grabando { $camera } sin sonido: este navegador no puede grabarlo. Hay espacio para al menos { $room }.
recording-kept = El vídeo de { $camera } está guardado en este teléfono: { $length }, { $size }, sin sonido.
recording-kept-sound = El vídeo de { $camera } está guardado en este teléfono: { $length }, { $size }, con sonido.
recording-nothing = { $camera } no envió vídeo que se pueda grabar y no se guardó nada. Espere a que la imagen se mueva y empiece de nuevo.
recording-none = Ahora no hay imagen que grabar. Espere a que la cámara muestre una.
recording-no-room = No hay espacio para grabar en este teléfono. Elimine antes imágenes y vídeos.
recording-unsupported = Este navegador no puede grabar el vídeo de la cámara. Actualícelo o use Capturar.
recording-single-pictures = Esta cámara envía imágenes sueltas (MJPEG), que aquí no se pueden grabar. Use Capturar o configure su flujo en H.264.
recording-ended-left = La cámara salió de la pantalla y la grabación terminó.
recording-ended-lost = El vídeo de la cámara dejó de llegar y la grabación terminó.
recording-ended-full = El almacenamiento de este teléfono está lleno y la grabación terminó.
recording-ended-changed = La cámara cambió su imagen; otro vídeo continúa desde aquí.
recording-ended-sound = Empezó el sonido de la cámara; otro vídeo con sonido continúa desde aquí.
recording-ended-failed = El navegador no pudo seguir escribiendo y la grabación terminó.
recording-ended-page = Se salió de la página y la grabación terminó.

kept-picture = Imagen
kept-video = Vídeo
kept-sound = con sonido
kept-silent = sin sonido

recording-not-begun = La grabación no empezó. Compruebe la conexión y elija Grabar otra vez.

quality-auto = Auto
quality-clear = Nítida
quality-balanced = Equilibrada
quality-fluent = Fluida
quality-chosen = { $name }: la imagen tiene { $size }.
quality-only-one = Esta cámara solo tiene una transmisión.
quality-nothing-between = Esta cámara no tiene nada entre su imagen completa y la pequeña: usted ve la pequeña.
quality-full-is-small = La imagen completa de esta cámara no es mayor que una equilibrada: usted ve la completa.
quality-cannot-show = Este navegador no puede mostrar la transmisión de esta elección: usted ve otra.
quality-no-session = El dispositivo no da otra transmisión por ahora: usted ve la que ya está abierta.
quality-in-tile = En un recuadro basta la imagen pequeña. Amplíelo para ver la completa.
quality-by-path = Usted ve la imagen pequeña hasta que su conexión soporte la completa.
statistics-per-second = { $n } por segundo
data-is-reset = Se cuenta de nuevo desde ahora.
app-lock-digits = De 4 a 12 cifras; 6 o más es mejor.
app-lock-differs = Los dos PIN no son iguales.
app-lock-is-on = El bloqueo está activado.
app-lock-is-off = El bloqueo está desactivado.
app-lock-wrong = { $n ->
    [one] PIN incorrecto. Queda { $n } intento; después se cierra la sesión.
   *[other] PIN incorrecto. Quedan { $n } intentos.
}
app-lock-out = Demasiados PIN incorrectos. Cerrando la sesión …
app-lock-insecure = El bloqueo necesita HTTPS. Abra esta aplicación en su dirección https://.
app-lock-passkey-on = También la abre una llave de acceso.
app-lock-passkey-none = No se ha usado ninguna llave de acceso. Añada una en Cloud P2P, Llaves de acceso, e inténtelo de nuevo.
app-lock-passkey-failed = No se ha usado la llave de acceso. Inténtelo de nuevo o escriba el PIN.
arranged-moved = { $name }: lugar { $place } de { $n }
arranged-hide = { $name } está oculta
arranged-show = { $name } se muestra
ptz-somebody = { $name } está moviendo esta cámara.
ptz-self = Está moviendo esta cámara en otra ventana.
arrangement-waits = { $n ->
    [one] Han sido muchos cambios en poco tiempo. Este teléfono los conserva; su cuenta los recibe dentro de { $n } minuto.
   *[other] Han sido muchos cambios en poco tiempo. Este teléfono los conserva; su cuenta los recibe dentro de { $n } minutos.
}
arranged-waits = { $n ->
    [one] Han sido muchos cambios en poco tiempo. Deje esta página abierta: los últimos se guardan dentro de { $n } minuto.
   *[other] Han sido muchos cambios en poco tiempo. Deje esta página abierta: los últimos se guardan dentro de { $n } minutos.
}
test-again = { $n ->
    [one] Pulse el botón otra vez dentro de { $n } minuto.
   *[other] Pulse el botón otra vez dentro de { $n } minutos.
}
app-lock-saved = El tiempo está guardado.
offline-mend = Compruebe allí la corriente e internet, y que el agente esté en marcha. Vuelve por sí solo.
