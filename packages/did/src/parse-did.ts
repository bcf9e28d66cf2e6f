import { addressOfScriptHash, isNetworkName, type ScriptHash, scriptHashOfAddress } from '@hufu/ledger'
import { errorCode } from '@hufu/primitives'
import { parseDidSyntax } from './did-syntax.ts'
import { DidError } from './errors.ts'

declare const parsed: unique symbol

/** A DID of our method, `did:neo:<network>:<address>`, in its only spelling. */
export type Did = string & { readonly [parsed]: 'Did' }

interface Parts {
  readonly network: string
  readonly account: ScriptHash
}

/** Decoding an address takes two hashes, and the same DIDs come again and again: the last 4,096 are kept. */
const known = new Map<string, Parts>()
const maxKnown = 4096

/**
 * Parses a DID of method `neo`.
 *
 * @throws DidError `ERR_DID_SYNTAX`: not a DID, or not `did:neo:<network>:<Neo N3 address>`; `ERR_DID_METHOD`: a DID of another method
 * @see https://www.w3.org/TR/did-core/#did-syntax
 */
export function parseDid(text: string): Did {
  partsOf(text)
  return text as Did
}

/** The DID of an account on a network. @throws TypeError: not a network's label */
export function didOf(network: string, account: ScriptHash): Did {
  if (!isNetworkName(network)) throw new TypeError('expected a network label of lower-case letters, digits and inner hyphens')
  return `did:neo:${network}:${addressOfScriptHash(account)}` as Did
}

/** The network's label in a DID. */
export function networkOfDid(did: Did): string {
  return partsOf(did).network
}

/** The account that a DID names: its first controller. */
export function accountOfDid(did: Did): ScriptHash {
  return partsOf(did).account
}

function partsOf(text: string): Parts {
  const before = known.get(text)
  if (before !== undefined) return before
  const parts = parse(text)
  if (known.size >= maxKnown) known.delete(known.keys().next().value!)
  known.set(text, parts)
  return parts
}

function parse(text: string): Parts {
  const { method, id } = parseDidSyntax(text)
  if (method !== 'neo') throw new DidError('ERR_DID_METHOD', 'expected a DID of method neo')
  const [network, address, ...rest] = id.split(':')
  const account = address === undefined || rest.length > 0 ? undefined : accountOfAddress(address)
  if (network === undefined || account === undefined || !isNetworkName(network)) {
    throw new DidError('ERR_DID_SYNTAX', 'expected did:neo:<network>:<Neo N3 address>')
  }
  return { network, account }
}

function accountOfAddress(text: string): ScriptHash | undefined {
  try {
    return scriptHashOfAddress(text)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return undefined
  }
}
