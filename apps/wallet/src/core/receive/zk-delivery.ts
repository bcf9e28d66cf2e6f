import type { JsonObject } from '@hufu/credentials'
import { readZkDelivery } from '@hufu/exchange'
import { canonicalJson, dayInChina, errorCode } from '@hufu/primitives'
import { encodeAttributes, readAttributeLayout, type Scalar, type ZkCredential } from '@hufu/proofs'
import { WalletError } from '../errors.ts'
import type { CredentialRecord } from '../records.ts'

const longestMonthMs = 31 * 86_400_000

/**
 * Reads a zero-knowledge credential as an issuer handed it over: of the type and issuer that the wallet asked, saying nothing else than the copies, and with
 * claims that fit the schema.
 *
 * @throws WalletError `ERR_WALLET_CREDENTIAL`
 */
export function checkZkDelivery(
  credential: string | JsonObject,
  expected: { readonly blinding: Scalar; readonly record: CredentialRecord },
): ZkCredential {
  const { blinding, record } = expected
  try {
    if (typeof credential === 'string') throw new WalletError('ERR_WALLET_CREDENTIAL', 'zero-knowledge credential: expected JSON')
    const read = readZkDelivery(credential, blinding)
    const saysTheSame =
      record.copiesIssued === 0 || Object.entries(read.claims).every(([name, value]) => sameJson(value, record.claims[name]))
    // The copies count until the end of the last day, in China, or of the month before that.
    const lastDay = record.expiresAtMs === undefined ? undefined : dayInChina(record.expiresAtMs - 1 + longestMonthMs)
    const isGood =
      read.issuer === record.issuer &&
      read.credentialType === record.typeId &&
      read.schemaVersion === record.schemaVersion &&
      saysTheSame &&
      (lastDay === undefined || read.expires <= lastDay)
    if (!isGood) throw new WalletError('ERR_WALLET_CREDENTIAL', 'zero-knowledge credential: expected what was asked for')
    encodeAttributes(readAttributeLayout(record.schema), read.claims)
    return read
  } catch (cause) {
    if (cause instanceof WalletError) throw cause
    if (errorCode(cause) === undefined) throw cause
    throw new WalletError('ERR_WALLET_CREDENTIAL', 'zero-knowledge credential: not in order', { cause })
  }
}

function sameJson(left: unknown, right: unknown): boolean {
  return right !== undefined && canonicalJson(left as never) === canonicalJson(right as never)
}
