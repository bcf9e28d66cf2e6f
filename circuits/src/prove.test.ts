import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  type CircuitInputs,
  type CircuitName,
  createCurveEngine,
  encodeProvingKey,
  encodeVerifyingKey,
  type KeyPair,
  makeDevelopmentKeys,
  type Prover,
  parseCircuit,
  scalarModulus,
  verifyGroth16Readable,
} from '@hufu/proofs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { circuitFile } from './circuit-files.ts'
import { exampleInputs } from './example-inputs.ts'
import { createNodeProver } from './node-prover.ts'

const engine = await createCurveEngine()
const show = keysOf('show')
const pair = keysOf('pair')
const inputs = exampleInputs('show')
const publicInputs = publicInputsOf(show, inputs)
const blinding = { r: 123_456_789n, s: scalarModulus - 2n }
const code = (expected: string) => expect.objectContaining({ code: expected })
const verify = (proof: Uint8Array, of = publicInputs): void => verifyGroth16Readable(show.keys.verifyingKey, proof, of)

let prover: Prover
beforeAll(() => {
  prover = proverWith(2)
})
afterAll(() => prover.close())

test.each([show, pair])('development keys are the same everywhere', ({ name, keys }) => {
  const committed = JSON.parse(readFileSync(new URL('../development-keys.json', import.meta.url), 'utf8')) as Record<string, object>
  expect(committed[name]).toEqual({
    provingKey: sha256Hex(encodeProvingKey(keys.provingKey)),
    verifyingKey: sha256Hex(encodeVerifyingKey(keys.verifyingKey)),
  })
})

describe('a proof', () => {
  test('holds for its public inputs, and for no others', async () => {
    const proof = await prover.prove('show', inputs)
    verify(proof)
    for (const index of [0, 2, 5, 6, publicInputs.length - 1]) {
      for (const change of [1n, scalarModulus - 1n]) {
        const others = publicInputs.with(index, (publicInputs[index]! + change) % scalarModulus)
        expect(() => verify(proof, others)).toThrow(code('ERR_PROOF_INVALID'))
      }
    }
  })

  test('is another one each time', async () => {
    const [first, second] = [await prover.prove('show', inputs), await prover.prove('show', inputs)]
    verify(second)
    for (const [from, to] of [
      [0, 48],
      [48, 144],
      [144, 192],
    ] as const)
      expect(first.slice(from, to)).not.toEqual(second.slice(from, to))
  })

  test.each([1, 3])('is the same with %d workers, if blinded alike', async workers => {
    const others = proverWith(workers)
    try {
      expect(await others.prove('show', inputs, { blinding })).toEqual(await prover.prove('show', inputs, { blinding }))
    } finally {
      others.close()
    }
  })

  test('of inputs that do not satisfy the circuit is not made, and the next one is', async () => {
    const unsatisfying = { ...inputs, nullifier: [inputs.nullifier![0]! + 1n] }
    await expect(prover.prove('show', unsatisfying)).rejects.toEqual(code('ERR_PROOF_UNSATISFIED'))
    const { secret: _, ...incomplete } = inputs
    await expect(prover.prove('show', incomplete)).rejects.toEqual(code('ERR_PROOF_INPUT'))
    verify(await prover.prove('show', inputs))
  })

  test('that is cancelled leaves the prover usable', async () => {
    const controller = new AbortController()
    const cancelled = prover.prove('show', inputs, { signal: controller.signal, onProgress: () => controller.abort() })
    await expect(cancelled).rejects.toEqual(code('ERR_PROOF_CANCELLED'))
    verify(await prover.prove('show', inputs))
  })
})

describe('a key', () => {
  test("of another circuit is refused, and so is one of the circuit's file as it was", async () => {
    const foreign = proverOf({ circuit: show.file, provingKey: encodeProvingKey(pair.keys.provingKey) })
    await expect(foreign.prepare('show')).rejects.toEqual(code('ERR_PROOF_KEY'))
    foreign.close()
    const before = encodeProvingKey({ ...show.keys.provingKey, circuitHash: new Uint8Array(32) })
    const outdated = proverOf({ circuit: show.file, provingKey: before })
    await expect(outdated.prepare('show')).rejects.toEqual(code('ERR_PROOF_KEY'))
    outdated.close()
  })

  test('with one point exchanged gives proofs that nobody takes', async () => {
    const { provingKey } = show.keys
    const points = provingKey.l.points.slice()
    points.set(provingKey.l.points.subarray(48, 96), 0)
    const damaged = proverOf({ circuit: show.file, provingKey: encodeProvingKey({ ...provingKey, l: { ...provingKey.l, points } }) })
    const proof = await damaged.prove('show', inputs)
    damaged.close()
    expect(() => verify(proof)).toThrow(code('ERR_PROOF_INVALID'))
  })
})

interface CircuitWithKeys {
  readonly name: CircuitName
  readonly file: Uint8Array
  readonly keys: KeyPair
}

function keysOf(name: CircuitName): CircuitWithKeys {
  const file = readFileSync(circuitFile(name))
  return { name, file, keys: makeDevelopmentKeys(engine, parseCircuit(file), file) }
}

function proverWith(workers: number): Prover {
  const provingKey = encodeProvingKey(show.keys.provingKey)
  return createNodeProver({ workers, files: async () => ({ circuit: show.file, provingKey }) })
}

function proverOf(files: { readonly circuit: Uint8Array; readonly provingKey: Uint8Array }): Prover {
  return createNodeProver({ workers: 1, files: async () => files })
}

function publicInputsOf({ file }: CircuitWithKeys, of: CircuitInputs): readonly bigint[] {
  const circuit = parseCircuit(file)
  return circuit.inputs.filter(({ firstWire }) => firstWire <= circuit.publicCount).flatMap(({ name }) => of[name]!)
}

function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
