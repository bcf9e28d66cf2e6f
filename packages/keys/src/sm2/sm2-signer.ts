import { base64urlToBytes, bytesToBase64url, bytesToHex, equalBytes, errorCode, hexToBytes } from '@hufu/primitives'
import { sm2 } from 'sm-crypto-v2'
import { KeyError } from '../errors.ts'
import { numberOf, sm2Curve } from './sm2-curve.ts'
import { sm2Digest } from './sm2-digest.ts'
import { parseSm2PublicKey, type Sm2PublicJwk, type Sm2PublicKey, sm2PublicKeyFromJwk, sm2PublicKeyToJwk } from './sm2-public-key.ts'

/** Something that holds a private key of SM2 and signs with it: software here; a module that is certified for it implements the same. */
export interface Sm2Signer {
  readonly publicKey: Sm2PublicKey
  /**
   * Signs a message of any length: SM3 of ZA and the message (GM/T 0003.2-2012 §6.1).
   *
   * @param options.id - identifier of the signer; default `1234567812345678`
   * @returns 64 bytes, r‖s
   */
  sign(message: Uint8Array, options?: { readonly id?: string }): Promise<Uint8Array<ArrayBuffer>>
}

/**
 * A signer from a 32-byte secret, in plain JavaScript: not in constant time, and the secret stays in this process's memory.
 *
 * @throws KeyError `ERR_KEY_MALFORMED`: not 32 bytes, zero, or not below the group order less one
 */
export function importSm2Signer(secret: Uint8Array): Sm2Signer {
  if (!isSecret(secret)) throw new KeyError('ERR_KEY_MALFORMED', 'secret is not a valid SM2 key')
  const secretHex = bytesToHex(secret)
  const publicKey = parseSm2PublicKey(hexToBytes(sm2.getPublicKeyFromPrivateKey(secretHex)))
  return {
    publicKey,
    sign: async (message, options = {}) => hexToBytes(sm2.doSignature(sm2Digest(publicKey, message, options.id), secretHex)),
  }
}

/** A private JWK: the form in which a key of SM2 is kept, sealed (`sealKeyFile`). */
export interface Sm2PrivateJwk extends Sm2PublicJwk {
  readonly d: string
}

/** The private JWK of a 32-byte secret. @throws KeyError `ERR_KEY_MALFORMED` */
export function sm2SecretToJwk(secret: Uint8Array): Sm2PrivateJwk {
  return { ...sm2PublicKeyToJwk(importSm2Signer(secret).publicKey), d: bytesToBase64url(secret) }
}

/**
 * A signer from a private JWK.
 *
 * @throws KeyError `ERR_KEY_ALGORITHM`: of another curve; `ERR_KEY_MALFORMED`: not of its form, or its public members are another key's
 */
export function sm2SignerFromJwk(jwk: unknown): Sm2Signer {
  const { d, ...publicJwk } = (typeof jwk === 'object' && jwk !== null ? jwk : {}) as Record<string, unknown>
  const publicKey = sm2PublicKeyFromJwk(publicJwk)
  const signer = importSm2Signer(secretOf(d))
  if (!equalBytes(signer.publicKey.bytes, publicKey.bytes))
    throw new KeyError('ERR_KEY_MALFORMED', "the JWK's d is not the secret of its point")
  return signer
}

function secretOf(d: unknown): Uint8Array {
  try {
    if (typeof d === 'string') return base64urlToBytes(d)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
  }
  throw new KeyError('ERR_KEY_MALFORMED', 'expected a JWK with d in base64url')
}

/** A new 32-byte secret, from the platform's cryptographic random source. */
export function generateSm2Secret(): Uint8Array<ArrayBuffer> {
  for (;;) {
    const secret = hexToBytes(sm2.generateKeyPairHex().privateKey)
    if (isSecret(secret)) return secret
  }
}

/** GM/T 0003.1-2012 §6.1: 1 to n − 2, for 1 + d must have an inverse. */
function isSecret(secret: Uint8Array): boolean {
  const number = secret.length === 32 ? numberOf(secret) : 0n
  return number >= 1n && number <= sm2Curve.order - 2n
}
