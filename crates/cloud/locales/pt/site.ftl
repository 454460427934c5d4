# A página de configuração do agente, onde se adicionam gravadores.

site-title = Configurar gravadores
site-back = Voltar
site-next = Avançar
site-code-lead = Esta página adiciona gravadores ao agente do Peerview nesta máquina. Digite o código que o agente mostrou no terminal ou no registro.
site-code = Código do agente
site-code-hint = Oito letras e algarismos. Cada início do agente mostra um novo.
site-code-wrong = Este código está errado. Procure o mais novo no que o agente mostrou.
site-code-wait = Houve códigos errados demais. Tente de novo em { $seconds ->
    [one] { $seconds } segundo
   *[other] { $seconds } segundos
    }. No próprio computador do agente, as tentativas de outros não contam: abra esta página nele.
site-recorders = Seus gravadores
site-open = Abrir { $name }
site-opening = O agente está se conectando a ele.
site-cameras = { $n ->
    [one] { $n } câmera
   *[other] { $n } câmeras
    }
site-found = Encontrados nesta rede
site-found-none = Nada respondeu. Dispositivos só respondem na própria rede, e alguns têm o ONVIF desligado. Digite o endereço do gravador.
site-search = Procurar de novo
site-choose = Configurar { $address }
site-added = Adicionado
site-not-activated = Este dispositivo ainda não tem senha. Defina primeiro uma no dispositivo.
site-type = Digitar um endereço
site-address = Endereço do gravador
site-address-hint = Por exemplo 192.168.1.64, 192.168.1.64:8000 ou https://192.168.1.64, ou o endereço rtsp:// de uma câmera. Sem nome de usuário e senha.
site-address-bad = Este não é o endereço de um gravador. Escreva como no exemplo abaixo do campo.
site-address-login = Deixe nome de usuário e senha fora do endereço. A próxima página pede os dois.
site-kind = Tipo de gravador
site-kind-hikvision = Hikvision, vendido também com outros nomes
site-kind-onvif = Qualquer outra marca (ONVIF)
site-kind-rtsp = Câmera com um endereço rtsp://
site-user = Nome de usuário no gravador
site-password = Senha no gravador
site-password-hint = Ela é enviada ao gravador uma vez, fica só na máquina do agente e não é mostrada de novo. Basta um usuário com direitos de operador.
site-name = Nome para as pessoas
site-name-hint = Por exemplo Casa ou Loja. Sem ele, o endereço é mostrado.
site-again = Enviar este nome e esta senha mais uma vez
site-unencrypted = Esta página não é criptografada. Em uma rede em que você não confia, use “peerview agent setup” em um terminal da máquina do agente.
site-show-picture = Mostrar imagem
site-takes-time = Isto pode levar meio minuto.
site-refused = O gravador recusou este nome de usuário ou esta senha. Foram enviados uma vez e não são enviados de novo. Teste os dois na página ou na tela do próprio gravador e depois digite aqui.
site-refused-left = O gravador recusou este nome de usuário ou esta senha. Foram enviados uma vez e não são enviados de novo. Teste os dois na página ou na tela do próprio gravador antes de digitar aqui: o gravador bloqueia este usuário após { $n ->
    [one] mais { $n } senha errada
   *[other] mais { $n } senhas erradas
    }.
site-locked = O gravador bloqueou este usuário após senhas erradas demais. Espere meia hora e teste primeiro a senha na página ou na tela do próprio gravador.
site-locked-for = O gravador bloqueou este usuário após senhas erradas demais. Ele desbloqueia em { $minutes ->
    [one] { $minutes } minuto
   *[other] { $minutes } minutos
    }. Até lá nada é enviado a ele.
site-unsent = O gravador já recusou exatamente este nome de usuário e esta senha, por isso não foram enviados de novo. Se agora estão certos, marque a caixa abaixo.
site-login-missing = A câmera pede login. Digite o nome de usuário e a senha dela.
site-https-wanted = O gravador só responde por HTTPS. Volte e escreva https:// antes do endereço.
site-unreachable = Nada responde neste endereço. Verifique o endereço, a energia e o cabo de rede do gravador.
site-invalid-answer = O que responde neste endereço não é um gravador deste tipo. Verifique o endereço com a porta e o tipo.
site-no-cameras = Algo responde neste endereço, mas não lista nenhuma câmera. Verifique o tipo de gravador e se este usuário pode ver câmeras.
site-other-certificate = Este endereço mostra um certificado diferente do anterior, por isso nenhuma senha foi enviada. Se o gravador foi trocado ou restaurado, aceite o novo certificado. Se não, alguém pode estar se passando pelo seu gravador.
site-certificate-expected = Esperado (SHA-256)
site-certificate-shown = Mostrado agora (SHA-256)
site-certificate-compare = A página do próprio gravador mostra este número nas configurações de rede ou de segurança.
site-accept = Aceitar o novo certificado
site-accepted = O novo certificado foi aceito. Digite a senha do novo gravador.
site-failed = Não foi possível guardar. O registro do agente diz por quê.
site-picture-of = Imagem de { $camera }
site-pictures-arrive = { $camera } envia imagens ({ $codec }). O gravador não dá uma imagem parada que esta página possa mostrar; o aplicativo mostrará o vídeo.
site-pictures-arrive-sized = { $camera } envia imagens ({ $codec }, { $width } × { $height }). O gravador não dá uma imagem parada que esta página possa mostrar; o aplicativo mostrará o vídeo.
site-no-picture = Ainda não chegou nenhuma imagem. Recarregue esta página daqui a pouco.
site-claim = Adicione-o à sua conta
site-claim-lead = Leia isto com o celular ou abra o link, e entre na sua conta.
site-qr = Código QR com o link que adiciona este gravador a uma conta
site-claim-link = Adicionar à minha conta
site-serial = Número de série
site-letters = Código de verificação
site-add-another = Adicionar outro gravador
site-certificate = Certificado do gravador
site-certificate-lead = SHA-256. Compare com a página do próprio gravador; de agora em diante, outro não recebe nenhuma senha.
site-change = Outra senha ou outro endereço
site-remove = Remover deste agente
site-remove-lead = O agente deixa de mostrar este gravador e esquece a senha dele. Se você o adicionar de novo, ele tem o mesmo número de série e continua na sua conta.
site-from-file = Este gravador está no arquivo de configurações do agente. Altere-o lá.
