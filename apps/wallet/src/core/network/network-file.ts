import { isNetworkName, type NetworkDescriptor, parseNetworkDescriptor } from '@hufu/ledger'
import { type Json, parseJson } from '@hufu/primitives'
import { type CircuitName, circuitNames } from '@hufu/proofs'
import type { Texts } from '@hufu/trust'
import { WalletError } from '../errors.ts'

/** An institution that the network file names. */
export interface KnownInstitution {
  readonly did: string
  readonly name: Texts
  /** Address of its server, without a slash at its end: trees and epochs are read there. */
  readonly url: string
}

/** SHA-256 of a circuit's two files, 64 hexadecimal digits each. They lie beside the wallet as `circuits/<name>.circuit` and `circuits/<name>.key`. */
export interface CircuitHashes {
  readonly circuit: string
  readonly provingKey: string
}

/**
 * `network.json`, beside the wallet: all that it takes on trust from where it has its program. Validators' keys are the anchor of the light client; the hashes
 * those of the proving keys; the names only names.
 */
export interface NetworkFile {
  readonly network: NetworkDescriptor
  readonly institutions: readonly KnownInstitution[]
  readonly circuits: Readonly<Partial<Record<CircuitName, CircuitHashes>>>
  /** What people call a claim's value, by claim and value, such as the city with a code. */
  readonly labels: Readonly<Record<string, Readonly<Record<string, Texts>>>>
}

const maxLength = 1_048_576
const maxInstitutions = 1_000

/**
 * Parses `network.json`: `{ network, institutions, circuits, labels? }`. Members that it does not know are refused.
 *
 * @throws WalletError `ERR_WALLET_NETWORK_FILE`: the message names the member
 */
export function parseNetworkFile(text: string): NetworkFile {
  let json: Json
  let network: NetworkDescriptor
  try {
    json = parseJson(text, { maxLength })
    network = parseNetworkDescriptor(JSON.stringify(members(json, 'file', ['network', 'institutions', 'circuits'], ['labels']).network))
  } catch (cause) {
    if (cause instanceof WalletError) throw cause
    throw new WalletError('ERR_WALLET_NETWORK_FILE', 'network.json: expected JSON with a network descriptor', { cause })
  }
  const { institutions, circuits, labels } = members(json, 'file', ['network', 'institutions', 'circuits'], ['labels'])
  if (!Array.isArray(institutions) || institutions.length > maxInstitutions) throw wrong('institutions', 'a list')
  return {
    network,
    institutions: institutions.map((entry, index) => readInstitution(entry, `institutions[${index}]`, network.name)),
    circuits: readCircuits(circuits),
    labels: labels === undefined ? {} : readLabels(labels),
  }
}

function readInstitution(json: Json, path: string, network: string): KnownInstitution {
  const { did, name, url } = members(json, path, ['did', 'name', 'url'])
  if (typeof did !== 'string' || !isNetworkName(network) || !did.startsWith(`did:neo:${network}:`))
    throw wrong(`${path}.did`, 'a DID of the network')
  const parsed = typeof url === 'string' ? URL.parse(url) : null
  if (parsed === null || !['https:', 'http:'].includes(parsed.protocol) || url !== parsed.href.replace(/\/$/, '') || parsed.username !== '')
    throw wrong(`${path}.url`, 'an address without a slash at its end')
  return { did, name: readTexts(name, `${path}.name`), url: url as string }
}

function readCircuits(json: Json | undefined): NetworkFile['circuits'] {
  const circuits = members(json, 'circuits', [], [...circuitNames])
  return Object.fromEntries(
    Object.entries(circuits).map(([name, entry]) => {
      const hashes = members(entry, `circuits.${name}`, ['circuit', 'provingKey'])
      for (const [member, hash] of Object.entries(hashes))
        if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) throw wrong(`circuits.${name}.${member}`, '64 hexadecimal digits')
      return [name, hashes as unknown as CircuitHashes]
    }),
  )
}

function readLabels(json: Json): NetworkFile['labels'] {
  const read = (value: Json | undefined, path: string): Readonly<Record<string, Json>> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(path, 'an object')
    return value as Readonly<Record<string, Json>>
  }
  return Object.fromEntries(
    Object.entries(read(json, 'labels')).map(([claim, values]) => [
      claim,
      Object.fromEntries(
        Object.entries(read(values, `labels.${claim}`)).map(([value, texts]) => [value, readTexts(texts, `labels.${claim}`)]),
      ),
    ]),
  )
}

function readTexts(json: Json | undefined, path: string): Texts {
  const texts = members(json, path, ['zh-CN', 'en'])
  for (const text of Object.values(texts))
    if (typeof text !== 'string' || text.length < 1 || text.length > 200) throw wrong(path, 'short texts')
  return texts as unknown as Texts
}

function members(
  json: Json | undefined,
  path: string,
  required: readonly string[],
  optional: readonly string[] = [],
): Readonly<Record<string, Json>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong(path, 'an object')
  const given = Object.keys(json)
  if (!required.every(name => given.includes(name)) || !given.every(name => required.includes(name) || optional.includes(name)))
    throw wrong(path, `the members ${[...required, ...optional].join(', ')}`)
  return json as Readonly<Record<string, Json>>
}

function wrong(path: string, expected: string): WalletError {
  return new WalletError('ERR_WALLET_NETWORK_FILE', `network.json: ${path}: expected ${expected}`)
}
