import { type PublicJwk, publicKeyFromJwk, publicKeyToJwk } from '@hufu/keys'
import { canonicalJson, errorCode, type Json, parseJson } from '@hufu/primitives'
import { ProofError } from '../errors.ts'
import type { Contribution, Phase, Transcript } from './transcript.ts'

const maxParticipants = 64
const maxCircuits = 16
const maxBeaconIterationsLog2 = 40
const maxDomainSize = 2 ** 20

/** Parses a transcript's JSON text; members that it does not know are refused. @throws ProofError `ERR_PROOF_CEREMONY` */
export function parseTranscript(text: string): Transcript {
  const root = members(jsonOf(text), 'transcript', [
    'format',
    'title',
    'domainSize',
    'participants',
    'circuits',
    'beaconIterationsLog2',
    'phases',
  ])
  if (root.format !== 'hufu-ceremony-1') throw wrong('format', 'hufu-ceremony-1')
  const domainSize = integer(root.domainSize, 'domainSize', 2, maxDomainSize)
  if (!Number.isInteger(Math.log2(domainSize))) throw wrong('domainSize', 'a power of two')
  return {
    format: 'hufu-ceremony-1',
    title: string(root.title, 'title', /^.{1,200}$/u),
    domainSize,
    participants: list(root.participants, 'participants', maxParticipants, parseParticipant),
    circuits: list(root.circuits, 'circuits', maxCircuits, parseCircuit),
    beaconIterationsLog2: integer(root.beaconIterationsLog2, 'beaconIterationsLog2', 0, maxBeaconIterationsLog2),
    phases: list(root.phases, 'phases', maxCircuits + 1, parsePhase),
  }
}

const namePattern = /^[a-z0-9]+(-[a-z0-9]+)*$/
const sha256Pattern = /^[0-9a-f]{64}$/
const pointPattern = /^[A-Za-z0-9_-]{64,128}$/

function parseParticipant(json: Json, path: string): Transcript['participants'][number] {
  const { name, publicKey } = members(json, path, ['name', 'publicKey'])
  return { name: string(name, `${path}.name`, namePattern), publicKey: parseKey(publicKey, `${path}.publicKey`) }
}

/** One form only, so that one transcript has one hash. */
function parseKey(json: Json | undefined, path: string): PublicJwk {
  try {
    const jwk = publicKeyToJwk(publicKeyFromJwk(json))
    if (canonicalJson(jwk as unknown as Json) === canonicalJson(json!)) return jwk
  } catch (error) {
    if (errorCode(error) === undefined) throw error
  }
  throw wrong(path, 'a public key as JWK, with no other members')
}

function parseCircuit(json: Json, path: string): Transcript['circuits'][number] {
  const { name, sha256 } = members(json, path, ['name', 'sha256'])
  return { name: string(name, `${path}.name`, namePattern), sha256: string(sha256, `${path}.sha256`, sha256Pattern) }
}

function parsePhase(json: Json, path: string): Phase {
  const { name, closesAtBlock, contributions } = members(json, path, ['name', 'contributions'], ['closesAtBlock'])
  return {
    name: string(name, `${path}.name`, namePattern),
    ...(closesAtBlock === undefined ? {} : { closesAtBlock: integer(closesAtBlock, `${path}.closesAtBlock`, 0, 0xffffffff) }),
    contributions: list(contributions, `${path}.contributions`, maxParticipants + 1, parseContribution),
  }
}

function parseContribution(json: Json, path: string): Contribution {
  const { participant, heads, proofs, stateSha256, signature, beacon } = members(
    json,
    path,
    ['participant', 'heads', 'proofs', 'stateSha256'],
    ['signature', 'beacon'],
  )
  return {
    participant: string(participant, `${path}.participant`, namePattern),
    heads: record(heads, `${path}.heads`, (point, where) => string(point, where, pointPattern)),
    proofs: record(proofs, `${path}.proofs`, (proof, where) => {
      const { factorG1, factorR } = members(proof, where, ['factorG1', 'factorR'])
      return { factorG1: string(factorG1, `${where}.factorG1`, pointPattern), factorR: string(factorR, `${where}.factorR`, pointPattern) }
    }),
    stateSha256: string(stateSha256, `${path}.stateSha256`, sha256Pattern),
    ...(signature === undefined ? {} : { signature: string(signature, `${path}.signature`, /^[A-Za-z0-9_-]{86}$/) }),
    ...(beacon === undefined ? {} : { beacon: parseBeacon(beacon, `${path}.beacon`) }),
  }
}

function parseBeacon(json: Json, path: string): NonNullable<Contribution['beacon']> {
  const { blockIndex, blockHash } = members(json, path, ['blockIndex', 'blockHash'])
  return {
    blockIndex: integer(blockIndex, `${path}.blockIndex`, 0, 0xffffffff),
    blockHash: string(blockHash, `${path}.blockHash`, sha256Pattern),
  }
}

function record<Value>(json: Json | undefined, path: string, parse: (value: Json, path: string) => Value): Readonly<Record<string, Value>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong(path, 'an object')
  const entries = Object.entries(json as Readonly<Record<string, Json>>)
  if (entries.length > maxCircuits) throw wrong(path, `at most ${maxCircuits} members`)
  return Object.fromEntries(entries.map(([name, value]) => [name, parse(value, `${path}.${name}`)]))
}

function list<Item>(json: Json | undefined, path: string, max: number, parse: (item: Json, path: string) => Item): readonly Item[] {
  if (!Array.isArray(json) || json.length > max) throw wrong(path, `at most ${max} entries`)
  return (json as readonly Json[]).map((item, index) => parse(item, `${path}[${index}]`))
}

function members(
  json: Json | undefined,
  path: string,
  required: readonly string[],
  optional: readonly string[] = [],
): Readonly<Record<string, Json | undefined>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong(path, 'an object')
  const given = Object.keys(json)
  if (!required.every(name => given.includes(name)) || !given.every(name => required.includes(name) || optional.includes(name)))
    throw wrong(path, `the members ${[...required, ...optional].join(', ')}`)
  return json as Readonly<Record<string, Json>>
}

function string(json: Json | undefined, path: string, pattern: RegExp): string {
  if (typeof json !== 'string' || !pattern.test(json)) throw wrong(path, `text of the form ${pattern.source}`)
  return json
}

function integer(json: Json | undefined, path: string, min: number, max: number): number {
  if (typeof json !== 'number' || !Number.isInteger(json) || json < min || json > max) throw wrong(path, `an integer from ${min} to ${max}`)
  return json
}

function jsonOf(text: string): Json {
  try {
    return parseJson(text)
  } catch (cause) {
    throw new ProofError('ERR_PROOF_CEREMONY', 'transcript: expected JSON', { cause })
  }
}

function wrong(path: string, expected: string): ProofError {
  return new ProofError('ERR_PROOF_CEREMONY', `transcript: ${path}: expected ${expected}`)
}
