import { bytesToBase64url } from '@hufu/primitives'
import { ed25519 } from '@noble/curves/ed25519.js'
import { p256 } from '@noble/curves/nist.js'
import type { KeyAlgorithm } from './algorithm.ts'
import { KeyError } from './errors.ts'
import { type PublicKey, parsePublicKey, publicKeyFromJwk, publicKeyToJwk } from './public-key.ts'

/** Something that holds a private key and signs with it: software here, PKCS#11 or a browser's key store elsewhere. */
export interface Signer {
  readonly publicKey: PublicKey
  /** Signs a message of any length (P-256 hashes it with SHA-256 itself). @returns 64 bytes */
  sign(message: Uint8Array): Promise<Uint8Array<ArrayBuffer>>
}

/**
 * A signer from a 32-byte secret. The key goes into WebCrypto as non-extractable; wipe your copy of the secret afterwards.
 *
 * @throws KeyError `ERR_KEY_MALFORMED`: not 32 bytes, or (P-256) zero or not below the group order
 */
export async function importSigner(algorithm: KeyAlgorithm, secret: Uint8Array): Promise<Signer> {
  const publicKey = publicKeyOf(algorithm, secret)
  const jwk = { ...publicKeyToJwk(publicKey), d: bytesToBase64url(secret) }
  const key = await crypto.subtle.importKey('jwk', jwk, subtleKeyOf(algorithm), false, ['sign'])
  return subtleSigner(key, publicKey)
}

/** A signer with a new key that never leaves WebCrypto. */
export async function generateSigner(algorithm: KeyAlgorithm): Promise<Signer> {
  const { privateKey, publicKey } = (await crypto.subtle.generateKey(subtleKeyOf(algorithm), false, ['sign', 'verify'])) as CryptoKeyPair
  return subtleSigner(privateKey, publicKeyFromJwk(await crypto.subtle.exportKey('jwk', publicKey)))
}

/** A new 32-byte secret, for a key that is to be stored. */
export function generateSecret(algorithm: KeyAlgorithm): Uint8Array<ArrayBuffer> {
  return new Uint8Array(algorithm === 'P-256' ? p256.utils.randomSecretKey() : ed25519.utils.randomSecretKey())
}

/** A signer over a WebCrypto private key, such as one a browser keeps. */
export function subtleSigner(privateKey: CryptoKey, publicKey: PublicKey): Signer {
  const parameters = signatureParameters[publicKey.algorithm]
  return {
    publicKey,
    sign: async message => new Uint8Array(await crypto.subtle.sign(parameters, privateKey, message as Uint8Array<ArrayBuffer>)),
  }
}

/** WebCrypto's name of the signature operation, P-256 with SHA-256. */
export const signatureParameters: Readonly<Record<KeyAlgorithm, AlgorithmIdentifier | EcdsaParams>> = {
  'P-256': { name: 'ECDSA', hash: 'SHA-256' },
  Ed25519: { name: 'Ed25519' },
}

/** WebCrypto's name of the key's kind. */
export function subtleKeyOf(algorithm: KeyAlgorithm): EcKeyImportParams | Algorithm {
  return algorithm === 'P-256' ? { name: 'ECDSA', namedCurve: 'P-256' } : { name: 'Ed25519' }
}

function publicKeyOf(algorithm: KeyAlgorithm, secret: Uint8Array): PublicKey {
  const curve = algorithm === 'P-256' ? p256 : ed25519
  if (!curve.utils.isValidSecretKey(secret)) throw new KeyError('ERR_KEY_MALFORMED', `secret is not a valid ${algorithm} key`)
  return parsePublicKey(algorithm, curve.getPublicKey(secret))
}
