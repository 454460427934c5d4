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
quality-auto = Auto
quality-clear = Nítida
quality-fluent = Fluida

viewable-title = Hacer visible esta cámara
viewable-change = Cambiar
viewable-close = Cerrar
