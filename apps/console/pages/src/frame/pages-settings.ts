import { type PagesSettings, said } from '@hufu/look'

/** What the console's pages are called, and what they say. */
export const pagesSettings: PagesSettings = {
  name: { 'zh-CN': '虎符控制台', en: 'Hufu console' },
  languageStorageName: 'hufu-console-language',
  problems: {
    ERR_DID_SYNTAX: said(['这不是有效的标识符。', '请检查后重试。'], ['That is no identifier.', 'Check it and try again.']),
    ERR_SERVICE_NOT_FOUND: said(['账本上没有该内容。', '请检查后重试。'], ['The ledger has no such thing.', 'Check it and try again.']),
    ERR_LEDGER_UNREACHABLE: said(
      ['暂时无法连接验证节点。', '请稍候再试；总览页显示各节点状态。'],
      ['No validator can be reached right now.', 'Try again in a moment; the overview shows how the nodes are.'],
    ),
    ERR_LEDGER_STALE: said(
      ['账本没有新的区块，无法证明当前状态。', '请查看总览页的告警。'],
      ['The ledger makes no new blocks, so nothing can be proven about now.', 'Look at the alarms in the overview.'],
    ),
  },
  roles: {
    operator: { 'zh-CN': '运维员', en: 'Operator' },
    member: { 'zh-CN': '理事', en: 'Council member' },
    administrator: { 'zh-CN': '管理员', en: 'Administrator' },
    auditor: { 'zh-CN': '审计员', en: 'Auditor' },
  },
}
