import { isBsnSignatureValid, type Secp256k1Key } from '@hufu/keys'
import { bytesToHex, type Clock, sha256, systemClock, utf8ToBytes } from '@hufu/primitives'
import type { Evidence, Receipt } from '../receipt.ts'
import { RuleLog } from '../rule-log.ts'
import { type BsnCredential, parseBsnCredential } from './parse-bsn-credential.ts'

declare const verified: unique symbol

/** An issuer of BSN's, and a template (CPT) of which its credentials are accepted. */
export interface AcceptedBsnIssuer {
  readonly issuerDid: string
  /** In decimal digits. */
  readonly cptId: string
}

export interface VerifyBsnCredentialOptions {
  /** Whose credentials are accepted; of nobody else, and of no other template. */
  readonly accepted: readonly AcceptedBsnIssuer[]
  /** The key that the issuer's DID signs with now; null if there is no such DID. Throws only if it could not find out. */
  readonly findIssuerKey: (issuerDid: string) => Promise<{ readonly key: Secp256k1Key; readonly evidence: Evidence } | null>
  /** Whether the issuer has revoked a credential. Throws only if it could not find out. */
  readonly isRevoked: (query: {
    readonly issuerDid: string
    readonly credentialId: string
  }) => Promise<{ readonly revoked: boolean; readonly evidence: Evidence }>
  readonly clock?: Clock
  /** How far the issuer's clock may be ahead of ours; default 60,000. */
  readonly clockSkewMs?: number
}

/** A credential of BSN's that held, in its own form and by its own rules. Made by {@link verifyBsnCredential} only. */
export interface VerifiedBsnCredential extends Omit<BsnCredential, 'proof' | 'signedText'> {
  /** Of the text that the issuer signed: whoever has the credential finds the same. */
  readonly signedSha256: Uint8Array<ArrayBuffer>
  readonly receipt: Receipt
  readonly [verified]: true
}

/**
 * Verifies a credential of BSN's DID service in its own form: ECDSA over secp256k1 of the bytes that fastjson writes. What stands behind the issuer's key and the
 * list of revocations is the service's word, so the receipt says; it makes no W3C credential of it: see `reattestBsnCredential`.
 *
 * @param text - the credential as JSON
 * @throws CredentialError with a receipt: `ERR_CREDENTIAL_MALFORMED`, `ERR_CREDENTIAL_TOO_LARGE`, `ERR_CREDENTIAL_ISSUER_NOT_TRUSTED`, `ERR_CREDENTIAL_TYPE`,
 *   `ERR_CREDENTIAL_ISSUER_MISMATCH`, `ERR_CREDENTIAL_ISSUER_KEY`, `ERR_CREDENTIAL_SIGNATURE`, `ERR_CREDENTIAL_NOT_YET_VALID`, `ERR_CREDENTIAL_EXPIRED`,
 *   `ERR_CREDENTIAL_REVOKED`; `ERR_CREDENTIAL_LOOKUP`: a source did not answer
 */
export async function verifyBsnCredential(text: string, options: VerifyBsnCredentialOptions): Promise<VerifiedBsnCredential> {
  const nowMs = (options.clock ?? systemClock).nowMs()
  const log = new RuleLog(nowMs)
  const { proof, signedText, ...credential } = await log.during('form', () => parseBsnCredential(text))
  log.pass('form', { format: 'bsn-credential' })
  checkAccepted(log, credential, options.accepted)
  checkCreator(log, credential, proof.creator)
  await checkSignature(log, credential, proof.signatureValue, signedText, options)
  checkTimes(log, credential, nowMs, options.clockSkewMs ?? 60_000)
  await checkRevocation(log, credential, options)
  return { ...credential, signedSha256: sha256(utf8ToBytes(signedText)), receipt: log.accepted() } as VerifiedBsnCredential
}

type Terms = Omit<BsnCredential, 'proof' | 'signedText'>

function checkAccepted(log: RuleLog, { issuerDid, cptId }: Terms, accepted: readonly AcceptedBsnIssuer[]): void {
  const ofIssuer = accepted.filter(each => each.issuerDid === issuerDid)
  if (ofIssuer.length === 0)
    log.fail('issuer-trusted-now', 'ERR_CREDENTIAL_ISSUER_NOT_TRUSTED', 'expected an issuer of BSN that is accepted here', {
      issuer: issuerDid,
    })
  log.pass('issuer-trusted-now', { issuer: issuerDid, policy: 'configured' })
  if (!ofIssuer.some(each => each.cptId === cptId))
    log.fail('type', 'ERR_CREDENTIAL_TYPE', 'expected a template of this issuer that is accepted here', { cptId })
  log.pass('type', { cptId })
}

function checkCreator(log: RuleLog, { issuerDid }: Terms, creator: string): void {
  if (creator !== issuerDid) log.fail('issuer', 'ERR_CREDENTIAL_ISSUER_MISMATCH', 'expected the issuer to have made the proof')
  log.pass('issuer', { issuer: issuerDid })
}

async function checkSignature(
  log: RuleLog,
  { issuerDid }: Terms,
  signatureValue: string,
  signedText: string,
  { findIssuerKey }: VerifyBsnCredentialOptions,
): Promise<void> {
  const found = await log.lookUp('issuer-key-now', () => findIssuerKey(issuerDid))
  if (found === null) log.fail('issuer-key-now', 'ERR_CREDENTIAL_ISSUER_KEY', 'expected an issuer that the DID service knows')
  log.pass('issuer-key-now', found.evidence)
  if (!isBsnSignatureValid(found.key, signedText, signatureValue))
    log.fail('issuer-signature', 'ERR_CREDENTIAL_SIGNATURE', "proof is not the key's over this credential")
  log.pass('issuer-signature', { signedSha256: bytesToHex(sha256(utf8ToBytes(signedText))) })
}

function checkTimes(log: RuleLog, { createdMs, expiresMs }: Terms, nowMs: number, clockSkewMs: number): void {
  if (createdMs > nowMs + clockSkewMs) log.fail('validity', 'ERR_CREDENTIAL_NOT_YET_VALID', 'credential was made in the future')
  if (nowMs >= expiresMs) log.fail('validity', 'ERR_CREDENTIAL_EXPIRED', 'credential has expired', { expiresMs })
  log.pass('validity', { createdMs, expiresMs })
}

async function checkRevocation(log: RuleLog, { issuerDid, id }: Terms, { isRevoked }: VerifyBsnCredentialOptions): Promise<void> {
  const { revoked, evidence } = await log.lookUp('status', () => isRevoked({ issuerDid, credentialId: id }))
  if (revoked) log.fail('status', 'ERR_CREDENTIAL_REVOKED', 'credential is revoked', evidence)
  log.pass('status', evidence)
}
