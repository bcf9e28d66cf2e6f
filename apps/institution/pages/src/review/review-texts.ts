import type { Dictionary } from '@hufu/look'

const zhCn = {
  title: '待审批',
  tab: '显示',
  waiting: '待审批',
  all: '全部申请',
  empty: '没有等待审批的申请。',
  emptyAll: '还没有申请。',
  decide: '审批',
  decideExplain: '请核对内容与材料。批准后，柜员即可向申请人的钱包发放。',
  own: '这是您自己录入的申请，须由另一位主管审批。',
  approve: '批准',
  approveTitle: '批准此申请？',
  approveExplain: (name: string) => `将允许向“${name}”发放凭证。此操作会记入审计日志。`,
  return: '退回',
  returnTitle: '退回此申请',
  reason: '退回说明',
  reasonHint: '请写明需要改正什么；录入人会看到。',
  status: '凭证状态',
  statusExplain: '对此申请的全部凭证同时生效。',
  toCredentials: '查看各份凭证',
  isReason: '原因',
}

const en: typeof zhCn = {
  title: 'To approve',
  tab: 'Show',
  waiting: 'to approve',
  all: 'all applications',
  empty: 'Nothing waits for approval.',
  emptyAll: 'There are no applications yet.',
  decide: 'Decision',
  decideExplain: 'Compare it with the papers. Once approved, a clerk can offer it to the applicant’s wallet.',
  own: 'You entered this application yourself, so another officer has to approve it.',
  approve: 'Approve',
  approveTitle: 'Approve this application?',
  approveExplain: name => `Credentials may then be handed to “${name}”. The audit log keeps who approved it.`,
  return: 'Return',
  returnTitle: 'Return this application',
  reason: 'Why it is returned',
  reasonHint: 'Say what has to be corrected; the clerk sees it.',
  status: 'Status of the credential',
  statusExplain: 'A change is for everything that came of this application.',
  toCredentials: 'See each credential',
  isReason: 'Reason',
}

export const reviewTexts: Dictionary<typeof zhCn> = { 'zh-CN': zhCn, en }
