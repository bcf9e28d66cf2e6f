import { LedgerError } from './errors.ts'
import { parseScriptHash, type ScriptHash } from './script-hash.ts'
import { parseStackItem, type StackItem } from './stack-item.ts'

/** How a script ended, in a dry run or in a block. */
export interface Execution {
  readonly halted: boolean
  readonly systemFeeDatoshi: bigint
  /** Why it failed; undefined if it halted. */
  readonly reason: string | undefined
  /** What it left on the stack, unparsed: a failed script may leave anything. */
  readonly stack: readonly unknown[]
  readonly events: readonly RawEvent[]
}

/** A notification without the block it is in. */
export interface RawEvent {
  readonly contract: ScriptHash
  readonly name: string
  readonly items: readonly StackItem[]
}

/** Parses the result of invokescript. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function parseInvocation(result: unknown): Execution {
  const { state, gasconsumed, exception, stack } = (result ?? {}) as Record<string, unknown>
  return parseParts(state, gasconsumed, exception, stack, [])
}

/** Parses the result of getapplicationlog for a transaction. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function parseApplicationLog(result: unknown): Execution {
  const { executions } = (result ?? {}) as Record<string, unknown>
  const [execution] = Array.isArray(executions) ? executions : []
  const { vmstate, gasconsumed, exception, stack, notifications } = (execution ?? {}) as Record<string, unknown>
  // The node keeps what a failed script had notified; it never happened.
  return parseParts(vmstate, gasconsumed, exception, stack, vmstate === 'HALT' ? notifications : [])
}

/** Parses one notification as nodes give it. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function parseRawEvent(json: unknown): RawEvent {
  const { contract, eventname, state } = (json ?? {}) as Record<string, unknown>
  if (typeof contract !== 'string' || !/^0x[0-9a-f]{40}$/.test(contract) || typeof eventname !== 'string') throw malformed('a notification')
  const items = parseStackItem(state)
  if (items.type !== 'Array') throw malformed('an array of notification items')
  return { contract: parseScriptHash(contract), name: eventname, items: items.value }
}

/** Parses what the script left on the stack. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function parseResults(execution: Execution): readonly StackItem[] {
  return execution.stack.map(item => parseStackItem(item))
}

function parseParts(state: unknown, gasConsumed: unknown, exception: unknown, stack: unknown, notifications: unknown): Execution {
  if (state !== 'HALT' && state !== 'FAULT') throw malformed('a state HALT or FAULT')
  if (typeof gasConsumed !== 'string' || !/^\d{1,19}$/.test(gasConsumed)) throw malformed('an amount of GAS')
  if (!Array.isArray(stack) || !Array.isArray(notifications)) throw malformed('a stack and notifications')
  return {
    halted: state === 'HALT',
    systemFeeDatoshi: BigInt(gasConsumed),
    reason: state === 'HALT' ? undefined : faultReason(typeof exception === 'string' ? exception : ''),
    stack,
    events: notifications.map(parseRawEvent),
  }
}

/** The contract's own words, out of the VM's message around them. */
export function faultReason(exception: string): string {
  const thrown = /unhandled exception: "(.*)"$/s.exec(exception)
  if (thrown !== null) return unquote(thrown[1]!)
  const aborted = /\bReason: (.*)$/s.exec(exception)
  if (aborted !== null) return aborted[1]!
  return /^at instruction \d+ \(\w+\): (.*)$/s.exec(exception)?.[1] ?? exception
}

/** The node quotes as Go does, which for printable text is as JSON does. */
function unquote(quoted: string): string {
  try {
    return JSON.parse(`"${quoted}"`) as string
  } catch {
    return quoted
  }
}

function malformed(expected: string): LedgerError {
  return new LedgerError('ERR_LEDGER_ANSWER', `expected ${expected}`)
}
