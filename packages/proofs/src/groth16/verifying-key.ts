import { concatBytes } from '@hufu/primitives'
import { ProofError } from '../errors.ts'
import { type G1Point, type G2Point, g2Generator, isSameUpToSignG1, isSameUpToSignG2, parseG1, parseG2 } from './curve-point.ts'
import { g1Size, g2Size, writeG1, writeG2 } from './point-encoding.ts'

/** What a verifier needs to know of a circuit. */
export interface VerifyingKey {
  /** Name of the circuit, as in its file. */
  readonly circuit: string
  /** True if whoever made the key could have kept the secret that makes false proofs. */
  readonly development: boolean
  /** SHA-256 of the circuit's file, 32 bytes. */
  readonly circuitHash: Uint8Array
  /** SHA-256 of the ceremony's transcript, 32 bytes; zeros for a development key. */
  readonly transcriptHash: Uint8Array
  readonly alpha: G1Point
  readonly beta: G2Point
  /** The generator of G2. */
  readonly gamma: G2Point
  readonly delta: G2Point
  /** IC: that of the constant 1, then one for each public input. */
  readonly inputs: readonly G1Point[]
}

/** The most public inputs that a key may have. */
export const maxPublicInputs = 256

const magic = Uint8Array.of(0x48, 0x46, 0x56, 0x4b) // HFVK
const version = 1
const developmentFlag = 1
const hashSize = 32

/**
 * Parses the file of a verifying key: `HFVK`, version, flags (1: development), length and name of the circuit, hash of its file, hash of the ceremony's
 * transcript, α, β, γ, δ, the number of IC (two bytes, big-endian) and IC. Points are compressed. One key has one encoding.
 *
 * @throws ProofError `ERR_PROOF_KEY`: not of this form, points that are not in their group, or a key with which false proofs could be made
 */
export function parseVerifyingKey(bytes: Uint8Array): VerifyingKey {
  const reader = new KeyReader(bytes)
  if (reader.take(magic.length).some((byte, index) => byte !== magic[index])) throw refused('expected the file of a verifying key')
  if (reader.uint8() !== version) throw refused(`version: expected ${version}`)
  const flags = reader.uint8()
  if (flags > developmentFlag) throw refused('flags: expected 0 or 1')
  const key = {
    circuit: String.fromCharCode(...reader.take(reader.uint8())),
    development: flags === developmentFlag,
    circuitHash: reader.take(hashSize),
    transcriptHash: reader.take(hashSize),
    alpha: reader.g1('alpha'),
    beta: reader.g2('beta'),
    gamma: reader.g2('gamma'),
    delta: reader.g2('delta'),
    inputs: reader.inputs(),
  }
  reader.end()
  checkVerifyingKey(key)
  return key
}

/** The file of a verifying key. @throws ProofError `ERR_PROOF_KEY`: a key that {@link parseVerifyingKey} would refuse, but for points outside their group */
export function encodeVerifyingKey(key: VerifyingKey): Uint8Array<ArrayBuffer> {
  checkVerifyingKey(key)
  return concatBytes(
    magic,
    Uint8Array.of(version, key.development ? developmentFlag : 0, key.circuit.length),
    Uint8Array.from(key.circuit, character => character.charCodeAt(0)),
    key.circuitHash,
    key.transcriptHash,
    writeG1(key.alpha),
    writeG2(key.beta),
    writeG2(key.gamma),
    writeG2(key.delta),
    Uint8Array.of(key.inputs.length >> 8, key.inputs.length & 0xff),
    ...key.inputs.map(writeG1),
  )
}

/**
 * Refuses a development key where it must not count.
 *
 * @throws ProofError `ERR_PROOF_KEY_DEVELOPMENT`: a development key on a production network
 */
export function checkKeyForNetwork(key: VerifyingKey, { production }: { readonly production: boolean }): void {
  if (production && key.development) throw new ProofError('ERR_PROOF_KEY_DEVELOPMENT', 'verifying key: expected one made in a ceremony')
}

/** What can be asked of a key beside its points being in their groups. */
function checkVerifyingKey(key: VerifyingKey): void {
  if (!/^[\x21-\x7e]{1,255}$/.test(key.circuit)) throw refused('circuit: expected a name of 1 to 255 printable ASCII characters')
  if (key.circuitHash.length !== hashSize || key.transcriptHash.length !== hashSize)
    throw refused(`hashes: expected ${hashSize} bytes each`)
  if (key.development !== key.transcriptHash.every(byte => byte === 0))
    throw refused('transcript: expected zeros for a development key, and a hash for any other')
  checkSecondGroup(key)
  checkInputs(key.inputs)
}

/**
 * β, γ and δ must be unrelated. Where two of them are the same or opposite, false proofs are made in a moment: with γ = δ the sum of the inputs is taken
 * back through C, and with β = δ or β = γ the proof puts γ, or a sum with it, for B.
 */
function checkSecondGroup({ beta, gamma, delta }: VerifyingKey): void {
  if (gamma.y.c0 !== g2Generator.y.c0 || gamma.y.c1 !== g2Generator.y.c1 || !isSameUpToSignG2(gamma, g2Generator))
    throw refused('gamma: expected the generator of G2')
  if (isSameUpToSignG2(delta, gamma)) throw refused('delta: expected another point than gamma and its negative')
  if (isSameUpToSignG2(beta, gamma)) throw refused('beta: expected another point than gamma and its negative')
  if (isSameUpToSignG2(beta, delta)) throw refused('beta: expected another point than delta and its negative')
}

/** With one point twice, a proof for some inputs would be one for others too. */
function checkInputs(inputs: readonly G1Point[]): void {
  if (inputs.length === 0 || inputs.length > maxPublicInputs + 1) throw refused(`IC: expected 1 to ${maxPublicInputs + 1} points`)
  for (const [index, point] of inputs.entries()) {
    if (inputs.slice(0, index).some(earlier => isSameUpToSignG1(earlier, point)))
      throw refused('IC: expected no point twice, nor with its negative')
  }
}

/** Reads fields of fixed order and size; what is missing, left over or no point of its group is a refused key. */
class KeyReader {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  take(length: number): Uint8Array<ArrayBuffer> {
    if (this.#offset + length > this.#bytes.length) throw refused('ends too early')
    const start = this.#offset
    this.#offset += length
    return new Uint8Array(this.#bytes.subarray(start, this.#offset))
  }

  uint8(): number {
    return this.take(1)[0]!
  }

  g1(name: string): G1Point {
    return asKey(() => parseG1(this.take(g1Size), name))
  }

  g2(name: string): G2Point {
    return asKey(() => parseG2(this.take(g2Size), name))
  }

  inputs(): readonly G1Point[] {
    const count = 256 * this.uint8() + this.uint8()
    // Before any of them is looked at: a point takes a millisecond.
    if (this.#bytes.length - this.#offset !== count * g1Size)
      throw refused('IC: expected as many points as are named, and nothing after them')
    if (count > maxPublicInputs + 1) throw refused(`IC: expected at most ${maxPublicInputs + 1} points`)
    return Array.from({ length: count }, (_, index) => this.g1(`IC ${index}`))
  }

  end(): void {
    if (this.#offset !== this.#bytes.length) throw refused('bytes are left over at the end')
  }
}

function asKey<Point>(parse: () => Point): Point {
  try {
    return parse()
  } catch (cause) {
    throw new ProofError('ERR_PROOF_KEY', `verifying key: ${cause instanceof Error ? cause.message : 'no point'}`, { cause })
  }
}

function refused(message: string): ProofError {
  return new ProofError('ERR_PROOF_KEY', `verifying key: ${message}`)
}
