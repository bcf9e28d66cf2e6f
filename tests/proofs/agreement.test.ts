import { readFileSync } from 'node:fs'
import { proofs } from '@hufu/bindings'
import { developmentVerifyingKeyFile } from '@hufu/circuits'
import { concatBytes, errorCode } from '@hufu/primitives'
import { circuitNames, createVerifier, encodePublicInputs, type ProofVerifier, parseVerifyingKey } from '@hufu/proofs'
import { NativeVerifier } from '@hufu/service'
import { startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CircuitClaim, claimMutations } from './claim-mutations.ts'
import { makeExampleClaims } from './example-claims.ts'
import { spoiledKeys } from './key-mutations.ts'
import { loadRawKeys } from './load-raw-keys.ts'
import { type Outcome, outcomeOf, outcomeOfRead } from './outcome.ts'
import { type SeededRandom, seededRandom } from './seeded-random.ts'

const cases = Number(process.env.CASES ?? 300)
/** Claims that are given to all verifiers at a time. */
const atOnce = 64

let network: TestNetwork
let contract: ReturnType<typeof proofs>
let wasm: ProofVerifier
let native: NativeVerifier
let good: readonly CircuitClaim[]

beforeAll(async () => {
  const claims = await makeExampleClaims(3)
  good = circuitNames.flatMap(circuit => claims[circuit].map(claim => ({ ...claim, circuit })))
  wasm = await createVerifier()
  native = new NativeVerifier()
  network = await startTestNetwork({ validators: 1 })
  contract = proofs(network.descriptor.contracts.proofs.hash)
  for (const circuitId of circuitNames) {
    const key = new Uint8Array(readFileSync(developmentVerifyingKeyFile(circuitId)))
    const call = contract.setVerifyingKey({ circuitId, version: 1n, key })
    await (await network.founding.submit([call], { account: network.committee, idempotencyKey: `key ${circuitId}` })).inBlock()
  }
})

afterAll(async () => {
  await native?.close()
  await network?.stop()
})

test(`three verifiers say the same of ${cases} claims, and accept none that was damaged`, async () => {
  const random = seededRandom('agreement')
  const outcomes = new Map<string, number>()
  for (let done = 0; done < cases; done += atOnce) {
    const batch = Array.from({ length: Math.min(atOnce, cases - done) }, (_, index) => mutated(done + index, random))
    const claims = batch.map(({ claim }) => claim)
    const [fromNative, fromContract] = await Promise.all([outcomesOfNative(claims), Promise.all(claims.map(outcomeOfContract))])
    const fromBatch = wasm.verifyBatch(claims).map(answer => outcomeOf(answer?.code))
    for (const [index, { claim, title, accepted }] of batch.entries()) {
      const expected = outcomeOfWasm(claim)
      const found = { wasmBatch: fromBatch[index], native: fromNative[index], contract: fromContract[index] }
      expect({ title, ...found }).toEqual({ title, wasmBatch: expected, native: expected, contract: expected })
      expect({ title, accepted: expected === 'accepted' }).toEqual({ title, accepted })
      outcomes.set(expected, (outcomes.get(expected) ?? 0) + 1)
    }
    await expectContractBatchesToAgree(claims, fromContract)
  }
  expect([...outcomes.keys()].toSorted()).toEqual(['accepted', 'ill-formed', 'inputs', 'invalid', 'scalar'])
}, 7_200_000)

test('every mutation of a proof of every circuit, one by one', async () => {
  const random = seededRandom('one by one')
  for (const [index, claim] of good.filter((_, index) => index % 3 === 0).entries()) {
    for (const mutation of claimMutations) {
      const changed = mutation.mutate(claim, random, goodBeside(claim))
      const expected = outcomeOfWasm(changed)
      const found = [await outcomeOfNative(changed), await outcomeOfContract(changed)]
      expect([mutation.name, index, ...found]).toEqual([mutation.name, index, expected, expected])
      expect([mutation.name, expected === 'accepted']).toEqual([mutation.name, mutation.accepted ?? false])
    }
  }
}, 600_000)

test('all three refuse the same keys', async () => {
  for (const circuitId of circuitNames) {
    const file = new Uint8Array(readFileSync(developmentVerifyingKeyFile(circuitId)))
    const spoiled = spoiledKeys(file, circuitId.length)
    const fromNative = loadRawKeys([file, ...spoiled.map(([, bytes]) => bytes)])
    expect(fromNative).toEqual([0, ...spoiled.map(() => 6)])
    for (const [name, key] of spoiled) {
      expect([name, codeOf(() => parseVerifyingKey(key))]).toEqual([name, 'ERR_PROOF_KEY'])
      const call = contract.setVerifyingKey({ circuitId, version: 2n, key })
      const dryRun = network.founding.estimateSystemFee([call], { account: network.committee })
      await expect(dryRun, name).rejects.toMatchObject({ code: 'ERR_LEDGER_DRY_RUN_FAULT' })
    }
    await network.founding.estimateSystemFee([contract.setVerifyingKey({ circuitId, version: 2n, key: file })], {
      account: network.committee,
    })
  }
}, 300_000)

function codeOf(attempt: () => unknown): string | undefined {
  try {
    attempt()
    return undefined
  } catch (error) {
    return errorCode(error)
  }
}

function mutated(index: number, random: SeededRandom) {
  const mutation = claimMutations[index % claimMutations.length]!
  const claim = random.pick(good)
  return {
    title: `case ${index}: ${claim.circuit}, ${mutation.name}`,
    claim: mutation.mutate(claim, random, goodBeside(claim)),
    accepted: mutation.accepted ?? false,
  }
}

function goodBeside({ circuit }: CircuitClaim) {
  return { same: good.filter(other => other.circuit === circuit), others: good.filter(other => other.circuit !== circuit) }
}

function outcomeOfWasm({ key, proof, publicInputs }: CircuitClaim): Outcome {
  try {
    wasm.verify(key, proof, publicInputs)
    return 'accepted'
  } catch (error) {
    return outcomeOf(errorCode(error) ?? String(error))
  }
}

async function outcomesOfNative(claims: readonly CircuitClaim[]): Promise<readonly Outcome[]> {
  return (await native.verifyBatch(claims)).map(answer => outcomeOf(answer?.code))
}

async function outcomeOfNative(claim: CircuitClaim): Promise<Outcome> {
  return (await outcomesOfNative([claim]))[0]!
}

function outcomeOfContract({ circuit, proof, publicInputs }: CircuitClaim): Promise<Outcome> {
  return outcomeOfRead(
    network.ledger,
    contract.verify({ circuitId: circuit, version: 0n, proof, publicInputs: encodePublicInputs(publicInputs) }),
  )
}

/** The contract's batch holds exactly if each of its claims does. */
async function expectContractBatchesToAgree(claims: readonly CircuitClaim[], outcomes: readonly Outcome[]): Promise<void> {
  for (const circuitId of circuitNames) {
    const batch = [...claims.entries()]
      .filter(([index, { circuit }]) => circuit === circuitId && ['accepted', 'invalid'].includes(outcomes[index]!))
      .slice(0, 4)
    if (batch.length < 2) continue
    const call = contract.verifyBatch({
      circuitId,
      version: 0n,
      proofs: concatBytes(...batch.map(([, { proof }]) => proof)),
      publicInputs: concatBytes(...batch.map(([, { publicInputs }]) => encodePublicInputs(publicInputs))),
    })
    const expected = batch.every(([index]) => outcomes[index] === 'accepted') ? 'accepted' : 'invalid'
    expect(await outcomeOfRead(network.ledger, call)).toBe(expected)
  }
}
