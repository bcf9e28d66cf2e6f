import { anchorStatusList } from '@hufu/credentials'
import { accountOfDid, parseDid } from '@hufu/did'
import { hexToBytes } from '@hufu/primitives'
import { auditListId } from '@hufu/service'
import type { AnchorHash } from '@hufu/staff'
import type { Institution } from '../institution.ts'

/** Anchors as `audit:<slug>` of the institution, where status lists are anchored too. */
export function anchorOnLedger({ ledger, self, publicUrl }: Pick<Institution, 'ledger' | 'self' | 'publicUrl'>): AnchorHash {
  return async hash => {
    const list = {
      issuer: accountOfDid(parseDid(self.did)),
      uri: `${publicUrl}/audit/${auditListId(self.slug)}`,
      sha256: hexToBytes(hash),
    }
    const { blockIndex, blockTimeMs, transactionHash } = await (await anchorStatusList(ledger, list, { account: self.account })).durable()
    return { blockIndex, timeMs: blockTimeMs, transactionHash }
  }
}
