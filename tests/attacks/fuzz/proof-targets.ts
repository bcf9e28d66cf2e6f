import type { SeededRandom } from '@hufu/network'
import { canonicalJson, PlatformError } from '@hufu/primitives'
import { circuitNames, createVerifier, parsePresentation, verifyPresentation } from '@hufu/proofs'
import { NativeVerifier } from '@hufu/service'
import type { CircuitClaim } from '../../proofs/claim-mutations.ts'
import { makeExampleClaims } from '../../proofs/example-claims.ts'
import { outcomeOf } from '../../proofs/outcome.ts'
import { seededRandom } from '../../proofs/seeded-random.ts'
import { codeOf } from '../code-of.ts'
import { type FuzzTarget, meaningOf } from './fuzz-target.ts'
import { mutateJson, mutateText } from './mutate.ts'
import { proofMutations } from './proof-claims.ts'
import { forgetful, type showCredential } from './shown-credential.ts'

/** Claims whose verdicts are asked for at the same time: the batch that is looked at together. */
const atOnce = 64

interface TriedClaim {
  readonly claim: CircuitClaim
  readonly mutation: string
  /** True for other proofs of the same. */
  readonly isValid: boolean
  /** Whether it is looked at in a batch, too: finding the bad ones among many takes longer than looking at each. */
  readonly isInBatch: boolean
}

/**
 * Proofs with one thing damaged, to two programs: ours, one by one and as a batch, and gnark as a process of its own. All must say the same. The contract says
 * it, too: `tests/proofs/agreement.test.ts` gives it a sample.
 */
export async function proofTarget(): Promise<FuzzTarget> {
  const claims = await makeExampleClaims(2)
  const good = circuitNames.flatMap(circuit => claims[circuit].map(claim => ({ ...claim, circuit })))
  const [wasm, native] = [await createVerifier(), new NativeVerifier()]
  const inBatch = batched<CircuitClaim, string | undefined>(all => wasm.verifyBatch(all).map(refusal => refusal?.code))
  return {
    name: 'proof',
    weight: 1,
    codes: ['ERR_PROOF_'],
    atOnce,
    sameIf: 'it is another proof of the same statement, as anybody can make of one (see the test of what that buys)',
    originals: good.map(claim => ({ claim, mutation: 'nothing', isValid: true, isInBatch: true }) satisfies TriedClaim),
    make: random => {
      const mutation = random.pick(proofMutations)
      const claim = random.pick(good)
      const beside = {
        same: good.filter(({ circuit }) => circuit === claim.circuit),
        others: good.filter(({ circuit }) => circuit !== claim.circuit),
      }
      const chance = seededRandom(`${random.below(2 ** 32)}`)
      return {
        claim: mutation.mutate(claim, chance, beside),
        mutation: mutation.name,
        isValid: mutation.accepted ?? false,
        isInBatch: random.below(4) === 0,
      } satisfies TriedClaim
    },
    take: async input => {
      const { claim, isValid, isInBatch } = input as TriedClaim
      const alone = codeOf(() => wasm.verify(claim.key, claim.proof, claim.publicInputs))
      const [together, [other]] = await Promise.all([isInBatch ? inBatch(claim) : alone, native.verifyBatch([claim])])
      const verdicts = [alone, together, other?.code].map(code => outcomeOf(code))
      if (new Set(verdicts).size > 1) throw new Error(`verifiers disagree: ${verdicts.join(', ')}`)
      if (alone === undefined) return isValid
      if (isValid) throw new Error('a proof of the same is refused')
      throw new Refusal(alone, 'refused by all verifiers')
    },
    close: () => native.close(),
  }
}

class Refusal extends PlatformError {}

/** Calls that come in the same turn are answered together. */
function batched<Input, Output>(answerAll: (inputs: readonly Input[]) => readonly Output[]): (input: Input) => Promise<Output> {
  let waiting: { readonly inputs: Input[]; readonly outputs: Promise<readonly Output[]> } | undefined
  return async input => {
    if (waiting === undefined) {
      const inputs: Input[] = []
      const outputs = new Promise<void>(resolve => setImmediate(resolve)).then(() => {
        waiting = undefined
        return answerAll(inputs)
      })
      waiting = { inputs, outputs }
    }
    const index = waiting.inputs.push(input) - 1
    return (await waiting.outputs)[index]!
  }
}

/** Presentations: their text, whatever stands in it, and what verifiers ask. */
export function presentationTarget({ text, policyOf }: Awaited<ReturnType<typeof showCredential>>): FuzzTarget {
  const json = JSON.parse(text) as { readonly credentials: readonly Readonly<Record<string, unknown>>[] }
  const policy = policyOf({ replay: forgetful })
  const verify = async (input: unknown) => {
    const { receipt: _, ...verified } = await verifyPresentation(input as string, policy)
    return meaningOf(verified)
  }
  let original: Promise<string> | undefined
  return {
    name: 'zero-knowledge presentation',
    weight: 1.5,
    codes: ['ERR_PROOF_'],
    sameIf: 'just the same is disclosed, under the same name',
    originals: [text],
    atOnce: 16,
    make: random => {
      switch (random.below(4)) {
        case 0:
          return mutateText(text, random)
        case 1:
          return canonicalOr(exchanged(json, random))
        default:
          return canonicalOr(mutateJson(json, random))
      }
    },
    take: async input => {
      original ??= verify(text)
      const verified = await verify(input)
      return verified === (await original) && canonicalJson(JSON.parse(input as string)) === input && parsePresentation(input).nonce !== ''
    },
  }
}

/** One value of a credential in the place of another. */
function exchanged(json: { readonly credentials: readonly Readonly<Record<string, unknown>>[] }, random: SeededRandom): unknown {
  const [credential = {}] = json.credentials
  const [one, other] = [random.pick(Object.keys(credential)), random.pick(Object.keys(credential))]
  return { ...json, credentials: [{ ...credential, [one]: credential[other], [other]: credential[one] }] }
}

function canonicalOr(value: unknown): string {
  try {
    return canonicalJson(value as never)
  } catch {
    return JSON.stringify(value) ?? ''
  }
}
