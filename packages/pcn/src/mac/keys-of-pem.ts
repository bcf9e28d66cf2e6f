import { base64ToBytes, bytesToHex, errorCode, hexToBytes } from '@hufu/primitives'
import { PcnError } from '../errors.ts'
import type { MacAlgorithm } from './mac-algorithm.ts'

/** `AlgorithmIdentifier` in DER: id-ecPublicKey with the curve (RFC 5480 §2.1.1; GM/T 0006 for SM2). */
const algorithmIdentifiers: Readonly<Record<MacAlgorithm, string>> = {
  SM2: '301306072a8648ce3d020106082a811ccf5501822d',
  R1: '301306072a8648ce3d020106082a8648ce3d030107',
  K1: '301006072a8648ce3d020106052b8104000a',
}

/**
 * The public key in a PEM file, as BSN hands out a gateway's: SubjectPublicKeyInfo with a point that is not compressed.
 *
 * @returns 65 bytes, as `importMacVerifier` takes them
 * @throws PcnError `ERR_PCN_KEY`: not of that form, or of another curve
 */
export function publicKeyOfPem(algorithm: MacAlgorithm, pem: string): Uint8Array {
  const der = derOf(pem, 'PUBLIC KEY')
  const match = new RegExp(`^30..${algorithmIdentifiers[algorithm]}034200(04.{128})$`).exec(der)
  if (match === null) throw otherForm(algorithm)
  return hexToBytes(match[1]!)
}

/**
 * The secret in a PEM file, as BSN hands out a DApp's access key: PKCS#8, not encrypted.
 *
 * @returns 32 bytes, as `importMacSigner` takes them; wipe them afterwards
 * @throws PcnError `ERR_PCN_KEY`: not of that form, or of another curve
 */
export function secretOfPem(algorithm: MacAlgorithm, pem: string): Uint8Array {
  const der = derOf(pem, 'PRIVATE KEY')
  // Version 0; then ECPrivateKey (RFC 5915): version 1 and the secret, and mostly the public key after it.
  const match = new RegExp(`^30(?:..|81..)020100${algorithmIdentifiers[algorithm]}04..30..0201010420(.{64})`).exec(der)
  if (match === null) throw otherForm(algorithm)
  return hexToBytes(match[1]!)
}

/** Of a file with one block, in hexadecimal. */
function derOf(pem: string, label: string): string {
  const match = new RegExp(`^\\s*-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----\\s*$`).exec(pem)
  try {
    if (match !== null) return bytesToHex(base64ToBytes(match[1]!.replace(/\s/g, '')))
  } catch (error) {
    if (errorCode(error) === undefined) throw error
  }
  throw new PcnError('ERR_PCN_KEY', `expected a ${label} in PEM`)
}

function otherForm(algorithm: MacAlgorithm): PcnError {
  return new PcnError('ERR_PCN_KEY', `expected a key of the curve of ${algorithm}`)
}
