# Configuración.

configuration-live = Vista en directo en este dispositivo
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
