import { parsePublicKey, publicKeyToJwk, publicKeyToMultikey } from '@hufu/keys'
import { parseScriptHash, type ScriptHash } from '@hufu/ledger'
import { canonicalJsonBytes, hexToBytes } from '@hufu/primitives'
import type { DidDocument } from './did-document.ts'
import type { DidMoment, DidSource, DidState } from './did-state.ts'
import { type Did, didOf } from './parse-did.ts'

/** For tests only: an account, its DID, and public keys (RFC 6979 A.2.5, RFC 8032 §7.1 test 1). */
export const account: ScriptHash = parseScriptHash('00112233445566778899aabbccddeeff00112233')
export const otherAccount: ScriptHash = parseScriptHash('ffeeddccbbaa99887766554433221100ffeeddcc')
export const did: Did = didOf('test', account)
export const p256 = parsePublicKey('P-256', hexToBytes('0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6'))
export const ed25519 = parsePublicKey('Ed25519', hexToBytes('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'))

/** A document that uses every member of the schema. */
export const document: DidDocument = {
  id: did,
  alsoKnownAs: ['https://bureau.example/', 'did:web:bureau.example'],
  verificationMethod: [
    { id: `${did}#key-1`, type: 'JsonWebKey', controller: did, publicKeyJwk: publicKeyToJwk(p256) },
    { id: `${did}#key-2`, type: 'Multikey', controller: did, publicKeyMultibase: publicKeyToMultikey(ed25519) },
  ],
  authentication: [`${did}#key-1`],
  assertionMethod: [`${did}#key-1`, `${did}#key-2`],
  keyAgreement: [`${did}#key-1`],
  service: [
    { id: `${did}#resolver`, type: 'DidResolver', serviceEndpoint: 'https://bureau.example/1.0/identifiers/' },
    { id: `${did}#files`, type: 'Files', serviceEndpoint: 'https://files.example/public/' },
  ],
}

const firstMs = Date.UTC(2026, 2, 3, 14, 2, 0, 250)

/** Three versions a minute apart; the second drops `#key-2`, the third is the last argument's doing. */
export function sampleStates(third: Partial<DidState> = {}): readonly DidState[] {
  const second: DidDocument = { ...document, verificationMethod: [document.verificationMethod![0]!], assertionMethod: [`${did}#key-1`] }
  const first: DidState = {
    version: 1,
    operation: 'create',
    controller: account,
    recovery: null,
    recoveryDelayMs: 0,
    deactivated: false,
    timeMs: firstMs,
    blockIndex: 10,
    createdMs: firstMs,
    latestVersion: 3,
    nextTimeMs: firstMs + 60_000,
    document: canonicalJsonBytes(document),
  }
  const next = { timeMs: firstMs + 60_000, blockIndex: 20, nextTimeMs: firstMs + 120_000, document: canonicalJsonBytes(second) }
  const last = { timeMs: firstMs + 120_000, blockIndex: 30, nextTimeMs: null, document: canonicalJsonBytes(second) }
  return [first, { ...first, ...next, version: 2, operation: 'update' }, { ...first, ...last, version: 3, operation: 'rotate', ...third }]
}

/** A source over states that stand still. */
export function sourceOf(states: readonly DidState[]): DidSource {
  return {
    network: 'test',
    findState: async (identifier, moment) => (identifier === account ? (pick(states, moment) ?? null) : null),
  }
}

function pick(states: readonly DidState[], moment: DidMoment): DidState | undefined {
  if (moment === 'latest') return states.at(-1)
  if ('version' in moment) return states.find(state => state.version === moment.version)
  return states.findLast(state => state.timeMs <= moment.timeMs)
}
