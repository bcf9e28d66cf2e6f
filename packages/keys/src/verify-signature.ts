import { signatureLength } from './algorithm.ts'
import { type PublicKey, publicKeyToRaw } from './public-key.ts'
import { signatureParameters, subtleKeyOf } from './signer.ts'

const imported = new WeakMap<PublicKey, Promise<CryptoKey>>()

/**
 * Tells whether a signature over a message is the key's. The only boolean verifier here: everything above returns what was verified, or throws.
 *
 * @param signature - 64 bytes, r‖s or R‖S; any other length is false
 */
export async function isSignatureValid(key: PublicKey, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (signature.length !== signatureLength) return false
  let subtleKey = imported.get(key)
  if (subtleKey === undefined) {
    subtleKey = crypto.subtle.importKey('raw', publicKeyToRaw(key), subtleKeyOf(key.algorithm), false, ['verify'])
    imported.set(key, subtleKey)
  }
  return crypto.subtle.verify(
    signatureParameters[key.algorithm],
    await subtleKey,
    signature as Uint8Array<ArrayBuffer>,
    message as Uint8Array<ArrayBuffer>,
  )
}
