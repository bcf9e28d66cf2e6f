import { collectCredentials, ExchangeError, fetchIssuerMetadata, RefusedError, requestDeferredCredential } from '@hufu/exchange'
import { holderCommitment } from '@hufu/proofs'
import { WalletError } from '../errors.ts'
import type { CredentialRecord, PendingRecord } from '../records.ts'
import type { Session } from '../session.ts'
import { keepZk } from './collect-offer.ts'

/** Of an acceptance that was cut short, nothing is left to collect for. */
const orphanAfterMs = 3_600_000

/**
 * Collects zero-knowledge credentials that the issuer had not put on the ledger when they were asked for.
 *
 * @returns when to look again; undefined if nothing is pending any more
 */
export async function collectPending(session: Session): Promise<number | undefined> {
  const { store, clock } = session
  for (const pending of await store.list<PendingRecord>('pending')) {
    if (pending.notBeforeMs > clock.nowMs()) continue
    try {
      await collectOne(session, pending)
    } catch (error) {
      // What the issuer refuses for good is given up; all else is tried again.
      const isOver =
        (error instanceof RefusedError && error.status < 500) || (error instanceof WalletError && error.code === 'ERR_WALLET_CREDENTIAL')
      if (isOver) await store.change([{ kind: 'pending', remove: pending.id }])
      else if (!(error instanceof ExchangeError) && !(error instanceof WalletError)) throw error
    }
  }
  const times = (await store.list<PendingRecord>('pending')).map(({ notBeforeMs }) => notBeforeMs)
  return times.length === 0 ? undefined : Math.min(...times)
}

async function collectOne(session: Session, { id, ...pending }: PendingRecord & { readonly id: string }): Promise<void> {
  const { store, keys, fetch, clock, emit } = session
  const found = await store.get<CredentialRecord>('credential', id)
  if (found === undefined) {
    if (clock.nowMs() - pending.notBeforeMs > orphanAfterMs) await store.change([{ kind: 'pending', remove: id }])
    return
  }
  const { id: _, ...record } = found
  const [metadata, dpop, secret] = await Promise.all([
    fetchIssuerMetadata(pending.issuerUrl, { fetch }),
    keys.signer(pending.keyName),
    keys.proofSecret(),
  ])
  const blinding = BigInt(pending.blinding)
  const { accessToken, dpopBound, credentialIdentifier } = pending.token
  const token = {
    accessToken,
    dpopBound,
    expiresAtMs: undefined,
    refreshToken: undefined,
    credentialIdentifiers: credentialIdentifier === undefined ? {} : { [pending.configurationId]: [credentialIdentifier] },
  }
  const call = { token, dpop, fetch, nowMs: clock.nowMs() }
  const response =
    pending.transactionId === undefined
      ? await collectCredentials(metadata, pending.configurationId, {
          ...call,
          keys: [dpop],
          holderCommitment: holderCommitment(secret, blinding),
        })
      : await requestDeferredCredential(metadata, pending.transactionId, call)
  if ('transactionId' in response) {
    const { transactionId, intervalSeconds } = response
    const value: PendingRecord = { ...pending, transactionId, notBeforeMs: clock.nowMs() + intervalSeconds * 1000 }
    await store.change([{ kind: 'pending', id, value }])
    return
  }
  const kept = keepZk(id, response.credentials[0]!, { blinding, record })
  await store.change([...(kept.record === record ? [] : [{ kind: 'credential' as const, id, value: kept.record }]), ...kept.changes])
  emit({ type: 'credentials' })
}
