import { createCipheriv, scryptSync } from 'node:crypto'
import { addressOfScriptHash, type ScriptHash } from '@hufu/ledger'
import { bytesToBase58Check, concatBytes, doubleSha256, utf8ToBytes } from '@hufu/primitives'

/** Cost of turning a password into a key. */
export interface ScryptParameters {
  readonly n: number
  readonly r: number
  readonly p: number
}

/**
 * Encrypts a P-256 secret under a password, in the form that Neo wallets hold (NEP-2).
 *
 * @see https://github.com/neo-project/proposals/blob/master/nep-2.mediawiki
 */
export function encryptKey(secret: Uint8Array, account: ScriptHash, password: string, scrypt: ScryptParameters): string {
  const addressHash = doubleSha256(utf8ToBytes(addressOfScriptHash(account))).subarray(0, 4)
  const derived = scryptSync(password.normalize('NFC'), addressHash, 64, {
    N: scrypt.n,
    r: scrypt.r,
    p: scrypt.p,
    maxmem: 1024 * 1024 + 256 * scrypt.n * scrypt.r,
  })
  const masked = secret.map((byte, index) => byte ^ derived[index]!)
  const cipher = createCipheriv('aes-256-ecb', derived.subarray(32), null).setAutoPadding(false)
  const encrypted = concatBytes(cipher.update(masked), cipher.final())
  return bytesToBase58Check(concatBytes(Uint8Array.of(0x01, 0x42, 0xe0), addressHash, encrypted))
}
