import { join } from 'node:path'
import { BitstringStatusLists, type FetchStatusList, type MayIssue, resolveByMethod, resolveDidKey } from '@hufu/credentials'
import { systemClock } from '@hufu/primitives'
import { fetchStatusListOverHttp, readToken, ServiceError } from '@hufu/service'
import type { InstitutionConfig } from './config.ts'
import { openKeySources } from './open-key-sources.ts'
import type { Ledger } from './open-ledger.ts'
import { readSigningParty } from './signing-party.ts'
import { readPartnerIssuers } from './vc-api/partner-issuers.ts'
import { StatusKeeper } from './vc-api/status-keeper.ts'
import type { VcApiServices } from './vc-api/vc-api-services.ts'

/** How others' lists, which are credentials, are asked for. */
const w3cLists = { accept: 'application/vc, application/json;q=0.9', maxBytes: 2_097_152 } as const

/** Any issuer will do: `ISSUER_POLICY=any`. */
const anyIssuer: MayIssue = async () => ({ allowed: true, evidence: { issuerPolicy: 'any' } })

/**
 * Puts the VC API's services together as the configuration says.
 *
 * @param ledger - undefined where the server does not look at a ledger, which only the policy `any` allows
 * @throws ServiceError `ERR_SERVICE_CONFIG`; FileError `ERR_FILE_LOCKED`: another process serves from the same folder
 */
export async function openVcApiServices(
  config: InstitutionConfig,
  ledger: Pick<Ledger, 'lookups' | 'anchor'> | undefined,
  publicUrl: string,
): Promise<VcApiServices> {
  const { nowMs } = systemClock
  const { issuerPolicy, issuerFiles, issuingTokenFile, dataFolder } = config
  if (issuerPolicy === 'registered' && ledger === undefined)
    throw new ServiceError('ERR_SERVICE_CONFIG', 'ISSUER_POLICY: expected any, for no NETWORK_FILE is set')
  const issuers = await Promise.all(issuerFiles.map(file => readSigningParty(file, openKeySources(config))))
  const issuingToken = await readToken('ISSUING_TOKEN_FILE', issuingTokenFile)
  const journalFile = join(dataFolder, 'statuses.journal')
  const anchor = ledger === undefined ? {} : { anchor: ledger.anchor }
  const statuses = await StatusKeeper.open({ journalFile, parties: issuers, publicUrl, nowMs, ...anchor })
  const verification =
    issuerPolicy === 'any' || ledger === undefined
      ? openVerification(config, ledger, statuses)
      : registeredVerification(config, ledger, statuses)
  const partners = config.partnersFile === undefined ? undefined : await readPartnerIssuers(config.partnersFile, partnerListsOf(config))
  return { issuers, statuses, verification, partners, issuingToken, nowMs }
}

/** Where partners' status lists come from, and how old they may be. */
function partnerListsOf({ loopbackPeers, statusMaxAgeMs }: InstitutionConfig) {
  const accept = 'application/vc+jwt, application/vc;q=0.9, application/json;q=0.8'
  const fetchStatusList = fetchStatusListOverHttp({ ...w3cLists, accept, allowLoopback: loopbackPeers === 'allow' })
  return { fetchStatusList, maxAgeMs: statusMaxAgeMs }
}

/** Only issuers of the trust registry, with everything that it knows of them. */
function registeredVerification(
  config: InstitutionConfig,
  ledger: Pick<Ledger, 'lookups'>,
  statuses: StatusKeeper,
): VcApiServices['verification'] {
  const { resolveIssuerKey: resolveNeo, mayIssue, validateClaims, findStatusAnchor } = ledger.lookups
  const resolveIssuerKey = resolveByMethod({ neo: resolveNeo })
  const fetchStatusList = ownListsOr(statuses, fetchStatusListOverHttp({ ...w3cLists, allowLoopback: config.loopbackPeers === 'allow' }))
  const lists = new BitstringStatusLists({ fetchStatusList, resolveIssuerKey, findStatusAnchor })
  return {
    resolveIssuerKey,
    resolveHolderKey: resolveByMethod({ neo: resolveNeo, key: resolveDidKey }),
    mayIssue,
    validateClaims,
    status: { lists, maxAgeMs: config.statusMaxAgeMs },
  }
}

/** Whoever signed, with what can be said without a registry: for tests and demonstrations. Fetches nothing, for anyone could name any address. */
function openVerification(
  config: InstitutionConfig,
  ledger: Pick<Ledger, 'lookups' | 'anchor'> | undefined,
  statuses: StatusKeeper,
): VcApiServices['verification'] {
  const resolveKey = resolveByMethod({ key: resolveDidKey, ...(ledger === undefined ? {} : { neo: ledger.lookups.resolveIssuerKey }) })
  const fetchStatusList = ownListsOr(statuses, async () => {
    throw new Error('status lists of others are not fetched under ISSUER_POLICY=any')
  })
  const lists = new BitstringStatusLists({ fetchStatusList, resolveIssuerKey: resolveKey })
  return {
    resolveIssuerKey: resolveKey,
    resolveHolderKey: resolveKey,
    mayIssue: anyIssuer,
    status: { lists, maxAgeMs: config.statusMaxAgeMs, optional: true },
    inlineContexts: true,
    unboundIssuer: true,
    presenterIsSubject: false,
  }
}

/** A list that this server publishes is not fetched from itself. */
function ownListsOr(statuses: StatusKeeper, fetchOthers: FetchStatusList): FetchStatusList {
  return async uri => {
    const name = statuses.nameOf(uri)
    return (name === undefined ? undefined : await statuses.signedList(name)) ?? fetchOthers(uri)
  }
}
