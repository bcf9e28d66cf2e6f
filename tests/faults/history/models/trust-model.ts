import { trustFaults } from '@hufu/bindings'
import type { Moment, ObjectModel } from '../history.ts'

/** Status by the numbers of contracts/trust. */
const [active, suspended, revoked] = [1, 2, 3]

/** A grant as one change left it; its sequence is its position in the list. */
export interface TrustEntry extends Moment {
  readonly status: number
  readonly reason: number
  readonly validFromMs: number
  readonly validUntilMs: number
  readonly actor: string
}

/** An institution's grants and their changes: by the credential type that it may issue, and by nothing for being an institution. */
export interface TrustState {
  readonly authority: string
  readonly council: string
  readonly grants: ReadonlyMap<string, readonly TrustEntry[]>
}

export type TrustAction =
  | { readonly method: 'accredit'; readonly name: string; readonly validFromMs: number; readonly validUntilMs: number }
  | {
      readonly method: 'suspend' | 'reinstate' | 'revoke'
      readonly name: string
      readonly actor: 'authority' | 'council'
      readonly reason: number
    }
  | { readonly method: 'renew'; readonly name: string; readonly actor: 'authority' | 'council'; readonly validUntilMs: number }

/** A right, and whether it could be used at these times. */
export interface TrustQuestion {
  readonly name: string
  readonly timesMs: readonly number[]
}

/** An institution in the registry, under an authority whose own standing does not change. */
export const trustModel: ObjectModel<TrustState, TrustAction, TrustQuestion> = {
  apply(state, action, at) {
    const past = state.grants.get(action.name) ?? []
    const latest = past.at(-1)
    if (action.method === 'accredit') {
      if (standing(state.grants.get('')?.at(-1), at.timeMs) !== 'active') return { refusal: trustFaults.standing }
      if (latest !== undefined) return { refusal: trustFaults.exists }
      const validFromMs = Math.max(action.validFromMs, at.timeMs)
      if (action.validUntilMs <= validFromMs) return { refusal: trustFaults.validity }
      const { validUntilMs } = action
      return changed(state, action.name, { ...place(at), status: active, reason: 0, validFromMs, validUntilMs, actor: state.authority })
    }
    if (latest === undefined) return { refusal: trustFaults.unknown }
    if (latest.status === revoked) return { refusal: trustFaults.revoked }
    const actor = state[action.actor]
    if (action.method === 'renew') {
      if (latest.status !== active) return { refusal: trustFaults.status }
      if (action.validUntilMs <= Math.max(latest.validFromMs, at.timeMs)) return { refusal: trustFaults.validity }
      return changed(state, action.name, { ...latest, ...place(at), status: active, reason: 0, validUntilMs: action.validUntilMs, actor })
    }
    const isHeld = latest.status === suspended && latest.actor !== actor && actor !== state.council
    if (isHeld && action.method !== 'revoke') return { refusal: trustFaults.held }
    if (action.method === 'reinstate' && latest.status !== suspended) return { refusal: trustFaults.status }
    const status = { suspend: suspended, reinstate: active, revoke: revoked }[action.method]
    return changed(state, action.name, { ...latest, ...place(at), status, reason: action.reason, actor })
  },
  answer({ grants }, { name, timesMs }) {
    const [institution = [], right = []] = [grants.get(''), grants.get(name)]
    const could = timesMs.map(
      timeMs => standing(entryAt(right, timeMs), timeMs) === 'active' && standing(entryAt(institution, timeMs), timeMs) === 'active',
    )
    return [entryText(institution.length, institution.at(-1)), entryText(right.length, right.at(-1)), ...could].join('; ')
  },
}

/** An entry as answers have it. */
export function entryText(sequence: number, entry: TrustEntry | undefined): string {
  return entry === undefined ? 'none' : `${saidOf(sequence, entry)} ${entry.timeMs} ${entry.blockIndex}`
}

/** A change as the ledger tells it. */
export function saidOf(sequence: number, { status, reason, validFromMs, validUntilMs, actor }: Omit<TrustEntry, keyof Moment>): string {
  return `${sequence} ${status} ${reason} ${validFromMs} ${validUntilMs} ${actor}`
}

function changed(state: TrustState, name: string, entry: TrustEntry) {
  const past = [...(state.grants.get(name) ?? []), entry]
  return { next: { ...state, grants: new Map([...state.grants, [name, past]]) }, said: `${name} ${saidOf(past.length, entry)}` }
}

function place({ blockIndex, timeMs }: Moment): Moment {
  return { blockIndex, timeMs }
}

function entryAt(entries: readonly TrustEntry[], atMs: number): TrustEntry | undefined {
  return entries.findLast(({ timeMs }) => timeMs <= atMs)
}

function standing(entry: TrustEntry | undefined, atMs: number): 'active' | 'other' {
  if (entry === undefined || entry.status !== active) return 'other'
  return entry.validFromMs <= atMs && atMs < entry.validUntilMs ? 'active' : 'other'
}
