import type { Texts } from '../language/language.tsx'

/** What failed, and what to do. */
export interface ProblemTexts {
  readonly reason: Texts
  readonly fix: Texts
}

/** What the problems of every server say to people, by code. */
export const problemTexts: Readonly<Record<string, ProblemTexts>> = {
  offline: said(['无法连接服务器。', '请检查网络后重试。'], ['The server cannot be reached.', 'Check the connection, then try again.']),
  cancelled: said(['操作已取消。', '可随时重新开始。'], ['It was cancelled.', 'Start again whenever you like.']),
  passkeyFailed: said(
    ['未能使用通行密钥。', '请重试，并在设备上确认指纹、面容或 PIN；如使用新设备，请联系管理员重新邀请。'],
    [
      'The passkey was not used.',
      'Try again and confirm with fingerprint, face or PIN. On a new device, ask an administrator to invite you again.',
    ],
  ),
  ERR_STAFF_SESSION: said(['登录已失效。', '请重新登录。'], ['You are no longer signed in.', 'Sign in again.']),
  ERR_STAFF_ROLE: said(
    ['您的角色不能执行此操作。', '如有需要，请联系管理员调整角色。'],
    ['Your roles do not allow this.', 'If you need it, ask an administrator for the role.'],
  ),
  ERR_STAFF_CSRF: said(['页面已过期。', '请刷新页面后重试。'], ['This page is out of date.', 'Load it again, then retry.']),
  ERR_STAFF_ORIGIN: said(
    ['请求不是从本服务器的页面发出的。', '请从服务器的正式地址打开页面。'],
    ['The request did not come from this server’s page.', 'Open the page at the server’s own address.'],
  ),
  ERR_STAFF_SIGN_IN_AGAIN: said(
    ['此操作需要再次确认身份。', '请重试，并在提示时确认。'],
    ['This needs you to show again that it is you.', 'Try again, and confirm when asked.'],
  ),
  ERR_STAFF_PASSKEY: said(
    ['通行密钥未被接受。', '请重试；如仍不行，请联系管理员重新邀请。'],
    ['The passkey was not accepted.', 'Try again. If it fails again, ask an administrator to invite you anew.'],
  ),
  ERR_STAFF_INVITATION: said(
    ['邀请无效、已使用或已过期。', '请向管理员索取新的邀请链接。'],
    ['The invitation is unknown, used or expired.', 'Ask an administrator for a new link.'],
  ),
  ERR_STAFF_SELF: said(['不能变更自己。', '请由另一位管理员操作。'], ['Nobody changes themselves.', 'Another administrator has to do it.']),
  ERR_STAFF_STATE: said(
    ['此人当前状态不允许该操作。', '请刷新列表后再试。'],
    ['This person’s state does not allow it.', 'Load the list again, then retry.'],
  ),
  ERR_STAFF_LAST_ADMINISTRATOR: said(
    ['至少要保留一位管理员。', '请先邀请另一位管理员。'],
    ['One administrator has to stay.', 'Invite another administrator first.'],
  ),
  ERR_SERVICE_REQUEST: said(
    ['服务器不接受所填内容。', '请检查各项格式后重试。'],
    ['The server does not take what was entered.', 'Check the form of each field, then retry.'],
  ),
  ERR_SERVICE_NOT_FOUND: said(['找不到该内容。', '请返回后重试。'], ['There is no such thing.', 'Go back and try again.']),
  ERR_SERVICE_CONFLICT: said(
    ['与他人的操作冲突，或已有同类事项在进行。', '请刷新后重试。'],
    ['It conflicts with what somebody else did, or something of the kind is under way.', 'Load the page again, then retry.'],
  ),
  ERR_SERVICE_BEHIND: said(
    ['服务器的账本数据暂时落后。', '请稍候片刻再试。'],
    ['The server is behind the ledger for the moment.', 'Wait a little, then try again.'],
  ),
  ERR_SERVICE_OVERLOADED: said(['服务器繁忙。', '请稍候再试。'], ['The server is busy.', 'Try again in a moment.']),
  ERR_SERVICE_RATE: said(['操作过于频繁。', '请等待一分钟后再试。'], ['Too many requests.', 'Wait a minute, then try again.']),
  ERR_SERVICE_INTERNAL: said(
    ['服务器内部出错。', '请重试；如再次发生，请联系系统管理员查看日志。'],
    ['The server failed.', 'Try again. If it happens again, whoever runs the server should look into its log.'],
  ),
}

/** For a code that is not among them. */
export const otherProblem = said(
  ['操作未能完成。', '请重试；如再次失败，请将下方代码告知系统管理员。'],
  ['This could not be done.', 'Try again. If it fails again, give the code below to whoever runs the server.'],
)

/** Both languages: what failed, and what to do. */
export function said(chinese: readonly [string, string], english: readonly [string, string]): ProblemTexts {
  return { reason: { 'zh-CN': chinese[0], en: english[0] }, fix: { 'zh-CN': chinese[1], en: english[1] } }
}
