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
