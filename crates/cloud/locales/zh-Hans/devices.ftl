# 设备、单个设备、添加设备。

devices-title = 设备
devices-none = 还没有设备
devices-none-hint = 请在录像机旁启动代理程序。它会显示序列号和 6 个字母：用它们添加设备。
devices-search = 搜索设备和摄像机
devices-search-count = 搜索 { $n } 台设备及其摄像机
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
