import type { HeldCredential } from '@hufu/exchange'
import { parseZkCredential, readAttributeLayout, type ZkCredential } from '@hufu/proofs'
import type { CopyRecord, CredentialRecord, PendingRecord, ZkRecord } from '../records.ts'
import type { Session } from '../session.ts'
import type { CredentialStatus } from '../wallet.ts'

/** A credential with all that the wallet has of it. */
export interface Holding {
  readonly id: string
  readonly record: CredentialRecord
  /** Not shown yet; those set aside for a backup come last. */
  readonly copies: readonly (CopyRecord & { readonly id: string })[]
  readonly zk: { readonly credential: ZkCredential; readonly record: ZkRecord } | undefined
  /** True while the issuer has not given the zero-knowledge form yet. */
  readonly isZkPending: boolean
  /** With what the clock says. */
  readonly status: CredentialStatus
}

/** All that the wallet holds, the newest first. */
export async function holdingsOf({ store, clock }: Pick<Session, 'store' | 'clock'>): Promise<readonly Holding[]> {
  const [records, copies, zk, pending] = await Promise.all([
    store.list<CredentialRecord>('credential'),
    store.list<CopyRecord>('copy'),
    store.list<ZkRecord>('zk'),
    store.list<PendingRecord>('pending'),
  ])
  return records
    .map(({ id, ...record }): Holding => {
      const zkRecord = zk.find(entry => entry.id === id)
      const hasExpired = record.expiresAtMs !== undefined && clock.nowMs() >= record.expiresAtMs
      return {
        id,
        record,
        copies: copies
          .filter(copy => copy.credentialId === id)
          .toSorted((left, right) => Number(left.reserved) - Number(right.reserved) || numberOf(left.id) - numberOf(right.id)),
        zk: zkRecord === undefined ? undefined : { credential: parseZkCredential(zkRecord.text), record: zkRecord },
        isZkPending: pending.some(entry => entry.id === id),
        status: hasExpired && record.status !== 'revoked' ? 'expired' : record.status,
      }
    })
    .toSorted((left, right) => right.record.receivedAtMs - left.record.receivedAtMs)
}

/** As `matchDcql` takes it, in each form that is there. */
export function heldForms(holding: Holding): readonly HeldCredential[] {
  const { id, record, copies, zk } = holding
  const { typeId, claims, issuer } = record
  return [
    ...(copies.length === 0
      ? []
      : [{ id, format: 'dc+sd-jwt' as const, credentialType: typeId, claims: { ...claims, iss: issuer, vct: typeId } }]),
    ...(zk === undefined
      ? []
      : [
          {
            id,
            format: 'hufu_zk' as const,
            credentialType: typeId,
            claims: zk.credential.claims,
            layout: readAttributeLayout(record.schema),
          },
        ]),
  ]
}

function numberOf(copyId: string): number {
  return Number(copyId.slice(copyId.lastIndexOf('.') + 1))
}
