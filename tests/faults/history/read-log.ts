import type { Notification, ScriptHash } from '@hufu/ledger'
import type { TestNetwork } from '@hufu/testkit'

/** What contracts said, as one node has it, in the order of the chain, from a block on. */
export async function readLog(
  network: TestNetwork,
  node: number,
  { contracts, firstBlock }: { readonly contracts: readonly ScriptHash[]; readonly firstBlock: number },
): Promise<readonly Notification[]> {
  const client = network.client({ nodes: [network.descriptor.validators[node]!] })
  const last = (await client.getBlockCount()) - 1
  const log: Notification[] = []
  for await (const { notifications, cursor } of client.follow({ contracts })) {
    log.push(...notifications.filter(({ blockIndex }) => blockIndex >= firstBlock && blockIndex <= last))
    if (cursor.blockIndex >= last) break
  }
  return log
}
