# 实时预览。脚本所说的在 script.ftl 中。

live-title = 实时预览
live-needs-script = 实时预览需要 JavaScript：请为此网站启用。
live-no-cameras = 还没有摄像机
live-no-cameras-hint = 设备尚未报告其摄像机。上线后会立即报告。
live-no-devices = 还没有设备
live-no-devices-hint = 添加设备后，可在这里看到它的摄像机。
live-again = 重试
live-at-once = 同时显示的画面
live-pictures = { $n } 个画面
live-page-back = 上一页
live-page-forward = 下一页
live-capture = 抓图
live-sound = 声音
live-talk = 按住说话
live-full-screen = 全屏
quality = 画质
quality-auto = 自动
quality-clear = 清晰
quality-fluent = 流畅

viewable-title = 让此摄像机可观看
viewable-change = 更改
viewable-close = 关闭
