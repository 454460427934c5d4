# 帮助。

help-first = 第一步
help-first-agent = 在录像机所在网络的一台电脑上，用录像机的地址、用户名和密码启动代理程序。
help-first-add = 代理程序会显示序列号、6 个字母和二维码。用手机扫描二维码，或在<a href="/devices/new">添加设备</a>中输入两者。
help-first-live = 打开<a href="/devices">设备</a>，点“实时预览”。
help-live = 在实时预览中
help-live-select = 点一个画面即可选中；“抓图”和“声音”作用于选中的画面。
help-live-enlarge = 双击可放大并以完整画质观看。“返回”重新显示全部。
help-live-swipe = 滑动或用方向键查看更多摄像机。转动手机可只看视频。
help-live-talk = 在“对讲”中，讲话时按住按钮，或轻点使其保持开启；所选摄像机或其录像机处可听到您。“云台”转动摄像机，“图像”和“输出”用于调整。
help-paths = 直连、端口映射与中继
help-direct = 画面从录像机的网络直达您，不经过别处。
help-mapped = 画面直接到达您，与直连相同。录像机的路由器按代理的请求开放了一个端口。
help-relayed = 双方网络都无法进入对方，因此由本云的中继转发数据包。数据包始终加密；中继没有密钥。
help-trouble = 没有画面时
help-trouble-device = <strong>设备离线：</strong>其代理程序未运行或没有网络。恢复后会自动上线。
help-trouble-camera = <strong>摄像机离线：</strong>录像机在线，但没有收到此摄像机的画面。
help-trouble-password = <strong>录像机拒绝了密码：</strong>请在运行代理程序的地方设置正确的密码。代理程序不会自动重试，因为录像机在几次错误后会锁定。
help-trouble-video = <strong>此浏览器无法播放此摄像机的视频：</strong>请在录像机中把摄像机的子码流设为 H.264。
help-server = 本服务器能看到什么
help-server-sees = 您的用户名和邮箱、哪些设备属于您及其摄像机的名称、您何时从何处连接。
help-server-blind = 它不会收到录像机的密码；画面只有在中继时才经过它，并且在录像机的代理程序与您的浏览器之间加密。这些页面来自本服务器：运营者有能力更改它们，因此请使用您信任的云。
