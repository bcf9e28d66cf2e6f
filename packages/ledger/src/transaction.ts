import { ByteWriter, sha256 } from '@hufu/primitives'
import { type ScriptHash, scriptHashToBytes } from './script-hash.ts'

/** How far a signature reaches: for nothing but the fee, or for contracts that the script calls itself and those listed. Never further (no Global). */
export type TransactionSigner =
  | { readonly account: ScriptHash; readonly scope: 'None' }
  | { readonly account: ScriptHash; readonly scope: 'CalledByEntry'; readonly allowedContracts: readonly ScriptHash[] }

/** A Neo N3 transaction before it is signed. */
export interface UnsignedTransaction {
  /** Random 32 bits, so that equal requests are different transactions. */
  readonly nonce: number
  readonly systemFeeDatoshi: bigint
  readonly networkFeeDatoshi: bigint
  /** Index of the last block that may hold it. */
  readonly validUntilBlock: number
  /** The first pays the fees. */
  readonly signers: readonly TransactionSigner[]
  readonly script: Uint8Array
}

/** Witness scope flags of Neo N3. */
export const scopeFlag = { none: 0x00, calledByEntry: 0x01, customContracts: 0x10 } as const

const maxAllowedContracts = 16
// Version, nonce, both fees and the last valid block.
const fixedLength = 1 + 4 + 8 + 8 + 4
const hashLength = 20

/** The bytes that the hash and the signatures cover. @throws TypeError: over 16 allowed contracts */
export function unsignedTransactionBytes(transaction: UnsignedTransaction): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter()
    .uint8(0) // Version.
    .uint32(transaction.nonce)
    .uint64(transaction.systemFeeDatoshi)
    .uint64(transaction.networkFeeDatoshi)
    .uint32(transaction.validUntilBlock)
    .varUint(transaction.signers.length)
  for (const signer of transaction.signers) writeSigner(out, signer)
  return out
    .varUint(0) // No attributes.
    .varBytes(transaction.script)
    .toBytes()
}

function writeSigner(out: ByteWriter, signer: TransactionSigner): void {
  out.bytes(scriptHashToBytes(signer.account))
  if (signer.scope === 'None') out.uint8(scopeFlag.none)
  else if (signer.allowedContracts.length === 0) out.uint8(scopeFlag.calledByEntry)
  else {
    if (signer.allowedContracts.length > maxAllowedContracts)
      throw new TypeError(`expected at most ${maxAllowedContracts} allowed contracts`)
    out.uint8(scopeFlag.calledByEntry | scopeFlag.customContracts).varUint(signer.allowedContracts.length)
    for (const contract of signer.allowedContracts) out.bytes(scriptHashToBytes(contract))
  }
}

/** How many bytes `unsignedTransactionBytes` gives. */
export function unsignedTransactionLength({ signers, script }: UnsignedTransaction): number {
  let length = fixedLength + varLength(signers.length) + varLength(0) + varLength(script.length) + script.length
  for (const signer of signers) {
    length += hashLength + 1
    const allowed = signer.scope === 'None' ? 0 : signer.allowedContracts.length
    if (allowed > 0) length += varLength(allowed) + allowed * hashLength
  }
  return length
}

/** Bytes of Neo's variable-length integer. */
export function varLength(value: number): number {
  if (value < 0xfd) return 1
  return value <= 0xffff ? 3 : 5
}

/** Hash of a transaction, little-endian as it travels, of its unsigned bytes. */
export function transactionHash(unsignedBytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return sha256(unsignedBytes)
}

/** What signatures of a transaction or block on one network are made over. */
export function signedMessage(magic: number, hash: Uint8Array): Uint8Array<ArrayBuffer> {
  return new ByteWriter().uint32(magic).bytes(hash).toBytes()
}

/** The signers in the form that JSON-RPC wants for a dry run. */
export function signersToJson(signers: readonly TransactionSigner[]): readonly Record<string, unknown>[] {
  return signers.map(signer => {
    const account = `0x${signer.account}`
    if (signer.scope === 'None' || signer.allowedContracts.length === 0) return { account, scopes: signer.scope }
    return { account, scopes: 'CalledByEntry,CustomContracts', allowedcontracts: signer.allowedContracts.map(contract => `0x${contract}`) }
  })
}
