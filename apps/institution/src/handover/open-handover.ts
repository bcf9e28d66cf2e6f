import { OutsideAgents, outsideFetch } from '@hufu/service'
import type { Part } from '@hufu/staff'
import type { FastifyInstance } from 'fastify'
import type { Institution } from '../institution.ts'
import type { PresentationDesk } from '../verifier/presentation-desk.ts'
import { grantRoutes } from './grant-routes.ts'
import type { HandoverContext } from './handover-context.ts'
import { peerAccess } from './peer-access.ts'
import { PeerClient } from './peer-client.ts'
import { peerRoutes } from './peer-routes.ts'
import { RecordStore } from './record-store.ts'
import { systemRoutes } from './system-routes.ts'

export interface HandoverOptions {
  /** Where people agree. */
  readonly desk: PresentationDesk
  /** Registered query by which they do; default `hand-over-consent`. It has to give a pseudonym. */
  readonly consentQuery?: string
  /**
   * Names by which the institution's own systems may know somebody who has that pseudonym here, such as their `sub` at each client; the pseudonym itself
   * is always among them.
   */
  readonly subjectsOf?: (pseudonym: string) => readonly string[]
  /** Default: to outside addresses only, and this machine's where the configuration allows it. */
  readonly fetch?: typeof fetch
}

/** Opens the hand-over from institution to institution, both sides of it (docs/institution.md §6). Its tables are `handoverMigrations`. */
export async function openHandover(institution: Institution, options: HandoverOptions): Promise<Part> {
  const { desk, consentQuery = 'hand-over-consent', subjectsOf = () => [] } = options
  const agents = new OutsideAgents()
  const fetch = options.fetch ?? outsideFetch({ allowLoopback: institution.config.loopbackPeers === 'allow', agents })
  const context: HandoverContext = {
    institution,
    desk,
    records: new RecordStore(institution.vault),
    peers: new PeerClient(institution, fetch),
    consentQuery,
    subjectsOf: pseudonym => [pseudonym, ...subjectsOf(pseudonym)],
  }
  institution.access.register('peer', peerAccess(institution))
  return {
    name: 'hand-over',
    routes(server: FastifyInstance) {
      peerRoutes(server, context)
      systemRoutes(server, context)
      grantRoutes(server, context)
    },
    close: async () => agents.close(),
  }
}
