import { verifyJwt } from '@hufu/credentials'
import { isBsnSignatureValid, isSignatureValid, parsePublicKey, parseSecp256k1Key } from '@hufu/keys'
import { parseHeader, scriptHashFromBytes, verifyHeader } from '@hufu/ledger'
import { importMacVerifier } from '@hufu/pcn'
import { bytesToBase64, bytesToUtf8, concatBytes, errorCode, hash160, hexToBytes, keccak256, sha256 } from '@hufu/primitives'
import { p256 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { isSignedBy } from '../../../apps/institution/src/handover/check-signature.ts'
import headerVectors from '../../../packages/ledger/vectors/neo-go-headers.json' with { type: 'json' }
import { derSignature } from './der-forms.ts'
import { bytes32, type Curve, fits } from './ecdsa-cases.ts'

/** One of our functions that verify ECDSA, with a message that it can be given. */
interface EcdsaVerifier {
  readonly name: string
  readonly curve: Curve
  /** Of the message: what is signed. */
  readonly digest: Uint8Array
  /** Whether only the lower of two s that are as good is taken. */
  readonly lowSOnly: boolean
  /** Whether r must be the point's x itself: v has no value for another. */
  readonly wholeXOnly?: true
  /** Undefined where the numbers cannot be written in its form at all. */
  verify(publicKey: Uint8Array, r: bigint, s: bigint): Promise<boolean | undefined>
  /** Of those that read DER: a signature in any form. */
  verifyDer?(publicKey: Uint8Array, der: Uint8Array): Promise<boolean>
}

const message = new TextEncoder().encode('a message, and another one 示例')
const text = bytesToUtf8(message)

export function ecdsaVerifiers(): readonly EcdsaVerifier[] {
  return [
    raw('any signature of ours', (key, signature) => isSignatureValid(parsePublicKey('P-256', key), message, signature)),
    raw('a JWT', (key, signature) =>
      holds(() =>
        verifyJwt(
          { algorithm: 'ES256', kid: undefined, payload: {}, signingInput: message, signature: new Uint8Array(signature) },
          parsePublicKey('P-256', key),
        ),
      ),
    ),
    raw('a message between institutions', async (key, signature) =>
      isSignedBy({ algorithm: 'ES256', signingInput: message, signature: new Uint8Array(signature) }, parsePublicKey('P-256', key)),
    ),
    headerVerifier(),
    macVerifier('R1', p256),
    macVerifier('K1', secp256k1),
    bsnVerifier(),
  ]
}

function raw(name: string, verify: (key: Uint8Array, signature: Uint8Array) => Promise<boolean>): EcdsaVerifier {
  return {
    ...{ name, curve: p256, digest: sha256(message), lowSOnly: false },
    verify: async (key, r, s) => (fits(r) && fits(s) ? verify(key, concatBytes(bytes32(r), bytes32(s))) : undefined),
  }
}

/** A header of Neo with the key as its one validator: the light client's. */
function headerVerifier(): EcdsaVerifier {
  const hashable = hexToBytes(headerVectors.headers[0]!.bytes).subarray(0, 141)
  const magic = new Uint8Array(new Uint32Array([headerVectors.magic]).buffer)
  const signedBytes = concatBytes(magic, sha256(hashable))
  const script = (key: Uint8Array) => concatBytes(Uint8Array.of(0x11, 0x0c, 33), key, hexToBytes('11419ed0dc3a'))
  const withLength = (bytes: Uint8Array) => concatBytes(Uint8Array.of(bytes.length), bytes)
  return {
    ...{ name: 'a header of Neo', curve: p256, digest: sha256(signedBytes), lowSOnly: false },
    verify: async (key, r, s) => {
      if (!fits(r) || !fits(s)) return undefined
      const invocation = concatBytes(Uint8Array.of(0x0c, 64), bytes32(r), bytes32(s))
      const header = parseHeader(concatBytes(hashable, Uint8Array.of(1), withLength(invocation), withLength(script(key))))
      return holds(() => verifyHeader(header, { magic: headerVectors.magic, nextConsensus: scriptHashFromBytes(hash160(script(key))) }))
    },
  }
}

/** The mac of a city node. */
function macVerifier(algorithm: 'R1' | 'K1', curve: Curve): EcdsaVerifier {
  const verifyDer = async (key: Uint8Array, der: Uint8Array) => importMacVerifier(algorithm, key).isValid(text, bytesToBase64(der))
  return {
    ...{ name: `a mac of ${algorithm}`, curve, digest: sha256(message), lowSOnly: true },
    verify: async (key, r, s) => verifyDer(key, derSignature(r, s)),
    verifyDer,
  }
}

/** A document or credential of BSN; v, which is in it, is whichever of the two would fit. */
function bsnVerifier(): EcdsaVerifier {
  return {
    ...{ name: 'a signature of BSN', curve: secp256k1, digest: keccak256(message), lowSOnly: true, wholeXOnly: true },
    verify: async (key, r, s) => {
      if (!fits(r) || !fits(s)) return undefined
      const signatures = [0, 1, 27, 28].map(v => bytesToBase64(concatBytes(bytes32(r), bytes32(s), Uint8Array.of(v))))
      return signatures.some(signature => isBsnSignatureValid(parseSecp256k1Key(key), text, signature))
    },
  }
}

/** False if it is refused with a code; anything else that is thrown is a mistake. */
export async function holds(verify: () => Promise<unknown>): Promise<boolean> {
  try {
    await verify()
    return true
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return false
  }
}
