import { addressOfScriptHash, type NetworkDescriptor, type ScriptHash } from '@hufu/ledger'
import { bytesToHex, msToDateTime, sha256 } from '@hufu/primitives'
import { endOfTimeMs } from '@hufu/trust'
import type { Texts } from './call-arguments.ts'
import type { Rules } from './rules.ts'
import type { Seat } from './seat.ts'

/** What the words of a proposal are made with. */
export interface DescribeContext {
  readonly network: Pick<NetworkDescriptor, 'name' | 'contracts'>
  /** The seats as they are, so that the words say who loses one. */
  readonly seats?: readonly Seat[]
  /** The rules as they are, so that the words say what changes. */
  readonly rules?: Rules
}

export function didOf({ network }: DescribeContext, account: ScriptHash): string {
  return `did:neo:${network.name}:${addressOfScriptHash(account)}`
}

/** A contract's name, or its hash if it is none of ours. */
export function contractName({ network }: DescribeContext, hash: ScriptHash): string {
  const known = Object.entries(network.contracts).find(([, contract]) => contract.hash === hash)
  return known === undefined ? `0x${hash}` : known[0]
}

export function digest(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes))
}

export function until(timeMs: number): Texts {
  if (timeMs === endOfTimeMs) return { en: 'without end', 'zh-CN': '长期有效' }
  const time = msToDateTime(timeMs)
  return { en: `until ${time}`, 'zh-CN': `有效至 ${time}` }
}

const units = [
  ['d', '天', 86_400_000],
  ['h', '小时', 3_600_000],
  ['min', '分钟', 60_000],
  ['s', '秒', 1_000],
] as const

/** In the largest unit that leaves no rest. */
export function duration(ms: number): Texts {
  const unit = units.find(([, , length]) => ms >= length && ms % length === 0)
  if (unit === undefined) return { en: `${ms} ms`, 'zh-CN': `${ms} 毫秒` }
  return { en: `${ms / unit[2]} ${unit[0]}`, 'zh-CN': `${ms / unit[2]} ${unit[1]}` }
}
