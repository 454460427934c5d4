# 脚本所说的话；页面也可以使用。

direct = 直连
mapped = 端口映射
relayed = 中继
online = 在线
offline = 离线
offline-since = 离线，自 { $when }
never-online = 尚未上线
online-without-picture = 已连接，无画面
cameras = { $n } 个摄像机
page-of = { $page } / { $pages }

show = 显示
hide = 隐藏
show-password = 显示密码

qr-none = 在此图片中没有找到录像机的二维码。
qr-no-camera = 无法打开相机。请改为输入序列号和验证码。
qr-read = 已读取。请核对名称，然后点“添加”。
qr-wrong = 此二维码不属于录像机。

tile-waiting = 正在连接…
tile-offline = 摄像机离线
tile-unplayable = 此浏览器无法播放此摄像机的视频。请把它的子码流设为 H.264，或使用其他浏览器。
tile-too-large = 此浏览器最多解码 1280 × 720 的 H.265，该画面过大。请在“画质”中选择“流畅”，或使用其他浏览器。
tile-recorder-offline = 设备离线。请检查设备所在处的电源和网络。
tile-no-answer = 设备没有响应。如果一直如此，请重启那里的代理程序。
tile-no-path = 没有找到通往设备的路径
tile-no-cloud = 您未连接到云。请检查您所在处的网络。
tile-forbidden = 您无权观看此设备
tile-busy = 设备繁忙。请稍等。
tile-unsupported = 此浏览器无法显示实时视频
tile-removed = 此设备已不在您的帐户中。要观看它，请在“设备”中重新添加。
tile-slow = 还没有画面。请选择重试；如果无效，请重启摄像机。
tile-still = 设备没有传来数据。正在等待…

talk-live = 对方能听到您：请讲话
talk-live-recorder = 录像机旁能听到您：请讲话
talk-hold-on = 讲话时请按住按钮
talk-somebody = { $name } 正在讲话。请等对方讲完。
talk-line-in-use = 有人正用其他程序在录像机上讲话。请等对方讲完。
talk-forbidden = 您无权通过此摄像机讲话
talk-unsupported = 此摄像机不接收来自这里的声音
talk-failed = 摄像机没有响应。请再次按住按钮。
talk-closed = 摄像机或录像机结束了对讲，可能有其他人正在使用线路。请再次按住按钮。
talk-lost = 摄像机不再接收声音。画面恢复后请再次按住按钮。
talk-silent = 此麦克风没有声音，因此对讲已结束。请检查麦克风，然后再次按住按钮。
talk-refused = 浏览器不能使用麦克风。请在浏览器中允许此页面使用，然后再次按住按钮。
talk-no-microphone = 没有找到麦克风。请连接麦克风，然后再次按住按钮。
talk-insecure = 浏览器只在安全页面上打开麦克风。请用 https:// 打开此页面。
talk-microphone-busy = 麦克风未能打开。请关闭正在使用它的其他程序，然后再次按住按钮。

viewable-asking = 正在询问摄像机会更改什么…
viewable-changing = 正在更改摄像机，可能需要半分钟。
viewable-codec = 视频格式：{ $from } 改为 { $to }
viewable-size = 画面大小：{ $from } 改为 { $to }
viewable-rate = 每秒画面数：{ $from } 改为 { $to }
viewable-smart = 智能编码（“+”）：关闭
viewable-effect-sub = 这会为所有人更改摄像机的小画面（子码流）及其录像。
viewable-effect-main = 这会为所有人更改摄像机的完整画面（主码流）。其录像将占用更多空间。
viewable-nothing = 摄像机的设置已适合所有浏览器。请选择“重试”；如果没有用，请重启摄像机。
viewable-done = 已完成。画面会自动开始。
viewable-restart = 录像机已接受更改。请重启录像机，之后即可看到画面。
viewable-forbidden = 您不能更改此摄像机的设置。请联系设备的所有者。
viewable-unsupported = 无法从这里更改此摄像机。请在摄像机自己的设置中把子码流设为 H.264。
viewable-refused = 录像机拒绝了更改，或没有保存更改。请在录像机上给代理的用户更改设置的权限，或在录像机上把码流设为 H.264。
viewable-busy = 设备正忙。请稍等，然后重新开始。
viewable-no-answer = 录像机没有应答。请检查电源和网络，然后重新开始。
viewable-lost = 与设备的连接已断开。恢复后请重新开始，查看摄像机是否已更改。

reason-refused = 录像机拒绝了用户名或密码。请在代理程序的设置中改正，然后重启代理程序。
reason-locked = 密码错误次数过多，录像机已锁定该用户。请检查代理程序设置中的密码，等待半小时后重启代理程序。
reason-locked-until = 密码错误次数过多，录像机已锁定该用户至 { $when }。请检查代理程序设置中的密码，并在此之后重启代理程序。
reason-login-missing = 录像机要求登录，而代理程序的设置中没有登录信息。请填写用户名和密码，然后重启代理程序。
reason-no-digest = 录像机不提供 Digest 登录。请在录像机的安全设置中开启，或在代理程序设置中启用 allow_basic（密码将以明文发送）。
reason-forbidden = 代理程序的用户在录像机上无权查看。请在录像机上授予该用户实时预览权限。
reason-https-wanted = 录像机只通过 HTTPS 应答。请在代理程序设置中的地址前写上 https://，然后重启代理程序。
reason-certificate = 录像机的证书无法使用。请在录像机的网络设置中新建证书。
reason-certificate-changed = 录像机出示的证书与以前不同。如果录像机已更换或重置，请在运行代理程序的机器上用“peerview agent trust”接受新证书。
reason-unreachable = 无法连接录像机。请检查电源、网线，以及代理程序设置中的地址。
reason-no-answer = 录像机没有应答。如果一直如此，请重启录像机。
reason-closed = 录像机关闭了连接。代理程序会重试。
reason-invalid-answer = 录像机的应答无法理解。请检查代理程序设置中的地址和端口。
reason-moved = 录像机指向另一个地址。请在代理程序的设置中填写该地址，然后重启代理程序。
reason-full = 录像机的所有码流都在使用中。请关闭其他正在观看的设备或程序；代理程序会重试。
reason-no-stream = 录像机没有这个码流。请检查摄像机的线缆和码流地址。
reason-status = 录像机拒绝了码流，状态码 { $status }。如果一直如此，请重启录像机。
reason-unplugged = 摄像机离线。请检查线缆和电源。
reason-no-camera = 录像机上已没有这个摄像机。
reason-no-video = 该地址没有视频。请检查代理程序设置中的码流地址。
reason-no-picture = 摄像机没有发送画面。如果一直如此，请重启摄像机。
reason-no-key-frame = 正在等待摄像机的下一个关键帧。在摄像机设置中缩短关键帧间隔会有帮助。
reason-no-parameter-sets = 摄像机发送的画面无法解码（缺少 SPS 和 PPS）。请重启摄像机或更新其固件。
reason-codec = 摄像机发送的是 { $codec } 视频，无法显示。请将其码流设为 H.264。
reason-unknown = 没有画面。代理程序的日志中有原因。

form-working = 请稍候…

strength-worst = 非常容易被猜到
strength-weak = 容易被猜到
strength-fair = 一般
strength-good = 好
strength-strong = 很好

panel-not-loaded = 此工具未能加载。请检查网络连接，然后关闭并重新打开。
panel-asking = 正在询问摄像机的功能…
panel-no-answer = 录像机没有应答。请检查其电源和网络，然后重试。
panel-busy = 设备正忙。请稍候再试。
panel-unsupported = 摄像机不支持此操作。
panel-refused = 录像机拒绝了请求。请在录像机的用户设置中为代理的用户授予此权限。
panel-lost = 与设备的连接已中断。画面恢复后请重试。
ptz-none = 此摄像机不能从这里转动、变倍或聚焦。
ptz-forbidden = 您无权控制此摄像机。请询问设备的所有者。
ptz-steered = { $name } 正在控制此摄像机。请在 { $n } 秒后、对方松开后重试。
ptz-free = 摄像机应已空闲：您可以控制了。
ptz-goes = 摄像机正转向“{ $name }”。
ptz-saved = 已保存为“{ $name }”。
ptz-full = 摄像机没有空余的预置点。请删除一个，或用列表中的名称保存。
ptz-remove-really = 所有人都将失去“{ $name }”。再按一次“删除”即可删除。
ptz-removed = “{ $name }”已删除。
ptz-patrol-runs = 巡航 { $name } 将一直运行，直到有人停止它或控制摄像机。
ptz-patrol-over = 巡航 { $name } 已停止。

talk-locked = 对方可听到您的声音，直到再次按下按钮
talk-locked-recorder = 录像机处可听到您的声音，直到再次按下按钮
talk-opening = 正在打开麦克风…… 如浏览器询问，请允许。
talk-quiet = 您的麦克风没有声音。请检查它是否被静音。
talk-none = 此摄像机没有扬声器，其录像机也未提供。

image-none = 无法从这里调整此摄像机的图像。
image-forbidden = 您无权更改此摄像机的图像。请询问设备的所有者。
image-changing = 正在更改摄像机设置…
image-changed = 摄像机已应用更改。
day-night-auto = 自动
day-night-day = 始终彩色（白天）
day-night-night = 始终红外（夜间）
day-night-other = 在摄像机上设置
outputs-none = 此设备没有可从这里控制的输出。
outputs-forbidden = 您无权控制此设备的输出。请询问其所有者。
output-unnamed = 输出 { $id }
output-is-on = “{ $name }”已打开。
output-is-off = “{ $name }”已关闭。
output-is-pulse = “{ $name }”已短暂打开。

ptz-steered-self = 您正在另一个窗口控制此摄像机。请在那里松开 { $n } 秒后重试。
talk-self = 您正在另一个窗口讲话。请先在那里结束，然后再次按下按钮。
