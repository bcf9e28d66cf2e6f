import { isSignatureValid, parsePublicKey } from '@hufu/keys'
import { isSm2SignatureValid, parseSm2PublicKey } from '@hufu/keys/sm2'
import { base64ToBytes, errorCode, sm3, utf8ToBytes } from '@hufu/primitives'
import { p256 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { PcnError } from '../errors.ts'
import { rawOfLowSDer } from './low-s.ts'
import type { MacAlgorithm } from './mac-algorithm.ts'

/** Checks macs of one key and algorithm, both pinned: nothing that comes with an answer chooses them. */
export interface MacVerifier {
  readonly algorithm: MacAlgorithm
  /** Whether a mac over a text is the key's. Only canonical base64 of canonical DER, and for ECDSA only a low s. */
  isValid(text: string, mac: string): Promise<boolean>
}

/**
 * A verifier for a public key.
 *
 * @param publicKey - R1, K1: compressed or not, 33 or 65 bytes; SM2: 65 bytes
 * @throws PcnError `ERR_PCN_KEY`: no key of that curve
 */
export function importMacVerifier(algorithm: MacAlgorithm, publicKey: Uint8Array): MacVerifier {
  const check = checkOf(algorithm, publicKey)
  return { algorithm, isValid: async (text, mac) => withBytes(mac, der => check(utf8ToBytes(text), der)) }
}

type Check = (message: Uint8Array, der: Uint8Array) => Promise<boolean>

function checkOf(algorithm: MacAlgorithm, publicKey: Uint8Array): Check {
  try {
    switch (algorithm) {
      case 'SM2':
        return sm2Check(publicKey)
      case 'R1':
        return r1Check(publicKey)
      case 'K1':
        return k1Check(publicKey)
    }
  } catch (cause) {
    throw new PcnError('ERR_PCN_KEY', `public key is not a valid ${algorithm} key`, { cause })
  }
}

function sm2Check(publicKey: Uint8Array): Check {
  const key = parseSm2PublicKey(publicKey)
  return async (message, der) => isSm2SignatureValid(key, sm3(message), der, { form: 'der' })
}

function r1Check(publicKey: Uint8Array): Check {
  const key = parsePublicKey('P-256', p256.Point.fromBytes(publicKey).toBytes())
  return async (message, der) => {
    const raw = rawOfLowSDer(p256, der)
    return raw !== undefined && isSignatureValid(key, message, raw)
  }
}

function k1Check(publicKey: Uint8Array): Check {
  const key = secp256k1.Point.fromBytes(publicKey).toBytes()
  return async (message, der) => {
    const raw = rawOfLowSDer(secp256k1, der)
    return raw !== undefined && secp256k1.verify(raw, message, key)
  }
}

async function withBytes(mac: string, check: (der: Uint8Array) => Promise<boolean>): Promise<boolean> {
  let der: Uint8Array
  try {
    der = base64ToBytes(mac)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return false
  }
  return check(der)
}
