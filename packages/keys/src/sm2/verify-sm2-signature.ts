import { bytesToHex, EncodingError } from '@hufu/primitives'
import { sm2 } from 'sm-crypto-v2'
import { numberOf, sm2Curve } from './sm2-curve.ts'
import { sm2Digest } from './sm2-digest.ts'
import type { Sm2PublicKey } from './sm2-public-key.ts'
import { sm2SignatureFromDer } from './sm2-signature-form.ts'

export interface Sm2VerifyOptions {
  /** Identifier of the signer, as agreed; default `1234567812345678`. */
  readonly id?: string
  /** `raw`: 64 bytes, r‖s; `der`: a sequence of two integers. Default `raw`. */
  readonly form?: 'raw' | 'der'
}

type Point = ReturnType<typeof sm2.precomputePublicKey>

/** Points with multiples made ahead: a partner's key comes again and again. */
const points = new WeakMap<Sm2PublicKey, Point>()

/** Small: making these multiples takes no longer than one check without them. */
const windowSize = 4

/**
 * Tells whether a signature over a message is the key's (GM/T 0003.2-2012 §7.1). The range of r and s, and the form of DER, are checked here: the library
 * below is lenient.
 *
 * @param message - what was signed, not its hash
 * @returns false also for a signature that is not of its form
 */
export function isSm2SignatureValid(
  key: Sm2PublicKey,
  message: Uint8Array,
  signature: Uint8Array,
  { id, form = 'raw' }: Sm2VerifyOptions = {},
): boolean {
  const raw = form === 'der' ? rawOf(signature) : signature
  if (raw?.length !== 64 || !isInRange(raw.subarray(0, 32)) || !isInRange(raw.subarray(32))) return false
  return sm2.doVerifySignature(sm2Digest(key, message, id), bytesToHex(raw), pointOf(key))
}

function rawOf(der: Uint8Array): Uint8Array | undefined {
  try {
    return sm2SignatureFromDer(der)
  } catch (error) {
    if (error instanceof EncodingError) return undefined
    throw error
  }
}

function isInRange(bytes: Uint8Array): boolean {
  const number = numberOf(bytes)
  return number >= 1n && number < sm2Curve.order
}

function pointOf(key: Sm2PublicKey): Point {
  let point = points.get(key)
  if (point === undefined) {
    point = sm2.precomputePublicKey(bytesToHex(key.bytes), windowSize)
    points.set(key, point)
  }
  return point
}
