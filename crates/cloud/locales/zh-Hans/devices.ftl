# 设备、单个设备、添加设备。

devices-title = 设备
devices-none = 还没有设备
devices-none-hint = 请在录像机旁启动代理程序。它会显示序列号和 6 个字母：用它们添加设备。
devices-search = 搜索设备和摄像机
devices-search-count = { $n } 台设备及其摄像机
devices-state = 显示
devices-state-all = 所有设备
devices-state-online = 仅在线
devices-state-offline = 仅离线
devices-no-match = 没有此名称的设备或摄像机。
devices-settings = { $name } 的设置
device-live = 实时预览
device-connection = 连接
device-serial = 序列号
device-cameras = 摄像机
device-name = 名称
device-rename = 重命名
device-remove = 从我的账户移除

removal-title = 移除 { $name }
removal-question = 要从您的账户移除 <strong>{ $name }</strong>（{ $serial }）吗？它的实时预览会立即结束。录像机及其录像保持不变；用验证码可以再次添加。
removal-remove = 移除
removal-keep = 保留

add-title = 添加设备
add-scan = 扫描二维码
add-scan-stop = 停止扫描
add-photo = 二维码照片
add-hint = 用手机相机扫描代理程序显示的二维码，或输入：
add-code = 验证码（6 个字母）
add-name-example = 店铺，一楼
add-name-hint = 不填名称时，使用现场的名称。
add-button = 添加
add-another = 之后再添加一台
add-done = 设备已添加。可以在此添加下一台。
add-promise = 视频从录像机直达您，全程加密。本服务器看不到内容，即使需要由它中继。

claim-no-serial = 序列号是 PV 加 13 位字母或数字，如录像机的代理程序所示。
claim-no-code = 验证码是 6 个字母，如录像机的代理程序所示。
claim-no-name = 名称最多 { $max } 个字符，不能含有不可见或改变文字方向的字符。
claim-already-yours = 此设备已在您的列表中。
claim-refused = 序列号或验证码错误，或设备离线。
claim-too-many = 尝试次数过多。请稍等，并核对录像机的代理程序显示的验证码。
claim-too-many-for = 尝试次数过多。请在{ $wait }后重试，并核对录像机的代理程序显示的验证码。
claim-without-scripts = 目前在不使用脚本时添加设备需要稍长时间：表单可在 { $seconds } 秒后提交。
device-changes-too-many = 今天添加或移除设备的次数过多。请明天再继续。

cameras-title = 摄像机
cameras-edit = 重命名、排序或隐藏
cameras-hint = 名称、顺序和隐藏的摄像机在您登录的所有地方生效。录像机本身不变。
cameras-no-match = 没有这个名称的摄像机。
camera-settings = { $name } 的名称和位置
camera-hidden = 已隐藏
cameras-hidden = { $n } 个已隐藏
camera-hide = 隐藏 { $name }
camera-show = 显示 { $name }
camera-name = 名称
camera-name-hint = 录像机称它为“{ $name }”。留空即使用该名称。
camera-place = 在列表中的位置，1 到 { $n }
camera-shown = 在实时预览和列表中显示
camera-save = 保存
camera-no-name = 名称最多 { $max } 个字符，不能含有不可见或改变书写方向的字符。
camera-no-place = 位置是 1 到 { $n } 之间的数字。
move-up = 上移 { $name }
move-down = 下移 { $name }
order-title = 设备顺序
order-edit = 更改顺序
order-hint = 此顺序对您的帐户生效，用于设备列表和实时预览。

about-recorder = 录像机
about-model = 型号
about-firmware = 固件
connection-since = 在线起始时间
connection-lasts = 仍在持续
way-mostly-direct = 大多直连
way-mostly-relayed = 大多经中继
way-either = 直连或中继
connection-outages = { $n ->
    [0] 最近 { $days } 天没有中断
   *[other] 最近 { $days } 天中断 { $n } 次
}
add-lost = 如果您是通过录像机的二维码或链接来到这里：请再扫描或打开一次。它是在另一个窗口或另一部手机上打开的，验证码留在那里。
connection-round-trip = 服务器到代理程序的往返时间
connection-milliseconds = { $n } 毫秒
