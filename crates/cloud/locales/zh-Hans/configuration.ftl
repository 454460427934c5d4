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
