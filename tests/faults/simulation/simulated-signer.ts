import { generateKeyPairSync, sign } from 'node:crypto'
import { publicKeyFromJwk, type Signer } from '@hufu/keys'
import { dsaEncoding } from './replace-globals.ts'

/** A signer with a new P-256 key that signs at once, not on another thread. */
export function simulatedSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    publicKey: publicKeyFromJwk(publicKey.export({ format: 'jwk' })),
    sign: async message => new Uint8Array(sign('sha256', message, { key: privateKey, dsaEncoding })),
  }
}
