import { type Account, type ContractCall, type LedgerClient, parseScriptHash, type ScriptHash } from '@hufu/ledger'

const gasToken = parseScriptHash('d2a4cff31913016155e38e474a2c06d08be276cf')

/** A transfer of GAS. */
export function gasTransfer(from: ScriptHash, to: ScriptHash, datoshi: bigint): ContractCall {
  const args = [
    { type: 'Hash160', value: from },
    { type: 'Hash160', value: to },
    { type: 'Integer', value: datoshi },
    { type: 'Any', value: null },
  ] as const
  return { contract: gasToken, method: 'transfer', args }
}

/**
 * Gives GAS to accounts, in one transaction, and waits until it is durable.
 *
 * @param treasury - holds the GAS: at genesis the validators' account
 * @param idempotencyKey - a second call with the same key does nothing more
 */
export async function fundAccounts(
  ledger: LedgerClient,
  treasury: Account,
  accounts: readonly ScriptHash[],
  datoshi: bigint,
  idempotencyKey: string,
): Promise<void> {
  const calls = accounts.map(account => gasTransfer(treasury.scriptHash, account, datoshi))
  const write = await ledger.submit(calls, { account: treasury, idempotencyKey })
  await write.durable()
}
