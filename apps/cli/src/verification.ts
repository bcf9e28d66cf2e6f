import { type FindStatusAnchor, ledgerStatusAnchors, TokenStatusLists, type VerifySdJwtVcOptions } from '@hufu/credentials'
import { type DidSource, ledgerSource, provenSource } from '@hufu/did'
import { LightClient } from '@hufu/ledger'
import { credentialLookups, fetchStatusListOverHttp } from '@hufu/service'
import { ledgerTrustSource } from '@hufu/trust'
import type { Session } from './session.ts'

const maxStatusListBytes = 4_194_304

/** What verifying SD-JWT VCs takes from the ledger, and how old a status list may be. Issuers' keys are proven by the light client. */
export function verificationPolicy(
  session: Session,
  maxStatusAgeMs: number,
): Pick<VerifySdJwtVcOptions, 'resolveIssuerKey' | 'mayIssue' | 'validateClaims' | 'status'> {
  const lists = statusLists(session, ledgerStatusAnchors(session.client, session.network))
  return { ...lookupsOf(session), status: { lists, maxAgeMs: maxStatusAgeMs } }
}

/** Status lists whose hashes are looked for where the caller says: on the ledger, or on a chain that holds them, too. */
export function statusLists(session: Session, findStatusAnchor: FindStatusAnchor): TokenStatusLists {
  return new TokenStatusLists({
    // Whoever runs the command reaches this machine anyway, and the pilot's issuers are on it.
    fetchStatusList: fetchStatusListOverHttp({ accept: 'application/statuslist+jwt', maxBytes: maxStatusListBytes, allowLoopback: true }),
    resolveIssuerKey: lookupsOf(session).resolveIssuerKey,
    findStatusAnchor,
  })
}

function lookupsOf(session: Session): ReturnType<typeof credentialLookups> {
  return credentialLookups(issuerKeys(session), ledgerTrustSource(session.client, session.network))
}

/** Keys by proof where that can tell; what only a node's word can tell, that something is not there, by a node. */
function issuerKeys({ client, network }: Session): DidSource {
  const proven = provenSource(new LightClient({ network }), network)
  const told = ledgerSource(client, network)
  return {
    network: network.name,
    findState: async (identifier, moment) => (await proven.findState(identifier, moment)) ?? told.findState(identifier, moment),
  }
}
