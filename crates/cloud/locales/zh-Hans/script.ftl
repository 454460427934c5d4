# 脚本所说的话；页面也可以使用。

direct = 直连
mapped = 端口映射
relayed = 中继
online = 在线
offline = 离线
offline-since = 离线，自 { $when }
never-online = 尚未上线
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
tile-unplayable = 此浏览器无法播放此摄像机的视频。请把它的子码流设为 H.264。
tile-refused = 录像机拒绝了密码。请在运行代理程序的地方设置正确的密码。
tile-recorder-offline = 设备离线
tile-no-answer = 设备没有响应
tile-no-path = 没有找到通往设备的路径
tile-no-cloud = 未连接到云
tile-forbidden = 您无权观看此设备
tile-busy = 设备繁忙。请稍等。
tile-unsupported = 此浏览器无法显示实时视频

form-working = 请稍候…

strength-worst = 非常容易被猜到
strength-weak = 容易被猜到
strength-fair = 一般
strength-good = 好
strength-strong = 很好
