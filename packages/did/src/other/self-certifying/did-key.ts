import { publicKeyFromMultikey, secp256k1FromMultikey } from '@hufu/keys'
import { errorCode } from '@hufu/primitives'
import { DidError } from '../../errors.ts'
import type { DidDriver } from '../did-driver.ts'
import { selfCertified } from './self-certified.ts'

/**
 * `did:key`: a DID that is its key, of P-256, Ed25519 or secp256k1. It says nothing of who holds the key.
 *
 * @see https://w3c-ccg.github.io/did-key-spec/
 */
export function didKeyDriver(): DidDriver {
  return {
    method: 'key',
    version: 1,
    isLocal: true,
    async resolve(did) {
      const multikey = did.slice('did:key:'.length)
      checkKey(multikey)
      const id = `${did}#${multikey}`
      const purposes = ['authentication', 'assertionMethod', 'capabilityInvocation', 'capabilityDelegation']
      return selfCertified({
        id: did,
        verificationMethod: [{ id, type: 'Multikey', controller: did, publicKeyMultibase: multikey }],
        ...Object.fromEntries(purposes.map(purpose => [purpose, [id]])),
      })
    },
  }
}

function checkKey(multikey: string): void {
  const codes = [publicKeyFromMultikey, secp256k1FromMultikey].map(parse => codeOf(() => parse(multikey)))
  if (codes.includes(undefined)) return
  if (codes.every(code => code === 'ERR_KEY_ALGORITHM'))
    throw new DidError('ERR_DID_FEATURE', 'expected a key of P-256, Ed25519 or secp256k1')
  throw new DidError('ERR_DID_SYNTAX', 'expected did:key and a Multikey in base58btc')
}

function codeOf(parse: () => unknown): string | undefined {
  try {
    parse()
    return undefined
  } catch (error) {
    const code = errorCode(error)
    if (code === undefined) throw error
    return code
  }
}
