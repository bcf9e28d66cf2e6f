import { ByteReader, ByteWriter, bytesToUtf8, utf8ToBytes } from '@hufu/primitives'
import { ProofError } from '../errors.ts'
import { g1Size, g2Size } from '../groth16/point-encoding.ts'

/** Points of a key that are multiplied by values of wires; those at infinity are left out. */
export interface KeySection {
  /** Ascending: the wire that each point belongs to. */
  readonly wires: Uint32Array
  /** Compressed, one after the other. */
  readonly points: Uint8Array
}

/** What a prover needs to know of a circuit beside the circuit. Points are compressed: 48 bytes in G1, 96 in G2. */
export interface ProvingKey {
  /** Name of the circuit, as in its file. */
  readonly circuit: string
  /** True if whoever made the key could have kept the secret that makes false proofs. */
  readonly development: boolean
  /** SHA-256 of the circuit's file, 32 bytes. */
  readonly circuitHash: Uint8Array
  /** SHA-256 of the ceremony's transcript, 32 bytes; zeros for a development key. */
  readonly transcriptHash: Uint8Array
  /** A power of two, n. */
  readonly domainSize: number
  readonly wireCount: number
  readonly publicCount: number
  readonly alphaG1: Uint8Array
  readonly betaG1: Uint8Array
  readonly deltaG1: Uint8Array
  readonly betaG2: Uint8Array
  readonly deltaG2: Uint8Array
  readonly a: KeySection
  readonly bG1: KeySection
  /** Of the same wires as `bG1`. */
  readonly bG2: KeySection
  /** Of wires that are not public. */
  readonly l: KeySection
  /** For each coefficient of the quotient: n − 1 points. */
  readonly h: Uint8Array
}

const magic = 'HFPK'
const version = 1
const developmentFlag = 1
const hashSize = 32
/** A domain of 2²⁰ rows: keys of some 400 MB, far above what a wallet can bear. */
const maxDomainSize = 2 ** 20

/** Leaves out the points at infinity. @param points - compressed, one for each wire from `firstWire` on */
export function keySection(points: Uint8Array, pointSize: number, firstWire = 0): KeySection {
  const kept: number[] = []
  for (let index = 0; index * pointSize < points.length; index++) if ((points[index * pointSize]! & 0x40) === 0) kept.push(index)
  const packed = new Uint8Array(kept.length * pointSize)
  for (const [place, index] of kept.entries()) packed.set(points.subarray(index * pointSize, (index + 1) * pointSize), place * pointSize)
  return { wires: Uint32Array.from(kept, index => firstWire + index), points: packed }
}

/**
 * The file of a proving key: `HFPK`, version, flags (1: development), length and name of the circuit, hash of its file, hash of the ceremony's transcript;
 * domain size, wires and public inputs (four bytes each, little-endian); α, β and δ in G1, β and δ in G2; a bit for each wire that A, B and L have; the
 * points of A, B in G1, B in G2, L and H.
 */
export function encodeProvingKey(key: ProvingKey): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter()
  const name = utf8ToBytes(key.circuit)
  writer
    .bytes(utf8ToBytes(magic))
    .uint8(version)
    .uint8(key.development ? developmentFlag : 0)
  writer.uint8(name.length).bytes(name).bytes(key.circuitHash).bytes(key.transcriptHash)
  writer.uint32(key.domainSize).uint32(key.wireCount).uint32(key.publicCount)
  writer.bytes(key.alphaG1).bytes(key.betaG1).bytes(key.deltaG1).bytes(key.betaG2).bytes(key.deltaG2)
  for (const { wires } of [key.a, key.bG1, key.l]) writer.bytes(bitmapOf(wires, key.wireCount))
  for (const { points } of [key.a, key.bG1, key.bG2, key.l]) writer.bytes(points)
  return writer.bytes(key.h).toBytes()
}

/**
 * Parses the file of a proving key. Points are looked at when a prover loads them; a wrong one gives proofs that no verifier takes.
 *
 * @throws ProofError `ERR_PROOF_KEY`: not of this form
 */
export function parseProvingKey(bytes: Uint8Array): ProvingKey {
  try {
    return readProvingKey(new ByteReader(bytes))
  } catch (cause) {
    if (cause instanceof ProofError) throw cause
    throw new ProofError('ERR_PROOF_KEY', `proving key: ${cause instanceof Error ? cause.message : 'unreadable'}`, { cause })
  }
}

function readProvingKey(reader: ByteReader): ProvingKey {
  if (bytesToUtf8(reader.bytes(magic.length)) !== magic) throw refused('expected the file of a proving key')
  if (reader.uint8() !== version) throw refused(`version: expected ${version}`)
  const flags = reader.uint8()
  if (flags > developmentFlag) throw refused('flags: expected 0 or 1')
  const circuit = bytesToUtf8(reader.bytes(reader.uint8()))
  const [circuitHash, transcriptHash] = [reader.bytes(hashSize), reader.bytes(hashSize)]
  const development = flags === developmentFlag
  if (development !== transcriptHash.every(byte => byte === 0))
    throw refused('transcript: expected zeros for a development key, and a hash for any other')
  const sizes = readSizes(reader)
  const [alphaG1, betaG1, deltaG1] = [reader.bytes(g1Size), reader.bytes(g1Size), reader.bytes(g1Size)]
  const [betaG2, deltaG2] = [reader.bytes(g2Size), reader.bytes(g2Size)]
  const [aWires, bWires, lWires] = [
    readWires(reader, sizes.wireCount),
    readWires(reader, sizes.wireCount),
    readWires(reader, sizes.wireCount),
  ]
  if ((lWires[0] ?? sizes.wireCount) <= sizes.publicCount) throw refused('L: expected no public wire')
  const section = (wires: Uint32Array, pointSize: number): KeySection => ({ wires, points: reader.bytes(wires.length * pointSize) })
  const [a, bG1, bG2, l] = [section(aWires, g1Size), section(bWires, g1Size), section(bWires, g2Size), section(lWires, g1Size)]
  const h = reader.bytes((sizes.domainSize - 1) * g1Size)
  reader.end()
  const points = { alphaG1, betaG1, deltaG1, betaG2, deltaG2, a, bG1, bG2, l, h }
  return { circuit, development, circuitHash, transcriptHash, ...sizes, ...points }
}

function readSizes(reader: ByteReader): Pick<ProvingKey, 'domainSize' | 'wireCount' | 'publicCount'> {
  const [domainSize, wireCount, publicCount] = [reader.uint32(), reader.uint32(), reader.uint32()]
  if (domainSize < 2 || domainSize > maxDomainSize || !Number.isInteger(Math.log2(domainSize)))
    throw refused(`domain: expected a power of two up to ${maxDomainSize}`)
  if (publicCount >= wireCount || publicCount >= domainSize) throw refused('public inputs: expected fewer than wires')
  return { domainSize, wireCount, publicCount }
}

function bitmapOf(wires: Uint32Array, wireCount: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(wireCount / 8))
  for (const wire of wires) bits[wire >> 3]! |= 1 << (wire & 7)
  return bits
}

function readWires(reader: ByteReader, wireCount: number): Uint32Array {
  const bits = reader.bytes(Math.ceil(wireCount / 8))
  const wires: number[] = []
  for (let wire = 0; wire < 8 * bits.length; wire++) if (((bits[wire >> 3]! >> (wire & 7)) & 1) === 1) wires.push(wire)
  if ((wires.at(-1) ?? 0) >= wireCount) throw refused('expected bits for wires that there are')
  return Uint32Array.from(wires)
}

function refused(message: string): ProofError {
  return new ProofError('ERR_PROOF_KEY', `proving key: ${message}`)
}
