# Vista en directo. Lo que dicen sus scripts está en script.ftl.

live-title = Vista en directo
live-needs-script = La vista en directo necesita JavaScript: actívelo para este sitio.
live-no-cameras = Aún no hay cámaras
live-no-cameras-hint = El dispositivo no ha comunicado sus cámaras. Lo hará en cuanto esté en línea.
live-no-devices = Aún no hay dispositivos
live-no-devices-hint = Añada un dispositivo para ver aquí sus cámaras.
live-again = Reintentar
live-at-once = Imágenes a la vez
live-pictures = { $n ->
    [one] { $n } imagen
   *[other] { $n } imágenes
}
live-page-back = Una página atrás
live-page-forward = Una página adelante
live-capture = Capturar
live-sound = Sonido
live-talk = Mantener para hablar
live-full-screen = Pantalla completa
quality = Calidad

viewable-title = Hacer visible esta cámara
viewable-change = Cambiar
viewable-close = Cerrar

live-ptz = PTZ
live-talk-tool = Hablar
live-image = Imagen
live-outputs = Salidas
live-heard = Su sonido está activado
tile-snapshot = Imagen fija
panel-close = Cerrar
ptz-hint = Pulse en el mando o use las flechas del teclado. En una imagen ampliada, arrastre.
ptz-turn = Girar la cámara
ptz-up = Arriba
ptz-down = Abajo
ptz-left = Izquierda
ptz-right = Derecha
ptz-up-left = Arriba a la izquierda
ptz-up-right = Arriba a la derecha
ptz-down-left = Abajo a la izquierda
ptz-down-right = Abajo a la derecha
ptz-zoom = Zoom
ptz-zoom-in = Acercar
ptz-zoom-out = Alejar
ptz-focus = Enfoque
ptz-focus-near = Enfocar más cerca
ptz-focus-far = Enfocar más lejos
ptz-iris = Iris
ptz-iris-open = Abrir el iris
ptz-iris-close = Cerrar el iris
ptz-presets = Posiciones guardadas
ptz-no-presets = Aún no hay posiciones guardadas.
ptz-go = Ir
ptz-remove = Eliminar
ptz-save-as = Nombre de esta posición
ptz-save = Guardar
ptz-patrol = Ronda
ptz-start = Iniciar
ptz-stop = Detener

talk-hint = Mantenga pulsado el botón mientras habla, o tóquelo para dejar el micrófono abierto hasta la siguiente pulsación.

image-hint = Estos ajustes son de la cámara: todos ven el cambio y se graba.
image-brightness = Brillo
image-contrast = Contraste
image-saturation = Color
image-sharpness = Nitidez
image-day-night = Día y noche
image-wdr = Equilibrar zonas claras y oscuras (WDR)
image-flip = Espejo
output-on = Encender
output-off = Apagar
output-pulse = Pulso
live-cameras = Cámaras
live-cameras-close = Cerrar
live-cameras-search = Buscar cámaras
live-sets = Qué cámaras
live-set-all = Todas
live-set-favourites = Favoritas
live-view-remove = Quitar esta vista
live-view-name = Nombre de una vista nueva
live-view-save = Guardar lo que se ve
live-small-window = Ventana pequeña
kept-needs-script = Imágenes y vídeos necesita JavaScript: actívelo para este sitio.
kept-stays = Lo que captura y graba se queda en este teléfono, en este navegador: no se envía a nadie. Cerrar sesión y eliminar la cuenta lo borran. Guarde como archivo lo que quiera conservar mucho tiempo: el navegador puede borrarlo si el teléfono se llena.
kept-select = Seleccionar
kept-select-all = Seleccionar todo
kept-chosen-actions = Qué hacer con lo seleccionado
kept-share = Compartir
kept-none = Todavía no hay nada
kept-none-hint = Abra la vista en directo, seleccione una cámara y elija Capturar o Grabar.

live-record = Grabar
live-statistics = Estadísticas
statistics-size = Tamaño de la imagen
statistics-rate = Imágenes
statistics-bits = Datos
statistics-lost = Perdido
statistics-codec = Formato de vídeo
statistics-path = Camino

live-all-hidden = Todas las cámaras están ocultas
live-all-hidden-hint = Elija el dispositivo y «Renombrar, ordenar u ocultar» para volver a mostrarlas.
