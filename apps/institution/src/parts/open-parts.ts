import { accountOfDid, parseDid } from '@hufu/did'
import { migrate, readConfiguredFile } from '@hufu/service'
import type { Part } from '@hufu/staff'
import { openStaff, type Staff, staffMigrations } from '@hufu/staff'
import { findRegisteredQuery, type Texts } from '@hufu/trust'
import { institutionStaffRoles } from '../access/access.ts'
import { authorizationMigrations } from '../authorization/authorization-migrations.ts'
import type { OfferDesk } from '../authorization/offer-desk.ts'
import { type Authorization, openAuthorization } from '../authorization/open-authorization.ts'
import { readSignInSettings } from '../authorization/sign-in-settings.ts'
import { handoverMigrations } from '../handover/migrations.ts'
import { openHandover } from '../handover/open-handover.ts'
import type { Institution } from '../institution.ts'
import { type Issuer, openIssuer } from '../issuer/open-issuer.ts'
import { openPages } from '../pages/open-pages.ts'
import { verifierMigrations } from '../verifier/migrations.ts'
import { openVerifier, type Verifier } from '../verifier/open-verifier.ts'

/** The parts of a server, in the order in which they were opened. */
export interface OpenedParts {
  readonly staff: Staff
  readonly all: readonly Part[]
  close(): Promise<void>
}

/** Opens the parts that the institution's roles ask for. The staff is always there: somebody has to run it. */
export async function openParts(institution: Institution): Promise<OpenedParts> {
  const { config, database } = institution
  const has = (role: string) => config.roles.includes(role)
  await migrate(database, [...staffMigrations, ...verifierMigrations, ...authorizationMigrations, ...handoverMigrations])
  const staff = await openStaff(institution, {
    roles: institutionStaffRoles,
    signIn: config.staffSignIn,
    host: config.host,
    bootstrap:
      config.staffBootstrapFile === undefined ? undefined : await readConfiguredFile('STAFF_BOOTSTRAP_FILE', config.staffBootstrapFile),
  })
  const verifier = has('verifier') ? await openVerifier(institution) : undefined
  const { issuer, authorization } = await openIssuance(institution, verifier)
  const handover =
    has('hand-over') && verifier !== undefined
      ? await openHandover(institution, { desk: verifier.desk, subjectsOf: pseudonym => authorization?.subjectsOf(pseudonym) ?? [] })
      : undefined
  const all: readonly Part[] = [staff, verifier, issuer, authorization, handover, openPages(institution)].filter(part => part !== undefined)
  return {
    staff,
    all,
    async close() {
      for (const part of all.toReversed()) await part.close?.()
    },
  }
}

/** Issuer and authorization server know each other: tokens are for offers, and offers are redeemed for tokens. */
async function openIssuance(
  institution: Institution,
  verifier: Verifier | undefined,
): Promise<{ readonly issuer?: Issuer | undefined; readonly authorization?: Authorization | undefined }> {
  const { config, publicUrl } = institution
  const issues = config.roles.includes('issuer')
  const signsIn = config.roles.includes('sign-in')
  if (!issues && !signsIn) return {}
  let authorization: Authorization | undefined
  const issuer = issues
    ? await openIssuer(institution, {
        authorization: {
          servers: [`${publicUrl}/oidc`],
          accessTokenOf: request => authorization!.accessTokenOf(request),
        },
      })
    : undefined
  authorization = await openAuthorization(institution, {
    desk: verifier?.desk,
    settings: config.clientsFile === undefined ? undefined : await readSignInSettings(config.clientsFile),
    offers: issuer === undefined ? undefined : offerDeskOf(issuer),
    purposeOf: queryId => purposeOf(institution, queryId),
  })
  return { issuer, authorization }
}

function offerDeskOf(issuer: Issuer): OfferDesk {
  return {
    redeem: (code, txCode) => issuer.offers.redeem(code, txCode),
    scopes: async () => (await issuer.configurationIds()).map(id => ({ id, scope: id })),
    applicantOf: async shown => issuer.applicantOf(shown),
  }
}

async function purposeOf({ ledger, self, clock }: Institution, queryId: string): Promise<Texts | undefined> {
  const found = await findRegisteredQuery(ledger.registry.trust, accountOfDid(parseDid(self.did)), queryId, { atMs: clock.nowMs() })
  return found?.content.purpose
}
