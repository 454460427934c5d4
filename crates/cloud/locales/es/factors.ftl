# Segundo factor, códigos de recuperación y llaves de acceso: al entrar, en la cuenta y en los correos.

login-with-passkey = Iniciar sesión con una llave de acceso
login-passkey-wrong = Esta llave de acceso no abre ninguna cuenta aquí. Quizá se quitó, o tardó demasiado: inténtelo otra vez o inicie sesión con su contraseña.
login-again = Tardó demasiado, o el código fue incorrecto demasiadas veces. Inicie sesión otra vez.

factor-step = Un paso más
factor-step-why = Su contraseña es correcta. Su cuenta pide además un segundo factor.
factor-code = Código de su aplicación
factor-code-hint = Las 6 cifras que muestra ahora su aplicación de autenticación.
factor-continue = Continuar
factor-use-passkey = Usar una llave de acceso
factor-use-recovery = Usar un código de recuperación
factor-recovery = Código de recuperación
factor-recovery-hint = Uno de los códigos que guardó al activar el segundo factor. Cada uno sirve una vez.
factor-lost = Nadie puede quitarle este paso: hace falta su aplicación, una llave de acceso o un código de recuperación.
factor-wrong = Este código o llave de acceso no es correcto o ya se usó. Tras varios intentos, espere un poco antes del siguiente.

passkey-needs-script = Las llaves de acceso necesitan JavaScript, que está desactivado en este navegador.
passkey-unsupported = Este navegador no puede usar llaves de acceso.
passkey-elsewhere = Las llaves de acceso de esta nube solo sirven en su propia dirección:
passkey-refused = No se dio ninguna llave de acceso. Inténtelo otra vez o elija otro modo.
passkey-known = En este teléfono u ordenador ya hay una llave de acceso para esta cuenta.
passkey-broken = No ha funcionado. Inténtelo otra vez.

factor-title = Segundo factor
factor-is-on = El segundo factor está activado. Después de la contraseña se le pide un código, una llave de acceso o un código de recuperación.
factor-what = Un segundo factor protege su cuenta aunque alguien sepa su contraseña. Configure una aplicación que muestre códigos o use una llave de acceso.
factor-needed = Usted administra esta nube, por eso su cuenta necesita un segundo factor. Actívelo para continuar.
factor-app = Aplicación de autenticación
factor-app-there = Su aplicación está configurada. Con un teléfono nuevo, configúrela otra vez; la antigua deja entonces de servir.
factor-app-what = Sirve cualquier aplicación que muestre códigos de 6 cifras. No necesita conexión.
factor-app-set-up = Configurar una aplicación
factor-app-replace = Configurar en otro teléfono
factor-app-scan = Escanee esta imagen con su aplicación de autenticación.
factor-app-qr = Código QR con la clave para su aplicación
factor-app-type = O escriba esta clave en la aplicación:
factor-app-shown-as = La aplicación la mostrará como { $name }.
factor-app-confirm = Escriba el código que muestra ahora la aplicación, para saber que funciona.
factor-app-turn-on = Activar
factor-app-wrong = No es el código que vale ahora. ¿Va bien el reloj de su teléfono? Espere el código siguiente e inténtelo otra vez.
factor-passkeys = { $n ->
    [0] Aún no tiene ninguna llave de acceso. Con ella inicia sesión con el dedo, la cara o un PIN, y vale por los dos factores.
    [one] Tiene { $n } llave de acceso. Vale por los dos factores.
   *[other] Tiene { $n } llaves de acceso. Cada una vale por los dos factores.
}
factor-on-what = Su contraseña sola todavía abre la cuenta. Puede hacer que después se pida una llave de acceso.
factor-on = Pedir una llave de acceso tras la contraseña
factor-off-title = Desactivar
factor-off-what = Entonces su contraseña sola abre la cuenta. La aplicación y los códigos de recuperación se olvidan; las llaves de acceso se quedan.
factor-off = Desactivar el segundo factor

codes-title = Códigos de recuperación
codes-left = { $n ->
    [0] No queda ningún código de recuperación. Pida otros ahora.
    [one] Queda { $n } código de recuperación.
   *[other] Quedan { $n } códigos de recuperación.
}
codes-renew = Nuevos códigos de recuperación
codes-renew-what = Los antiguos dejan de servir.
codes-keep = Guarde estos códigos ahora: no se muestran otra vez.
codes-what = Cada uno le permite iniciar sesión una vez, en lugar de la aplicación o la llave de acceso. Imprímalos o póngalos en su gestor de contraseñas; no en el teléfono que podría perder.
codes-for = Para { $user_name } en { $host }
codes-copy = Copiar
codes-copied = Copiado
codes-print = Imprimir
codes-kept = Los he guardado

passkeys-title = Llaves de acceso
passkeys-what = Con una llave de acceso inicia sesión con el dedo, la cara o un PIN: ninguna contraseña que escribir ni que robar.
passkeys-name = Nombre de la llave de acceso
passkeys-name-example = Teléfono de Ana
passkeys-add = Añadir una llave de acceso
passkeys-no-name = Las llaves de acceso necesitan una nube con nombre. Esta solo tiene una dirección IP.
passkeys-none = Aún no hay ninguna llave de acceso.
passkeys-added = Añadida
passkeys-used = Usada por última vez
passkeys-unused = Aún sin usar
passkeys-rename = Cambiar nombre
passkeys-remove = Quitar la llave de acceso
passkeys-remove-what = Ya no abrirá esta cuenta. Bórrela también donde esté guardada.
passkeys-unfit = No se pudo añadir la llave de acceso: no encaja o tardó demasiado. Inténtelo otra vez.
passkeys-too-many = No se pueden añadir más llaves de acceso, o esta ya está.
passkeys-bad-name = Dé a la llave de acceso un nombre de 1 a { $most } caracteres visibles.

mail-factor-app = Se configuró una aplicación de autenticación para su cuenta de Peerview
mail-factor-on = Se activó el segundo factor de su cuenta de Peerview
mail-factor-off = Se desactivó el segundo factor de su cuenta de Peerview
mail-factor-codes = Su cuenta de Peerview tiene nuevos códigos de recuperación
mail-factor-code-used = Se usó un código de recuperación de su cuenta de Peerview
mail-factor-wrong-codes = Alguien tiene su contraseña de Peerview, pero no su segundo factor
mail-factor-passkey-added = Se añadió una llave de acceso a su cuenta de Peerview
mail-factor-passkey-removed = Se quitó una llave de acceso de su cuenta de Peerview
mail-factor-you = Si fue usted, no tiene que hacer nada.
mail-factor-not-you = Si no fue usted, ponga enseguida una contraseña nueva y revise después el segundo factor y las llaves de acceso de su cuenta:
mail-factor-forgot = Poner una contraseña nueva

step-up-code = Código de su aplicación o un código de recuperación
