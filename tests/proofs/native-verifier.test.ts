import { execFileSync } from 'node:child_process'
import type { ProofClaim, ProofError } from '@hufu/proofs'
import { NativeVerifier } from '@hufu/service'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeExampleClaims } from './example-claims.ts'

let claims: Awaited<ReturnType<typeof makeExampleClaims>>
let verifier: NativeVerifier

beforeAll(async () => {
  claims = await makeExampleClaims(2)
  verifier = new NativeVerifier()
})

afterAll(() => verifier.close())

function refusal(code: string): Partial<ProofError> {
  return expect.objectContaining({ code })
}

function verifyOne(claim: ProofClaim): Promise<void> {
  return verifier.verify(claim.key, claim.proof, claim.publicInputs)
}

describe('the native verifier', () => {
  test('accepts proofs of every circuit, and refuses them for anything else', async () => {
    for (const [claim] of Object.values(claims)) {
      await verifyOne(claim!)
      for (const index of [0, 1]) {
        const publicInputs = claim!.publicInputs.with(index, claim!.publicInputs[index]! + 1n)
        await expect(verifyOne({ ...claim!, publicInputs })).rejects.toEqual(refusal('ERR_PROOF_INVALID'))
      }
      await expect(verifyOne({ ...claim!, publicInputs: [...claim!.publicInputs, 0n] })).rejects.toEqual(refusal('ERR_PROOF_INPUT'))
      await expect(verifyOne({ ...claim!, proof: claim!.proof.subarray(1) })).rejects.toEqual(refusal('ERR_PROOF_ENCODING'))
    }
  })

  test('refuses public inputs that cannot be written down, and keys that are none', async () => {
    const claim = claims.pair[0]!
    for (const wrong of [-1n, 1n << 256n, (1n << 256n) + claim.publicInputs[0]!]) {
      await expect(verifyOne({ ...claim, publicInputs: claim.publicInputs.with(0, wrong) })).rejects.toEqual(refusal('ERR_PROOF_SCALAR'))
      await expect(verifyOne({ ...claim, publicInputs: [wrong] })).rejects.toEqual(refusal('ERR_PROOF_INPUT'))
    }
    const degenerate = { ...claim.key, delta: claim.key.gamma }
    await expect(verifyOne({ ...claim, key: degenerate })).rejects.toEqual(refusal('ERR_PROOF_KEY'))
    // A point outside its group: only the program finds it.
    const outside = { ...claim.key, alpha: { x: 0n, y: 2n } }
    await expect(verifyOne({ ...claim, key: outside })).rejects.toEqual(refusal('ERR_PROOF_KEY'))
    await verifyOne(claim)
  })

  test('names every bad claim of a batch over several keys', async () => {
    const good = [...claims.prepare, ...claims.show, ...claims.pair]
    const bad = good.map((claim, index) => (index % 2 === 0 ? claim : { ...claim, proof: good[(index + 2) % good.length]!.proof }))
    const answers = await verifier.verifyBatch(bad)
    expect(answers.map(answer => answer?.code)).toEqual(bad.map((_, index) => (index % 2 === 0 ? undefined : 'ERR_PROOF_INVALID')))
    expect(await verifier.verifyBatch([])).toEqual([])
  })

  test('is verified with more keys than stay loaded', async () => {
    const claim = claims.pair[0]!
    const copies = Array.from({ length: 40 }, () => ({ ...claim, key: { ...claim.key } }))
    for (let round = 0; round < 2; round++) for (const copy of copies) await verifyOne(copy)
    expect(await verifier.verifyBatch(copies.slice(0, 10))).toEqual(copies.slice(0, 10).map(() => null))
  })

  test('takes no more claims than it is told to, and goes on after that', async () => {
    const small = new NativeVerifier({ maxWaiting: 3 })
    const claim = claims.prepare[0]!
    const one = () => small.verify(claim.key, claim.proof, claim.publicInputs)
    await expect(small.verifyBatch([claim, claim, claim, claim])).rejects.toEqual(refusal('ERR_PROOF_LIMIT'))
    const [first, ...others] = [one(), one(), one(), one()]
    await expect(one()).rejects.toEqual(refusal('ERR_PROOF_LIMIT'))
    await Promise.all([first, ...others])
    await one()
    await small.close()
    await expect(one()).rejects.toEqual(refusal('ERR_PROOF_WORKER'))
  })

  test('starts again when its process was killed, and answers all the same', async () => {
    for (const signal of ['-KILL', '-TERM']) {
      const pending = verifier.verifyBatch(Array.from({ length: 200 }, () => claims.show[0]!))
      for (const pid of childrenCalled('verifier')) execFileSync('kill', [signal, pid])
      expect((await pending).every(answer => answer === null)).toBe(true)
      await verifyOne(claims.show[1]!)
    }
  })

  test('says that it does not work where there is no program', async () => {
    const missing = new NativeVerifier({ file: '/nowhere/verifier' })
    const claim = claims.pair[0]!
    await expect(missing.verify(claim.key, claim.proof, claim.publicInputs)).rejects.toEqual(refusal('ERR_PROOF_WORKER'))
    await missing.close()
  })
})

/** Processes of this one that run a program of this name. */
function childrenCalled(name: string): readonly string[] {
  const found = execFileSync('ps', ['--ppid', String(process.pid), '-o', 'pid=,comm='], { encoding: 'utf8' })
  return found
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .filter(([, command]) => command === name)
    .map(([pid]) => pid!)
}
