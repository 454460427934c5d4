# Correos, y el buzón de la demostración.

mail-sent-by = Enviado por { $host } a causa de una solicitud del { $asked_at }.
mail-asked-from = Enviado por { $host } a causa de una solicitud del { $asked_at }, desde { $browser } en { $place }.
mail-no-answer = Las respuestas no se leen.

mail-code-subject = { $code } es su código de verificación de Peerview
mail-button-subject = Continúe su registro en Peerview
mail-code-is = Su código de verificación es
mail-code-use = Escríbalo en la página donde lo pidió. Vale durante { $minutes } minutos.
mail-code-never = No diga nunca este código a nadie ni reenvíe el botón: nadie de Peerview los pide. Si no quería registrarse, ignore este correo; no se crea ninguna cuenta.
mail-code-or = O pulse este botón; continúa en el navegador que lo abre:
mail-code-only-button = Pulse este botón para continuar su registro. Continúa en el navegador que lo abre.
mail-code-button = Crear mi cuenta

mail-known-subject = Ya tiene una cuenta de Peerview
mail-known = Alguien, quizá usted, quiso registrar una cuenta con esta dirección. Ya tiene una.
mail-known-login = Iniciar sesión
mail-known-forgot = ¿Olvidó la contraseña? Ponga una nueva
mail-known-ignore = Si no fue usted, no ha pasado nada y puede ignorar este correo.

mail-reset-subject = Ponga una nueva contraseña de Peerview
mail-reset = Ponga una nueva contraseña para su cuenta:
mail-reset-button = Poner nueva contraseña
mail-reset-use = El botón y el código valen una vez y durante { $minutes } minutos. Una contraseña nueva cierra la sesión en todas partes.
mail-reset-never = No los reenvíe nunca: nadie de Peerview los pide. Si no lo pidió, ignore este correo; su contraseña queda como está.
mail-reset-or = O escriba este código en la página donde lo pidió:

mail-no-account-subject = No hay ninguna cuenta de Peerview con esta dirección
mail-no-account = Alguien, quizá usted, pidió una nueva contraseña para esta dirección, pero no hay ninguna cuenta con ella. Quizá se registró con otra dirección.
mail-no-account-register = Regístrese aquí
mail-no-account-ignore = Si no fue usted, puede ignorar este correo.

mail-changed-subject = Se cambió su contraseña de Peerview
mail-changed = Se cambió la contraseña de su cuenta y se cerraron todas sus sesiones.
mail-changed-not-you = Si no fue usted, alguien puede leer su correo. Proteja primero su buzón y después ponga una nueva contraseña:
mail-changed-forgot = Poner nueva contraseña

mail-deleted-subject = Se eliminó su cuenta de Peerview
mail-deleted = Se eliminó su cuenta, y con ella todo lo que se guardaba sobre usted. Sus dispositivos ya no están en la lista de nadie.
mail-deleted-not-you = Si no fue usted: regístrese de nuevo, añada otra vez sus dispositivos y avise a quien gestiona { $host }.

mail-test-subject = Un correo de { $host } para ver si los correos llegan
mail-test = Los correos de { $host } llegan aquí. Si este no estaba en la carpeta de correo no deseado, los códigos y enlaces tampoco lo estarán.

mailbox-title = Buzón
mailbox-hint = Esta página solo existe en la demostración: los correos de esta nube llegan aquí y a ningún otro sitio.
mailbox-to = Para { $recipient } · { $time }
mailbox-none = Aún no hay correo.
mailbox-again = Mirar de nuevo
