import type { PublicKey, Signer } from '@hufu/keys'
import { bytesToHex, compareBytes, hash160 } from '@hufu/primitives'
import { type ScriptHash, scriptHashFromBytes } from './script-hash.ts'
import { ScriptWriter } from './script-writer.ts'

/** An account on the ledger and the keys at hand to sign for it. */
export interface Account {
  readonly scriptHash: ScriptHash
  readonly verificationScript: Uint8Array
  /** Signatures that its witness needs. */
  readonly threshold: number
  /** Public keys of the verification script, in its order. */
  readonly publicKeys: readonly PublicKey[]
  /** In the order of `publicKeys`; may be fewer than these. */
  readonly signers: readonly Signer[]
}

const maxMultisigKeys = 1024

/** The account of one key. @throws TypeError: not a P-256 key */
export function singleAccount(signer: Signer): Account {
  const { publicKey } = signer
  requireP256(publicKey)
  return accountOf(singleVerificationScript(publicKey), 1, [publicKey], [signer])
}

/**
 * The account that `threshold` of several keys control.
 *
 * @param signers - those at hand, in any order; to sign, there must be at least `threshold`
 * @throws TypeError: threshold out of range, keys not P-256 or not distinct, or a signer whose key is not among them
 */
export function multisigAccount(threshold: number, publicKeys: readonly PublicKey[], signers: readonly Signer[] = []): Account {
  const keys = sortPublicKeys(publicKeys)
  const ordered = keys.flatMap(key => signers.filter(signer => sameKey(signer.publicKey, key)).slice(0, 1))
  if (ordered.length !== signers.length) throw new TypeError('each signer must hold another one of the public keys')
  return accountOf(multisigVerificationScript(threshold, keys), threshold, keys, ordered)
}

/** Script hash of the account that `threshold` of several keys control, such as a block's `NextConsensus`. @throws TypeError as {@link multisigAccount} */
export function multisigScriptHash(threshold: number, publicKeys: readonly PublicKey[]): ScriptHash {
  return multisigAccount(threshold, publicKeys).scriptHash
}

/** Verification script of one key. */
function singleVerificationScript(key: PublicKey): Uint8Array<ArrayBuffer> {
  return new ScriptWriter().bytes(key.bytes).sysCall('System.Crypto.CheckSig').toBytes()
}

function multisigVerificationScript(threshold: number, sortedKeys: readonly PublicKey[]): Uint8Array<ArrayBuffer> {
  if (sortedKeys.length < 1 || sortedKeys.length > maxMultisigKeys) throw new TypeError(`expected 1 to ${maxMultisigKeys} public keys`)
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > sortedKeys.length)
    throw new TypeError('threshold must be from 1 to the number of keys')
  const script = new ScriptWriter().integer(BigInt(threshold))
  for (const key of sortedKeys) script.bytes(key.bytes)
  return script.integer(BigInt(sortedKeys.length)).sysCall('System.Crypto.CheckMultisig').toBytes()
}

/** Neo's order of public keys: by x. Two keys of one x belong to one holder (a secret and its negative), so they count as the same key. */
function sortPublicKeys(keys: readonly PublicKey[]): readonly PublicKey[] {
  for (const key of keys) requireP256(key)
  const sorted = keys.toSorted((left, right) => compareBytes(xOf(left), xOf(right)))
  for (let index = 1; index < sorted.length; index++) {
    if (compareBytes(xOf(sorted[index - 1]!), xOf(sorted[index]!)) === 0) throw new TypeError('public keys must be distinct')
  }
  return sorted
}

function xOf(key: PublicKey): Uint8Array {
  return key.bytes.subarray(1)
}

function sameKey(left: PublicKey, right: PublicKey): boolean {
  return bytesToHex(left.bytes) === bytesToHex(right.bytes)
}

function requireP256(key: PublicKey): void {
  if (key.algorithm !== 'P-256') throw new TypeError('Neo accounts need P-256 keys')
}

function accountOf(
  verificationScript: Uint8Array,
  threshold: number,
  publicKeys: readonly PublicKey[],
  signers: readonly Signer[],
): Account {
  return { scriptHash: scriptHashFromBytes(hash160(verificationScript)), verificationScript, threshold, publicKeys, signers }
}
