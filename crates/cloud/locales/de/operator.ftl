# Für Betreiber: die Cloud einrichten, und was sie ihnen mailt.

setup-title = Diese Cloud einrichten
setup-why = Diese Cloud hat noch kein Konto. Wer sie gestartet hat, findet auf dem Terminal einen Link; er gilt einmal und 24 Stunden lang. Damit entsteht das erste Konto; danach können sich andere registrieren.
setup-code = Einrichtungscode
setup-code-hint = Was im Link hinter # steht. Der Link trägt ihn von selbst ein.
setup-code-bad = Dieser Code stimmt nicht oder ist älter als 24 Stunden. Starten Sie die Cloud neu: Sie zeigt einen neuen Link.
setup-email-hint = Dorthin geht jetzt eine E-Mail, die zeigt, dass diese Cloud mailen kann, und später ihre Warnungen.
setup-next = Als Nächstes schalten Sie einen zweiten Faktor ein, denn mit diesem Konto wird die Cloud betreut.
setup-closed = Diese Cloud ist eingerichtet. Konten melden sich an, andere können sich registrieren.

mail-setup-subject = Ihre Cloud { $host } kann mailen
mail-setup = Die Cloud { $host } ist eingerichtet, und diese E-Mail zeigt, dass ihre Post ankommt. Sie erhalten hier eine E-Mail, wenn etwas mit ihr nicht stimmt.
mail-setup-junk = Lag diese E-Mail im Spam-Ordner, geht es anderen ebenso: Prüfen Sie, wie die Domain des Absenders eingerichtet ist.

mail-alarm-sent-by = Gesendet am { $asked_at } von { $host } an alle, die die Cloud betreiben.
mail-alarm-strong = Viele falsche Codes: Registrieren mit Code ist aus
mail-alarm-strong-do = Jemand versucht, die kurzen Codes von { $host } zu erraten. 24 Stunden lang gelten sie für niemanden; der Knopf in derselben E-Mail geht weiter. Sie müssen nichts tun. `peerview admin limits show` zeigt, wie viel versucht wurde.
mail-alarm-tampered = Das Protokoll wurde verändert
mail-alarm-tampered-do = Zeilen im Protokoll von { $host } fehlen oder sind verändert, und die Cloud war es nicht. Das war jemand, der in ihren Datenordner schreiben kann. `peerview admin audit verify` zeigt, wo.
mail-alarm-losing = Das Protokoll kann nicht geschrieben werden
mail-alarm-losing-do = Ereignisse von { $host } werden nur gezählt, bis das behoben ist. Meist ist der Datenträger des Datenordners voll.
mail-alarm-mail = E-Mails gehen nicht hinaus
mail-alarm-mail-do = E-Mails von { $host } warten seit mehr als { $minutes } Minuten, Codes kommen also zu spät. Diese hat mit ihnen gewartet. `peerview admin mail queue` zeigt, was der Mailserver antwortet.
mail-alarm-relay = Ein Relay fehlt
mail-alarm-relay-do = Ein Relay von { $host } fehlt seit mehr als { $minutes } Minuten. Anrufe nehmen die übrigen. Das Protokoll der Cloud nennt seinen Namen; das des Relays sagt, warum es die Cloud nicht erreicht.
