# 无法完成时所说的话。

error-title = { $status ->
    [400] 请求无效
    [401] 未登录
    [403] 不允许
    [404] 这里没有内容
    [405] 无法操作
    [413] 内容过大
    [429] 过于频繁
    [500] 服务器出错
    [503] 暂时不可用
   *[other] 无法操作
}
error-home = 回到首页
error-not-found = 这里没有内容。它可能已移走，或属于别人。
error-refused = 此请求不是来自本云的页面。请重新打开页面，在那里再试一次。
error-signed-out = 您尚未登录。
error-wrong-method = 此页面不能这样使用。
error-unavailable = 暂时无法完成，没有任何更改。请稍后再试。
error-broken = 我们这边出了问题。请再试一次。
error-disk-full = 云的磁盘已满，暂时无法保存。没有丢失任何内容。请稍后再试。
error-too-often = 操作过于频繁。请等待 { $wait }后再试。
error-form = 无法读取此表单。请重新打开页面再填写。
error-form-too-large = 内容超出了表单的容量。
error-mails-used-up = 暂时不再向此邮箱发送邮件。最新邮件中的按钮在 24 小时内有效，请点击它；或在 { $wait } 后重新请求。
offline-title = 无网络连接
offline-words = 您未连接到云。
offline-hint = 请检查 Wi-Fi 或移动数据。如果其他网站可以打开，可能是云本身出现故障。
