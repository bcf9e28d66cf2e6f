import { X509Certificate } from 'node:crypto'
import { publicKeyFromJwk } from '@hufu/keys'
import { bytesToHex } from '@hufu/primitives'
import type { PinnedEndorser } from '../fabric-proof.ts'

/** Pins the holder of a certificate (PEM). Whether it is the organisation's peer is for whoever pins it to find out. @throws KeyError: not of P-256 */
export function pinEndorser(mspId: string, certificate: string): PinnedEndorser {
  const key = publicKeyFromJwk(new X509Certificate(certificate).publicKey.export({ format: 'jwk' }))
  return { mspId, publicKey: bytesToHex(key.bytes) }
}
