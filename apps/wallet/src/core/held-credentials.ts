import { type Holding, holdingsOf } from './present/held-for-query.ts'
import { partyOf, type Session, wordsOf } from './session.ts'
import type { HeldCredential } from './wallet.ts'

/** What the wallet holds, for people; the newest first. */
export async function heldCredentials(session: Session): Promise<readonly HeldCredential[]> {
  return Promise.all((await holdingsOf(session)).map(holding => describe(session, holding)))
}

async function describe(session: Session, { id, record, copies, zk, isZkPending, status }: Holding): Promise<HeldCredential> {
  const words = wordsOf(session, record)
  const { description } = words
  return {
    id,
    issuer: partyOf(session, record.issuer, { name: record.issuerName, address: record.issuerUrl }),
    typeId: record.typeId,
    title: words.title,
    ...(description === undefined ? {} : { description }),
    claims: words.all(record.claims),
    issuedAtMs: record.issuedAtMs,
    ...(record.expiresAtMs === undefined ? {} : { expiresAtMs: record.expiresAtMs }),
    status,
    ...(record.statusCheckedAtMs === undefined ? {} : { statusCheckedAtMs: record.statusCheckedAtMs }),
    copiesLeft: copies.length,
    copiesIssued: record.copiesIssued,
    zk: {
      state: zk !== undefined ? 'ready' : isZkPending ? 'waiting' : 'none',
      preparedProofs: zk === undefined ? 0 : await session.proofs.countReady(zk.credential),
    },
  }
}
