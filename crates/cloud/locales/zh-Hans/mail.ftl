# 邮件，以及演示的邮箱。

mail-sent-by = 由 { $host } 因 { $asked_at } 的请求而发送。
mail-asked-from = 由 { $host } 因 { $asked_at } 来自 { $place }（{ $browser }）的请求而发送。
mail-no-answer = 请勿回复。

mail-code-subject = { $code } 是您的 Peerview 验证码
mail-button-subject = 继续您的 Peerview 注册
mail-code-is = 您的验证码是
mail-code-use = 请在获取它的页面上输入。{ $minutes } 分钟内有效。
mail-code-never = 切勿将此验证码告诉任何人，也不要转发此按钮：Peerview 的任何人都不会索要。如果您并未注册，请忽略此邮件；不会创建账户。
mail-code-or = 或点击此按钮，并在打开它的浏览器中继续：
mail-code-only-button = 请点击此按钮继续注册，并在打开它的浏览器中完成。
mail-code-button = 创建我的账户

mail-known-subject = 您已有 Peerview 账户
mail-known = 有人（也许是您）想用此邮箱注册账户。您已经有一个了。
mail-known-login = 登录
mail-known-forgot = 忘记密码？设置新密码
mail-known-ignore = 如果不是您本人，什么都没有发生，您可以忽略此邮件。

mail-reset-subject = 设置新的 Peerview 密码
mail-reset = 为您的账户设置新密码：
mail-reset-button = 设置新密码
mail-reset-use = 按钮和验证码仅可使用一次，{ $minutes } 分钟内有效。设置新密码后将在所有设备上退出登录。
mail-reset-never = 切勿转发：Peerview 的任何人都不会索要。如果这不是您的请求，请忽略此邮件；您的密码保持不变。
mail-reset-or = 或在您提出请求的页面输入此验证码：

mail-no-account-subject = 此邮箱没有 Peerview 账户
mail-no-account = 有人（也许是您）为此邮箱请求新密码，但没有使用它的账户。也许您是用另一个邮箱注册的。
mail-no-account-register = 在此注册
mail-no-account-ignore = 如果不是您本人，可以忽略此邮件。

mail-changed-subject = 您的 Peerview 密码已更改
mail-changed = 您账户的密码已更改，您已在所有设备上退出登录。
mail-changed-not-you = 如果不是您本人，说明有人能读取您的邮件。请先保护好邮箱，然后设置新密码：
mail-changed-forgot = 设置新密码

mail-deleted-subject = 您的 Peerview 账户已删除
mail-deleted = 您的账户已删除，所有关于您的数据也一并删除。您的设备现在不在任何人的列表中。
mail-deleted-not-you = 如果不是您本人：请重新注册并重新添加设备，并告知 { $host } 的运营者。

mail-test-subject = 来自 { $host } 的邮件，用于确认邮件能否送达
mail-test = 来自 { $host } 的邮件可以送达这里。如果这封邮件不在垃圾邮件文件夹中，验证码和链接也不会在那里。

mailbox-title = 邮箱
mailbox-hint = 此页面只存在于演示中：本云的邮件只会到达这里。
mailbox-to = 收件人 { $recipient } · { $time }
mailbox-none = 还没有邮件。
mailbox-again = 再看一次
