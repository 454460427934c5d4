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
camera-favourite = 收藏：{ $camera }
zoom = { $times }×
zoom-reset = 放大 { $times }×：显示整个画面
page-of = { $page } / { $pages }

qr-none = 在此图片中没有找到录像机的二维码。
qr-no-camera = 无法打开相机。请改为输入序列号和验证码。
qr-read = 已读取。请核对名称，然后点“添加”。
qr-wrong = 此二维码不属于录像机。
qr-searching = 正在查找二维码…
qr-not-loaded = 无法加载二维码读取程序。请重试，或改为输入序列号和验证码。

tile-selected = { $camera }：{ $state }
tile-playing = 实时画面
tile-waiting = 正在连接…
tile-offline = 摄像机离线
tile-unplayable = 此浏览器无法播放此摄像机的视频。请把它的子码流设为 H.264，或使用其他浏览器。
tile-too-large = 此浏览器最多解码 1280 × 720 的 H.265，该画面过大。请在“画质”中选择“流畅”，或使用其他浏览器。
tile-no-h264 = 此浏览器无法播放此摄像机发送的 H.264。请在 Firefox 的“附加组件”中启用 OpenH264 插件，或使用其他浏览器。
tile-recorder-offline = 设备离线。请检查设备所在处的电源和网络。
tile-no-answer = 设备没有响应。如果一直如此，请重启那里的代理程序。
tile-no-path = 没有找到通往设备的路径。请换一个网络，例如移动数据。“帮助”中的连接测试会说明此网络需要开放什么。
tile-no-cloud = 您未连接到云。请检查您所在处的网络。
tile-cloud-full = 云没有空位。请关闭其他实时预览页面，或等待几分钟。
tile-forbidden = 您无权观看此设备
tile-busy = 设备繁忙。请稍等。
tile-unsupported = 此浏览器无法显示实时视频：它没有 WebRTC，或 WebRTC 已关闭。请在浏览器设置中允许，或使用其他浏览器。
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
image-flip-none = 关闭
image-flip-left-right = 左右
image-flip-up-down = 上下
image-flip-both = 旋转 180°（用于倒装的摄像机）
outputs-none = 此设备没有可从这里控制的输出。
outputs-forbidden = 您无权控制此设备的输出。请询问其所有者。
output-unnamed = 输出 { $id }
output-is-on = “{ $name }”已打开。
output-is-off = “{ $name }”已关闭。
output-is-pulse = “{ $name }”已短暂打开。

ptz-steered-self = 您正在另一个窗口控制此摄像机。请在那里松开 { $n } 秒后重试。
talk-self = 您正在另一个窗口讲话。请先在那里结束，然后再次按下按钮。
kept-title = 图片和视频
kept-camera = 摄像机
kept-save = 保存为文件
capture-kept = { $camera } 的图片已保存在此手机上。
capture-none = 目前没有可抓取的画面。请等待摄像机显示画面。
capture-full = 此手机存储空间已满，图片未保存。请保存为文件，或先删除一些图片和视频。
capture-not-kept = 此浏览器不保存任何内容（例如无痕窗口），因此图片不在“图片和视频”中。请保存为文件。

kept-delete = 删除
kept-picture-of = { $camera } 的图片
kept-video-of = { $camera } 的视频
kept-choose = 选择：{ $name }
kept-used = { $n } 项，{ $size }
kept-running = { $n } 个正在录制
kept-chosen = 已选 { $n } 项，{ $size }
kept-delete-title = 删除 { $n } 项？
kept-delete-words = 这 { $n } 项只在此手机上，删除后无法恢复。
kept-gone = 文件已不存在：浏览器已将其清除。
kept-unreadable = 此浏览器在此不保存任何内容（例如无痕窗口）。请在普通窗口中打开此页面。
kept-unplayable = 此浏览器无法显示它。请保存为文件并用其他程序打开。
kept-share-failed = 无法分享。请保存为文件后再分享。
kept-log-out = 退出并清除？
kept-log-out-words = 此手机上有 { $n } 个图片和视频，现在将被清除。如需保留，请先保存。
kept-log-out-agree = 清除并继续
ask-cancel = 取消

recording-began = 正在录制 { $camera }（有声音）。剩余空间至少可录制 { $room }。
recording-began-silent = 正在录制 { $camera }（无声音：摄像机没有发送声音）。剩余空间至少可录制 { $room }。
recording-began-unsupported = 正在录制 { $camera }（无声音：此浏览器无法录制声音）。剩余空间至少可录制 { $room }。
recording-kept = { $camera } 的视频已保存在此手机上：{ $length }，{ $size }，无声音。
recording-kept-sound = { $camera } 的视频已保存在此手机上：{ $length }，{ $size }，有声音。
recording-nothing = { $camera } 没有发送可录制的视频，因此未保存任何内容。请等画面动起来后重新开始。
recording-none = 目前没有可录制的画面。请等待摄像机显示画面。
recording-no-room = 此手机没有录像空间。请先删除一些图片和视频。
recording-unsupported = 此浏览器无法录制摄像机视频。请更新浏览器，或使用抓图。
recording-single-pictures = 此摄像机发送的是单张图片（MJPEG），无法在此录制。请使用抓图，或将其码流设为 H.264。
recording-ended-left = 摄像机离开了屏幕，录像已结束。
recording-ended-lost = 摄像机视频中断，录像已结束。
recording-ended-full = 此手机存储空间已满，录像已结束。
recording-ended-changed = 摄像机更改了画面，后续内容在另一个视频中。
recording-ended-sound = 摄像机的声音开始了，后续内容在另一个有声音的视频中。
recording-ended-failed = 浏览器无法继续写入，录像已结束。
recording-ended-page = 页面已离开，录像已结束。

kept-picture = 图片
kept-video = 视频
kept-sound = 有声音
kept-silent = 无声音

recording-not-begun = 录像未开始。请检查连接，然后再次点“录像”。

quality-auto = 自动
quality-clear = 清晰
quality-balanced = 均衡
quality-fluent = 流畅
quality-chosen = { $name }：画面为 { $size }。
quality-only-one = 此摄像机只有一路码流。
quality-nothing-between = 此摄像机在完整画面与小画面之间没有其他画面：您看到的是小画面。
quality-full-is-small = 此摄像机的完整画面不大于均衡画面：您看到的是完整画面。
quality-cannot-show = 此浏览器无法显示该选项对应的码流：您看到的是另一路。
quality-no-session = 设备目前不提供更多码流：您看到的是已打开的一路。
quality-in-tile = 小窗格中小画面已足够。放大后可看完整画面。
quality-by-path = 在您的网络能承载完整画面之前，您看到的是小画面。
statistics-per-second = 每秒 { $n } 帧
data-is-reset = 从现在起重新统计。
app-lock-digits = 4 到 12 位数字；6 位以上更好。
app-lock-differs = 两次输入的 PIN 不同。
app-lock-is-on = 应用锁已开启。
app-lock-is-off = 应用锁已关闭。
app-lock-wrong = { $n ->
   *[other] PIN 错误。还可尝试 { $n } 次。
}
app-lock-out = PIN 输错次数过多。正在退出登录…
app-lock-insecure = 应用锁需要 HTTPS。请用此应用的 https:// 地址打开。
app-lock-passkey-on = 通行密钥也可打开。
app-lock-passkey-none = 没有使用通行密钥。请在 Cloud P2P 的“通行密钥”中添加一个，然后重试。
app-lock-passkey-failed = 没有使用通行密钥。请重试，或输入 PIN。
arranged-moved = { $name }：第 { $place } 位，共 { $n } 位
arranged-hide = { $name } 已隐藏
arranged-show = { $name } 已显示
ptz-somebody = { $name } 正在控制此摄像机。
ptz-self = 您正在另一个窗口控制此摄像机。
arrangement-waits = { $n ->
   *[other] 短时间内更改过多。此手机会保留这些更改，{ $n } 分钟后存入您的账户。
}
arranged-waits = { $n ->
   *[other] 短时间内更改过多。请保持此页面打开：最后的更改将在 { $n } 分钟后保存。
}
test-again = { $n ->
   *[other] 请在 { $n } 分钟后再按按钮。
}
app-lock-saved = 时间已保存。
offline-mend = 请检查设备所在处的电源和网络，以及代理程序是否在运行。设备会自动恢复连接。
