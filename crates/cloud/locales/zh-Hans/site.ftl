# 代理程序的设置页面，在此添加录像机。

site-title = 设置录像机
site-back = 返回
site-next = 下一步
site-code-lead = 此页面为本机上的 Peerview 代理程序添加录像机。请输入代理程序在其终端或日志中显示的代码。
site-code = 代理程序的代码
site-code-hint = 八个字母和数字。代理程序每次启动都会显示新的代码。
site-code-wrong = 代码错误。请在代理程序的输出中查找最新的代码。
site-code-wait = { $seconds ->
   *[other] 错误代码过多。请在 { $seconds } 秒后重试。
    }在运行代理程序的电脑上，他人的尝试不计入：请在那台电脑上打开此页面。
site-recorders = 您的录像机
site-open = 打开 { $name }
site-opening = 代理程序正在连接它。
site-cameras = { $n ->
   *[other] { $n } 个摄像机
    }
site-found = 在此网络中找到
site-found-none = 没有设备应答。设备只在自己的网络中应答，有些设备关闭了 ONVIF。请改为输入录像机的地址。
site-search = 重新搜索
site-choose = 设置 { $address }
site-added = 已添加
site-not-activated = 此设备还没有密码。请先在设备上设置密码。
site-type = 输入地址
site-address = 录像机的地址
site-address-hint = 例如 192.168.1.64、192.168.1.64:8000 或 https://192.168.1.64，或者摄像机的 rtsp:// 地址。不要包含用户名和密码。
site-address-bad = 这不是录像机的地址。请按照输入框下方的示例填写。
site-address-login = 请不要在地址中包含用户名和密码。下一页会询问。
site-kind = 录像机类型
site-kind-hikvision = 海康威视，也以其他品牌销售
site-kind-onvif = 任何其他品牌（ONVIF）
site-kind-rtsp = 有 rtsp:// 地址的摄像机
site-user = 录像机上的用户名
site-password = 录像机上的密码
site-password-hint = 密码只向录像机发送一次，只保存在代理程序的机器上，并且不再显示。具有操作员权限的用户即可。
site-name = 显示名称
site-name-hint = 例如“家”或“商店”。不填则显示地址。
site-again = 再次发送此用户名和密码
site-unencrypted = 此页面未加密。在不信任的网络中，请在代理程序机器的终端里使用“peerview agent setup”。
site-show-picture = 显示画面
site-takes-time = 这可能需要半分钟。
site-refused = 录像机拒绝了此用户名或密码。它只发送了一次，不会再次发送。请先在录像机自己的页面或屏幕上试一试，然后在此输入。
site-refused-left = 录像机拒绝了此用户名或密码。它只发送了一次，不会再次发送。请先在录像机自己的页面或屏幕上试一试，然后在此输入：{ $n ->
   *[other] 再输错 { $n } 次密码，录像机就会锁定此用户。
    }
site-locked = 错误密码过多，录像机已锁定此用户。请等待半小时，并先在录像机自己的页面或屏幕上试一试密码。
site-locked-for = 错误密码过多，录像机已锁定此用户。{ $minutes ->
   *[other] { $minutes } 分钟后解锁。
    }在此之前不会向它发送任何内容。
site-unsent = 录像机之前已拒绝过完全相同的用户名和密码，因此没有再次发送。如果现在是正确的，请勾选下面的方框。
site-login-missing = 摄像机要求登录。请输入它的用户名和密码。
site-https-wanted = 录像机只通过 HTTPS 应答。请返回并在地址前写上 https://。
site-unreachable = 此地址没有应答。请检查地址，以及录像机的电源和网线。
site-invalid-answer = 此地址上应答的不是这种类型的录像机。请检查地址、端口和类型。
site-no-cameras = 此地址有应答，但没有列出摄像机。请检查录像机类型，以及此用户是否可以查看摄像机。
site-other-certificate = 此地址出示的证书与之前不同，因此没有发送密码。如果录像机已更换或重置，请接受新证书。否则，可能有人在冒充您的录像机。
site-certificate-expected = 预期的证书（SHA-256）
site-certificate-shown = 现在出示的证书（SHA-256）
site-certificate-compare = 录像机自己的页面会在网络或安全设置中显示此数值。
site-accept = 接受新证书
site-accepted = 已接受新证书。请输入新录像机的密码。
site-failed = 无法保存。代理程序的日志说明了原因。
site-picture-of = { $camera } 的画面
site-pictures-arrive = { $camera } 正在发送画面（{ $codec }）。录像机没有提供此页面可以显示的静态图像；应用会显示视频。
site-pictures-arrive-sized = { $camera } 正在发送画面（{ $codec }，{ $width } × { $height }）。录像机没有提供此页面可以显示的静态图像；应用会显示视频。
site-no-picture = 还没有收到画面。请稍后重新加载此页面。
site-claim = 添加到您的账户
site-claim-lead = 请用手机扫描，或打开链接，然后登录您的账户。
site-qr = 包含将此录像机添加到账户的链接的二维码
site-claim-link = 添加到我的账户
site-serial = 序列号
site-letters = 验证码
site-add-another = 添加另一台录像机
site-certificate = 录像机的证书
site-certificate-lead = SHA-256。请与录像机自己的页面比较；从现在起，其他证书得不到密码。
site-change = 更改密码或地址
site-remove = 从此代理程序移除
site-remove-lead = 代理程序不再显示此录像机，并忘记其密码。如果再次添加，它的序列号不变，并保留在您的账户中。
site-from-file = 此录像机在代理程序的设置文件中。请在那里更改。
