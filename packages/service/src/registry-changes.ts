import {
  type ChangedNotification,
  identifiers,
  parseChangedNotification,
  parseCredentialTypeRegisteredNotification,
  parseGrantChangedNotification,
  parseQueryRegisteredNotification,
  parseStatusListAnchoredNotification,
  trust,
} from '@hufu/bindings'
import { decodeRecord } from '@hufu/did'
import {
  type ContractCall,
  LedgerError,
  type LedgerReader,
  type NetworkDescriptor,
  type Notification,
  type ScriptHash,
  type StackItem,
} from '@hufu/ledger'
import { decodeCredentialType, decodeQuery, grantStatuses } from '@hufu/trust'
import type { SqlValue } from './database.ts'

/** A row to be inserted. */
export interface RegistryRow {
  readonly table: string
  readonly values: readonly SqlValue[]
}

/** What a notification changes in the tables. */
export interface RegistryChange {
  readonly blockIndex: number
  /** The identifier whose document it changed, if it is about one. */
  readonly identifier: ScriptHash | undefined
  readonly row: RegistryRow
}

/** A change, perhaps short of content that is on the ledger for good and has to be read first. */
type Draft = {
  readonly call?: ContractCall
  readonly identifier?: ScriptHash
  readonly rowOf: (item: StackItem | undefined) => RegistryRow
}

const callsAtOnce = 16

/**
 * Turns notifications into rows. Documents, schemas and queries do not fit into a notification; each version of them never changes, so it
 * does not matter when it is read.
 *
 * @throws LedgerError `ERR_LEDGER_ANSWER`, `ERR_LEDGER_UNREACHABLE`
 */
export async function readChanges(
  reader: LedgerReader,
  { contracts }: Pick<NetworkDescriptor, 'contracts'>,
  notifications: readonly Notification[],
): Promise<readonly RegistryChange[]> {
  const drafts = notifications.flatMap(notification => {
    const draft = draftOf(notification, contracts)
    return draft === undefined ? [] : [{ ...draft, blockIndex: notification.blockIndex }]
  })
  const calls = drafts.flatMap(({ call }) => (call === undefined ? [] : [call]))
  const contents: StackItem[] = []
  for (let first = 0; first < calls.length; first += callsAtOnce) {
    contents.push(...(await reader.invokeReadMany(calls.slice(first, first + callsAtOnce))))
  }
  return drafts.map(({ call, identifier, rowOf, blockIndex }) => ({
    blockIndex,
    identifier,
    row: rowOf(call === undefined ? undefined : contents.shift()),
  }))
}

function draftOf(notification: Notification, contracts: NetworkDescriptor['contracts']): Draft | undefined {
  switch (`${notification.contract} ${notification.name}`) {
    case `${contracts.identifiers.hash} Changed`:
      return identifierDraft(contracts.identifiers.hash, parseChangedNotification(notification))
    case `${contracts.trust.hash} GrantChanged`:
      return { rowOf: () => grantRow(notification) }
    case `${contracts.trust.hash} CredentialTypeRegistered`:
      return credentialTypeDraft(contracts.trust.hash, notification)
    case `${contracts.trust.hash} QueryRegistered`:
      return queryDraft(contracts.trust.hash, notification)
    case `${contracts.status.hash} StatusListAnchored`:
      return { rowOf: () => anchorRow(notification) }
    default:
      return undefined
  }
}

function identifierDraft(contract: ScriptHash, { identifier, version }: ChangedNotification): Draft {
  return {
    call: identifiers(contract).getVersion({ identifier, version }),
    identifier,
    rowOf: item => {
      const record = decodeRecord(item)
      const { operation, controller, recovery, recoveryDelayMs, deactivated, timeMs, blockIndex, createdMs, document } = record
      const values = [
        identifier,
        record.version,
        operation,
        controller,
        recovery,
        recoveryDelayMs,
        deactivated,
        timeMs,
        blockIndex,
        createdMs,
        document,
      ]
      return { table: 'registry_identifiers', values }
    },
  }
}

function grantRow(notification: Notification): RegistryRow {
  const grant = parseGrantChangedNotification(notification)
  const status = grantStatuses[Number(grant.status)]
  if (status === undefined) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected a known status of a grant')
  const numbers = [grant.reason, grant.validFromMs, grant.validUntilMs].map(Number)
  return {
    table: 'registry_grants',
    values: [
      ...[Number(grant.kind), grant.subject, grant.name, Number(grant.sequence), status, ...numbers],
      ...[grant.granter, grant.label, grant.actor, notification.blockTimeMs, notification.blockIndex],
    ],
  }
}

function credentialTypeDraft(contract: ScriptHash, notification: Notification): Draft {
  const { typeId, version } = parseCredentialTypeRegisteredNotification(notification)
  return {
    call: trust(contract).credentialType({ typeId, version }),
    rowOf: item => {
      const type = present(item === undefined ? null : decodeCredentialType(item))
      return {
        table: 'registry_credential_types',
        values: [typeId, type.version, type.schema, type.schemaHash, type.timeMs, type.blockIndex],
      }
    },
  }
}

function queryDraft(contract: ScriptHash, notification: Notification): Draft {
  const { institution, queryId, version } = parseQueryRegisteredNotification(notification)
  return {
    call: trust(contract).query({ institution, queryId, version }),
    rowOf: item => {
      const query = present(item === undefined ? null : decodeQuery(item))
      const values = [institution, queryId, query.version, query.content, query.contentHash, query.timeMs, query.blockIndex]
      return { table: 'registry_queries', values }
    },
  }
}

function anchorRow(notification: Notification): RegistryRow {
  const { issuer, listId, sequence, listHash } = parseStatusListAnchoredNotification(notification)
  const { blockTimeMs, blockIndex } = notification
  return { table: 'registry_anchors', values: [issuer, listId, Number(sequence), listHash, blockTimeMs, blockIndex] }
}

function present<T>(content: T | null): T {
  if (content === null) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected the content that a notification announced')
  return content
}
