# O que toda página tem: barra, menu, moldura, tempos.

slogan = Seus gravadores, direto no seu celular
skip = Ir para o conteúdo
back = Voltar
menu = Menu
menu-live = Ao vivo
menu-devices = Dispositivos
menu-configuration = Configuração
menu-help = Ajuda
log-out = Sair
language = Idioma
language-now = Idioma: { $name }

moment = { $day } de { $month ->
    [1] janeiro
    [2] fevereiro
    [3] março
    [4] abril
    [5] maio
    [6] junho
    [7] julho
    [8] agosto
    [9] setembro
    [10] outubro
    [11] novembro
   *[12] dezembro
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
    [one] { $n } dia
   *[other] { $n } dias
}
