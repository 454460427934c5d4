# Lo que se dice cuando algo no es posible.

error-title = { $status ->
    [400] Solicitud no válida
    [401] Sesión no iniciada
    [403] No permitido
    [404] Aquí no hay nada
    [405] No es posible
    [413] Demasiado grande
    [429] Demasiadas veces
    [500] Error nuestro
    [503] Ahora no es posible
   *[other] No es posible
}
error-home = Ir a la página de inicio
error-not-found = Aquí no hay nada. Puede que se haya movido o que sea de otra persona.
error-refused = Esta solicitud no viene de una página de esta nube. Abra la página de nuevo y repítala allí.
error-signed-out = No ha iniciado sesión.
error-wrong-method = Esta página no se puede usar así.
error-unavailable = Ahora mismo no es posible y no se ha cambiado nada. Inténtelo de nuevo en un momento.
error-broken = Algo ha fallado por nuestra parte. Inténtelo de nuevo.
error-disk-full = El disco de la nube está lleno y ahora no se puede guardar nada. No se ha perdido nada. Inténtelo más tarde.
error-too-often = Han sido demasiadas veces. Espere { $wait } e inténtelo de nuevo.
error-form = Este formulario no se puede leer. Abra la página de nuevo y rellénelo allí.
error-form-too-large = Es más de lo que cabe en un formulario.
error-mails-used-up = Por ahora no se envía más correo a este buzón. El botón del correo más reciente vale 24 horas: púlselo. O vuelva a pedirlo dentro de { $wait }.
offline-title = Sin conexión
offline-words = Usted no tiene conexión con la nube.
offline-hint = Compruebe la Wi-Fi o los datos móviles. Si otras páginas funcionan, quizá la propia nube no esté disponible.
