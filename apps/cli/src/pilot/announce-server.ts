import { type DidWrite, ledgerSource, parseDid, resolveDid, updateDid } from '@hufu/did'
import type { Account } from '@hufu/ledger'
import type { Identity } from '../identity.ts'
import type { Session } from '../session.ts'

/** Type of the service under which an institution's server is found. */
const serviceType = 'HufuInstitution'

/**
 * Says in an identity's DID document where its server is. Whatever else stands there, such as keys that were rotated since, stays.
 *
 * @returns undefined if it stands there already
 */
export async function announceServer(session: Session, identity: Identity, url: string, sponsor: Account): Promise<DidWrite | undefined> {
  const did = parseDid(identity.did)
  const { document, metadata } = await resolveDid(ledgerSource(session.client, session.network), did)
  const { controller: _, service = [], ...rest } = document ?? { id: did }
  const others = service.filter(({ type }) => type !== serviceType)
  if (service.some(entry => entry.type === serviceType && entry.serviceEndpoint === url)) return undefined
  const announced = { id: `${did}#institution`, type: serviceType, serviceEndpoint: url }
  return updateDid(session, {
    did,
    expectedVersion: Number(metadata.versionId),
    account: identity.account,
    sponsor,
    document: { ...rest, service: [...others, announced] },
  })
}
