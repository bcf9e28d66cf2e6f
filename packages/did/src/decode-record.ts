import { asBoolean, asBytes, asNumber, asScriptHash, asStruct, isNull, LedgerError, type ScriptHash, type StackItem } from '@hufu/ledger'
import type { DidOperation, DidState } from './did-state.ts'

/** What the ledger keeps of one version: its state without its neighbours, and a recovery under way, if it is the latest. */
export type DidRecord = Omit<DidState, 'latestVersion' | 'nextTimeMs'> & {
  readonly pending: { readonly newController: ScriptHash; readonly readyMs: number } | null
}

/** Operations by the numbers of contracts/identifiers. */
const operations: Readonly<Record<number, DidOperation>> = {
  1: 'create',
  2: 'update',
  3: 'rotate',
  4: 'setRecovery',
  5: 'deactivate',
  6: 'recover',
}

/** Decodes the struct Record of contracts/identifiers. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function decodeRecord(item: StackItem | undefined): DidRecord {
  const [version, controller, recovery, recoveryDelayMs, deactivated, timeMs, blockIndex, kind, ...rest] = asStruct(item, 12)
  const [createdMs, document, pendingController, pendingReadyMs] = rest
  const operation = operations[asNumber(kind)]
  if (operation === undefined) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected a known kind of change')
  const newController = asOptionalScriptHash(pendingController)
  return {
    version: asNumber(version),
    operation,
    controller: asScriptHash(controller),
    recovery: asOptionalScriptHash(recovery),
    recoveryDelayMs: asNumber(recoveryDelayMs),
    deactivated: asBoolean(deactivated),
    timeMs: asNumber(timeMs),
    blockIndex: asNumber(blockIndex),
    createdMs: asNumber(createdMs),
    document: asBytes(document),
    pending: newController === null ? null : { newController, readyMs: asNumber(pendingReadyMs) },
  }
}

/** The state of a version, beside its neighbours. @param nextTimeMs - time of the version after it, null if it is the latest */
export function stateOf({ pending: _, ...record }: DidRecord, latestVersion: number, nextTimeMs: number | null): DidState {
  return { ...record, latestVersion, nextTimeMs }
}

function asOptionalScriptHash(item: StackItem | undefined): ScriptHash | null {
  return isNull(item) ? null : asScriptHash(item)
}
