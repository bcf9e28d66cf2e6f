import { readFile } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import { canonicalJson } from '@hufu/primitives'
import { afterAll, expect, test } from 'vitest'
import { type CircuitName, circuitNames } from '../circuit/circuit-names.ts'
import { createVerifier } from '../groth16/create-verifier.ts'
import { parseVerifyingKey, type VerifyingKey } from '../groth16/verifying-key.ts'
import { Prover } from '../prover/prover.ts'
import type { WorkerLike } from '../prover/worker-calls.ts'
import { createProofChecker } from './check-proofs.ts'
import { presentCredential } from './present-credential.ts'
import { adultInCity, compiled, newSecret, policyOf, statementOf, verifier, World } from './presentation-fixture.ts'
import { verifyPresentation } from './verify-presentation.ts'

/** The circuits' workspace, which builds on this package. */
const circuits = new URL('../../../../circuits/', import.meta.url)

async function read(path: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(new URL(path, circuits)))
}

function startWorker(): WorkerLike {
  const worker = new Worker(new URL('src/prover-worker.ts', circuits))
  worker.unref()
  return {
    postMessage: message => worker.postMessage(message),
    addEventListener(type: 'message' | 'error', listener: (event: { readonly data: unknown }) => void) {
      if (type === 'message') worker.on('message', data => listener({ data }))
      else for (const end of ['error', 'exit'] as const) worker.on(end, cause => listener(cause))
    },
    terminate: () => void worker.terminate(),
  }
}

const prover = new Prover({
  createWorker: startWorker,
  files: async name => ({ circuit: await read(`compiled/${name}.circuit`), provingKey: await read(`development-keys/${name}.key`) }),
})
afterAll(() => prover.close())

test('a presentation with real proofs is accepted, and refused with any of it changed', { timeout: 120_000 }, async () => {
  const keys = Object.fromEntries(
    await Promise.all(circuitNames.map(async name => [name, parseVerifyingKey(await read(`development-keys/${name}.verifying-key`))])),
  ) as Record<CircuitName, VerifyingKey>
  const checkProofs = createProofChecker(await createVerifier(), keys)
  const world = new World()
  const secret = newSecret()
  const { credential } = world.issue(secret, { name: '张伟', birth_date: '1990-02-28', city_code: '990100' }, { issuer: 1 })
  const statement = statementOf([...adultInCity, { claim: 'name', disclose: true }], { pseudonym: { purpose: 'account' } })
  const asked = compiled(statement)
  const prepared = await world.prepare({ secret, credential }, asked, prover)
  const text = await presentCredential({
    prover,
    secret,
    challenge: { verifier, nonce: 'n' },
    show: { credential, prepared, statement: asked },
  })

  const policy = () => policyOf(world, 'n', statement, { checkProofs })
  const verified = await verifyPresentation(text, policy())
  expect(verified.disclosed).toEqual({ name: '张伟' })
  expect(verified.pseudonym).toHaveLength(43)

  const json = JSON.parse(text)
  const [shown] = json.credentials
  const outcomes = await Promise.allSettled(
    [
      { ...shown, disclosed: { name: '张玮' } },
      { ...shown, prepare: shown.show },
      { ...shown, show: shown.prepare },
      { ...shown, nullifier: shown.commitment },
      { ...shown, commitment: shown.nullifier },
      shown,
    ].map(changed => verifyPresentation(canonicalJson({ ...json, credentials: [changed] }), policy())),
  )
  expect(outcomes.map(outcome => (outcome.status === 'rejected' ? outcome.reason.code : 'accepted'))).toEqual([
    ...new Array(5).fill('ERR_PROOF_INVALID'),
    'accepted',
  ])
})
