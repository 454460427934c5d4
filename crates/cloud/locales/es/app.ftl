# Lo que tiene cada página: barra, menú, marco, tiempos.

slogan = Sus grabadores, directos a su teléfono
skip = Ir al contenido
back = Atrás
menu = Menú
menu-live = Vista en directo
menu-devices = Dispositivos
menu-configuration = Configuración
menu-help = Ayuda
log-out = Cerrar sesión
language = Idioma
language-now = Idioma: { $name }

moment = { $day } de { $month ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[12] diciembre
} de { $year }, { $time } UTC
wait-seconds = { $n ->
    [one] { $n } segundo
   *[other] { $n } segundos
}
wait-minutes = { $n ->
    [one] { $n } minuto
   *[other] { $n } minutos
}
wait-hours = { $n ->
    [one] { $n } hora
   *[other] { $n } horas
}
wait-days = { $n ->
    [one] { $n } día
   *[other] { $n } días
}
