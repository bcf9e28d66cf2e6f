import type { Json } from '@hufu/primitives'
import type { DidSource } from '../did-state.ts'
import { parseDid } from '../parse-did.ts'
import { resolveDid } from '../resolve-did.ts'
import type { DidAssurance } from './did-assurance.ts'
import type { DidDriver } from './did-driver.ts'

/**
 * `did:neo` behind the same door as the others.
 *
 * @param assurance - what the source's word is worth: `lightClient` for one that proves, `gatewaySigned` for one node or a follower's tables
 */
export function didNeoDriver(source: DidSource, assurance: DidAssurance): DidDriver {
  return {
    method: 'neo',
    version: 1,
    async resolve(did) {
      const { document, metadata, state } = await resolveDid(source, parseDid(did))
      const { created, updated, deactivated, versionId } = metadata
      return {
        document: document === null ? null : { ...(document as unknown as Readonly<Record<string, Json>>), id: document.id as string },
        metadata: {
          created,
          ...(updated === undefined ? {} : { updated }),
          ...(deactivated === undefined ? {} : { deactivated }),
          versionId,
        },
        assurance,
        origin: { network: source.network, blockHeight: state.blockIndex },
      }
    },
  }
}
