# 设置。

configuration-live = 本机的实时预览
configuration-quality = 默认画质
configuration-resume = 恢复上次的预览
configuration-resume-on = 开
configuration-resume-off = 关
configuration-connection = 连接
configuration-connection-auto = 自动
configuration-connection-relay = 仅中继
configuration-connection-hint = “自动”会优先使用直连。“仅中继”对录像机所在地隐藏您的地址，但会增加延迟。
configuration-about = 关于
configuration-cloud = 已连接的云
configuration-licence = 许可证
configuration-licence-names = Apache-2.0 或 MIT
configuration-icons = 图标

configuration-quality-wifi = Wi-Fi 下的画质
configuration-quality-mobile = 移动数据下的画质
configuration-quality-one = 此浏览器不告知使用的是 Wi-Fi 还是移动数据，因此两者使用同一画质。
data-title = 本机已用流量
data-wifi = Wi-Fi
data-mobile = 移动数据
data-unknown = 实时预览
data-today = 今天
data-yesterday = 昨天
data-month = 本月
data-last-month = 上月
data-reset = 清零
data-hint = 实时预览在此浏览器中收发的数据量，只在本机统计，不告知任何人。退出登录后清除。
configuration-notices = 通知

app-lock = 应用锁
app-lock-what = 离开一段时间后锁定此设备上的应用。在显示任何内容之前，需要输入 PIN 或使用通行密钥。输错五次 PIN 会退出登录，并删除此设备保存的内容，包括图片和视频。
app-lock-honest = 它防的是拿起您未锁手机的人，防不了有时间和工具的窃贼：请锁定设备本身；设备丢失时，请在 Cloud P2P 中结束它的会话。
app-lock-pin = PIN
app-lock-new-pin = 新 PIN
app-lock-again = 再次输入 PIN
app-lock-after = 离开多久后锁定
app-lock-minutes = { $n } 分钟
app-lock-turn-on = 开启
app-lock-turn-off = 关闭
app-lock-passkey = 也用通行密钥打开
app-lock-locked = 已锁定
app-lock-open = 打开
app-lock-forgotten = 忘记 PIN：退出登录
app-lock-needs-script = 应用锁需要 JavaScript。请在浏览器设置中允许此页面使用。
