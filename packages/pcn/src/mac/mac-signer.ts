import { importSigner, type Signer } from '@hufu/keys'
import { importSm2Signer, sm2SignatureToDer } from '@hufu/keys/sm2'
import { bytesToBase64, errorCode, sm3, utf8ToBytes } from '@hufu/primitives'
import { p256 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { PcnError } from '../errors.ts'
import { lowSDer } from './low-s.ts'
import type { MacAlgorithm } from './mac-algorithm.ts'

/** Makes macs with a DApp's access key, or with a gateway's: software here, a token or a certified module elsewhere. */
export interface MacSigner {
  readonly algorithm: MacAlgorithm
  /** As `importMacVerifier` takes it. */
  readonly publicKey: Uint8Array
  /** @returns base64 of a signature in DER */
  sign(text: string): Promise<string>
}

/**
 * A signer from a secret of 32 bytes.
 *
 * @throws PcnError `ERR_PCN_KEY`: no secret of that curve
 */
export async function importMacSigner(algorithm: MacAlgorithm, secret: Uint8Array): Promise<MacSigner> {
  try {
    switch (algorithm) {
      case 'SM2':
        return sm2MacSigner(secret)
      case 'R1':
        return r1MacSigner(await importSigner('P-256', secret))
      case 'K1':
        return k1MacSigner(new Uint8Array(secret))
    }
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw malformed(algorithm, cause)
  }
}

/** SM3 of the text is the message that SM2 hashes again, with the signer's id: gateways of BSN verify it only so. */
function sm2MacSigner(secret: Uint8Array): MacSigner {
  const signer = importSm2Signer(secret)
  return {
    algorithm: 'SM2',
    publicKey: signer.publicKey.bytes,
    sign: async text => bytesToBase64(sm2SignatureToDer(await signer.sign(sm3(utf8ToBytes(text))))),
  }
}

/** A signer of R1 macs over a key of P-256 that is kept elsewhere. */
export function r1MacSigner(signer: Signer): MacSigner {
  if (signer.publicKey.algorithm !== 'P-256') throw new TypeError('expected a signer of P-256')
  return {
    algorithm: 'R1',
    publicKey: signer.publicKey.bytes,
    sign: async text => bytesToBase64(lowSDer(p256, await signer.sign(utf8ToBytes(text)))),
  }
}

function k1MacSigner(secret: Uint8Array): MacSigner {
  if (!secp256k1.utils.isValidSecretKey(secret)) throw malformed('K1')
  return {
    algorithm: 'K1',
    publicKey: secp256k1.getPublicKey(secret),
    sign: async text => bytesToBase64(lowSDer(secp256k1, secp256k1.sign(utf8ToBytes(text), secret))),
  }
}

function malformed(algorithm: MacAlgorithm, cause?: unknown): PcnError {
  return new PcnError('ERR_PCN_KEY', `secret is not a valid ${algorithm} key`, { cause })
}
