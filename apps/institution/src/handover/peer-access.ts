import { accountOfDid, parseDid } from '@hufu/did'
import { errorCode, type Json } from '@hufu/primitives'
import type { AccessChecker } from '@hufu/staff'
import { institutionStanding } from '@hufu/trust'
import type { FastifyRequest } from 'fastify'
import type { Institution } from '../institution.ts'
import { HandoverError } from './errors.ts'
import type { Peer } from './handover-context.ts'
import { messageHeader, verifyMessage } from './peer-message.ts'

const peers = new WeakMap<FastifyRequest, Peer>()

/** Whom a request on a route for peers is from. */
export function peerOf(request: FastifyRequest): Peer {
  const peer = peers.get(request)
  if (peer === undefined) throw new TypeError('peerOf: expected a route for peers')
  return peer
}

/** Lets through whoever signed the request, if they are an institution that is not suspended. */
export function peerAccess({ ledger, self, clock }: Institution): AccessChecker {
  const isInstitution = standingCheck({ ledger, clock })
  return async request => {
    const jws = request.headers[messageHeader]
    if (typeof jws !== 'string') throw new HandoverError('ERR_HANDOVER_MESSAGE', `${messageHeader}: expected a signed message`)
    const path = request.url.split('?', 1)[0]!
    const expected = { audience: self.did, about: { method: 'POST', path }, body: request.body as Json } as const
    const message = await verifyMessage(jws, expected, ledger.lookups.resolveIssuerKey, clock.nowMs())
    if (!(await isInstitution(message.issuer)))
      throw new HandoverError('ERR_HANDOVER_PEER', 'expected an institution in the trust registry that is not suspended')
    peers.set(request, { did: message.issuer, message })
  }
}

/** What was found counts until the tables change: asking them takes longer than all else. */
function standingCheck({ ledger, clock }: Pick<Institution, 'ledger' | 'clock'>): (did: string) => Promise<boolean> {
  const known = new Map<string, boolean>()
  let knownAt = -1
  let knownUntilMs = Number.NEGATIVE_INFINITY
  return async did => {
    const { tables, chain } = ledger.registry.height
    const nowMs = clock.nowMs()
    // Behind, or a grant may have run out in the meantime: the tables say.
    if (tables !== knownAt || chain === undefined || chain > tables || nowMs >= knownUntilMs) {
      known.clear()
      knownAt = tables
      knownUntilMs = nowMs + 1_000
    }
    const before = known.get(did)
    if (before !== undefined) return before
    const active = await isActive(ledger, did, nowMs)
    if (known.size < 10_000) known.set(did, active)
    return active
  }
}

async function isActive(ledger: Institution['ledger'], did: string, nowMs: number): Promise<boolean> {
  try {
    return (await institutionStanding(ledger.registry.trust, accountOfDid(parseDid(did)), nowMs)).active
  } catch (error) {
    if (errorCode(error)?.startsWith('ERR_DID_') === true) return false
    throw error
  }
}
