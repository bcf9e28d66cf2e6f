import { addressOfScriptHash, asStruct } from '@hufu/ledger'
import { bytesToHex } from '@hufu/primitives'
import type { CallArguments, DescribeCall, Texts } from './call-arguments.ts'
import { type DescribeContext, digest, duration } from './describe-context.ts'
import { printable } from './printable.ts'
import { decodeRules, type Rules, ruleNames } from './rules.ts'

/** Puts into words what the council may do to itself. */
export const describeCouncilCall: DescribeCall<DescribeContext> = (method, args, context) => {
  switch (method) {
    case 'setSeat':
      return setSeat(args, context)
    case 'removeSeat': {
      const name = printable(args.text())
      return { en: `Take the seat ${name} away, and its votes with it`, 'zh-CN': `撤销席位 ${name} 及其投票` }
    }
    case 'setRules':
      return setRules(args, context)
    case 'setBallot': {
      const [name, ballot] = [printable(args.text()), args.hash()]
      return {
        en: `Let the contract 0x${ballot} hold the share of NEO of the seat ${name}`,
        'zh-CN': `由合约 0x${ballot} 持有席位 ${name} 的 NEO 份额`,
      }
    }
    case 'setValidator':
      return setValidator(args, context)
    case 'endFounding':
      return {
        en: 'End the founding for good: from then on the council acts by votes alone',
        'zh-CN': '永久结束创建阶段：此后理事会只能经表决行事',
      }
    default:
      return undefined
  }
}

/** Puts into words that a contract of ours gets other code. */
export function describeUpdate(name: string, args: CallArguments): Texts {
  const [nef, manifest] = [digest(args.bytes()), digest(args.bytes())]
  args.any()
  return {
    en: `REPLACE THE CODE of the contract ${name}: its NEF has the SHA-256 ${nef}, its manifest ${manifest}. Build it yourself and compare`,
    'zh-CN': `【更换代码】合约 ${name}：NEF 的 SHA-256 为 ${nef}，清单为 ${manifest}。请自行构建并比对`,
  }
}

function setSeat(args: CallArguments, { seats }: DescribeContext): Texts {
  const [name, account] = [args.text(), args.hash()]
  const shown = printable(name)
  const to = addressOfScriptHash(account)
  const before = seats?.find(seat => seat.name === name)
  if (seats !== undefined && before === undefined)
    return { en: `Add a seat ${shown}, held by ${to}`, 'zh-CN': `新增席位 ${shown}，由 ${to} 持有` }
  if (before === undefined) return { en: `Give the seat ${shown} to ${to}`, 'zh-CN': `将席位 ${shown} 交给 ${to}` }
  const from = addressOfScriptHash(before.account)
  return { en: `The seat ${shown} changes hands: from ${from} to ${to}`, 'zh-CN': `席位 ${shown} 易手：由 ${from} 交给 ${to}` }
}

function setValidator(args: CallArguments, { seats }: DescribeContext): Texts {
  const [name, key] = [args.text(), bytesToHex(args.bytes())]
  const before = seats?.find(seat => seat.name === name)?.validator
  const instead = before == null ? { en: '', 'zh-CN': '' } : { en: ` instead of ${before}`, 'zh-CN': `（原为 ${before}）` }
  return {
    en: `Let the seat ${printable(name)} vote for the validator with the key ${key}${instead.en}`,
    'zh-CN': `席位 ${printable(name)} 改投公钥为 ${key} 的验证节点${instead['zh-CN']}`,
  }
}

const ruleTexts: Readonly<Record<keyof Rules, Texts>> = {
  votesNeeded: { en: 'votes needed', 'zh-CN': '所需赞成票' },
  vetoesNeeded: { en: 'vetoes needed', 'zh-CN': '所需否决票' },
  stopsNeeded: { en: 'requests needed for an emergency stop', 'zh-CN': '紧急停止所需请求数' },
  votingMs: { en: 'time to vote', 'zh-CN': '投票期' },
  delayMs: { en: 'delay', 'zh-CN': '等待期' },
  vetoDelayMs: { en: 'delay after vetoes', 'zh-CN': '否决后的等待期' },
  executeWithinMs: { en: 'time to execute', 'zh-CN': '执行期' },
  stopMs: { en: 'length of an emergency stop', 'zh-CN': '紧急停止时长' },
  stopPauseMs: { en: 'pause between requests for a stop', 'zh-CN': '再次请求停止的间隔' },
}

function setRules(args: CallArguments, { rules: before }: DescribeContext): Texts | undefined {
  const given = args.any()
  if (asStruct(given).length !== ruleNames.length) return undefined
  const after = decodeRules(given)
  const changed = before === undefined ? ruleNames : ruleNames.filter(name => before[name] !== after[name])
  if (changed.length === 0) return { en: 'Set the rules to what they are already', 'zh-CN': '将规则设为与现行相同' }
  const line = (language: keyof Texts) =>
    changed
      .map(name => {
        const to = ruleValue(name, after[name])[language]
        return `${ruleTexts[name][language]} ${before === undefined ? '' : `${ruleValue(name, before[name])[language]} → `}${to}`
      })
      .join(language === 'en' ? ', ' : '，')
  return { en: `Change the rules of the council: ${line('en')}`, 'zh-CN': `修改理事会规则：${line('zh-CN')}` }
}

function ruleValue(name: keyof Rules, value: number): Texts {
  return name.endsWith('Ms') ? duration(value) : { en: String(value), 'zh-CN': String(value) }
}
