# Para quem cuida da nuvem: configurá-la, e o que ela diz por e-mail.

setup-title = Configurar esta nuvem
setup-why = Esta nuvem ainda não tem conta. Quem a iniciou encontra no terminal um link, que vale uma vez e por 24 horas. A primeira conta é dessa pessoa; depois outras podem se registrar.
setup-code = Código de configuração
setup-code-hint = O que vem depois de # no link. O link o preenche sozinho.
setup-code-bad = Este código não está certo ou tem mais de 24 horas. Inicie a nuvem de novo: ela mostra outro link.
setup-email-hint = Agora vai para lá um e-mail, para mostrar que esta nuvem consegue enviar e-mails, e depois os alertas dela.
setup-next = Em seguida você ativa um segundo fator, porque esta conta cuida da nuvem.
setup-closed = Esta nuvem está configurada. As contas entram, e outras pessoas podem se registrar.

mail-setup-subject = Sua nuvem { $host } consegue enviar e-mails
mail-setup = A nuvem { $host } está configurada, e este e-mail mostra que as mensagens dela chegam. Você recebe um e-mail aqui quando algo está errado com ela.
mail-setup-junk = Se este e-mail estava na pasta de spam, os dos outros também estarão: veja como o domínio do remetente está configurado.

mail-alarm-sent-by = Enviado em { $asked_at } por { $host } a todos que cuidam dela.
mail-alarm-strong = Muitos códigos errados: o registro por código está desativado
mail-alarm-strong-do = Alguém tenta adivinhar os códigos curtos de { $host }. Por 24 horas eles não valem para ninguém; o botão no mesmo e-mail continua funcionando. Você não precisa fazer nada. `peerview admin limits show` diz quanto foi tentado.
mail-alarm-tampered = O registro de auditoria foi alterado
mail-alarm-tampered-do = Linhas do registro de auditoria de { $host } sumiram ou foram alteradas, e não foi a nuvem. Foi alguém que pode escrever na pasta de dados dela. `peerview admin audit verify` diz onde.
mail-alarm-losing = O registro de auditoria não pode ser gravado
mail-alarm-losing-do = Os eventos de { $host } são apenas contados até que isso seja resolvido. Na maioria das vezes o disco da pasta de dados está cheio.
mail-alarm-mail = Os e-mails não saem
mail-alarm-mail-do = E-mails de { $host } esperam há mais de { $minutes } minutos, então os códigos chegam tarde demais. Este esperou com eles. `peerview admin mail queue` diz o que o servidor de e-mail responde.
mail-alarm-relay = Falta um relay
mail-alarm-relay-do = Um relay de { $host } está ausente há mais de { $minutes } minutos. As chamadas usam os outros. O log da nuvem diz o nome dele; o log do relay diz por que ele não alcança a nuvem.
