import { type Header, parseHeader, type TrustAnchor, verifyHeader } from '@hufu/ledger'
import { base64ToBytes } from '@hufu/primitives'
import { CheckFailure } from './verdict.ts'

/** A chain of headers from the anchor, each signed by the validators that the one before it names. */
export interface CheckedHeaders {
  readonly headers: readonly Header[]
  readonly last: Header
  /** How many signatures were checked. */
  readonly signatures: number
}

// Layout of witnesses: docs/light-client.md.
const signaturePushLength = 66
const keyPushLength = 35

/** @param headers - base64 @throws CheckFailure, LedgerError: they do not hold */
export async function checkHeaders(headers: readonly string[], anchor: TrustAnchor): Promise<CheckedHeaders> {
  const parsed = headers.map(header => parseHeader(base64ToBytes(header)))
  const last = parsed.at(-1)
  if (last === undefined) throw new CheckFailure('noHeaders')
  let trusted: Pick<TrustAnchor, 'blockIndex' | 'nextConsensus'> = anchor
  let signatures = 0
  for (const header of parsed) {
    if (header.blockIndex <= trusted.blockIndex) throw new CheckFailure('headerOrder')
    trusted = await verifyHeader(header, { magic: anchor.magic, nextConsensus: trusted.nextConsensus })
    signatures += header.invocationScript.length / signaturePushLength
  }
  return { headers: parsed, last, signatures }
}

/** How many keys stand in a header's witness. */
export function keysOf(header: Header): number {
  return Math.floor(header.verificationScript.length / keyPushLength)
}
