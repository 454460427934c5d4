# 本人账户：登录后可以更改、退出、下载、锁定和删除的内容，以及相关通知。

cancel = 取消
save = 保存

configuration-account = 我的账户
account-security = 安全
account-data-heading = 您的数据
account-email = 更改邮箱
account-password = 更改密码
account-sessions = 已登录的位置
account-notices = 通知
account-lock = 锁定我的账户
account-data = 下载我的数据
account-deletion = 删除账户
account-password-set = 新密码已生效。您已在其他所有位置退出登录。
account-notices-set = 您的选择已保存。

account-password-old = 旧密码
account-password-ends = 您将在其他所有位置退出登录。

account-email-now = 您的邮箱是 <strong>{ $email }</strong>。
account-email-new = 新邮箱
account-email-hint = 我们会向新邮箱发送一个按钮。只有在那里点按后才会更改；旧邮箱会收到通知。
account-email-send = 发送按钮
account-email-same = 这已经是您的邮箱。
account-email-waiting = 如果 <strong>{ $email }</strong> 可用，带按钮的邮件已在路上。在您点按之前，什么都不会改变。
email-button = 使用此邮箱
email-button-why = 点按按钮，将收到此邮件的邮箱用于您的账户。它将取代旧邮箱。
email-button-done = 新邮箱已生效，旧邮箱已收到通知。
email-button-on = 前往我的账户
link-code = 链接中的代码
link-code-hint = 请复制邮件链接中 # 之后的字符。
link-dead = 此链接已使用、已过期或不再有效。

sessions-this = 此浏览器
sessions-last = 最近使用
sessions-first = 开始于
sessions-from = 来自 { $place }
sessions-end = 退出登录
sessions-end-named = 退出 { $browser } 的登录
sessions-end-others = 在其他位置全部退出
sessions-hint = 退出后，那里会立即看不到任何内容。地址末尾已隐藏。如果有您不认识的浏览器，请将其退出并更改密码。
browser-on = { $system } 上的 { $browser }
browser-unknown = 未知浏览器

notices-to = 通知将发送至 <strong>{ $email }</strong>。
notices-security = 登录与更改
notices-security-hint = 新的登录、新密码或新邮箱、锁定。这些通知无法关闭。
notices-recorders = 添加或移除的设备

data-what = 一个文件（JSON），包含您的用户名和邮箱、登录位置、设备及其摄像机、您的选择、最近一天的邮件，以及日志中有关您账户的记录：最近 { $lines } 条事件（如登录）及其来源网络。
data-not = 其中不含密码和密钥。录像只在您的录像机上。
data-button = 下载

lock-when = 手机丢失，或有人进入了您的账户？请立即锁定。
lock-what = 所有人会立即退出登录，包括您自己，任何人都无法登录。设备仍属于您。您可通过邮件设置新密码来解锁账户。
lock-done = 账户已锁定，所有人均已退出登录。
lock-unlock = 要解锁，请设置新密码。请先确保您的邮箱安全。
not-me-email = 如果您的邮箱被更改，将恢复为旧邮箱。

deletion-what = 您的账户、其中的设备以及保存的所有关于您的信息将被永久删除。持有录像机验证码的人可以再次添加它。
deletion-data = 您可能想先：
deletion-name = 用户名
deletion-name-hint = 请输入 { $name } 以确认。
deletion-name-wrong = 这不是您的用户名。未删除任何内容。
deletion-title = 账户已删除
deletion-done = 您的账户已删除。
deletion-after = 它已连同此处和云中保存的所有关于您的信息一起消失；我们会发邮件确认。您的设备不在任何人的列表中：持有录像机验证码的人可以添加它。

mail-email-subject = 请确认您在 Peerview 的新邮箱
mail-email-asked = 账户 { $name } 想使用此邮箱。
mail-email-press = 如果是您本人，请点按按钮。它只能使用一次，{ $minutes } 分钟内有效。
mail-email-ignore = 如果不是您本人，请忽略此邮件；什么都不会改变。
mail-email-taken-subject = 此邮箱已有 Peerview 账户
mail-email-taken = 有人（可能是您）想将此邮箱用于另一个账户。它已有账户，不能有两个。

notice-sign-in-subject = 您的 Peerview 账户有新的登录
notice-new-browser = 有人用新的浏览器登录了您的账户。
notice-after-failures = { $n ->
   *[other] 有人在输错 { $n } 次后输入了您账户的正确密码。
}
notice-password-subject = 您的 Peerview 密码已更改
notice-password = 您账户的密码已更改，其他位置均已退出登录。
notice-email-subject = 您的 Peerview 账户邮箱已更改
notice-new-email = 您的账户从现在起使用另一个邮箱：{ $address }
notice-email-in-use = 您的账户从现在起使用此邮箱。
notice-others-subject = 您已在其他位置全部退出登录
notice-others = 除一个浏览器外，其他浏览器均已退出您的账户。
notice-download-subject = 您的 Peerview 账户数据已被下载
notice-download = 有人下载了保存的关于您账户的信息。
notice-locked-subject = 您的 Peerview 账户已锁定
notice-locked = 您的账户已锁定。所有人均已退出登录，任何人都无法登录。
notice-added-subject = 您的 Peerview 账户添加了设备
notice-added = 此设备已添加到您的账户：{ $name }
notice-removed-subject = 您的 Peerview 账户移除了设备
notice-removed = 此设备已从您的账户移除：{ $name }
notice-recorders-subject = 您的 Peerview 账户的设备有变动
notice-recorders = 您的账户添加或移除了设备。
notice-n-added = { $n ->
   *[other] 已添加 { $n } 台设备：
}
notice-n-removed = { $n ->
   *[other] 已移除 { $n } 台设备：
}
notice-further-subject = 您的 Peerview 账户还有其他活动
notice-further = { $n ->
   *[other] 除之前邮件所述之外，您的账户还发生了 { $n } 次登录或更改。
}
notice-when = 时间：{ $time }
notice-browser = 浏览器：{ $browser }
notice-place = 来自：{ $place }
notice-advice-lock = 如果是您本人，无需任何操作。如果不是，请锁定您的账户：
notice-advice-undo = 如果是您本人，无需任何操作。如果不是，请撤销更改并锁定您的账户。7 天内有效：
notice-advice-unlock = 要解锁，请确保邮箱安全并设置新密码：
notice-advice-none = 旧邮箱也已收到通知。
notice-not-me = 不是我
notice-unlock = 设置新密码
notice-why = { $host } 发送此邮件，因为这关系到您账户的安全。
