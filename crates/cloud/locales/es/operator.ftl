# Para quien lleva la nube: configurarla, y lo que les dice por correo.

setup-title = Configurar esta nube
setup-why = Esta nube aún no tiene ninguna cuenta. Quien la inició encuentra un enlace en su terminal, que sirve una vez y durante 24 horas. La primera cuenta es suya; después pueden registrarse otros.
setup-code = Código de configuración
setup-code-hint = Lo que va detrás de # en el enlace. El enlace lo rellena solo.
setup-code-bad = Este código no es correcto o tiene más de 24 horas. Inicie la nube de nuevo: muestra otro enlace.
setup-email-hint = Ahora va allí un correo para mostrar que esta nube puede enviar correo y, más adelante, sus avisos.
setup-next = A continuación activará un segundo factor, porque esta cuenta cuida de la nube.
setup-closed = Esta nube está configurada. Sus cuentas inician sesión y otros pueden registrarse.

mail-setup-subject = Su nube { $host } puede enviar correo
mail-setup = La nube { $host } está configurada, y este correo muestra que sus mensajes llegan. Recibirá aquí un correo cuando algo vaya mal en ella.
mail-setup-junk = Si este correo estaba en la carpeta de spam, los de otros también lo estarán: revise cómo está configurado el dominio del remitente.

mail-alarm-sent-by = Enviado el { $asked_at } por { $host } a quienes la llevan.
mail-alarm-strong = Muchos códigos erróneos: el registro con código está desactivado
mail-alarm-strong-do = Alguien intenta adivinar los códigos cortos de { $host }. Durante 24 horas no valen para nadie; el botón del mismo correo sigue funcionando. No tiene que hacer nada. `peerview admin limits show` dice cuánto se intentó.
mail-alarm-tampered = El registro de auditoría fue modificado
mail-alarm-tampered-do = Faltan o se cambiaron líneas del registro de auditoría de { $host }, y no fue la nube. Lo hizo alguien que puede escribir en su carpeta de datos. `peerview admin audit verify` dice dónde.
mail-alarm-losing = No se puede escribir el registro de auditoría
mail-alarm-losing-do = Los sucesos de { $host } solo se cuentan hasta que se arregle. Casi siempre está lleno el disco de la carpeta de datos.
mail-alarm-mail = Los correos no salen
mail-alarm-mail-do = Los correos de { $host } esperan desde hace más de { $minutes } minutos, así que los códigos llegan tarde. Este esperó con ellos. `peerview admin mail queue` dice qué responde el servidor de correo.
mail-alarm-relay = Falta un relé
mail-alarm-relay-do = Un relé de { $host } falta desde hace más de { $minutes } minutos. Las llamadas usan los demás. El registro de la nube dice su nombre; el del relé dice por qué no alcanza la nube.
