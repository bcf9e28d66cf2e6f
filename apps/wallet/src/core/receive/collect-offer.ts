import type { JsonObject } from '@hufu/credentials'
import {
  collectCredentials,
  ExchangeError,
  RefusedError,
  redeemOffer,
  requestDeferredCredential,
  sendNotification,
  type TokenResponse,
} from '@hufu/exchange'
import type { Signer } from '@hufu/keys'
import { randomBytes } from '@hufu/primitives'
import { holderCommitment, randomScalar, writeZkCredential } from '@hufu/proofs'
import { WalletError } from '../errors.ts'
import { type Holding, holdingsOf } from '../present/held-for-query.ts'
import type { CopyRecord, CredentialRecord, PendingRecord, ZkRecord } from '../records.ts'
import { partyOf, type Session, stepper, wordsOf, writeHistory } from '../session.ts'
import type { Change } from '../store/sealed-store.ts'
import type { AcceptedOffer, ProgressOptions } from '../wallet.ts'
import { checkCopies } from './check-copies.ts'
import { copiesWanted, type OfferedType, type OpenedOffer } from './open-offer.ts'
import { checkZkDelivery } from './zk-delivery.ts'

/** Known to our authorization servers as a public client. */
export const walletClientId = 'hufu-wallet'
const maxWaitMs = 30_000

/** What the issuer is called with. */
interface Calling {
  readonly token: TokenResponse
  readonly dpop: Signer
  readonly keyName: string
}

/**
 * Accepts an offer: redeems the code, collects copies for new keys and the zero-knowledge form, checks everything, and keeps it in one go.
 *
 * @throws WalletError as `Wallet.accept`
 */
export async function collectOffer(
  session: Session,
  opened: OpenedOffer,
  options: ProgressOptions & { readonly txCode?: string },
): Promise<AcceptedOffer> {
  const step = stepper(options)
  step('authorising', 0.05)
  const keyName = `session ${crypto.randomUUID()}`
  const dpop = await session.keys.signer(keyName)
  const calling: Calling = { token: await redeem(session, opened, dpop, options.txCode), dpop, keyName }
  const credentialIds: string[] = []
  let zkWaiting = false
  for (const [index, type] of opened.types.entries()) {
    const share = (fraction: number) => 0.1 + (0.85 * (index + fraction)) / opened.types.length
    const { id, isZkWaiting } = await collectType(session, opened, type, calling, (name, fraction) => step(name, share(fraction)))
    credentialIds.push(id)
    zkWaiting ||= isZkWaiting
  }
  session.emit({ type: 'credentials' })
  step('done', 1)
  return { credentialIds, zkWaiting }
}

async function redeem(session: Session, { exchanged }: OpenedOffer, dpop: Signer, txCode: string | undefined): Promise<TokenResponse> {
  const { fetch, clock } = session
  try {
    return await redeemOffer(exchanged, {
      ...(txCode === undefined ? {} : { txCode: txCode.trim() }),
      ...(exchanged.server.acceptsAnonymous ? {} : { clientId: walletClientId }),
      dpop,
      fetch,
      nowMs: clock.nowMs(),
    })
  } catch (cause) {
    if (!(cause instanceof RefusedError)) throw cause
    const isCode = cause.error === 'invalid_grant' && exchanged.offer.preAuthorized?.txCode !== undefined
    throw new WalletError(isCode ? 'ERR_WALLET_TX_CODE' : 'ERR_WALLET_OFFER_EXPIRED', 'offer: its code was not taken', { cause })
  }
}

async function collectType(
  session: Session,
  opened: OpenedOffer,
  type: OfferedType,
  calling: Calling,
  step: ReturnType<typeof stepper>,
): Promise<{ readonly id: string; readonly isZkWaiting: boolean }> {
  const { clock, store } = session
  const id = crypto.randomUUID()
  const { copies, record, notificationId } = await collectCopies(session, opened, type, { id, calling, step })
  const { changes, isZkWaiting } = await askForZk(session, opened, type, { id, calling, record, step })
  step('keeping', 0.95)
  const finished = changes.finish(record)
  const replaced = (await holdingsOf(session)).filter(holding => isReplacedBy(holding, finished.record))
  for (const { zk } of replaced) if (zk !== undefined) await session.proofs.dropCredential(zk.credential)
  await store.change([
    ...replaced.flatMap(removal),
    { kind: 'credential', id, value: finished.record },
    ...copies.map((copy, index): Change => ({ kind: 'copy', id: `${id}.${index}`, value: copy })),
    ...finished.changes,
  ])
  await writeHistory(session, {
    timeMs: clock.nowMs(),
    action: 'received',
    party: partyOf(session, record.issuer, { name: record.issuerName, address: record.issuerUrl }),
    credentials: [wordsOf(session, record).title],
    shown: [],
    proven: [],
    transaction: [],
  })
  await notify(session, opened, calling, notificationId)
  return { id, isZkWaiting }
}

interface Collecting {
  readonly id: string
  readonly calling: Calling
  readonly step: ReturnType<typeof stepper>
}

/** The copies, each for a key of its own. */
async function collectCopies(
  session: Session,
  { exchanged, issuerDid, issuerName }: OpenedOffer,
  type: OfferedType,
  { id, calling, step }: Collecting,
): Promise<{ readonly copies: readonly CopyRecord[]; readonly record: CredentialRecord; readonly notificationId: string | undefined }> {
  const { clock, ledger } = session
  const nowMs = clock.nowMs()
  const bare: CredentialRecord = {
    issuer: issuerDid,
    issuerName,
    issuerUrl: exchanged.offer.issuer,
    typeId: type.typeId,
    schemaVersion: type.schemaVersion,
    schema: type.schema as JsonObject,
    claims: {},
    receivedAtMs: nowMs,
    issuedAtMs: nowMs,
    copiesIssued: 0,
    status: 'valid',
    statusCheckedAtMs: nowMs,
  }
  if (type.sdJwtConfiguration === undefined) return { copies: [], record: bare, notificationId: undefined }
  step('making-keys', 0.05)
  const keyNames = Array.from({ length: Math.min(copiesWanted, exchanged.metadata.batchSize) }, (_, index) => `copy ${id} ${index}`)
  const keys = await Promise.all(keyNames.map(name => session.keys.signer(name)))
  step('collecting', 0.2)
  const { credentials, notificationId } = await collect(session, exchanged, type.sdJwtConfiguration, calling, keys)
  step('checking', 0.5)
  const texts = credentials.filter(credential => typeof credential === 'string')
  if (texts.length !== keys.length) throw new WalletError('ERR_WALLET_CREDENTIAL', 'copies: expected texts')
  const checked = await checkCopies(session, await ledger.now(30_000), texts, { issuer: issuerDid, typeId: type.typeId, keys })
  const { statusReference, expiresAtMs, claims, issuedAtMs, issuerKey } = checked
  return {
    copies: texts.map((sdJwt, index) => ({ credentialId: id, keyName: keyNames[index]!, sdJwt, reserved: false })),
    record: {
      ...bare,
      claims,
      issuedAtMs,
      issuerKey,
      copiesIssued: texts.length,
      ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
      ...(statusReference === undefined ? {} : { statusReference }),
    },
    notificationId,
  }
}

async function collect(
  { fetch, clock }: Session,
  { metadata }: OpenedOffer['exchanged'],
  configurationId: string,
  { token, dpop }: Calling,
  keys: readonly Signer[],
): Promise<{ readonly credentials: readonly (string | JsonObject)[]; readonly notificationId: string | undefined }> {
  const call = () => ({ token, dpop, fetch, nowMs: clock.nowMs() })
  const untilMs = clock.nowMs() + maxWaitMs
  let response = await collectCredentials(metadata, configurationId, { ...call(), keys })
  while ('transactionId' in response) {
    const waitMs = response.intervalSeconds * 1000
    if (clock.nowMs() + waitMs > untilMs) throw new WalletError('ERR_WALLET_OFFER', 'offer: the issuer is not ready yet')
    await new Promise(resolve => setTimeout(resolve, waitMs))
    response = await requestDeferredCredential(metadata, response.transactionId, call())
  }
  return { credentials: response.credentials, notificationId: response.notificationId }
}

interface ZkOutcome {
  readonly changes: { finish(record: CredentialRecord): { readonly record: CredentialRecord; readonly changes: readonly Change[] } }
  readonly isZkWaiting: boolean
}

/** Asks for the zero-knowledge form. What hides the secret is on the disk before the issuer learns the commitment: without it the leaf would be lost. */
async function askForZk(
  session: Session,
  { exchanged }: OpenedOffer,
  type: OfferedType,
  { id, calling, record, step }: Collecting & { readonly record: CredentialRecord },
): Promise<ZkOutcome> {
  const nothing: ZkOutcome = { changes: { finish: kept => ({ record: kept, changes: [] }) }, isZkWaiting: false }
  if (type.zkConfiguration === undefined) return nothing
  step('collecting', 0.7)
  const { store, keys, fetch, clock } = session
  const { token, dpop, keyName } = calling
  const [secret, blinding] = [await keys.proofSecret(), randomScalar(randomBytes)]
  const [credentialIdentifier] = token.credentialIdentifiers[type.zkConfiguration] ?? []
  const pending: PendingRecord = {
    issuerUrl: exchanged.offer.issuer,
    configurationId: type.zkConfiguration,
    token: {
      accessToken: token.accessToken,
      dpopBound: token.dpopBound,
      ...(credentialIdentifier === undefined ? {} : { credentialIdentifier }),
    },
    keyName,
    blinding: String(blinding),
    notBeforeMs: clock.nowMs(),
  }
  await store.change([{ kind: 'pending', id, value: pending }])
  try {
    const commitment = holderCommitment(secret, blinding)
    const call = { token, dpop, fetch, nowMs: clock.nowMs() }
    const response = await collectCredentials(exchanged.metadata, type.zkConfiguration, {
      ...call,
      keys: [dpop],
      holderCommitment: commitment,
    })
    if ('transactionId' in response) {
      const { transactionId, intervalSeconds } = response
      const waiting: PendingRecord = { ...pending, transactionId, notBeforeMs: clock.nowMs() + intervalSeconds * 1000 }
      return { changes: { finish: kept => ({ record: kept, changes: [{ kind: 'pending', id, value: waiting }] }) }, isZkWaiting: true }
    }
    const [delivery] = response.credentials
    const finish = (kept: CredentialRecord) => keepZk(id, delivery!, { blinding, record: kept })
    return { changes: { finish }, isZkWaiting: false }
  } catch (error) {
    // The copies are there; the rest is asked for again in the background.
    if (!(error instanceof ExchangeError) || record.copiesIssued === 0) throw error
    return { ...nothing, isZkWaiting: true }
  }
}

/** What a delivered zero-knowledge credential changes. A credential without copies has its claims and its end from it. @throws WalletError `ERR_WALLET_CREDENTIAL` */
export function keepZk(
  id: string,
  delivery: string | JsonObject,
  expected: Parameters<typeof checkZkDelivery>[1],
): { readonly record: CredentialRecord; readonly changes: readonly Change[] } {
  const { record } = expected
  const credential = checkZkDelivery(delivery, expected)
  const lastMoment = { claims: credential.claims, expiresAtMs: Date.parse(`${credential.expires}T00:00:00+08:00`) + 86_400_000 }
  return {
    record: record.copiesIssued === 0 ? { ...record, ...lastMoment } : record,
    changes: [
      { kind: 'zk', id, value: { text: writeZkCredential(credential), asked: [] } satisfies ZkRecord },
      { kind: 'pending', remove: id },
    ],
  }
}

/** A newer one of the same issuer and type for the same person takes its place. */
function isReplacedBy({ record: old }: Holding, record: CredentialRecord): boolean {
  if (old.issuer !== record.issuer || old.typeId !== record.typeId) return false
  const [before, now] = [old.claims.resident_number, record.claims.resident_number]
  return before === undefined || now === undefined || before === now
}

function removal({ id, copies }: Holding): readonly Change[] {
  return [
    { kind: 'credential', remove: id },
    ...copies.map((copy): Change => ({ kind: 'copy', remove: copy.id })),
    { kind: 'zk', remove: id },
    { kind: 'pending', remove: id },
  ]
}

/** Tells the issuer that its credentials are kept; whether it hears it or not. */
async function notify(
  { fetch, clock }: Session,
  { exchanged }: OpenedOffer,
  { token, dpop }: Calling,
  notificationId: string | undefined,
): Promise<void> {
  if (notificationId === undefined) return
  try {
    const options = { token, dpop, fetch, nowMs: clock.nowMs() }
    await sendNotification(exchanged.metadata, { notificationId, event: 'credential_accepted' }, options)
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
  }
}
