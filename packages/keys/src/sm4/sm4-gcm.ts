import { concatBytes } from '@hufu/primitives'
import { sm4 } from 'sm-crypto-v2'
import { KeyError } from '../errors.ts'

/** What SM4-GCM works with, beside the text. */
export interface Sm4GcmInput {
  /** 16 bytes. */
  readonly key: Uint8Array
  /** 12 bytes, never twice under one key. */
  readonly nonce: Uint8Array
  /** Authenticated with the text, and not in the result. */
  readonly associatedData: Uint8Array
}

const keySize = 16
const nonceSize = 12
const tagSize = 16

/**
 * Encrypts and authenticates with SM4 in Galois/Counter Mode, tag of 16 bytes. Tables and branches depend on the key: not in constant time.
 *
 * @returns ciphertext, then tag
 * @see GM/T 0002-2012, RFC 8998 §3.1
 */
export function sealSm4Gcm(plaintext: Uint8Array, input: Sm4GcmInput): Uint8Array<ArrayBuffer> {
  checkSizes(input)
  const { output, tag } = sm4.encrypt(plaintext, input.key, { ...optionsOf(input), outputTag: true })
  return concatBytes(output, tag!)
}

/**
 * Opens what {@link sealSm4Gcm} sealed.
 *
 * @throws KeyError `ERR_KEY_CIPHERTEXT`: not sealed with these, or damaged
 */
export function openSm4Gcm(sealed: Uint8Array, input: Sm4GcmInput): Uint8Array<ArrayBuffer> {
  checkSizes(input)
  if (sealed.length < tagSize) throw damaged()
  const tagStart = sealed.length - tagSize
  try {
    // The library checks a tag only if it is given one; here it always is, whole.
    return new Uint8Array(sm4.decrypt(sealed.subarray(0, tagStart), input.key, { ...optionsOf(input), tag: sealed.subarray(tagStart) }))
  } catch {
    throw damaged()
  }
}

function optionsOf({ nonce, associatedData }: Sm4GcmInput) {
  return { mode: 'gcm', output: 'array', padding: 'none', iv: nonce, associatedData } as const
}

function checkSizes({ key, nonce }: Sm4GcmInput): void {
  if (key.length !== keySize || nonce.length !== nonceSize) throw new TypeError('SM4-GCM: expected a key of 16 bytes and a nonce of 12')
}

function damaged(): KeyError {
  return new KeyError('ERR_KEY_CIPHERTEXT', 'ciphertext is damaged, or of another key or context')
}
