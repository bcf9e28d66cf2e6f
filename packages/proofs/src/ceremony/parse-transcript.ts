import { type PublicJwk, publicKeyFromJwk, publicKeyToJwk } from '@hufu/keys'
import { canonicalJson, errorCode, type Json } from '@hufu/primitives'
import {
  memberOf,
  type Place,
  readBytes,
  readInteger,
  readJson,
  readList,
  readMembers,
  readObject,
  readText,
  refusal,
} from '../attributes/read-json.ts'
import { g1Size, g2Size } from '../groth16/point-encoding.ts'
import type { Contribution, Phase, Transcript } from './transcript.ts'

const maxTranscriptLength = 2 ** 20
const maxTitleLength = 200
const maxParticipants = 64
const maxCircuits = 16
const maxBeaconIterationsLog2 = 40
const maxDomainSize = 2 ** 20
const maxBlockIndex = 2 ** 32 - 1
const signatureSize = 64

/** Parses a transcript's JSON text; members that it does not know are refused. @throws ProofError `ERR_PROOF_CEREMONY`, `ERR_PROOF_LIMIT` */
export function parseTranscript(text: string): Transcript {
  const place: Place = { path: 'transcript', code: 'ERR_PROOF_CEREMONY' }
  const required = ['format', 'title', 'domainSize', 'participants', 'circuits', 'beaconIterationsLog2', 'phases']
  const root = readMembers(readJson(text, place, maxTranscriptLength), place, { required })
  if (root.format !== 'hufu-ceremony-1') throw refusal(memberOf(place, 'format'), 'hufu-ceremony-1')
  const domainSize = readInteger(root.domainSize, memberOf(place, 'domainSize'), 2, maxDomainSize)
  if (!Number.isInteger(Math.log2(domainSize))) throw refusal(memberOf(place, 'domainSize'), 'a power of two')
  return {
    format: 'hufu-ceremony-1',
    title: readText(root.title, memberOf(place, 'title'), 1, maxTitleLength),
    domainSize,
    participants: listOf(root.participants, memberOf(place, 'participants'), maxParticipants, parseParticipant),
    circuits: listOf(root.circuits, memberOf(place, 'circuits'), maxCircuits, parseCircuitName),
    beaconIterationsLog2: readInteger(root.beaconIterationsLog2, memberOf(place, 'beaconIterationsLog2'), 0, maxBeaconIterationsLog2),
    phases: listOf(root.phases, memberOf(place, 'phases'), maxCircuits + 1, parsePhase),
  }
}

function parseParticipant(json: Json, place: Place): Transcript['participants'][number] {
  const { name, publicKey } = readMembers(json, place, { required: ['name', 'publicKey'] })
  return { name: readName(name, memberOf(place, 'name')), publicKey: parseKey(publicKey, memberOf(place, 'publicKey')) }
}

/** One form only, so that one transcript has one hash. */
function parseKey(json: Json | undefined, place: Place): PublicJwk {
  try {
    const jwk = publicKeyToJwk(publicKeyFromJwk(json))
    if (canonicalJson(jwk as unknown as Json) === canonicalJson(json!)) return jwk
  } catch (error) {
    if (errorCode(error) === undefined) throw error
  }
  throw refusal(place, 'a public key as JWK, with no other members')
}

function parseCircuitName(json: Json, place: Place): Transcript['circuits'][number] {
  const { name, sha256 } = readMembers(json, place, { required: ['name', 'sha256'] })
  return { name: readName(name, memberOf(place, 'name')), sha256: readHash(sha256, memberOf(place, 'sha256')) }
}

function parsePhase(json: Json, place: Place): Phase {
  const { name, closesAtBlock, contributions } = readMembers(json, place, {
    required: ['name', 'contributions'],
    optional: ['closesAtBlock'],
  })
  return {
    name: readName(name, memberOf(place, 'name')),
    ...(closesAtBlock === undefined
      ? {}
      : { closesAtBlock: readInteger(closesAtBlock, memberOf(place, 'closesAtBlock'), 0, maxBlockIndex) }),
    contributions: listOf(contributions, memberOf(place, 'contributions'), maxParticipants + 1, parseContribution),
  }
}

function parseContribution(json: Json, place: Place): Contribution {
  const { participant, heads, proofs, stateSha256, signature, beacon } = readMembers(json, place, {
    required: ['participant', 'heads', 'proofs', 'stateSha256'],
    optional: ['signature', 'beacon'],
  })
  return {
    participant: readName(participant, memberOf(place, 'participant')),
    heads: recordOf(heads, memberOf(place, 'heads'), (point, at) => readEncoded(point, at, g1Size)),
    proofs: recordOf(proofs, memberOf(place, 'proofs'), (proof, at) => {
      const { factorG1, factorR } = readMembers(proof, at, { required: ['factorG1', 'factorR'] })
      return {
        factorG1: readEncoded(factorG1, memberOf(at, 'factorG1'), g1Size),
        factorR: readEncoded(factorR, memberOf(at, 'factorR'), g2Size),
      }
    }),
    stateSha256: readHash(stateSha256, memberOf(place, 'stateSha256')),
    ...(signature === undefined ? {} : { signature: readEncoded(signature, memberOf(place, 'signature'), signatureSize) }),
    ...(beacon === undefined ? {} : { beacon: parseBeacon(beacon, memberOf(place, 'beacon')) }),
  }
}

function parseBeacon(json: Json, place: Place): NonNullable<Contribution['beacon']> {
  const { blockIndex, blockHash } = readMembers(json, place, { required: ['blockIndex', 'blockHash'] })
  return {
    blockIndex: readInteger(blockIndex, memberOf(place, 'blockIndex'), 0, maxBlockIndex),
    blockHash: readHash(blockHash, memberOf(place, 'blockHash')),
  }
}

function listOf<Item>(json: Json | undefined, place: Place, most: number, parse: (item: Json, place: Place) => Item): readonly Item[] {
  return readList(json, place, 0, most).map((item, index) => parse(item, { ...place, path: `${place.path}[${index}]` }))
}

function recordOf<Value>(
  json: Json | undefined,
  place: Place,
  parse: (value: Json, place: Place) => Value,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(readObject(json, place)).map(([name, value]) => [name, parse(value, memberOf(place, name))]))
}

function readName(json: Json | undefined, place: Place): string {
  if (typeof json !== 'string' || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(json))
    throw refusal(place, 'lower-case letters and digits in groups joined by -')
  return json
}

function readHash(json: Json | undefined, place: Place): string {
  if (typeof json !== 'string' || !/^[0-9a-f]{64}$/.test(json)) throw refusal(place, '64 lower-case hexadecimal digits')
  return json
}

/** base64url of so many bytes, as it stands. */
function readEncoded(json: Json | undefined, place: Place, length: number): string {
  readBytes(json, place, length)
  return json as string
}
