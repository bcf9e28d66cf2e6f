import {
  type AcceptedAlgorithms,
  BitstringStatusLists,
  CredentialError,
  type FetchStatusList,
  issuerKeyOfDocument,
  type JsonObject,
  parseJwt,
  type VerifiedVcJwt,
  type VerifyVcJwtOptions,
  verifyVcJwt,
} from '@hufu/credentials'
import { sm2sm3 } from '@hufu/keys/sm2'
import { type Clock, parseJson, systemClock } from '@hufu/primitives'
import { readConfiguredFile, ServiceError } from '@hufu/service'

/** Issuers outside this network, each as its operator registered it: its DID document, its algorithms, and what it may say. */
export interface PartnerIssuers {
  /** Verifies a credential that a JWT secures. @throws CredentialError `ERR_CREDENTIAL_ISSUER_NOT_TRUSTED`: of no partner; and as `verifyVcJwt` */
  verify(jwt: string): Promise<VerifiedVcJwt>
}

export interface PartnerListOptions {
  readonly fetchStatusList: FetchStatusList
  /** How long ago a partner may have said that a credential stands. */
  readonly maxAgeMs: number
  readonly clock?: Clock
}

/** Algorithms that a partner can be registered with. */
const algorithmOf: Readonly<Record<string, AcceptedAlgorithms[number]>> = { ES256: 'ES256', EdDSA: 'EdDSA', SM2SM3: sm2sm3 }

/**
 * Reads the partners of a file: `{"partners": [{"didDocument", "algorithms", "credentialTypes", "status"}]}`.
 *
 * @throws ServiceError `ERR_SERVICE_CONFIG`: the file cannot be read, or has another form
 */
export async function readPartnerIssuers(file: string, options: PartnerListOptions): Promise<PartnerIssuers> {
  const policies = parsePartners(await readConfiguredFile('PARTNERS_FILE', file), options)
  return {
    async verify(jwt) {
      // Not yet verified: it only says whose policy is the one to verify by.
      const { payload } = parseJwt(jwt, { type: 'vc+jwt', algorithms: ['ES256', 'EdDSA', 'SM2SM3'] })
      const policy = policies.get(issuerOf(payload))
      if (policy === undefined) throw new CredentialError('ERR_CREDENTIAL_ISSUER_NOT_TRUSTED', 'issuer: expected a partner of this server')
      return verifyVcJwt(jwt, policy)
    },
  }
}

function issuerOf({ issuer }: JsonObject): unknown {
  return typeof issuer === 'object' && issuer !== null && 'id' in issuer ? issuer.id : issuer
}

function parsePartners(text: string, options: PartnerListOptions): ReadonlyMap<unknown, VerifyVcJwtOptions> {
  const { partners } = objectOf(parsed(text), 'an object')
  if (!Array.isArray(partners)) throw wrong('partners: a list')
  const policies = new Map(partners.map(partner => parsePartner(partner, options)))
  if (policies.size < partners.length) throw wrong('partners: each DID once')
  return policies
}

function parsePartner(value: unknown, { fetchStatusList, maxAgeMs, clock = systemClock }: PartnerListOptions) {
  const { didDocument, algorithms: names, credentialTypes, status, ...others } = objectOf(value, 'partners: objects')
  const document = objectOf(didDocument, 'didDocument: an object')
  if (typeof document.id !== 'string' || !document.id.startsWith('did:')) throw wrong('didDocument.id: a DID')
  const algorithms = textsOf(names, 'algorithms').map(name => (Object.hasOwn(algorithmOf, name) ? algorithmOf[name]! : undefined))
  if (!algorithms.every(algorithm => algorithm !== undefined)) throw wrong(`algorithms: some of ${Object.keys(algorithmOf).join(', ')}`)
  const types = textsOf(credentialTypes, 'credentialTypes')
  if (status !== 'required' && status !== 'unchecked') throw wrong('status: required or unchecked')
  if (Object.keys(others).length > 0) throw wrong('partners: no further members')
  const resolveIssuerKey: VerifyVcJwtOptions['resolveIssuerKey'] = async query =>
    issuerKeyOfDocument(document, query, algorithms, { registeredBy: 'operator' })
  const lists = new BitstringStatusLists({
    fetchStatusList,
    // Lists with a Data Integrity proof are those of this network.
    resolveIssuerKey: async () => null,
    vcJwt: { algorithms, resolveIssuerKey },
    clock,
  })
  const policy: VerifyVcJwtOptions = {
    algorithms,
    resolveIssuerKey,
    mayIssue: async ({ credentialType }) => ({ allowed: types.includes(credentialType), evidence: { registeredBy: 'operator' } }),
    status: status === 'required' ? { lists, maxAgeMs } : 'unchecked',
    clock,
  }
  return [document.id, policy] as const
}

function parsed(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    throw wrong('JSON')
  }
}

function objectOf(value: unknown, expectation: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(expectation)
  return value as Readonly<Record<string, unknown>>
}

function textsOf(value: unknown, member: string): readonly string[] {
  if (!Array.isArray(value) || value.length === 0 || !value.every(item => typeof item === 'string'))
    throw wrong(`${member}: a list of text`)
  return value
}

function wrong(expectation: string): ServiceError {
  return new ServiceError('ERR_SERVICE_CONFIG', `PARTNERS_FILE: expected ${expectation}`)
}

const envelopePrefix = 'data:application/vc+jwt,'

/** The JWT of a credential in an envelope (VC Data Model 2.0 §4.13.2); undefined for anything else. */
export function envelopedJwtOf(credential: unknown): string | undefined {
  if (typeof credential !== 'object' || credential === null) return undefined
  const { id, type } = credential as Record<string, unknown>
  if (type !== 'EnvelopedVerifiableCredential' || typeof id !== 'string' || !id.startsWith(envelopePrefix)) return undefined
  return id.slice(envelopePrefix.length)
}
