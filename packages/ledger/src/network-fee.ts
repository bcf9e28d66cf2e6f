import type { Account } from './account.ts'
import { type UnsignedTransaction, unsignedTransactionLength, varLength } from './transaction.ts'

/** Prices that the committee sets in the Policy contract. */
export interface FeePolicy {
  readonly feePerByteDatoshi: bigint
  /** Price of the cheapest opcode in 10⁻⁴ datoshi. */
  readonly execFeeFactorPico: bigint
}

/** Opcode prices, in units of the execution fee factor. */
const price = { pushSmallInteger: 1n, pushData1: 8n, checkSignature: 1n << 15n } as const

const picoPerDatoshi = 10_000n
const signaturePushLength = 66

/** The exact network fee: checking the witnesses of single-key and multi-signature accounts, and the bytes. */
export function networkFee(transaction: UnsignedTransaction, accounts: readonly Account[], policy: FeePolicy): bigint {
  let length = unsignedTransactionLength(transaction) + varLength(accounts.length)
  let fee = 0n
  for (const account of accounts) {
    const invocationLength = signaturePushLength * account.threshold
    length +=
      varLength(invocationLength) + invocationLength + varLength(account.verificationScript.length) + account.verificationScript.length
    fee += ceilDatoshi(verificationPrice(account) * policy.execFeeFactorPico)
  }
  return fee + BigInt(length) * policy.feePerByteDatoshi
}

function verificationPrice({ threshold, publicKeys, verificationScript }: Account): bigint {
  const signatures = price.pushData1 * BigInt(threshold)
  const keys = (price.pushData1 + price.checkSignature) * BigInt(publicKeys.length)
  // A multi-signature script starts by pushing its threshold, a single-key one with the key; every PUSHINT that can occur costs the same.
  const isMultisig = verificationScript[0] !== 0x0c
  return signatures + keys + (isMultisig ? 2n * price.pushSmallInteger : 0n)
}

function ceilDatoshi(pico: bigint): bigint {
  return (pico + picoPerDatoshi - 1n) / picoPerDatoshi
}
