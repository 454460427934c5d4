# 第二步验证、恢复代码和通行密钥：登录时、账户内和邮件中。

login-with-passkey = 使用通行密钥登录
login-passkey-wrong = 此通行密钥无法打开这里的账户。它可能已被移除，或等待时间过长：请重试，或使用密码登录。
login-again = 等待时间过长，或代码错误次数过多。请重新登录。

factor-step = 还有一步
factor-step-why = 密码正确。您的账户还需要第二步验证。
factor-code = 应用中的代码
factor-code-hint = 您的身份验证应用当前显示的 6 位数字。
factor-continue = 继续
factor-use-passkey = 使用通行密钥
factor-use-recovery = 改用恢复代码
factor-recovery = 恢复代码
factor-recovery-hint = 开启第二步验证时您保存的代码之一。每个只能用一次。
factor-lost = 没有人能替您跳过这一步：需要您的应用、通行密钥或恢复代码。
factor-wrong = 此代码或通行密钥不正确，或已被使用。多次尝试后，请稍等再试。

passkey-needs-script = 通行密钥需要 JavaScript，而此浏览器已将其关闭。
passkey-unsupported = 此浏览器无法使用通行密钥。
passkey-elsewhere = 此云的通行密钥只能在它自己的地址使用：
passkey-refused = 没有提供通行密钥。请重试，或选择其他方式。
passkey-known = 此手机或电脑上已有该账户的通行密钥。
passkey-broken = 未成功。请重试。

factor-title = 第二步验证
factor-is-on = 第二步验证已开启。输入密码后，需要代码、通行密钥或恢复代码。
factor-what = 即使有人知道您的密码，第二步验证也能保护您的账户。请设置一个显示代码的应用，或使用通行密钥。
factor-needed = 您运营此云，因此您的账户需要第二步验证。请开启后继续。
factor-app = 身份验证应用
factor-app-there = 您的应用已设置。换新手机时请重新设置；旧的随即失效。
factor-app-what = 任何显示 6 位代码的应用都可以。它不需要联网。
factor-app-set-up = 设置应用
factor-app-replace = 在另一部手机上设置
factor-app-scan = 请用身份验证应用扫描此图。
factor-app-qr = 含有应用密钥的二维码
factor-app-type = 或在应用中输入此密钥：
factor-app-shown-as = 应用中将显示为 { $name }。
factor-app-confirm = 请输入应用现在显示的代码，以确认可用。
factor-app-turn-on = 开启
factor-app-wrong = 这不是当前有效的代码。手机时间是否准确？请等下一个代码再试。
factor-passkeys = { $n ->
    [0] 您还没有通行密钥。通行密钥用指纹、面容或 PIN 登录，等同于两步。
   *[other] 您有 { $n } 个通行密钥。每个都等同于两步。
}
factor-on-what = 目前仅凭密码仍可打开账户。您可以要求在密码之后再用通行密钥。
factor-on = 密码之后要求通行密钥
factor-off-title = 关闭
factor-off-what = 关闭后仅凭密码即可打开账户。应用和恢复代码将被清除；通行密钥保留。
factor-off = 关闭第二步验证

codes-title = 恢复代码
codes-left = { $n ->
    [0] 没有剩余的恢复代码。请立即获取新的。
   *[other] 还剩 { $n } 个恢复代码。
}
codes-renew = 新的恢复代码
codes-renew-what = 旧的将失效。
codes-keep = 请现在保存这些代码：不会再次显示。
codes-what = 每个可代替应用或通行密钥登录一次。请打印，或存入密码管理器；不要存在可能丢失的手机上。
codes-for = { $host } 上的 { $user_name }
codes-copy = 复制
codes-copied = 已复制
codes-print = 打印
codes-kept = 我已保存

passkeys-title = 通行密钥
passkeys-what = 通行密钥用指纹、面容或 PIN 登录：无需输入密码，也无密码可偷。
passkeys-name = 通行密钥的名称
passkeys-name-example = 安娜的手机
passkeys-add = 添加通行密钥
passkeys-no-name = 通行密钥需要通过域名访问的云。此云只能通过 IP 地址访问。
passkeys-none = 还没有通行密钥。
passkeys-added = 添加于
passkeys-used = 上次使用
passkeys-unused = 尚未使用
passkeys-rename = 重命名
passkeys-remove = 移除通行密钥
passkeys-remove-what = 它将不能再打开此账户。请也在保存它的地方删除它。
passkeys-unfit = 无法添加通行密钥：它不匹配，或等待时间过长。请重试。
passkeys-too-many = 无法再添加通行密钥，或此密钥已存在。
passkeys-bad-name = 请为通行密钥取一个 1 到 { $most } 个可见字符的名称。

mail-factor-app = 您的 Peerview 账户已设置身份验证应用
mail-factor-on = 您的 Peerview 账户已开启第二步验证
mail-factor-off = 您的 Peerview 账户已关闭第二步验证
mail-factor-codes = 您的 Peerview 账户有了新的恢复代码
mail-factor-code-used = 您的 Peerview 账户的一个恢复代码已被使用
mail-factor-wrong-codes = 有人知道您的 Peerview 密码，但没有第二步验证
mail-factor-passkey-added = 您的 Peerview 账户添加了一个通行密钥
mail-factor-passkey-removed = 您的 Peerview 账户移除了一个通行密钥
mail-factor-you = 如果是您本人操作，则无需处理。
mail-factor-not-you = 如果不是您本人操作，请立即设置新密码，然后检查账户的第二步验证和通行密钥：
mail-factor-forgot = 设置新密码

step-up-code = 应用中的代码或恢复代码
