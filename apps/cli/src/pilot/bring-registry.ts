import { accountOfDid, createDid, parseDid } from '@hufu/did'
import type { Write } from '@hufu/ledger'
import { fundAccounts } from '@hufu/network'
import { credentialTypes, type Institution, queries } from '@hufu/samples'
import { accreditIssuer, addAuthority, addInstitution, registerCredentialType, registerQuery } from '@hufu/trust'
import { ensureIdentity, type Identity } from '../identity.ts'
import { identityDocument } from '../identity-document.ts'
import type { Session } from '../session.ts'
import { announceServer } from './announce-server.ts'
import { bureauOf, bureaus, verifiers } from './cast.ts'
import type { PilotCouncil } from './pilot-council.ts'

/** The pilot's institutions with their keys, by slug. */
export type Cast = ReadonlyMap<string, Identity>

/** GAS that each institution starts with. */
const institutionDatoshi = 100n * 100_000_000n

/** Loads the institutions' keys, making those that are missing. */
export async function bringCast(identitiesFolder: string, networkName: string): Promise<Cast> {
  const entries = await Promise.all(
    [...bureaus, ...verifiers].map(async ({ slug }) => [slug, await ensureIdentity(identitiesFolder, slug, networkName)] as const),
  )
  return new Map(entries)
}

/**
 * Brings the registry to where the pilot needs it: DIDs, credential types, authorities, institutions, rights and queries. Everything has an idempotency
 * key of its own, so a second run finds what the first one did. Returns once all of it is durable.
 *
 * @param council - decides what the council must, and its network's committee pays for all
 * @param servers - addresses of institutions' servers, by slug
 * @returns number of writes
 */
export async function bringRegistry(
  session: Session,
  cast: Cast,
  { committee, owner }: PilotCouncil,
  servers: ReadonlyMap<string, string>,
): Promise<number> {
  const all = [...bureaus, ...verifiers]
  const sponsor = committee
  const founding = { client: owner, network: session.network }
  const identityOf = (institution: Institution): Identity => cast.get(institution.slug)!
  const accountOf = (institution: Institution) => accountOfDid(parseDid(identityOf(institution).did))

  // An institution's server pays for what it anchors itself.
  const funded = await fundAccounts(
    session.client,
    committee,
    all.map(institution => identityOf(institution).account.scriptHash),
    institutionDatoshi,
    'pilot: fund institutions',
  )
  const created = await Promise.all(
    all.map(institution => {
      const identity = identityOf(institution)
      return createDid(session, { account: identity.account, document: identityDocument(identity), sponsor })
    }),
  )
  const typed = Object.entries(credentialTypes).map(([typeId, schema]) =>
    registerCredentialType(founding, { account: committee, typeId, version: 1, schema }),
  )
  await Promise.all(created.map(write => write.inBlock()))
  const authorities = await inBlock(
    bureaus.map(bureau => addAuthority(founding, { account: committee, authority: accountOf(bureau), region: bureau.divisionCode })),
  )
  const institutions = await inBlock(
    all.map(institution => {
      const bureau = bureauOf(institution)
      const kind = institution.kind === 'authority' ? 'bureau' : institution.kind
      return addInstitution(session, {
        account: identityOf(bureau).account,
        sponsor,
        authority: accountOf(bureau),
        institution: accountOf(institution),
        kind,
      })
    }),
  )
  const types = await inBlock(typed)
  const rights = await inBlock(
    all.flatMap(institution => {
      const bureau = bureauOf(institution)
      const parts = { authority: accountOf(bureau), institution: accountOf(institution) }
      return [
        ...institution.issues.map(typeId => accreditIssuer(session, { ...parts, account: identityOf(bureau).account, sponsor, typeId })),
        ...institution.asks.map(queryId =>
          registerQuery(founding, { ...parts, account: committee, queryId, version: 1, content: queries[queryId as keyof typeof queries] }),
        ),
      ]
    }),
  )
  const announced = await Promise.all([...servers].map(([slug, url]) => announceServer(session, cast.get(slug)!, url, sponsor)))
  await Promise.all(announced.map(write => write?.durable()))
  const writes = [funded, ...types, ...authorities, ...institutions, ...rights]
  await Promise.all([...created, ...writes].map(write => write.durable()))
  return created.length + writes.length + announced.filter(write => write !== undefined).length
}

async function inBlock(submitted: readonly Promise<Write>[]): Promise<readonly Write[]> {
  const writes = await Promise.all(submitted)
  await Promise.all(writes.map(write => write.inBlock()))
  return writes
}
