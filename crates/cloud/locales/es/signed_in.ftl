# La cuenta propia: lo que se puede cambiar, cerrar, descargar, bloquear y eliminar; avisos sobre ello.

cancel = Cancelar
save = Guardar

configuration-account = Mi cuenta
account-security = Seguridad
account-data-heading = Sus datos
account-email = Cambiar correo
account-password = Cambiar contraseña
account-sessions = Dónde tengo la sesión abierta
account-notices = Avisos
account-lock = Bloquear mi cuenta
account-data = Descargar mis datos
account-deletion = Eliminar cuenta
account-password-set = Su nueva contraseña está activa. Se cerró la sesión en todos los demás sitios.
account-notices-set = Su elección está guardada.

account-password-old = Contraseña anterior
account-password-ends = Se cerrará la sesión en todos los demás sitios.

account-email-now = Su dirección es <strong>{ $email }</strong>.
account-email-new = Nuevo correo
account-email-hint = Enviamos un botón a la nueva dirección. Solo cuando lo pulse allí cambiará; avisaremos a la anterior.
account-email-send = Enviar el botón
account-email-same = Esta ya es su dirección.
account-email-waiting = Si se puede usar <strong>{ $email }</strong>, un correo con un botón va en camino. Hasta que lo pulse, nada cambia.
email-button = Usar esta dirección
email-button-why = Pulse el botón para usar en su cuenta la dirección a la que llegó este correo. Sustituye a la anterior.
email-button-done = Su nueva dirección está activa. Hemos avisado a la anterior.
email-button-on = A mi cuenta
link-code = Código del enlace
link-code-hint = Copie los caracteres después de # en el enlace del correo.
link-dead = Este enlace ya se usó, es demasiado antiguo o ya no vale.

sessions-this = Este navegador
sessions-last = Visto por última vez
sessions-first = Abierta desde
sessions-from = Desde { $place }
sessions-end = Cerrar sesión
sessions-end-named = Cerrar sesión de { $browser }
sessions-end-others = Cerrar sesión en los demás
sessions-hint = Al cerrar una sesión, allí deja de verse todo al instante. El final de cada dirección se omite. Si no conoce un navegador, cierre su sesión y cambie la contraseña.
browser-on = { $browser } en { $system }
browser-unknown = Un navegador desconocido

notices-to = Los avisos van a <strong>{ $email }</strong>.
notices-security = Inicios de sesión y cambios
notices-security-hint = Nuevos inicios de sesión, una contraseña o dirección nueva, un bloqueo. Estos no se pueden desactivar.
notices-recorders = Dispositivos añadidos o quitados

data-what = Un archivo (JSON) con su nombre de usuario y dirección, sus sesiones, sus dispositivos y cámaras, sus preferencias, los correos del último día y lo que el registro dice de su cuenta: los { $lines } sucesos más recientes, como inicios de sesión, con la red de la que vinieron.
data-not = No incluye contraseñas ni claves. Las grabaciones están solo en su grabador.
data-button = Descargar

lock-when = ¿Perdió su teléfono o alguien entra en su cuenta? Bloquéela enseguida.
lock-what = Se cierran todas las sesiones al instante, también la suya, y nadie puede entrar. Sus dispositivos siguen siendo suyos. Se desbloquea con una nueva contraseña por correo.
lock-done = La cuenta está bloqueada y todas las sesiones están cerradas.
lock-unlock = Para desbloquearla, ponga una nueva contraseña. Antes, asegure su buzón.
not-me-email = Si se cambió su dirección, vuelve la anterior.

deletion-what = Su cuenta, sus dispositivos en ella y todo lo que guardamos sobre usted se eliminan para siempre. Quien tenga el código de verificación de un grabador puede añadirlo de nuevo.
deletion-data = Quizá quiera antes:
deletion-name = Nombre de usuario
deletion-name-hint = Escriba { $name } para confirmar que lo quiere así.
deletion-name-wrong = Este no es su nombre de usuario. No se eliminó nada.
deletion-title = Cuenta eliminada
deletion-done = Su cuenta está eliminada.
deletion-after = Ha desaparecido con todo lo que se guardaba sobre usted, aquí y en la nube; un correo lo confirma. Sus dispositivos no están en la lista de nadie: quien tenga el código de verificación de un grabador puede añadirlo.

mail-email-subject = Confirme su nueva dirección para Peerview
mail-email-asked = La cuenta { $name } quiere usar esta dirección.
mail-email-press = Si es usted, pulse el botón. Funciona una vez y durante { $minutes } minutos.
mail-email-ignore = Si no fue usted, ignore este correo; nada cambia.
mail-email-taken-subject = Esta dirección ya tiene una cuenta de Peerview
mail-email-taken = Alguien, quizá usted, quiso usar esta dirección para otra cuenta. Ya tiene una y no puede tener dos.

notice-sign-in-subject = Nuevo inicio de sesión en su cuenta de Peerview
notice-new-browser = Alguien inició sesión en su cuenta desde un navegador nuevo.
notice-after-failures = { $n ->
    [one] Alguien dio la contraseña correcta de su cuenta después de { $n } incorrecta.
   *[other] Alguien dio la contraseña correcta de su cuenta después de { $n } incorrectas.
}
notice-password-subject = Se cambió su contraseña de Peerview
notice-password = Se cambió la contraseña de su cuenta y se cerraron las demás sesiones.
notice-email-subject = Se cambió la dirección de su cuenta de Peerview
notice-new-email = Desde ahora su cuenta usa otra dirección: { $address }
notice-email-in-use = Desde ahora su cuenta usa esta dirección.
notice-others-subject = Se cerró su sesión en los demás sitios
notice-others = Se cerraron todas las sesiones de su cuenta menos una.
notice-download-subject = Se descargaron los datos de su cuenta de Peerview
notice-download = Alguien descargó lo que guardamos sobre su cuenta.
notice-locked-subject = Su cuenta de Peerview está bloqueada
notice-locked = Su cuenta está bloqueada. Se cerraron todas las sesiones y nadie puede entrar.
notice-added-subject = Se añadió un dispositivo a su cuenta de Peerview
notice-added = Este dispositivo se añadió a su cuenta: { $name }
notice-removed-subject = Se quitó un dispositivo de su cuenta de Peerview
notice-removed = Este dispositivo se quitó de su cuenta: { $name }
notice-recorders-subject = Los dispositivos de su cuenta de Peerview han cambiado
notice-recorders = Se añadieron dispositivos a su cuenta o se quitaron de ella.
notice-n-added = { $n ->
    [one] { $n } dispositivo añadido:
   *[other] { $n } dispositivos añadidos:
}
notice-n-removed = { $n ->
    [one] { $n } dispositivo quitado:
   *[other] { $n } dispositivos quitados:
}
notice-further-subject = Ha habido más actividad en su cuenta de Peerview
notice-further = { $n ->
    [one] Además de lo que decían los mensajes anteriores, hubo { $n } inicio de sesión o cambio más en su cuenta.
   *[other] Además de lo que decían los mensajes anteriores, hubo { $n } inicios de sesión o cambios más en su cuenta.
}
notice-when = Cuándo: { $time }
notice-browser = Navegador: { $browser }
notice-place = Desde: { $place }
notice-advice-lock = Si fue usted, no hay nada que hacer. Si no, bloquee su cuenta:
notice-advice-undo = Si fue usted, no hay nada que hacer. Si no, deshágalo y bloquee su cuenta. Funciona durante 7 días:
notice-advice-unlock = Para desbloquearla, asegure su buzón y ponga una nueva contraseña:
notice-advice-none = También avisamos a la dirección anterior.
notice-not-me = No fui yo
notice-unlock = Poner una nueva contraseña
notice-why = { $host } envía esto porque se trata de la seguridad de su cuenta.
