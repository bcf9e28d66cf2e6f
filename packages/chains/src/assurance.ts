import { ChainError } from './errors.ts'

/** What stands behind an answer of another chain, from the strongest to the weakest: docs/gateways.md. */
export type Assurance =
  /** A quorum of the chain's validators signed a header, and a proof leads from it to the answer. */
  | { readonly kind: 'lightClient' }
  /** So many pinned organisations of a permissioned chain each ran the question and signed the answer. */
  | { readonly kind: 'endorsementProof'; readonly endorsers: readonly string[] }
  /** `k` of `n` attesters say so, none of whom need be of the chain. */
  | { readonly kind: 'attested'; readonly k: number; readonly n: number }
  /** One gateway, or one node, says so. */
  | { readonly kind: 'gatewaySigned' }

/** The least that is accepted. */
export type AssurancePolicy =
  | { readonly kind: 'lightClient' }
  /** Of how many different organisations, at least; also satisfied by a light client. */
  | { readonly kind: 'endorsementProof'; readonly minEndorsers: number }
  /** Also satisfied by as many endorsers as attesters are asked for: they are of the chain itself. */
  | { readonly kind: 'attested'; readonly minK: number }
  | { readonly kind: 'gatewaySigned' }

/** Whether an answer is as well founded as the policy asks for. */
export function meetsAssurance(given: Assurance, policy: AssurancePolicy): boolean {
  switch (policy.kind) {
    case 'lightClient':
      return given.kind === 'lightClient'
    case 'endorsementProof':
      return given.kind === 'lightClient' || hasEndorsers(given, policy.minEndorsers)
    case 'attested':
      return (
        given.kind === 'lightClient' ||
        hasEndorsers(given, policy.minK) ||
        (given.kind === 'attested' && isPossible(given) && given.k >= policy.minK && policy.minK >= 1)
      )
    case 'gatewaySigned':
      return given.kind !== 'attested' || isPossible(given)
  }
}

/** Refuses what is less well founded than the policy asks for. @throws ChainError `ERR_CHAIN_ASSURANCE` */
export function requireAssurance(given: Assurance, policy: AssurancePolicy): void {
  if (!meetsAssurance(given, policy))
    throw new ChainError('ERR_CHAIN_ASSURANCE', `expected an assurance of at least ${policy.kind}, got ${given.kind}`)
}

/** One that is named twice counts once; a policy that asks for nobody is satisfied by nobody. */
function hasEndorsers(given: Assurance, least: number): boolean {
  return given.kind === 'endorsementProof' && least >= 1 && new Set(given.endorsers).size >= least
}

function isPossible({ k, n }: { readonly k: number; readonly n: number }): boolean {
  return Number.isInteger(k) && Number.isInteger(n) && k >= 1 && k <= n
}
