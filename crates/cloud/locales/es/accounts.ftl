# Iniciar sesión, registrarse, contraseña olvidada, y lo que se puede escribir allí.

cloud-p2p = Cloud P2P
email = Correo electrónico
user-name = Nombre de usuario
password = Contraseña
step-of = Paso { $step } de { $steps }
mailbox-arrives-in = En esta demostración llega al <a href="/demo/mailbox" target="_blank">buzón</a>.

login-name = Nombre de usuario / Correo
login-auto = Mantener sesión
login-forgot = Olvidé la contraseña
login-button = Iniciar sesión
login-register = Registrarse
login-connected-to = Conectado a { $host }
login-mailbox = Buzón de esta demostración
login-wrong = El nombre de usuario o la contraseña no son correctos. Tras varios intentos, espere un poco antes del siguiente.
login-picture = Tras varios intentos fallidos, responda también a la imagen y escriba su contraseña otra vez.
login-password-set = Su nueva contraseña está lista. Inicie sesión con ella.
login-registered = Su cuenta está lista. Inicie sesión.
login-ended = Se cerró su sesión: la sesión en este navegador ha terminado. Inicie sesión otra vez.
login-ended-back = Se cerró su sesión: la sesión en este navegador ha terminado. Después de iniciar sesión se abre de nuevo la misma página.
login-to-add = Inicie sesión o regístrese primero. Después podrá añadir el grabador que escaneó.

letters = Letras de la imagen
letters-picture = Imagen de 4 letras o cifras. Escuchar las dice.
letters-new = Nueva imagen
letters-listen = Escuchar
letters-wrong = No son las letras de la imagen. Inténtelo otra vez o pida una nueva imagen.
letters-dead = Esta imagen ya se usó o es demasiado antigua. Escriba las letras de la nueva.

register-title = Escriba su correo
register-button = Obtener código de verificación
register-hint = Enviamos un código de { $digits } cifras a esta dirección. Vale 30 minutos.

finish-title = Crear cuenta
finish-sent = Si <strong>{ $email }</strong> se puede registrar, hay un código en camino. Puede tardar un minuto; mire también en el correo no deseado.
finish-sent-button = Si <strong>{ $email }</strong> se puede registrar, hay un correo con un botón en camino. Puede tardar un minuto; mire también en el correo no deseado.
finish-code = Código de verificación
finish-valid-for = Válido durante
finish-not-valid = Ya no es válido
finish-again = Enviar de nuevo
finish-again-in = Enviar de nuevo en
finish-start-again = Empezar de nuevo
finish-button = Terminar
finish-wrong-code = Este código no es correcto o ya no vale: deja de valer tras 3 intentos fallidos, 30 minutos o un correo más reciente. Mire el correo más reciente y pulse su botón, o pulse «Enviar de nuevo».
finish-no-code = Escriba las { $digits } cifras del correo.
finish-name-taken = Alguien ya tiene este nombre de usuario. Elija otro.
finish-too-many-names = Han sido demasiados nombres de usuario. Empiece de nuevo con «Registrarse».
finish-too-early = El próximo código se puede enviar en { $wait }.
finish-no-more-codes = No se envían más códigos para este registro. Empiece de nuevo con «Registrarse».
finish-proven = <strong>{ $email }</strong> está confirmado. Elija un nombre de usuario y una contraseña.
finish-only-button = Pulse el botón del correo para seguir. Continúa en el navegador que lo abre.

password-hint = Al menos { $min } caracteres; las frases largas son mejores que los símbolos.
password-hint-ends = Al menos { $min } caracteres; las frases largas son mejores que los símbolos. Se cerrarán todas sus sesiones.
password-short = Una contraseña tiene al menos { $min } caracteres. Las frases largas son mejores que los símbolos.
password-long = Una contraseña tiene como máximo { $max } caracteres.
password-control = Una contraseña no puede contener caracteres de control.
password-common = Mucha gente usa esta contraseña y la adivinarían. Elija otra.
password-own-word = Esta contraseña se compone de su nombre, su dirección o el nombre de esta aplicación. Elija otra.
email-bad = Escriba una dirección de correo completa, como anna@example.org.
user-name-bad = Un nombre de usuario tiene de { $min } a { $max } letras (a a z), cifras, puntos, guiones o guiones bajos.

recovery-title = Olvidé la contraseña
recovery-hint = Le enviamos un botón y un código. Cualquiera de los dos pone una contraseña nueva y cierra la sesión en todas partes.
recovery-login = Nombre de usuario o correo
recovery-button = Enviar correo
recovery-sent-title = Mire su correo
recovery-sent = Si existe una cuenta para <strong>{ $login }</strong>, va en camino un correo a su dirección. Vale una vez y durante 30 minutos. Puede tardar un minuto; mire también en el correo no deseado.
recovery-new-password = Nueva contraseña
recovery-set = Guardar contraseña
recovery-again = Pedir otro correo
recovery-no-login = Escriba su nombre de usuario o su correo electrónico.
recovery-code = Código del correo
recovery-code-hint = O pulse el botón del correo.
recovery-only-button = Pulse el botón del correo para seguir. Continúa en el navegador que lo abre.
recovery-wrong-code = Este código no es correcto o ya no vale: deja de valer tras 5 intentos fallidos o 30 minutos. Pulse el botón del correo más reciente o pida otro correo.

button-register = Continúe para crear su cuenta en este navegador. Termina cualquier registro empezado en otro lugar con esta dirección.
button-reset = Continúe para poner una contraseña nueva en este navegador.
button-continue = Continuar
button-dead = Este botón ya se usó, es demasiado antiguo o fue sustituido por un correo más reciente.
button-again = Empezar de nuevo

human-other-way = No puedo usar ni la imagen ni el sonido
human-trap = Deje este campo vacío
human-without-scripts = Sin scripts tarda un poco más: el formulario se puede enviar después de { $seconds } segundos y el correo trae un botón en lugar de un código.
human-more-work = Pulse el botón otra vez, por favor.
human-too-early = Pulse el botón otra vez dentro de { $wait }.
human-trapped = Se rellenó algo que debe quedar vacío. Inténtelo otra vez.

step-up-wrong = No es correcto. Tras varios intentos, espere un poco antes del siguiente.
step-up-title = Confirme que es usted
step-up-why = Lo que sigue puede cambiar quién entra en su cuenta. Escriba su contraseña una vez más.
step-up-button = Continuar
step-up-hint = Se vuelve a pedir después de 10 minutos.

renewal-needs-script = Mantener la sesión en este navegador necesita JavaScript.
renewal-late = La nube no responde. Se intenta de nuevo cada pocos segundos.

show = Mostrar
hide = Ocultar
show-password = Mostrar contraseña

form-working = Un momento…
