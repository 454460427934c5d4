# 录像机的状态：时钟和硬盘。

health-title = 状态
health-clock = 时钟
health-clock-right = 正确
health-clock-behind = 慢 { $wait }
health-clock-ahead = 快 { $wait }
health-disks = 硬盘
health-disk = 硬盘 { $number }
health-not-known = 未知
health-no-disk = 无
health-ok = 正常
health-idle = 正常，休眠中
health-preparing = 正在准备
health-unformatted = 未格式化
health-error = 错误
health-failing = 即将损坏
health-missing = 未找到
health-free = { $size }，{ $percent }% 可用
health-megabytes = { $n } MB
health-gigabytes = { $n } GB
health-terabytes = { $n }.{ $tenths } TB
health-warn-clock = 录像机的时钟不准，录像会出现在错误的时间下。请在录像机上校准时间，或在那里开启 NTP。比较的对象是运行代理程序的电脑的时钟。
health-warn-no-disk = 录像机没有硬盘，因此没有录像。如需录像，请装入硬盘。
health-warn-unformatted = 硬盘 { $number } 未格式化，因此不会在上面录像。请在录像机的菜单中格式化它。
health-warn-error = 硬盘 { $number } 报告错误。录像可能丢失：请检查或更换它。
health-warn-failing = 硬盘 { $number } 即将损坏。请在录像丢失前更换它。
health-warn-missing = 录像机找不到硬盘 { $number }。录像可能丢失：请检查线缆或更换它。
