# El estado de un grabador: su reloj y sus discos.

health-title = Estado
health-clock = Reloj
health-clock-right = Va bien
health-clock-behind = Atrasa { $wait }
health-clock-ahead = Adelanta { $wait }
health-disks = Discos
health-disk = Disco { $number }
health-not-known = No se sabe
health-no-disk = Ninguno
health-ok = En orden
health-idle = En orden, en reposo
health-preparing = En preparación
health-unformatted = Sin formato
health-error = Error
health-failing = Fallará pronto
health-missing = No se encuentra
health-free = { $size }, { $percent } % libre
health-megabytes = { $n } MB
health-gigabytes = { $n } GB
health-terabytes = { $n },{ $tenths } TB
health-warn-clock = El reloj del grabador va mal, y las grabaciones aparecen con horas equivocadas. Ponga la hora en el grabador o active allí NTP. Se compara con el reloj del ordenador en el que funciona el agente.
health-warn-no-disk = El grabador no tiene disco, así que no se graba nada. Ponga uno si debe grabar.
health-warn-unformatted = El disco { $number } no tiene formato, así que no se graba nada en él. Dele formato en el menú del grabador.
health-warn-error = El disco { $number } comunica un error. Se pueden perder grabaciones: revíselo o cámbielo.
health-warn-failing = El disco { $number } fallará pronto. Cámbielo antes de que se pierdan grabaciones.
health-warn-missing = El grabador no encuentra el disco { $number }. Se pueden perder grabaciones: revise sus cables o cámbielo.
