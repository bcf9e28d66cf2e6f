import { type Account, type ContractCall, type LedgerWriter, nativeContracts, type ScriptHash, type Write } from '@hufu/ledger'

/** A transfer of GAS. */
export function gasTransfer(from: ScriptHash, to: ScriptHash, datoshi: bigint): ContractCall {
  const args = [
    { type: 'Hash160', value: from },
    { type: 'Hash160', value: to },
    { type: 'Integer', value: datoshi },
    { type: 'Any', value: null },
  ] as const
  return { contract: nativeContracts.gasToken, method: 'transfer', args }
}

/**
 * Gives GAS to accounts, in one transaction; settles once they have it, in a block.
 *
 * @param treasury - holds the GAS: at genesis the validators' account
 * @param idempotencyKey - a second call with the same key does nothing more
 * @returns the write, which tells when it is durable
 * @throws LedgerError as `submit` and `inBlock`
 */
export async function fundAccounts(
  ledger: LedgerWriter,
  treasury: Account,
  accounts: readonly ScriptHash[],
  datoshi: bigint,
  idempotencyKey: string,
): Promise<Write> {
  const calls = accounts.map(account => gasTransfer(treasury.scriptHash, account, datoshi))
  const write = await ledger.submit(calls, { account: treasury, idempotencyKey })
  await write.inBlock()
  return write
}
