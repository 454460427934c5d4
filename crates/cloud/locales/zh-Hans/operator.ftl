# 给云的管理者：设置云，以及云发给他们的邮件。

setup-title = 设置此云
setup-why = 此云还没有账户。启动它的人会在终端上看到一个链接，只能使用一次，24 小时内有效。第一个账户归其所有；之后其他人可以注册。
setup-code = 设置码
setup-code-hint = 链接中 # 后面的内容。打开链接会自动填入。
setup-code-bad = 此设置码不正确，或已超过 24 小时。请重新启动云：它会显示新的链接。
setup-email-hint = 现在会向此地址发送一封邮件，以证明此云能够发信；以后警报也会发到这里。
setup-next = 接下来请开启第二步验证，因为此账户负责管理云。
setup-closed = 此云已设置完毕。已有账户可以登录，其他人可以注册。

mail-setup-subject = 您的云 { $host } 可以发送邮件
mail-setup = { $host } 上的云已设置完毕，这封邮件表明它发出的邮件可以送达。出现问题时，您会在这里收到邮件。
mail-setup-junk = 如果这封邮件在垃圾邮件文件夹里，其他人的邮件也会如此：请检查发件人域名的设置。

mail-alarm-sent-by = 由 { $host } 于 { $asked_at } 发送给所有管理者。
mail-alarm-strong = 错误的验证码过多：验证码注册已停用
mail-alarm-strong-do = 有人在猜测 { $host } 的短验证码。24 小时内短验证码对任何人都无效；同一封邮件里的按钮仍然可用。您无需采取任何操作。`peerview admin limits show` 会显示尝试了多少次。
mail-alarm-tampered = 审计日志被改动
mail-alarm-tampered-do = { $host } 的审计日志中有些行丢失或被改动，而且不是云自己做的。这是能够写入其数据文件夹的人所为。`peerview admin audit verify` 会指出位置。
mail-alarm-losing = 审计日志无法写入
mail-alarm-losing-do = 在解决之前，{ $host } 的事件只会被计数。多数情况下是数据文件夹所在的磁盘已满。
mail-alarm-mail = 邮件发不出去
mail-alarm-mail-do = { $host } 的邮件已等待超过 { $minutes } 分钟，因此验证码会迟到。这封邮件也一同等待过。`peerview admin mail queue` 会显示邮件服务器的答复。
mail-alarm-relay = 一个中继不见了
mail-alarm-relay-do = { $host } 的一个中继已消失超过 { $minutes } 分钟。通话改用其余中继。云端日志写有它的名称；中继的日志会说明它为何连不上云端。
