import { bytesToBase58 } from '../base58.ts'
import { utf8ToBytes } from '../bytes.ts'
import { fastjsonBean, fastjsonText } from '../fastjson-text.ts'
import { hash160 } from '../hash.ts'
import type { FastjsonValue } from '../parse-fastjson.ts'

const context = 'https://w3id.org/did/v1'

/**
 * The DID that BSN's DID service gives to two keys: base58btc of RIPEMD-160 of SHA-256 of the base document, as fastjson writes it.
 *
 * @param keys - public keys as the service writes them, decimal digits of x‖y
 */
export function bsnDidOf(keys: { readonly authentication: string; readonly recovery: string }): string {
  const base = fastjsonBean({ context, authentication: keyBean(keys.authentication), recovery: keyBean(keys.recovery) })
  return `did:bsn:${bytesToBase58(hash160(utf8ToBytes(fastjsonText(base))))}`
}

/** What a BSN DID document says, its proof aside; times as {@link bsnTimeToMs} reads them. */
export interface BsnDocumentTerms {
  readonly did: string
  readonly version: string
  readonly created: string
  readonly updated: string
  /** Public keys, decimal digits of x‖y. */
  readonly authentication: string
  readonly recovery: string
}

/** What the proof of a document signs: the document without it, as fastjson writes it. */
export function bsnDocumentText({ did, version, created, updated, authentication, recovery }: BsnDocumentTerms): string {
  const keys = { authentication: keyBean(authentication), recovery: keyBean(recovery) }
  return fastjsonText(fastjsonBean({ did, version, created, updated, ...keys }))
}

function keyBean(publicKey: string): FastjsonValue {
  return fastjsonBean({ type: 'Secp256k1', publicKey })
}
