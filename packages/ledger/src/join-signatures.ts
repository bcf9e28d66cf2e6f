import { ByteWriter, bytesToHex, reverseBytes } from '@hufu/primitives'
import type { Account } from './account.ts'
import { ScriptWriter } from './script-writer.ts'
import type { SignedTransaction } from './sign-transaction.ts'
import { signedMessage, transactionHash } from './transaction.ts'

/** What the signers of a transaction sign on one network, in the form that `Signer.sign` takes. */
export function transactionMessage(unsignedBytes: Uint8Array, magic: number): Uint8Array<ArrayBuffer> {
  return signedMessage(magic, transactionHash(unsignedBytes))
}

/** Hash of a transaction, big-endian hexadecimal, of its unsigned bytes. */
export function transactionId(unsignedBytes: Uint8Array): string {
  return bytesToHex(reverseBytes(transactionHash(unsignedBytes)))
}

/**
 * Makes a transaction whole whose one signer is a multi-signature account, from signatures that its members made elsewhere.
 *
 * @param signatures - by the public key's hexadecimal digits; more than needed may be given
 * @throws TypeError: fewer signatures than the account's threshold
 */
export function joinSignatures(
  unsignedBytes: Uint8Array,
  account: Account,
  signatures: ReadonlyMap<string, Uint8Array>,
): SignedTransaction {
  const own = account.publicKeys.flatMap(key => signatures.get(bytesToHex(key.bytes)) ?? []).slice(0, account.threshold)
  if (own.length < account.threshold) throw new TypeError('fewer signatures than the threshold of the account')
  const invocation = new ScriptWriter()
  for (const signature of own) invocation.bytes(signature)
  const bytes = new ByteWriter()
    .bytes(unsignedBytes)
    .varUint(1)
    .varBytes(invocation.toBytes())
    .varBytes(account.verificationScript)
    .toBytes()
  return { hash: transactionId(unsignedBytes), bytes }
}
