import { WalletError } from './errors.ts'
import { holdingsOf } from './present/held-for-query.ts'
import { partyOf, type Session, wordsOf, writeHistory } from './session.ts'

/** Removes a credential with all that belongs to it. @throws WalletError `ERR_WALLET_STATE`: there is none */
export async function removeCredential(session: Session, id: string): Promise<void> {
  const { store, proofs, clock, emit } = session
  const holding = (await holdingsOf(session)).find(each => each.id === id)
  if (holding === undefined) throw new WalletError('ERR_WALLET_STATE', 'credential: expected one that is held')
  const { record, copies, zk } = holding
  if (zk !== undefined) await proofs.dropCredential(zk.credential)
  await store.change([
    { kind: 'credential', remove: id },
    ...copies.map(copy => ({ kind: 'copy' as const, remove: copy.id })),
    { kind: 'zk', remove: id },
    { kind: 'pending', remove: id },
  ])
  emit({ type: 'credentials' })
  await writeHistory(session, {
    timeMs: clock.nowMs(),
    action: 'removed',
    party: partyOf(session, record.issuer, { name: record.issuerName, address: record.issuerUrl }),
    credentials: [wordsOf(session, record).title],
    shown: [],
    proven: [],
    transaction: [],
  })
}
