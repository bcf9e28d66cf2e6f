import { identifiers } from '@hufu/bindings'
import type { Account } from '@hufu/ledger'
import { utf8ToBytes } from '@hufu/primitives'
import type { TestNetwork } from '@hufu/testkit'

/** Registers an identifier for each account. */
export async function registerAll(network: TestNetwork, accounts: readonly Account[]): Promise<void> {
  const contract = identifiers(network.descriptor.contracts.identifiers.hash)
  const writes = await Promise.all(
    accounts.map(account => {
      const call = contract.register({ identifier: account.scriptHash, document: utf8ToBytes('{}'), recovery: null, recoveryDelayMs: 0n })
      return network.ledger.submit([call], { account, sponsor: network.committee, idempotencyKey: `register ${account.scriptHash}` })
    }),
  )
  await Promise.all(writes.map(write => write.durable()))
}
