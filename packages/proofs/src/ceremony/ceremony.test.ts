import { generateSigner, publicKeyToJwk, type Signer } from '@hufu/keys'
import { bytesToBase64url, bytesToHex, sha256, utf8ToBytes } from '@hufu/primitives'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { createScalarEngine } from '../field/scalar-engine.ts'
import { scalarSize } from '../field/scalar-field.ts'
import { verifyGroth16Readable } from '../groth16/verify-readable.ts'
import { encodeVerifyingKey, parseVerifyingKey } from '../groth16/verifying-key.ts'
import { assembleProof } from '../prover/assemble-proof.ts'
import { cubicCircuit, solveCubic } from '../prover/cubic-circuit.ts'
import { divideKey, type KeyPart, pointsOf, wiresOf } from '../prover/key-parts.ts'
import type { ProvingKey } from '../prover/proving-key.ts'
import { type CurveEngine, createCurveEngine } from '../wasm/engine.ts'
import { type Ceremony, type CeremonyTools, checkCeremony, closePhase, contribute, startCeremony, turnOf } from './ceremony.ts'
import { ceremonyKeys } from './ceremony-keys.ts'
import { parseTranscript } from './parse-transcript.ts'
import { encodeCircuitPhase, encodePowers } from './state-bytes.ts'
import { type Contribution, type Transcript, transcriptHash } from './transcript.ts'

const circuit = { circuit: cubicCircuit, sha256: bytesToHex(sha256(utf8ToBytes('cubic'))) }
const names = ['harbour', 'hill']
const blocks = new Map([
  [20, 'aa'.repeat(32)],
  [40, 'bb'.repeat(32)],
])
const findBlockHash = async (index: number): Promise<string> => blocks.get(index) ?? 'ff'.repeat(32)
const code = (text: string) => expect.objectContaining({ code: text })

// Each check takes some ten pairings in plain TypeScript.
vi.setConfig({ testTimeout: 60_000 })

let signers: ReadonlyMap<string, Signer>
let tools: CeremonyTools & { readonly engine: CurveEngine }
/** After each step, from the first contribution on. */
const steps: Ceremony[] = []
let finished: Ceremony

beforeAll(async () => {
  signers = new Map(await Promise.all(names.map(async name => [name, await generateSigner('P-256')] as const)))
  tools = {
    engine: await createCurveEngine(),
    circuits: [circuit],
    randomness: length => crypto.getRandomValues(new Uint8Array(length)),
  }
  for (let ceremony = begin(); !('done' in turnOf(ceremony.transcript)); ) {
    ceremony = await next(ceremony)
    steps.push(ceremony)
  }
  finished = steps.at(-1)!
}, 120_000)

describe('a ceremony', () => {
  test('is checked from public data alone, also after it went through files', async () => {
    const transcript = parseTranscript(JSON.stringify(finished.transcript))
    expect(transcript).toEqual(finished.transcript)
    await expect(checkCeremony(tools, { ...finished, transcript }, { findBlockHash })).resolves.toHaveProperty('cubic')
    expect(turnOf(finished.transcript)).toEqual({ done: true })
  })

  test('is checked on the way, within a phase and between two', async () => {
    for (const ceremony of [steps[0]!, steps[2]!, steps[3]!]) await checkCeremony(tools, ceremony, { findBlockHash })
  })

  test('gives keys that carry the hash of the transcript, and by which proofs hold', async () => {
    const { cubic: base } = await checkCeremony(tools, finished, { findBlockHash })
    const { provingKey, verifyingKey } = ceremonyKeys(finished, circuit, base!)
    const key = parseVerifyingKey(encodeVerifyingKey(verifyingKey))
    expect(key.development).toBe(false)
    expect(key.transcriptHash).toEqual(transcriptHash(finished.transcript))
    expect(provingKey.transcriptHash).toEqual(key.transcriptHash)
    const proof = await proveCubic(provingKey, 3n)
    verifyGroth16Readable(key, proof, [35n])
    expect(() => verifyGroth16Readable(key, proof, [36n])).toThrow(code('ERR_PROOF_INVALID'))
  })

  test('that has not ended gives no keys', async () => {
    const ceremony = steps.at(-2)!
    const { cubic: base } = await checkCeremony(tools, ceremony)
    expect(() => ceremonyKeys(ceremony, circuit, base!)).toThrow(code('ERR_PROOF_CEREMONY'))
  })

  test('lets nobody go out of turn, twice, or as the beacon', async () => {
    const first = steps[0]!
    for (const participant of ['harbour', 'beacon', 'nobody'])
      await expect(contribute(tools, first, { participant, signer: signers.get('harbour')!, closesAtBlock: 20 })).rejects.toThrow(
        code('ERR_PROOF_CEREMONY'),
      )
    expect(() => closePhase(tools, first, { blockIndex: 20, blockHash: 'aa'.repeat(32) })).toThrow(code('ERR_PROOF_CEREMONY'))
  })

  test('is closed by the block that was announced alone', () => {
    expect(() => closePhase(tools, steps[1]!, { blockIndex: 21, blockHash: 'aa'.repeat(32) })).toThrow(code('ERR_PROOF_CEREMONY'))
  })

  test('needs participants with different names', () => {
    for (const participants of [[], ['a', 'a'], ['a', 'beacon']])
      expect(() =>
        startCeremony({
          title: 'x',
          domainSize: 8,
          circuits: [circuit],
          participants: participants.map(name => ({ name, publicKey: publicKeyToJwk(signers.get('hill')!.publicKey) })),
        }),
      ).toThrow(code('ERR_PROOF_CEREMONY'))
  })
})

describe('a ceremony is refused', () => {
  const refusals: Readonly<Record<string, (ceremony: Ceremony) => Ceremony>> = {
    'with a step left out': change(1, 0, contributions => contributions.toSpliced(1, 1)),
    'with steps in another order': change(0, 0, contributions => [contributions[1]!, contributions[0]!, ...contributions.slice(2)]),
    'with a signature of somebody else': edit(0, 1, contribution => ({ ...contribution, signature: finishedStep(0, 0).signature! })),
    'with a signature of one bit changed': edit(0, 0, contribution => ({ ...contribution, signature: flipped(contribution.signature!) })),
    'with a signature left out': edit(0, 0, ({ signature: _, ...unsigned }) => unsigned),
    'with a head from another step': edit(0, 1, contribution => ({ ...contribution, heads: finishedStep(0, 0).heads })),
    'with a proof of another secret': edit(0, 0, contribution => ({
      ...contribution,
      proofs: { ...contribution.proofs, tau: contribution.proofs.alpha! },
    })),
    'with a proof of another step': edit(1, 1, contribution => ({ ...contribution, proofs: finishedStep(1, 0).proofs })),
    'with the wrong hash of the points': edit(0, 2, contribution => ({ ...contribution, stateSha256: 'ab'.repeat(32) })),
    'with another block at the end': edit(0, 2, contribution => ({
      ...contribution,
      beacon: { blockIndex: 20, blockHash: 'cc'.repeat(32) },
    })),
    'with a block that was not announced': edit(1, 2, contribution => ({
      ...contribution,
      beacon: { blockIndex: 41, blockHash: 'bb'.repeat(32) },
    })),
    'without the block at the end': edit(0, 2, ({ beacon: _, ...contribution }) => contribution),
    'with another title': withTranscript(transcript => ({ ...transcript, title: 'another' })),
    'with another participant': withTranscript(transcript => ({
      ...transcript,
      participants: transcript.participants.with(0, { name: 'harbour', publicKey: transcript.participants[1]!.publicKey }),
    })),
    'for another circuit': withTranscript(transcript => ({ ...transcript, circuits: [{ name: 'cubic', sha256: 'cd'.repeat(32) }] })),
    'of another size': withTranscript(transcript => ({ ...transcript, domainSize: 16 })),
    'with points of phase 1 swapped': ceremony => withPowers(ceremony, ({ tauG1, ...rest }) => ({ ...rest, tauG1: swapPoints(tauG1, 48) })),
    'with points in G2 swapped': ceremony => withPowers(ceremony, ({ tauG2, ...rest }) => ({ ...rest, tauG2: swapPoints(tauG2, 96) })),
    'with beta in G2 of another': ceremony => withPowers(ceremony, powers => ({ ...powers, betaG2: powers.tauG2.slice(96, 192) })),
    'with points of phase 2 swapped': ceremony => withPhase(ceremony, ({ h, ...rest }) => ({ ...rest, h: swapPoints(h, 48) })),
    'with another delta in G2': ceremony => withPhase(ceremony, phase => ({ ...phase, deltaG2: ceremony.powers.betaG2 })),
    'with a point left out': ceremony => withPhase(ceremony, phase => ({ ...phase, h: phase.h.slice(48) })),
  }
  for (const [title, damage] of Object.entries(refusals)) {
    test(title, async () => {
      await expect(checkCeremony(tools, damage(finished), { findBlockHash })).rejects.toThrow(code('ERR_PROOF_CEREMONY'))
    })
  }

  test('as a transcript that is not of the form', () => {
    const { transcript } = finished
    for (const damaged of [
      '{',
      '[]',
      JSON.stringify({ ...transcript, more: 1 }),
      JSON.stringify({ ...transcript, domainSize: 9 }),
      JSON.stringify({ ...transcript, format: 'hufu-ceremony-2' }),
      JSON.stringify({ ...transcript, participants: [{ name: 'Upper', publicKey: transcript.participants[0]!.publicKey }] }),
      JSON.stringify({ ...transcript, participants: [{ name: 'a', publicKey: { ...transcript.participants[0]!.publicKey, d: 'x' } }] }),
    ])
      expect(() => parseTranscript(damaged)).toThrow(code('ERR_PROOF_CEREMONY'))
  })
})

function begin(): Ceremony {
  const participants = names.map(name => ({ name, publicKey: publicKeyToJwk(signers.get(name)!.publicKey) }))
  return startCeremony({ title: 'test', domainSize: 8, participants, circuits: [circuit], beaconIterationsLog2: 4 })
}

async function next(ceremony: Ceremony): Promise<Ceremony> {
  const turn = turnOf(ceremony.transcript)
  if ('done' in turn) throw new Error('nobody is next')
  const closesAtBlock = turn.phase === 'powers' ? 20 : 40
  if (turn.participant === 'beacon')
    return closePhase(tools, ceremony, { blockIndex: closesAtBlock, blockHash: await findBlockHash(closesAtBlock) })
  return contribute(tools, ceremony, { participant: turn.participant, signer: signers.get(turn.participant)!, closesAtBlock })
}

function finishedStep(phase: number, step: number): Contribution {
  return finished.transcript.phases[phase]!.contributions[step]!
}

function withTranscript(damage: (transcript: Transcript) => Transcript) {
  return (ceremony: Ceremony): Ceremony => ({ ...ceremony, transcript: damage(ceremony.transcript) })
}

function change(phaseIndex: number, _step: number, damage: (contributions: readonly Contribution[]) => readonly Contribution[]) {
  return withTranscript(transcript => {
    const phase = transcript.phases[phaseIndex]!
    return { ...transcript, phases: transcript.phases.with(phaseIndex, { ...phase, contributions: damage(phase.contributions) }) }
  })
}

function edit(phaseIndex: number, step: number, damage: (contribution: Contribution) => Contribution) {
  return change(phaseIndex, step, contributions => contributions.with(step, damage(contributions[step]!)))
}

/** Other points, and the transcript says their hash: only what the points are can give them away. */
function withPowers(ceremony: Ceremony, damage: (powers: Ceremony['powers']) => Ceremony['powers']): Ceremony {
  const powers = damage(ceremony.powers)
  return relabelled({ ...ceremony, powers }, 0, encodePowers(powers))
}

function withPhase(ceremony: Ceremony, damage: (phase: Ceremony['circuits'][string]) => Ceremony['circuits'][string]): Ceremony {
  const cubic = damage(ceremony.circuits.cubic!)
  return relabelled({ ...ceremony, circuits: { cubic } }, 1, encodeCircuitPhase(cubic))
}

function relabelled(ceremony: Ceremony, phaseIndex: number, state: Uint8Array): Ceremony {
  return edit(phaseIndex, 2, contribution => ({ ...contribution, stateSha256: bytesToHex(sha256(state)) }))(ceremony)
}

/** Swaps the third point and the fourth. */
function swapPoints(points: Uint8Array, size: number): Uint8Array {
  const swapped = points.slice()
  swapped.set(points.slice(3 * size, 4 * size), 2 * size)
  swapped.set(points.slice(2 * size, 3 * size), 3 * size)
  return swapped
}

function flipped(signature: string): string {
  const bytes = Uint8Array.from(Buffer.from(signature, 'base64url'))
  bytes[10]! ^= 1
  return bytesToBase64url(bytes)
}

async function proveCubic(key: ProvingKey, x: bigint): Promise<Uint8Array> {
  const { witness, a, b, c } = solveCubic(x)
  const domain = (values: Uint8Array, bound: Uint8Array = new Uint8Array()): Uint8Array => {
    const rows = new Uint8Array(key.domainSize * scalarSize)
    rows.set(values)
    rows.set(bound, cubicCircuit.constraintCount * scalarSize)
    return rows
  }
  const scalars = await createScalarEngine()
  const quotient = scalars.quotient(domain(a, witness.subarray(0, 2 * scalarSize)), domain(b), domain(c), key.domainSize)
  const sums: Record<KeyPart['section'], Uint8Array[]> = { a: [], bG1: [], bG2: [], l: [], h: [] }
  for (const part of divideKey(key, 1)[0]!) {
    const wires = wiresOf(key, part) ?? Uint32Array.from({ length: part.to - part.from }, (_, index) => part.from + index)
    const source = part.section === 'h' ? quotient : witness
    const values = Uint8Array.from([...wires].flatMap(wire => [...source.subarray(wire * scalarSize, (wire + 1) * scalarSize)]))
    const points = tools.engine.load(part.section === 'bG2' ? 'G2' : 'G1', pointsOf(key, part))
    sums[part.section]!.push(tools.engine.msm(points, values))
  }
  return assembleProof(tools.engine, key, sums, { r: 5n, s: 7n })
}
