# Ayuda.

help-first = Primeros pasos
help-first-agent = En un ordenador de la red del grabador, inicie el agente con la dirección, el nombre de usuario y la contraseña del grabador.
help-first-add = El agente muestra un número de serie, 6 letras y un código QR. Escanee el código QR con su teléfono, o escriba ambos en <a href="/devices/new">Añadir dispositivo</a>.
help-first-live = Abra <a href="/devices">Dispositivos</a> y toque Vista en directo.
help-live = En la vista en directo
help-live-select = Toque una imagen para seleccionarla; Capturar y Sonido actúan sobre la seleccionada.
help-live-enlarge = Tóquela dos veces para ampliarla y verla con toda su calidad. Atrás vuelve a mostrar todas.
help-live-swipe = Deslice, o use las flechas, para ver más cámaras. Gire el teléfono para ver solo el vídeo.
help-live-talk = En Hablar, mantenga pulsado el botón mientras habla, o tóquelo para dejarlo abierto; se le oye en la cámara seleccionada o en su grabador. PTZ gira la cámara; Imagen y Salidas la ajustan.
help-paths = Directa, puerto abierto y retransmitida
help-direct = La imagen va de la red del grabador a usted y a ningún otro sitio.
help-mapped = La imagen va sin rodeos a usted, como en Directa. El router del grabador la deja pasar por un puerto que pidió el agente.
help-relayed = Ninguna red dejó entrar a la otra, así que el servidor de retransmisión de esta nube reenvía los paquetes. Siguen cifrados; él no tiene la clave.
help-trouble = Cuando no hay imagen
help-trouble-device = <strong>El dispositivo está desconectado:</strong> su agente no está en marcha o no tiene internet. Vuelve por sí solo.
help-trouble-camera = <strong>La cámara está desconectada:</strong> el grabador está, pero la imagen de esta cámara no llega.
help-trouble-password = <strong>El grabador rechazó su contraseña:</strong> ponga la correcta donde funciona el agente. El agente no vuelve a intentarlo solo, porque los grabadores se bloquean tras unos pocos intentos fallidos.
help-trouble-video = <strong>Este navegador no puede reproducir el vídeo de esta cámara:</strong> ponga el flujo secundario de la cámara en H.264 en el grabador.
help-server = Lo que puede ver este servidor
help-server-sees = Su nombre de usuario y su dirección, qué dispositivos son suyos y cómo se llaman sus cámaras, cuándo se conecta y desde dónde.
help-server-blind = No recibe la contraseña del grabador, y las imágenes solo pasan por él cuando se retransmiten, cifradas entre el agente del grabador y su navegador. Estas páginas vienen de este servidor: quien lo gestiona podría cambiarlas, así que use una nube en la que confíe.
