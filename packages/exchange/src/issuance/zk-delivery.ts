import type { JsonObject } from '@hufu/credentials'
import { bytesToBase64url, canonicalJson, errorCode } from '@hufu/primitives'
import { parseZkCredential, type Scalar, scalarToBytes, writeZkCredential, type ZkCredential } from '@hufu/proofs'
import { ExchangeError } from '../errors.ts'

/** A `hufu_zk` credential as an issuer hands it over: all that the wallet keeps, but for what hides the wallet's secret. */
export function writeZkDelivery(credential: Omit<ZkCredential, 'blinding'>): JsonObject {
  const { blinding: _, ...delivery } = JSON.parse(writeZkCredential({ ...credential, blinding: 0n as Scalar })) as {
    [name: string]: string
  }
  return delivery
}

/**
 * Reads what an issuer handed over.
 *
 * @param blinding - of the commitment in the proof by which it was asked for
 * @returns the credential; whether its leaf is in the issuer's tree, and is this one, is for `prepareCredential` to say
 * @throws ExchangeError `ERR_EXCHANGE_ANSWER`
 */
export function readZkDelivery(delivery: JsonObject, blinding: Scalar): ZkCredential {
  if (Object.hasOwn(delivery, 'blinding'))
    throw new ExchangeError('ERR_EXCHANGE_ANSWER', 'credential: expected no blinding, which is the wallet’s own')
  try {
    return parseZkCredential(canonicalJson({ ...delivery, blinding: bytesToBase64url(scalarToBytes(blinding)) }))
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new ExchangeError('ERR_EXCHANGE_ANSWER', `credential: ${(cause as Error).message}`, { cause })
  }
}
