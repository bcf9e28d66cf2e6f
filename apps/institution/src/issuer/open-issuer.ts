import type { JsonObject } from '@hufu/credentials'
import { migrate } from '@hufu/service'
import type { Part } from '@hufu/staff'
import type { FastifyRequest } from 'fastify'
import type { Institution } from '../institution.ts'
import { applicantKeyOf } from './application-content.ts'
import { applicationRoutes } from './application-routes.ts'
import { Applications } from './applications.ts'
import type { AuthorizationSeam, WalletGrant } from './authorization-seam.ts'
import { configurationsOf } from './configurations.ts'
import { CredentialRegister } from './credential-register.ts'
import { credentialRoutes } from './credential-routes.ts'
import { CredentialTrees } from './credential-trees.ts'
import { CredentialTypes } from './credential-types.ts'
import { importRoutes } from './import-routes.ts'
import { Imports } from './imports.ts'
import { Issuances } from './issuances.ts'
import { type IssuerLedger, issuerLedgerOf } from './issuer-ledger.ts'
import { issuerMetrics } from './issuer-metrics.ts'
import { issuerMigrations } from './issuer-migrations.ts'
import { Nonces } from './nonces.ts'
import { Offers } from './offers.ts'
import { handleRevokeAll } from './revoke-all.ts'
import { StatusLists } from './status-lists.ts'
import { vciRoutes } from './vci-routes.ts'

export interface IssuerOptions {
  /** Says what a wallet's access token is for. */
  readonly authorization: AuthorizationSeam
  /** Default: the institution's. */
  readonly ledger?: IssuerLedger
  /** Entries of a status list; default 131,072. */
  readonly listCapacity?: number
  /** Codes of all districts and counties, against which rows of an import are checked; without it every code of the city's counts. */
  readonly divisions?: ReadonlySet<string>
}

/** The issuer: applications, offers, credentials and how they stand. */
export interface Issuer extends Part {
  /** For the token endpoint: what a pre-authorized code is worth. */
  readonly offers: Pick<Offers, 'redeem'>
  /**
   * Names the person who showed these claims, for the authorization code flow: what is approved for them can be collected with a token of this account.
   *
   * @param claims - as disclosed, also by the identifiers of a DCQL query's credentials
   * @returns undefined where they hold no resident number
   */
  applicantOf(claims: JsonObject): string | undefined
  /** What can be asked for now, by configuration identifier; also the scopes. */
  configurationIds(): Promise<readonly string[]>
}

const sweepKind = 'issuer sweep'
const sweepEveryMs = 60_000

/** Opens the issuer: makes its tables, and begins its background work. */
export async function openIssuer(institution: Institution, options: IssuerOptions): Promise<Issuer> {
  const { authorization, listCapacity } = options
  const { database, vault, clock, jobs } = institution
  await migrate(database, issuerMigrations)
  const ledger = options.ledger ?? issuerLedgerOf(institution)
  const hasTrees = ledger.openTree !== undefined
  const types = new CredentialTypes(ledger, clock)
  const nonces = new Nonces(vault, clock)
  const lists = new StatusLists(institution, ledger, listCapacity)
  const trees = new CredentialTrees(institution, ledger)
  const metrics = issuerMetrics(institution.metrics)
  const applications = new Applications(institution, types)
  const offers = new Offers(institution, types, hasTrees)
  const register = new CredentialRegister(institution, { lists, trees, metrics })
  const issuances = new Issuances(institution, { ledger, types, nonces, lists, trees, metrics })
  const imports = new Imports(institution, { types, ledger, divisions: options.divisions })
  const grants = new WeakMap<FastifyRequest, WalletGrant>()
  institution.access.register('wallet', async request => void grants.set(request, await authorization.accessTokenOf(request)))
  const grantOf = (request: FastifyRequest): WalletGrant => {
    const grant = grants.get(request)
    if (grant === undefined) throw new TypeError('expected a route for wallets, whose token was checked')
    return grant
  }
  handleRevokeAll(institution, { lists, trees, metrics })
  await lists.open()
  trees.open()
  imports.open()
  jobs.work(
    sweepKind,
    async () => {
      await lists.sweep()
      if (hasTrees) await trees.sweep()
      await imports.sweep()
    },
    { everyMs: sweepEveryMs },
  )
  return {
    name: 'issuer',
    offers,
    applicantOf: claims => applicantKeyOf(vault, residentNumberIn(claims)),
    configurationIds: async () => configurationsOf(await types.all(), hasTrees).map(({ id }) => id),
    routes(server) {
      applicationRoutes(server, { applications, offers, types, hasTrees })
      credentialRoutes(server, { institution, register, lists })
      importRoutes(server, imports)
      vciRoutes(server, institution, { servers: authorization.servers, grantOf, issuances, types, nonces, hasTrees })
    },
  }
}

function residentNumberIn(claims: JsonObject): unknown {
  if (claims.resident_number !== undefined) return claims.resident_number
  const numbers = Object.values(claims).map(part =>
    typeof part === 'object' && part !== null && !Array.isArray(part) ? (part as JsonObject).resident_number : undefined,
  )
  return numbers.find(number => number !== undefined)
}
