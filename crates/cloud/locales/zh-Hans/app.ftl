# 每个页面都有的：顶栏、菜单、框架、时间。

slogan = 您的录像机，直达您的手机
skip = 跳到内容
back = 返回
menu = 菜单
menu-live = 实时预览
menu-devices = 设备
menu-configuration = 设置
menu-help = 帮助
log-out = 退出登录
language = 语言
language-now = 语言：{ $name }

moment = { $year }年{ $month }月{ $day }日 { $time } UTC
wait-seconds = { $n } 秒
wait-minutes = { $n } 分钟
wait-hours = { $n } 小时
wait-days = { $n } 天
