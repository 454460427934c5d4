# 登录、注册、忘记密码，以及可以输入的内容。

cloud-p2p = Cloud P2P
email = 邮箱
user-name = 用户名
password = 密码
step-of = 第 { $step } 步，共 { $steps } 步
mailbox-arrives-in = 在此演示中，邮件会到达<a href="/demo/mailbox" target="_blank">邮箱页面</a>。

login-name = 用户名 / 邮箱
login-auto = 自动登录
login-forgot = 忘记密码
login-button = 登录
login-register = 注册
login-connected-to = 已连接到 { $host }
login-mailbox = 此演示的邮箱
login-wrong = 用户名或密码错误。多次尝试后，请稍等再试。
login-picture = 多次失败后，请同时回答图片内容，并重新输入密码。
login-password-set = 新密码已设置。请用它登录。
login-registered = 您的账户已就绪。请登录。
login-ended = 您已退出登录：此浏览器中的会话已结束。请重新登录。
login-ended-back = 您已退出登录：此浏览器中的会话已结束。登录后会重新打开同一页面。
login-to-add = 请登录，或先注册。然后即可添加您扫描的录像机。

letters = 图片中的字符
letters-picture = 含有 4 个字母或数字的图片。点“收听”可听读音。
letters-new = 换一张图片
letters-listen = 收听
letters-wrong = 与图片中的字符不符。请再试一次，或换一张图片。
letters-dead = 此图片已用过或已过期。请输入新图片中的字符。

register-title = 输入邮箱
register-button = 获取验证码
register-hint = 我们会向此邮箱发送 { $digits } 位验证码，30 分钟内有效。

finish-title = 创建账户
finish-sent = 如果 <strong>{ $email }</strong> 可以注册，验证码已在发送途中。可能需要一分钟；也请查看垃圾邮件。
finish-sent-button = 如果 <strong>{ $email }</strong> 可以注册，带按钮的邮件已在发送途中。可能需要一分钟；也请查看垃圾邮件。
finish-code = 验证码
finish-valid-for = 有效时间还剩
finish-not-valid = 已失效
finish-again = 重新发送
finish-again-in = 重新发送，还需
finish-start-again = 重新开始
finish-button = 完成
finish-wrong-code = 验证码不正确或已失效：输错 3 次、超过 30 分钟或有更新的邮件后即失效。请查看最新的邮件并点击其中的按钮，或点击“重新发送”。
finish-no-code = 请输入邮件中的 { $digits } 位数字。
finish-name-taken = 此用户名已被使用，请换一个。
finish-too-many-names = 尝试的用户名过多。请从“注册”重新开始。
finish-too-early = { $wait }后才能再次发送验证码。
finish-no-more-codes = 本次注册不再发送验证码。请从“注册”重新开始。
finish-proven = <strong>{ $email }</strong> 已确认。请选择用户名和密码。
finish-only-button = 请点击邮件中的按钮继续，并在打开它的浏览器中完成。

password-hint = 至少 { $min } 个字符；长句子胜过符号。
password-hint-ends = 至少 { $min } 个字符；长句子胜过符号。您将在所有设备上退出登录。
password-short = 密码至少 { $min } 个字符。长句子胜过符号。
password-long = 密码最多 { $max } 个字符。
password-control = 密码不能含有控制字符。
password-common = 很多人使用这个密码，容易被猜到。请换一个。
password-own-word = 这个密码由您的名字、邮箱或本应用的名称组成。请换一个。
email-bad = 请输入完整的邮箱地址，例如 anna@example.org。
user-name-bad = 用户名由 { $min } 到 { $max } 个字母（a 到 z）、数字、点、短横线或下划线组成。

recovery-title = 忘记密码
recovery-hint = 我们会发送一个按钮和一个验证码，任选其一即可设置新密码，并在所有设备上退出登录。
recovery-login = 用户名或邮箱
recovery-button = 发送邮件
recovery-sent-title = 请查看邮箱
recovery-sent = 如果 <strong>{ $login }</strong> 有账户，邮件正在发往其邮箱。仅可使用一次，30 分钟内有效。可能需要一分钟；也请查看垃圾邮件。
recovery-new-password = 新密码
recovery-set = 设置密码
recovery-again = 重新获取邮件
recovery-no-login = 请输入用户名或邮箱。
recovery-code = 邮件中的验证码
recovery-code-hint = 或点击邮件中的按钮。
recovery-only-button = 请点击邮件中的按钮继续，并在打开它的浏览器中完成。
recovery-wrong-code = 验证码不正确或已失效：输错 5 次或超过 30 分钟后即失效。请点击最新邮件中的按钮，或重新获取邮件。

button-register = 继续即可在此浏览器中创建账户。用此邮箱在别处开始的注册将结束。
button-reset = 继续即可在此浏览器中设置新密码。
button-continue = 继续
button-dead = 此按钮已使用、已过期，或已被更新的邮件取代。
button-again = 重新开始

human-other-way = 图片和声音我都无法使用
human-trap = 请将此栏留空
human-without-scripts = 没有脚本时需要稍等：{ $seconds } 秒后可以提交表单，邮件中是按钮而不是验证码。
human-more-work = 请再点击一次按钮。
human-too-early = 请在 { $wait } 后再点击一次按钮。
human-trapped = 应留空的栏目被填写了，请再试一次。

step-up-wrong = 不正确。多次尝试后，请稍等再试。
step-up-title = 确认是您本人
step-up-why = 接下来的操作可能改变谁能进入您的账户。请再输入一次密码。
step-up-button = 继续
step-up-hint = 10 分钟后会再次询问。

renewal-needs-script = 在此浏览器中自动登录需要 JavaScript。
renewal-late = 云没有响应。每隔几秒会重试一次。

show = 显示
hide = 隐藏
show-password = 显示密码

form-working = 请稍候…
