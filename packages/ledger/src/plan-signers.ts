import type { Account } from './account.ts'
import type { SigningOptions } from './ledger-writer.ts'
import type { TransactionSigner } from './transaction.ts'

/** Accounts that sign, payer first, and how far the signature of each reaches. */
export interface SigningPlan {
  readonly accounts: readonly Account[]
  readonly signers: readonly TransactionSigner[]
}

/** Puts the payer first, and never gives a signature more reach than the write needs. */
export function planSigners({ account, sponsor, allowedContracts = [] }: SigningOptions): SigningPlan {
  const accounts = Array.isArray(account) ? (account as readonly Account[]) : [account as Account]
  const signers = accounts.map(({ scriptHash }): TransactionSigner => ({ account: scriptHash, scope: 'CalledByEntry', allowedContracts }))
  if (sponsor === undefined) return { accounts, signers }
  // An account that sponsors itself signs once, with the greater reach, and pays.
  const own = accounts.findIndex(({ scriptHash }) => scriptHash === sponsor.scriptHash)
  if (own < 0) return { accounts: [sponsor, ...accounts], signers: [{ account: sponsor.scriptHash, scope: 'None' }, ...signers] }
  return { accounts: [accounts[own]!, ...accounts.toSpliced(own, 1)], signers: [signers[own]!, ...signers.toSpliced(own, 1)] }
}
