import { createDecipheriv, scryptSync } from 'node:crypto'
import { importSigner } from '@hufu/keys'
import { addressOfScriptHash, singleAccount } from '@hufu/ledger'
import { base58CheckToBytes, doubleSha256, equalBytes, utf8ToBytes } from '@hufu/primitives'
import type { ScryptParameters } from '../encrypt-key.ts'

const encryptedLength = 39

/**
 * Opens a key that a Neo wallet holds (NEP-2), the reverse of `encryptKey`.
 *
 * @returns the P-256 secret, or undefined if the password is another one
 * @throws EncodingError `ERR_ENCODING_BASE58`, TypeError: not an encrypted key
 */
export async function decryptKey(encrypted: string, password: string, scrypt: ScryptParameters): Promise<Uint8Array | undefined> {
  const bytes = base58CheckToBytes(encrypted)
  if (bytes.length !== encryptedLength || bytes[0] !== 0x01 || bytes[1] !== 0x42 || bytes[2] !== 0xe0)
    throw new TypeError('expected an encrypted key')
  const addressHash = bytes.subarray(3, 7)
  const derived = scryptSync(password.normalize('NFC'), addressHash, 64, {
    N: scrypt.n,
    r: scrypt.r,
    p: scrypt.p,
    maxmem: 1024 * 1024 + 256 * scrypt.n * scrypt.r,
  })
  const decipher = createDecipheriv('aes-256-ecb', derived.subarray(32), null).setAutoPadding(false)
  const masked = Buffer.concat([decipher.update(bytes.subarray(7)), decipher.final()])
  const secret = Uint8Array.from(masked, (byte, index) => byte ^ derived[index]!)
  try {
    const { scriptHash } = singleAccount(await importSigner('P-256', secret))
    return equalBytes(doubleSha256(utf8ToBytes(addressOfScriptHash(scriptHash))).subarray(0, 4), addressHash) ? secret : undefined
  } catch {
    // Not a secret of the group: the password was another one.
    return undefined
  }
}
