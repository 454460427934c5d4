# O que se diz quando algo não é possível.

error-title = { $status ->
    [400] Pedido inválido
    [401] Sessão não iniciada
    [403] Não permitido
    [404] Não há nada aqui
    [405] Não é possível
    [413] Grande demais
    [429] Vezes demais
    [500] Erro nosso
    [503] Agora não é possível
   *[other] Não é possível
}
error-home = Ir para a página inicial
error-not-found = Não há nada aqui. Pode ter mudado de lugar ou pertencer a outra pessoa.
error-refused = Este pedido não veio de uma página desta nuvem. Abra a página de novo e repita-o lá.
error-signed-out = Você não entrou na sua conta.
error-wrong-method = Esta página não pode ser usada assim.
error-unavailable = Isto não funciona agora, e nada foi alterado. Tente de novo em um instante.
error-broken = Algo deu errado do nosso lado. Tente de novo.
error-disk-full = O disco da nuvem está cheio, e nada pode ser salvo agora. Nada se perdeu. Tente de novo mais tarde.
error-too-often = Foram vezes demais. Aguarde { $wait } e tente de novo.
error-form = Este formulário não pode ser lido. Abra a página de novo e preencha-o lá.
error-form-too-large = É mais do que cabe em um formulário.
error-mails-used-up = Por enquanto nenhum outro e-mail vai para esta caixa. O botão do e-mail mais recente vale por 24 horas: toque nele. Ou peça de novo em { $wait }.
offline-title = Sem conexão
offline-words = Você está sem conexão com a nuvem.
offline-hint = Verifique o Wi-Fi ou os dados móveis. Se outras páginas funcionam, talvez a própria nuvem esteja fora do ar.
