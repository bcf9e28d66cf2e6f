import { createHmac } from 'node:crypto'
import { canonicalJson } from '@hufu/primitives'
import type { BatchRow } from './batch-row.ts'

const minSecretBytes = 32

/** What a journal knows a row by. Without the bureau's secret neither key says anything about the person. */
export interface RowKeys {
  /** The same for the same credential type and subject; also the credential's name in the bureau's store. */
  readonly rowKey: string
  /** The same as long as the row's content is. */
  readonly contentKey: string
}

/**
 * HMAC-SHA256 over credential type and subject, and over the content too, in base64url.
 *
 * @param secret - the bureau's, 32 random bytes or more: resident numbers are few enough to try them all against a plain hash
 */
export function rowKeysOf(secret: Uint8Array, credentialType: string, { subject, content }: BatchRow): RowKeys {
  if (secret.length < minSecretBytes) throw new TypeError(`expected a secret of at least ${minSecretBytes} bytes`)
  const keyOf = (...parts: readonly unknown[]): string => createHmac('sha256', secret).update(canonicalJson(parts)).digest('base64url')
  return { rowKey: keyOf('row', credentialType, subject), contentKey: keyOf('content', credentialType, subject, content) }
}
