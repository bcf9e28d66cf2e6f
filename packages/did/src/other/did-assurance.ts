import { DidError } from '../errors.ts'

/** What stands behind a DID's document, from the strongest to the weakest: docs/other-dids.md. The last three are those of packages/chains. */
export type DidAssurance =
  /** The DID is its key: nobody is asked. */
  | { readonly kind: 'selfCertifying' }
  /** A quorum of validators signed a header, and a proof leads from it to the document. */
  | { readonly kind: 'lightClient' }
  /** `k` of `n` nodes say so. */
  | { readonly kind: 'attested'; readonly k: number; readonly n: number }
  /** One server, or one node, says so. */
  | { readonly kind: 'gatewaySigned' }

/** The least that is accepted. */
export type DidAssurancePolicy =
  | { readonly kind: 'lightClient' }
  | { readonly kind: 'attested'; readonly minK: number }
  | { readonly kind: 'gatewaySigned' }

/** Refuses a document that is less well founded than the policy asks for. @throws DidError `ERR_DID_ASSURANCE` */
export function requireDidAssurance(given: DidAssurance, policy: DidAssurancePolicy): void {
  if (!meets(given, policy)) throw new DidError('ERR_DID_ASSURANCE', `expected an assurance of at least ${policy.kind}, got ${given.kind}`)
}

function meets(given: DidAssurance, policy: DidAssurancePolicy): boolean {
  if (given.kind === 'selfCertifying' || given.kind === 'lightClient' || policy.kind === 'gatewaySigned') return true
  return policy.kind === 'attested' && given.kind === 'attested' && policy.minK >= 1 && given.k >= policy.minK
}

/** What an answer that was put together from several is worth: as much as the weakest of them. */
export function weakestOf(assurances: readonly [DidAssurance, ...DidAssurance[]]): DidAssurance {
  const rank = (each: DidAssurance): number => ['gatewaySigned', 'attested', 'lightClient', 'selfCertifying'].indexOf(each.kind)
  return assurances.reduce((weakest, each) => {
    if (weakest.kind === 'attested' && each.kind === 'attested') return each.k < weakest.k ? each : weakest
    return rank(each) < rank(weakest) ? each : weakest
  })
}
