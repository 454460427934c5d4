# Configuración.

configuration-live = Vista en directo en este teléfono
configuration-quality = Calidad
configuration-resume = Continuar la última vista
configuration-resume-on = Sí
configuration-resume-off = No
configuration-connection = Conexión
configuration-connection-auto = Auto
configuration-connection-relay = Solo retransmisión
configuration-connection-hint = Auto toma el camino directo si lo hay. «Solo retransmisión» oculta su dirección al lugar del grabador y cuesta tiempo.
configuration-about = Acerca de
configuration-cloud = Nube conectada
configuration-licence = Licencia
configuration-licence-names = Apache-2.0 o MIT
configuration-icons = Iconos

configuration-quality-wifi = Calidad con Wi-Fi
configuration-quality-mobile = Calidad con datos móviles
configuration-quality-one = Este navegador no dice si usa Wi-Fi o datos móviles, así que una sola calidad vale para ambos.
data-title = Datos usados en este teléfono
data-wifi = Wi-Fi
data-mobile = Datos móviles
data-unknown = Vista en directo
data-today = Hoy
data-yesterday = Ayer
data-month = Este mes
data-last-month = El mes pasado
data-reset = Restablecer
data-hint = Lo que la vista en vivo envió y recibió en este navegador; se cuenta aquí y no se comunica a nadie. Al cerrar sesión se borra.
configuration-notices = Notificaciones

app-lock = Bloqueo de la aplicación
app-lock-what = Bloquea esta aplicación en este teléfono cuando ha estado un rato sin usarse. Entonces pide un PIN o una llave de acceso antes de mostrar nada. Cinco PIN incorrectos cierran la sesión y borran lo que guarda este teléfono, también fotos y vídeos.
app-lock-honest = Protege de quien coge su teléfono desbloqueado. No protege de un ladrón con tiempo y herramientas: bloquee el propio teléfono y, si lo pierde, cierre su sesión en Cloud P2P.
app-lock-pin = PIN
app-lock-new-pin = PIN nuevo
app-lock-again = Repita el PIN
app-lock-after = Bloquear tras estar sin usarse
app-lock-minutes = { $n ->
    [one] { $n } minuto
   *[other] { $n } minutos
}
app-lock-turn-on = Activar
app-lock-turn-off = Desactivar
app-lock-passkey = Abrir también con llave de acceso
app-lock-locked = Bloqueado
app-lock-open = Abrir
app-lock-forgotten = He olvidado el PIN: cerrar sesión
app-lock-needs-script = El bloqueo necesita JavaScript. Permítalo para esta página en los ajustes del navegador.
app-lock-save = Guardar el tiempo
app-lock-why-pin = Cada cambio necesita el PIN.
