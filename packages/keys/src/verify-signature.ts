import { signatureLength } from './algorithm.ts'
import { type PublicKey, publicKeyToRaw } from './public-key.ts'
import { signatureParameters, subtleKeyOf } from './signer.ts'

const imported = new WeakMap<PublicKey, CryptoKey>()

/**
 * Tells whether a signature over a message is the key's. The only boolean verifier here: everything above returns what was verified, or throws.
 *
 * @param signature - 64 bytes, r‖s or R‖S; any other length is false
 */
export async function isSignatureValid(key: PublicKey, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (signature.length !== signatureLength) return false
  // No await for a key that was imported before: the check is then on its way when this function returns, and the caller can do other work meanwhile.
  const subtleKey = imported.get(key) ?? (await importKey(key))
  return crypto.subtle.verify(
    signatureParameters[key.algorithm],
    subtleKey,
    signature as Uint8Array<ArrayBuffer>,
    message as Uint8Array<ArrayBuffer>,
  )
}

async function importKey(key: PublicKey): Promise<CryptoKey> {
  const subtleKey = await crypto.subtle.importKey('raw', publicKeyToRaw(key), subtleKeyOf(key.algorithm), false, ['verify'])
  imported.set(key, subtleKey)
  return subtleKey
}
