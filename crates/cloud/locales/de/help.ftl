# Hilfe.

help-first = Erste Schritte
help-first-agent = Starten Sie auf einem Computer im Netz des Rekorders den Agenten mit Adresse, Benutzername und Passwort des Rekorders.
help-first-add = Der Agent zeigt eine Seriennummer, 6 Buchstaben und einen QR-Code. Scannen Sie den QR-Code mit Ihrem Telefon, oder geben Sie beides unter <a href="/devices/new">Gerät hinzufügen</a> ein.
help-first-live = Öffnen Sie <a href="/devices">Geräte</a>, und tippen Sie auf Live-Ansicht.
help-live = In der Live-Ansicht
help-live-select = Tippen Sie auf ein Bild, um es auszuwählen; Aufnehmen und Ton gelten für das ausgewählte.
help-live-enlarge = Tippen Sie zweimal, um es groß und in voller Qualität zu sehen. Zurück zeigt wieder alle.
help-live-swipe = Wischen Sie, oder benutzen Sie die Pfeiltasten, für weitere Kameras. Drehen Sie das Telefon, um nur das Video zu sehen.
help-live-talk = Unter Sprechen halten Sie die Taste, während Sie sprechen, oder tippen darauf, damit das Mikrofon offen bleibt; man hört Sie an der gewählten Kamera oder an ihrem Rekorder. PTZ dreht die Kamera, Bild und Ausgänge stellen sie ein.
help-paths = Direkt, Portfreigabe und über Relay
help-direct = Das Bild geht vom Netz des Rekorders zu Ihnen und nirgendwohin sonst.
help-mapped = Das Bild geht ohne Umweg zu Ihnen, wie bei Direkt. Der Router des Rekorders lässt es durch einen Port, um den der Agent gebeten hat.
help-relayed = Keines der Netze ließ das andere herein, deshalb reicht das Relay dieser Cloud die Pakete weiter. Sie bleiben verschlüsselt; das Relay hat keinen Schlüssel.
help-trouble = Wenn kein Bild kommt
help-trouble-device = <strong>Das Gerät ist offline:</strong> Sein Agent läuft nicht oder hat kein Internet. Es kommt von selbst wieder.
help-trouble-camera = <strong>Die Kamera ist offline:</strong> Der Rekorder ist da, aber das Bild dieser Kamera kommt nicht.
help-trouble-password = <strong>Der Rekorder hat sein Passwort abgelehnt:</strong> Setzen Sie dort, wo der Agent läuft, das richtige. Der Agent versucht es nicht von selbst noch einmal, weil Rekorder nach wenigen falschen Versuchen sperren.
help-trouble-video = <strong>Dieser Browser kann das Video dieser Kamera nicht abspielen:</strong> Stellen Sie den Substream der Kamera im Rekorder auf H.264.
help-server = Was dieser Server sehen kann
help-server-sees = Ihren Benutzernamen und Ihre Adresse, welche Geräte Ihnen gehören und wie deren Kameras heißen, wann Sie sich verbinden und von wo.
help-server-blind = Das Passwort des Rekorders erhält er nicht, und Bilder laufen nur über ihn, wenn sie weitergeleitet werden: verschlüsselt zwischen dem Agenten des Rekorders und Ihrem Browser. Diese Seiten kommen von diesem Server: Wer ihn betreibt, könnte sie ändern. Benutzen Sie deshalb eine Cloud, der Sie vertrauen.
