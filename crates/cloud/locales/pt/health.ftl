# O estado de um gravador: o relógio e os discos.

health-title = Estado
health-clock = Relógio
health-clock-right = Certo
health-clock-behind = { $wait } atrasado
health-clock-ahead = { $wait } adiantado
health-disks = Discos
health-disk = Disco { $number }
health-not-known = Não se sabe
health-no-disk = Nenhum
health-ok = Em ordem
health-idle = Em ordem, em repouso
health-preparing = Em preparação
health-unformatted = Sem formatação
health-error = Erro
health-failing = Vai falhar em breve
health-missing = Não encontrado
health-free = { $size }, { $percent } % livres
health-megabytes = { $n } MB
health-gigabytes = { $n } GB
health-terabytes = { $n },{ $tenths } TB
health-warn-clock = O relógio do gravador está errado, e as gravações aparecem em horários errados. Acerte a hora no gravador ou ative o NTP nele. A comparação é com o relógio do computador em que o agente roda.
health-warn-no-disk = O gravador não tem disco, então nada é gravado. Coloque um se ele deve gravar.
health-warn-unformatted = O disco { $number } não está formatado, então nada é gravado nele. Formate-o no menu do gravador.
health-warn-error = O disco { $number } informa um erro. Gravações podem se perder: verifique-o ou troque-o.
health-warn-failing = O disco { $number } vai falhar em breve. Troque-o antes que gravações se percam.
health-warn-missing = O gravador não encontra o disco { $number }. Gravações podem se perder: verifique os cabos ou troque-o.
