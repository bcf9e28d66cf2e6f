import {
  BitstringStatusLists,
  resolveByMethod,
  resolveDidKey,
  TokenStatusLists,
  type VerifySdJwtVcOptions,
  type VerifyW3cPresentationOptions,
} from '@hufu/credentials'
import { didOf } from '@hufu/did'
import { bytesToUtf8, type Clock, parseJson } from '@hufu/primitives'
import {
  type AttributeLayout,
  type BatchVerifier,
  type CheckProofs,
  createVerifier,
  epochRootFinder,
  type FindRoots,
  ProofError,
  readAttributeLayout,
  type Statement,
} from '@hufu/proofs'
import { fetchStatusListOverHttp, ledgerProofChecker } from '@hufu/service'
import type { Institution } from '../institution.ts'

/** What verifying takes besides the answer itself. */
export interface VerificationSources {
  readonly sdJwt: Pick<VerifySdJwtVcOptions, 'resolveIssuerKey' | 'mayIssue' | 'validateClaims' | 'status' | 'clock'>
  readonly w3c: Pick<
    VerifyW3cPresentationOptions,
    'resolveIssuerKey' | 'resolveHolderKey' | 'mayIssue' | 'validateClaims' | 'status' | 'clock'
  >
  readonly layoutOf: (statement: Statement) => Promise<AttributeLayout>
  readonly findRoots: FindRoots
  readonly checkProofs: CheckProofs
  readonly clock: Clock
  /** How long ago a holder may have signed. */
  readonly maxAnswerAgeMs: number
}

const tokenLists = { accept: 'application/statuslist+jwt', maxBytes: 4_194_304 } as const
const w3cLists = { accept: 'application/vc, application/json;q=0.9', maxBytes: 2_097_152 } as const

/**
 * What an institution verifies by: issuers, keys, statuses, roots and circuits' keys as the ledger has them.
 *
 * @param options.proofVerifier - checks zero-knowledge proofs; default: this process
 */
export async function openVerificationSources(
  { ledger, network, config, clock }: Pick<Institution, 'ledger' | 'network' | 'config' | 'clock'>,
  options: { readonly proofVerifier?: BatchVerifier | undefined; readonly maxAnswerAgeMs: number },
): Promise<VerificationSources> {
  const { resolveIssuerKey: resolveNeo, mayIssue, validateClaims, findStatusAnchor } = ledger.lookups
  const resolveIssuerKey = resolveByMethod({ neo: resolveNeo })
  const common = { resolveIssuerKey, mayIssue, validateClaims, clock }
  const lists = { resolveIssuerKey, findStatusAnchor, clock }
  const maxAgeMs = config.statusMaxAgeMs
  const outside = { allowLoopback: config.loopbackPeers === 'allow' }
  return {
    sdJwt: {
      ...common,
      status: {
        lists: new TokenStatusLists({ ...lists, fetchStatusList: fetchStatusListOverHttp({ ...tokenLists, ...outside }) }),
        maxAgeMs,
      },
    },
    w3c: {
      ...common,
      resolveHolderKey: resolveByMethod({ neo: resolveNeo, key: resolveDidKey }),
      status: {
        lists: new BitstringStatusLists({ ...lists, fetchStatusList: fetchStatusListOverHttp({ ...w3cLists, ...outside }) }),
        maxAgeMs,
      },
    },
    layoutOf: layouts(ledger.registry.trust),
    findRoots: rootFinder(ledger, network.name),
    checkProofs: ledgerProofChecker({
      client: ledger.client,
      network,
      verifier: options.proofVerifier ?? (await createVerifier()),
      clock,
    }),
    clock,
    maxAnswerAgeMs: options.maxAnswerAgeMs,
  }
}

/** A type's layout by its schema; a version never changes, so it is read once. */
function layouts(trust: Institution['ledger']['registry']['trust']): VerificationSources['layoutOf'] {
  const known = new Map<string, AttributeLayout>()
  return async ({ credentialType, version }) => {
    const type = await trust.findCredentialType(credentialType, version ?? 'latest')
    if (type === null) throw new ProofError('ERR_PROOF_STATEMENT', 'the credential type is not registered')
    const name = `${credentialType} ${type.version}`
    const layout = known.get(name) ?? readAttributeLayout(parseJson(bytesToUtf8(type.schema)))
    known.set(name, layout)
    return layout
  }
}

function rootFinder({ trees }: Pick<Institution['ledger'], 'trees'>, networkName: string): FindRoots {
  return epochRootFinder(
    async (typeId, height) => {
      if (trees === undefined) throw new ProofError('ERR_PROOF_LOOKUP', 'this server follows no credential trees (CREDENTIAL_TREES)')
      return trees.trees.epochRoots(typeId, { height })
    },
    account => didOf(networkName, account),
  )
}
