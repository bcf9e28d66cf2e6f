import { readFileSync } from 'node:fs'
import { proofs } from '@hufu/bindings'
import { circuitFile, developmentVerifyingKeyFile } from '@hufu/circuits'
import { concatBytes, errorCode } from '@hufu/primitives'
import {
  type CircuitName,
  createCurveEngine,
  createVerifier,
  encodePublicInputs,
  encodeVerifyingKey,
  MemoryReplayStore,
  makeDevelopmentKeys,
  type ProofToCheck,
  type ProofVerifier,
  parseCircuit,
  parseVerifyingKey,
  readAttributeLayout,
  type Statement,
  scalarModulus,
  type VerifyingKey,
  verifyPresentation,
} from '@hufu/proofs'
import { NativeVerifier } from '@hufu/service'
import { FixedClock, startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenPage, openPage } from '../browser/open-page.ts'
import type { SentClaim } from '../browser/verifier-page/main.ts'
import { type CircuitClaim, withDamage, withFlippedBit } from './claim-mutations.ts'
import { type Outcome, outcomeOf, outcomeOfRead } from './outcome.ts'
import { presentOnce } from './present-once.ts'
import { seededRandom } from './seeded-random.ts'

/** A key as it stands on the ledger. */
interface PlacedKey {
  readonly circuit: CircuitName
  readonly version: bigint
  readonly file: Uint8Array
  readonly key: VerifyingKey
}

/** A claim, and the key that it is to be verified with. */
type PlacedClaim = Omit<CircuitClaim, 'key'> & { readonly placed: PlacedKey }

/** The four ways to verify. */
interface Verdicts {
  readonly browser: Outcome
  readonly browserBatch: Outcome
  readonly server: Outcome
  readonly native: Outcome
  readonly contract: Outcome
}

const verifier = 'did:neo:test:NbTiM6h8r99kpRtb428XcsUk1TzKed2gTc'
const issuer = 'did:neo:test:NXV7ZhHiyM1aHXwpVsRZC6BwNFP2jghXAq'
const typeId = 'urn:hufu:resident'
const clock = new FixedClock()
const today = '2026-01-01'
const layout = readAttributeLayout({
  type: 'object',
  properties: {
    birth_date: { title: 'x', type: 'string', format: 'date', 'x-slot': 0, 'x-encoding': 'days' },
    city_code: { title: 'x', type: 'string', 'x-slot': 1, 'x-encoding': 'number' },
  },
})
const statement: Statement = {
  credentialType: typeId,
  where: [
    { claim: 'birth_date', ageAtLeast: 18 },
    { claim: 'city_code', in: ['990100', '990200'] },
  ],
  pseudonym: { purpose: 'open-account' },
  maxRootAgeSeconds: 600,
}

let opened: OpenPage
let network: TestNetwork
let contract: ReturnType<typeof proofs>
let server: ProofVerifier
let native: NativeVerifier
/** The development keys, then another one of the circuit SHOW. */
let keys: readonly PlacedKey[]
let presented: { readonly prepare: PlacedClaim; readonly show: PlacedClaim }

beforeAll(async () => {
  network = await startTestNetwork({ validators: 1 })
  contract = proofs(network.descriptor.contracts.proofs.hash)
  opened = await openPage(new URL('../browser/verifier-page/', import.meta.url), 'verifierPage')
  server = await createVerifier()
  native = new NativeVerifier()
  keys = [placedKey('prepare'), placedKey('show'), placedKey('pair'), await anotherKeyOfShow()]
  for (const { circuit, version, file } of keys) {
    const call = contract.setVerifyingKey({ circuitId: circuit, version, key: file })
    const idempotencyKey = `key ${circuit} ${version}`
    await (await network.founding.submit([call], { account: network.committee, idempotencyKey })).inBlock()
  }
  presented = await checkedOnce()
})

afterAll(async () => {
  await native?.close()
  await opened?.close()
  await network?.stop()
})

describe('the proofs of one presentation', () => {
  test('are accepted by the browser, by the server in both ways, and by the contract', async () => {
    expect(await verdicts(Object.values(presented))).toEqual([all('accepted'), all('accepted')])
  })

  test('have twenty damaged neighbours, and each is refused by all of them for the same', async () => {
    const damaged = neighbours(presented)
    expect(damaged).toHaveLength(20)
    const found = await verdicts(damaged.map(([, , claim]) => claim))
    expect(damaged.map(([name], index) => [name, found[index]])).toEqual(damaged.map(([name, outcome]) => [name, all(outcome)]))
  })
})

function all(outcome: Outcome): Verdicts {
  return { browser: outcome, browserBatch: outcome, server: outcome, native: outcome, contract: outcome }
}

/** Each differs in one thing from a proof that is accepted. */
function neighbours({ prepare, show }: typeof presented): readonly (readonly [name: string, outcome: Outcome, claim: PlacedClaim])[] {
  const random = seededRandom('neighbours')
  const damaged = (change: (claim: CircuitClaim) => CircuitClaim): PlacedClaim => ({
    ...show,
    proof: change({ ...show, key: show.placed.key }).proof,
  })
  const input = (index: number, by = 1n, claim = show): PlacedClaim => ({
    ...claim,
    publicInputs: claim.publicInputs.with(index, claim.publicInputs[index]! + by),
  })
  const [a, b, c] = [show.proof.slice(0, 48), show.proof.slice(48, 144), show.proof.slice(144)]
  return [
    ['a bit of A', 'ill-formed', damaged(claim => withFlippedBit(claim, 'a', random))],
    ['a bit of B', 'ill-formed', damaged(claim => withFlippedBit(claim, 'b', random))],
    ['a bit of C', 'ill-formed', damaged(claim => withFlippedBit(claim, 'c', random))],
    ['A off the curve', 'ill-formed', damaged(claim => withDamage(claim, 'a', 'off the curve', random))],
    ['B outside its group', 'ill-formed', damaged(claim => withDamage(claim, 'b', 'outside its group', random))],
    ['C at infinity', 'ill-formed', damaged(claim => withDamage(claim, 'c', 'infinity', random))],
    ['C with x beyond the modulus', 'ill-formed', damaged(claim => withDamage(claim, 'c', 'x beyond the modulus', random))],
    ['A and C swapped', 'invalid', { ...show, proof: concatBytes(c, b, a) }],
    ['a byte less', 'ill-formed', { ...show, proof: show.proof.slice(0, -1) }],
    ['a byte more', 'ill-formed', { ...show, proof: concatBytes(show.proof, Uint8Array.of(0)) }],
    ['another commitment', 'invalid', input(0)],
    ['another meta', 'invalid', input(1)],
    ['tomorrow', 'invalid', input(2)],
    ['another scope', 'invalid', input(3)],
    ['another nullifier', 'invalid', input(4)],
    ['another context', 'invalid', input(5)],
    ['another root set', 'invalid', input(0, 1n, prepare)],
    ['an input that stands for the same', 'scalar', input(2, scalarModulus)],
    ["another circuit's key", 'inputs', { ...show, circuit: 'prepare', placed: keys[0]! }],
    ['another development key', 'invalid', { ...show, placed: keys[3]! }],
  ]
}

async function verdicts(claims: readonly PlacedClaim[]): Promise<readonly Verdicts[]> {
  const files = keys.map(({ file }) => [...file])
  const sent = claims.map(
    ({ placed, proof, publicInputs }): SentClaim => ({
      key: keys.indexOf(placed),
      proof: [...proof],
      publicInputs: publicInputs.map(String),
    }),
  )
  const browser = await opened.page.evaluate(([all, some]) => window.verifierPage.verify(all, some), [files, sent] as const)
  const browserBatch = await opened.page.evaluate(([all, some]) => window.verifierPage.verifyBatch(all, some), [files, sent] as const)
  const fromNative = await native.verifyBatch(claims.map(({ placed, ...claim }) => ({ ...claim, key: placed.key })))
  return Promise.all(
    claims.map(async (claim, index) => ({
      browser: outcomeOf(browser[index] ?? undefined),
      browserBatch: outcomeOf(browserBatch[index] ?? undefined),
      server: outcomeOfServer(claim),
      native: outcomeOf(fromNative[index]?.code),
      contract: await outcomeOfContract(claim),
    })),
  )
}

function outcomeOfServer({ placed, proof, publicInputs }: PlacedClaim): Outcome {
  try {
    server.verify(placed.key, proof, publicInputs)
    return 'accepted'
  } catch (error) {
    return outcomeOf(errorCode(error) ?? String(error))
  }
}

function outcomeOfContract({ placed, proof, publicInputs }: PlacedClaim): Promise<Outcome> {
  const { circuit, version } = placed
  const call = contract.verify({ circuitId: circuit, version, proof, publicInputs: encodePublicInputs(publicInputs) })
  return outcomeOfRead(network.ledger, call)
}

function placedKey(circuit: CircuitName): PlacedKey {
  const file = new Uint8Array(readFileSync(developmentVerifyingKeyFile(circuit)))
  return { circuit, version: 1n, file, key: parseVerifyingKey(file) }
}

/** Secrets of development keys follow from the circuit's name. */
async function anotherKeyOfShow(): Promise<PlacedKey> {
  const file = new Uint8Array(readFileSync(circuitFile('show')))
  const { verifyingKey } = makeDevelopmentKeys(await createCurveEngine(), { ...parseCircuit(file), name: 'another' }, file)
  const key = { ...verifyingKey, circuit: 'show' }
  return { circuit: 'show', version: 2n, file: encodeVerifyingKey(key), key }
}

/** A wallet proves, a verifier accepts; what it gave the proofs to be verified is what all others get, too. */
async function checkedOnce(): Promise<typeof presented> {
  const challenge = { verifier, nonce: 'nonce' }
  const claims = { birth_date: '1990-02-28', city_code: '990100' }
  const { text, published } = await presentOnce({ statement, layout, issuer, claims, challenge, today })
  const checked: ProofToCheck[] = []
  await verifyPresentation(text, {
    challenge,
    ask: { statement, layout },
    findRoots: async () => ({ roots: published.roots, takenAtMs: clock.nowMs(), evidence: {} }),
    checkProofs: async all => {
      checked.push(...all)
      return all.map(() => undefined)
    },
    replay: new MemoryReplayStore(() => clock.nowMs()),
    clock,
  })
  const [prepare, show] = checked.map(claim => ({ ...claim, placed: keys.find(({ circuit }) => circuit === claim.circuit)! }))
  return { prepare: prepare!, show: show! }
}
