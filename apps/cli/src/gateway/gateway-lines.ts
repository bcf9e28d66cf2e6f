import { msToDateTime } from '@hufu/primitives'
import type { Texts } from '../language.ts'
import type { Output } from '../output.ts'

/** What the gateway's API answers, as far as it is shown: apps/gateway, `api/gateway-schemas.ts`. */
export interface GatewayStatus {
  readonly did: string
  readonly name: Texts
  readonly networks: readonly ShownNetwork[]
  readonly counterparts: readonly { readonly did: string; readonly name: Texts; readonly isAllowed: boolean | null }[]
  readonly transfers: { readonly underWay: number; readonly failing: number; readonly completed: number; readonly aborted: number }
  readonly quarantined: number
}

export interface ShownNetwork {
  readonly id: string
  readonly name: Texts
  readonly isOn: boolean
  readonly isOnHere: boolean
  readonly isOnLedger: boolean | null
}

export interface ShownTransfer {
  readonly transferId: string
  readonly role: 'originator' | 'beneficiary'
  readonly counterpart: string
  readonly assetId: string
  readonly fromNetwork: string
  readonly toNetwork: string
  readonly state: 'underWay' | 'standsStill' | 'completed' | 'aborted'
  readonly asset: string
  readonly step: number
  readonly steps: number
  readonly attempts: number
  readonly problem: string | null
  readonly createdAtMs: number
}

const states: Readonly<Record<ShownTransfer['state'], Texts>> = {
  underWay: { en: 'under way', 'zh-CN': '进行中' },
  standsStill: { en: 'stands still', 'zh-CN': '暂停' },
  completed: { en: 'completed', 'zh-CN': '已完成' },
  aborted: { en: 'given up', 'zh-CN': '已放弃' },
}

export function statusLines(output: Output, status: GatewayStatus): readonly string[] {
  const { name, did, networks, counterparts, transfers, quarantined } = status
  return [
    `${output.text(name)}  ${did}`,
    '',
    ...networks.map(network => networkLine(output, network)),
    ...counterparts.map(each => `  ${output.text(each.name)}  ${each.did}  ${output.text(allowedWord(each.isAllowed))}`),
    '',
    output.text({
      en: `transfers: ${transfers.underWay} under way (${transfers.failing} failing), ${transfers.completed} completed, ${transfers.aborted} given up; ${quarantined} in quarantine`,
      'zh-CN': `转移：进行中 ${transfers.underWay}（其中反复失败 ${transfers.failing}），已完成 ${transfers.completed}，已放弃 ${transfers.aborted}；隔离 ${quarantined}`,
    }),
  ]
}

export function networkLine(output: Output, { id, name, isOn, isOnHere, isOnLedger }: ShownNetwork): string {
  const on = output.text(isOn ? { en: 'on ', 'zh-CN': '开' } : { en: 'off', 'zh-CN': '关' })
  const why = isOn
    ? ''
    : isOnHere
      ? output.text(
          isOnLedger === null
            ? { en: '  the ledger does not say', 'zh-CN': '  账本状态无法查明' }
            : { en: '  by the council', 'zh-CN': '  由理事会关闭' },
        )
      : output.text({ en: '  here', 'zh-CN': '  本地关闭' })
  return `  ${on}  ${output.text(name)}  ${id}${why}`
}

export function transferLines(output: Output, transfers: readonly ShownTransfer[]): readonly string[] {
  if (transfers.length === 0) return [output.text({ en: 'no transfers', 'zh-CN': '没有转移' })]
  return transfers.map(transfer => {
    const { transferId, role, assetId, fromNetwork, toNetwork, state, asset, step, steps, problem, attempts, createdAtMs } = transfer
    const arrow = role === 'originator' ? '→' : '←'
    const trouble = problem === null ? '' : `  ${problem} ×${attempts}`
    return `${transferId.slice(0, 12)}  ${msToDateTime(createdAtMs)}  ${arrow} ${assetId}  ${fromNetwork} → ${toNetwork}  ${output.text(states[state])} ${step}/${steps} ${asset}${trouble}`
  })
}

function allowedWord(isAllowed: boolean | null): Texts {
  if (isAllowed === null) return { en: 'the allow-list cannot be read', 'zh-CN': '准入名单无法读取' }
  return isAllowed ? { en: 'allowed', 'zh-CN': '已准入' } : { en: 'not allowed', 'zh-CN': '未准入' }
}
