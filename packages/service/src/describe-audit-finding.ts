import type { Texts } from '@hufu/trust'
import type { AuditFinding } from './check-audit-log.ts'

/** What is wrong, in words. */
export function describeAuditFinding({ kind, from, to }: AuditFinding): Texts {
  const en = to === undefined || to === from ? `record ${from}` : `records ${from} to ${to}`
  const zh = to === undefined || to === from ? `第 ${from} 条记录` : `第 ${from} 至 ${to} 条记录`
  switch (kind) {
    case 'edited':
      return { en: `${en} changed since it was chained`, 'zh-CN': `${zh}在上链后被改动` }
    case 'removed':
      return { en: `${en} missing`, 'zh-CN': `${zh}缺失` }
    case 'inserted':
      return { en: `${en} put in later`, 'zh-CN': `${zh}为事后插入` }
    case 'reordered':
      return { en: `${en} in another order than they were chained in`, 'zh-CN': `${zh}次序被调换` }
    case 'truncated':
      return { en: `the log once went on: ${en} missing at its end`, 'zh-CN': `日志末尾被截断：缺少${zh}` }
    case 'forked':
      return { en: `${en} not what was anchored: the log was written anew`, 'zh-CN': `${zh}与锚点不符：日志被重写` }
    case 'not-anchored':
      return { en: `${en} said to be anchored, and the ledger does not know it`, 'zh-CN': `${zh}声称已锚定，但账本上没有` }
  }
}
