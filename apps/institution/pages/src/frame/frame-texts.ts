import type { Dictionary } from '@hufu/look'

const zhCn = {
  reload: '刷新',
  print: '打印',
  hello: (name: string) => `${name}，您好`,
  homeExplain: '请选择要办理的事项。',
  groups: { clerk: '柜台', officer: '主管', administrator: '管理', auditor: '审计', own: '个人' },
  places: {
    home: { name: '首页', explain: '' },
    applications: { name: '受理申请', explain: '录入申请、提交审批、向钱包发放。' },
    imports: { name: '批量导入', explain: '上传居民名册，检查后一次受理。' },
    verify: { name: '现场核验', explain: '请对方用钱包出示所需内容。' },
    review: { name: '待审批', explain: '审批或退回柜员提交的申请。' },
    credentials: { name: '凭证', explain: '查询、暂停、恢复或撤销凭证。' },
    receipts: { name: '核验回执', explain: '每次核验逐条规则的结果。' },
    grants: { name: '移交授权', explain: '居民同意移交的记录，可提前终止。' },
    approvals: { name: '双人确认', explain: '需要第二个人同意的事项。' },
    people: { name: '人员', explain: '邀请、角色、停用与移除。' },
    keys: { name: '密钥', explain: '签名密钥及其轮换。' },
    server: { name: '服务器', explain: '本服务器的设置与提醒。' },
    audit: { name: '审计日志', explain: '每项操作的链式记录与链上锚定。' },
    account: { name: '我的账户', explain: '通行密钥与登录会话。' },
  },
}

const en: typeof zhCn = {
  reload: 'Reload',
  print: 'Print',
  hello: name => `Hello, ${name}`,
  homeExplain: 'What would you like to do?',
  groups: { clerk: 'Counter', officer: 'Officer', administrator: 'Administration', auditor: 'Audit', own: 'Yourself' },
  places: {
    home: { name: 'Start', explain: '' },
    applications: { name: 'Applications', explain: 'Enter applications, submit them, offer credentials to wallets.' },
    imports: { name: 'Bulk import', explain: 'Bring a file of residents, have it checked, apply for all at once.' },
    verify: { name: 'Verify', explain: 'Ask somebody to show what is needed, from their wallet.' },
    review: { name: 'To approve', explain: 'Approve or return what clerks submitted.' },
    credentials: { name: 'Credentials', explain: 'Find, suspend, reinstate or revoke credentials.' },
    receipts: { name: 'Receipts', explain: 'Every verification, rule by rule.' },
    grants: { name: 'Hand-over', explain: 'Records that people agreed to hand over; end one early.' },
    approvals: { name: 'Second person', explain: 'What waits for a second person to agree.' },
    people: { name: 'People', explain: 'Invitations, roles, suspension and removal.' },
    keys: { name: 'Keys', explain: 'Signing keys and their rotation.' },
    server: { name: 'Server', explain: 'How this server is set up, and what to mind.' },
    audit: { name: 'Audit log', explain: 'The chained record of every action, and its anchors on the ledger.' },
    account: { name: 'Your account', explain: 'Passkeys and sessions.' },
  },
}

/** Texts around the pages. */
export const frameTexts: Dictionary<typeof zhCn> = { 'zh-CN': zhCn, en }
