import type { Dictionary } from '@hufu/look'

const zhCn = {
  title: '移交授权',
  explain: '居民同意本机构把哪份记录交给哪家机构、到何时为止。撤销后对方立即不能再取得记录。',
  record: '记录',
  receiver: '接收机构',
  from: '起',
  until: '止',
  state: '状态',
  active: '有效',
  over: '已结束',
  revoked: '已撤销',
  byPerson: '本人撤回',
  revoke: '撤销',
  revokeOf: (record: string) => `撤销“${record}”的移交授权`,
  revokeTitle: '撤销此授权？',
  revokeExplain: '撤销后不能恢复；如需移交，须由居民重新同意。',
  reason: '原因',
  reasonHint: '会记入审计日志，请勿写入个人信息。',
  empty: '还没有移交授权。',
}

const en: typeof zhCn = {
  title: 'Hand-over',
  explain: 'Which record people agreed to hand to which institution, and until when. Once revoked, the other side gets it no more.',
  record: 'Record',
  receiver: 'Receiver',
  from: 'From',
  until: 'Until',
  state: 'State',
  active: 'active',
  over: 'over',
  revoked: 'revoked',
  byPerson: 'taken back by the person',
  revoke: 'Revoke',
  revokeOf: record => `Revoke the grant for “${record}”`,
  revokeTitle: 'Revoke this grant?',
  revokeExplain: 'It cannot be undone; for another hand-over the person has to agree again.',
  reason: 'Reason',
  reasonHint: 'The audit log keeps it: nothing about the person, please.',
  empty: 'There are no grants yet.',
}

export const grantTexts: Dictionary<typeof zhCn> = { 'zh-CN': zhCn, en }
