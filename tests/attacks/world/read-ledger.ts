/** A transaction in a block as a node has it, with what its contracts told. */
interface LedgerTransaction {
  readonly block: number
  readonly transaction: unknown
  readonly log: unknown
}

/** An entry of a contract's storage, both in Base64. */
interface StorageItem {
  readonly key: string
  readonly value: string
}

/** Asks a node. @throws Error: it answers with an error */
export async function askNode<Result>(rpcUrl: string, method: string, ...params: readonly unknown[]): Promise<Result> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await fetch(rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const { result, error } = (await response.json()) as { result: Result; error?: { message: string; data?: string } }
  if (error !== undefined) throw new Error(`${method}: ${error.message} ${error.data ?? ''}`)
  return result
}

/** All transactions from a block on. */
export async function transactionsSince(rpcUrl: string, firstBlock: number): Promise<readonly LedgerTransaction[]> {
  const count = await askNode<number>(rpcUrl, 'getblockcount')
  const transactions: LedgerTransaction[] = []
  for (let block = firstBlock; block < count; block++) {
    const { tx = [] } = await askNode<{ tx?: readonly { readonly hash: string }[] }>(rpcUrl, 'getblock', block, true)
    for (const transaction of tx)
      transactions.push({ block, transaction, log: await askNode(rpcUrl, 'getapplicationlog', transaction.hash) })
  }
  return transactions
}

/** Everything in a contract's storage, as it stands now. */
export async function storageOf(rpcUrl: string, contract: string): Promise<readonly StorageItem[]> {
  const items: StorageItem[] = []
  for (let start = 0, truncated = true; truncated; ) {
    const page = await askNode<{ truncated: boolean; next: number; results: readonly StorageItem[] }>(
      rpcUrl,
      'findstorage',
      contract,
      '',
      start,
    )
    items.push(...page.results)
    start = page.next
    truncated = page.truncated && page.results.length > 0
  }
  return items
}
