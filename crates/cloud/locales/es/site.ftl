# La página de configuración del agente, donde se añaden grabadores.

site-title = Configurar grabadores
site-back = Atrás
site-next = Siguiente
site-code-lead = Esta página añade grabadores al agente de Peerview de este equipo. Escriba el código que el agente ha mostrado en su terminal o registro.
site-code = Código del agente
site-code-hint = Ocho letras y cifras. Cada inicio del agente muestra uno nuevo.
site-code-wrong = Este código no es correcto. Busque el más reciente en lo que ha mostrado el agente.
site-code-wait = Ha habido demasiados códigos incorrectos. Inténtelo de nuevo en { $seconds ->
    [one] { $seconds } segundo
   *[other] { $seconds } segundos
    }. En el propio equipo del agente no cuentan los intentos de otros: abra allí esta página.
site-recorders = Sus grabadores
site-open = Abrir { $name }
site-opening = El agente se está conectando con él.
site-cameras = { $n ->
    [one] { $n } cámara
   *[other] { $n } cámaras
    }
site-found = Encontrados en esta red
site-found-none = Nadie ha respondido. Los dispositivos solo responden en su propia red, y algunos tienen ONVIF desactivado. Escriba la dirección del grabador.
site-search = Buscar de nuevo
site-choose = Configurar { $address }
site-added = Añadido
site-not-activated = Este dispositivo aún no tiene contraseña. Establezca primero una en el dispositivo.
site-type = Escribir una dirección
site-address = Dirección del grabador
site-address-hint = Por ejemplo 192.168.1.64, 192.168.1.64:8000 o https://192.168.1.64, o la dirección rtsp:// de una cámara. Sin usuario ni contraseña.
site-address-bad = Esta no es la dirección de un grabador. Escríbala como en el ejemplo bajo el campo.
site-address-login = No incluya usuario ni contraseña en la dirección. La página siguiente los pide.
site-kind = Tipo de grabador
site-kind-hikvision = Hikvision, también vendido con otros nombres
site-kind-onvif = Cualquier otra marca (ONVIF)
site-kind-rtsp = Cámara con una dirección rtsp://
site-user = Usuario en el grabador
site-password = Contraseña en el grabador
site-password-hint = Se envía al grabador una vez, se guarda solo en el equipo del agente y no se vuelve a mostrar. Basta un usuario con derechos de operador.
site-name = Nombre para las personas
site-name-hint = Por ejemplo Casa o Tienda. Sin él, se muestra la dirección.
site-again = Enviar este usuario y esta contraseña una vez más
site-unencrypted = Esta página no está cifrada. En una red en la que no confía, use «peerview agent setup» en un terminal del equipo del agente.
site-show-picture = Mostrar imagen
site-takes-time = Esto puede tardar medio minuto.
site-refused = El grabador ha rechazado este usuario o esta contraseña. Se envió una vez y no se vuelve a enviar. Pruebe ambos en la página o pantalla del propio grabador y escríbalos después aquí.
site-refused-left = El grabador ha rechazado este usuario o esta contraseña. Se envió una vez y no se vuelve a enviar. Pruebe ambos en la página o pantalla del propio grabador antes de escribirlos aquí: el grabador bloquea a este usuario tras { $n ->
    [one] { $n } contraseña incorrecta más
   *[other] { $n } contraseñas incorrectas más
    }.
site-locked = El grabador ha bloqueado a este usuario tras demasiadas contraseñas incorrectas. Espere media hora y pruebe primero la contraseña en la página o pantalla del propio grabador.
site-locked-for = El grabador ha bloqueado a este usuario tras demasiadas contraseñas incorrectas. Lo desbloquea en { $minutes ->
    [one] { $minutes } minuto
   *[other] { $minutes } minutos
    }. Hasta entonces no se le envía nada.
site-unsent = El grabador ya ha rechazado exactamente este usuario y esta contraseña, así que no se han vuelto a enviar. Si ahora son correctos, marque la casilla de abajo.
site-login-missing = La cámara pide un inicio de sesión. Escriba su usuario y contraseña.
site-https-wanted = El grabador solo responde por HTTPS. Vuelva atrás y escriba https:// delante de su dirección.
site-unreachable = Nadie responde en esta dirección. Compruebe la dirección, y la alimentación y el cable de red del grabador.
site-invalid-answer = Lo que responde en esta dirección no es un grabador de este tipo. Compruebe la dirección con su puerto y el tipo.
site-no-cameras = Algo responde en esta dirección, pero no indica ninguna cámara. Compruebe el tipo de grabador y si este usuario puede ver cámaras.
site-other-certificate = Esta dirección muestra un certificado distinto del anterior, así que no se ha enviado ninguna contraseña. Si el grabador se ha sustituido o restablecido, acepte el certificado nuevo. Si no, quizá alguien se hace pasar por su grabador.
site-certificate-expected = Esperado (SHA-256)
site-certificate-shown = Mostrado ahora (SHA-256)
site-certificate-compare = La página del propio grabador muestra este número en sus ajustes de red o de seguridad.
site-accept = Aceptar el certificado nuevo
site-accepted = El certificado nuevo está aceptado. Escriba la contraseña del grabador nuevo.
site-failed = No se ha podido guardar. El registro del agente dice por qué.
site-picture-of = Imagen de { $camera }
site-pictures-arrive = { $camera } envía imágenes ({ $codec }). El grabador no da ninguna imagen fija que esta página pueda mostrar; la aplicación mostrará el vídeo.
site-pictures-arrive-sized = { $camera } envía imágenes ({ $codec }, { $width } × { $height }). El grabador no da ninguna imagen fija que esta página pueda mostrar; la aplicación mostrará el vídeo.
site-no-picture = Aún no ha llegado ninguna imagen. Cargue esta página de nuevo en un momento.
site-claim = Añádalo a su cuenta
site-claim-lead = Escanee esto con su teléfono o abra el enlace, e inicie sesión en su cuenta.
site-qr = Código QR con el enlace que añade este grabador a una cuenta
site-claim-link = Añadir a mi cuenta
site-serial = Número de serie
site-letters = Código de verificación
site-add-another = Añadir otro grabador
site-certificate = Certificado del grabador
site-certificate-lead = SHA-256. Compárelo con la página del propio grabador; desde ahora, otro no recibe ninguna contraseña.
site-change = Otra contraseña o dirección
site-remove = Quitar de este agente
site-remove-lead = El agente deja de mostrar este grabador y olvida su contraseña. Si lo añade de nuevo, tiene el mismo número de serie y sigue en su cuenta.
site-from-file = Este grabador está en el archivo de ajustes del agente. Cámbielo allí.
