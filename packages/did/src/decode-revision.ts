import { asBoolean, asNumber, asScriptHash, asStruct, isNull, LedgerError, type ScriptHash, type StackItem } from '@hufu/ledger'
import type { DidOperation, DidState } from './did-state.ts'

/** What one version says of an identifier, without its document and its neighbours. */
export type Revision = Omit<DidState, 'createdMs' | 'latestVersion' | 'nextTimeMs' | 'document'> & {
  /** The version that brought the document. */
  readonly documentVersion: number
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

/** Decodes the struct Revision of contracts/identifiers. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function decodeRevision(item: StackItem | undefined): Revision {
  const [version, controller, recovery, recoveryDelayMs, deactivated, timeMs, blockIndex, documentVersion, kind] = asStruct(item, 9)
  const operation = operations[asNumber(kind)]
  if (operation === undefined) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected a known kind of change')
  return {
    version: asNumber(version),
    operation,
    controller: asScriptHash(controller),
    recovery: asOptionalScriptHash(recovery),
    recoveryDelayMs: asNumber(recoveryDelayMs),
    deactivated: asBoolean(deactivated),
    timeMs: asNumber(timeMs),
    blockIndex: asNumber(blockIndex),
    documentVersion: asNumber(documentVersion),
  }
}

/** The script hash, or null for null. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function asOptionalScriptHash(item: StackItem | undefined): ScriptHash | null {
  return isNull(item) ? null : asScriptHash(item)
}
