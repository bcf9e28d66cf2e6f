import type { ScriptHash } from '@hufu/ledger'
import { bytesToUtf8, parseJson } from '@hufu/primitives'
import { mayAsk } from './find-right.ts'
import { parseQueryContent, type QueryContent } from './query-content.ts'
import { isTrustName } from './trust-name.ts'
import type { TrustSource } from './trust-source.ts'

/** A query that an institution may ask. */
export interface RegisteredQuery {
  readonly id: string
  readonly version: number
  readonly content: QueryContent
}

/**
 * What an institution has registered to ask under a name, if it may ask it at that time.
 *
 * @param options.version - default the latest
 * @returns null if it may not, or has no such version
 * @throws TrustError `ERR_TRUST_SCHEMA`: the ledger has a content that is none; and as `mayAsk`
 */
export async function findRegisteredQuery(
  source: TrustSource,
  institution: ScriptHash,
  queryId: string,
  options: { readonly atMs: number; readonly version?: number },
): Promise<RegisteredQuery | null> {
  if (!isTrustName(queryId)) return null
  const { atMs, version = 'latest' } = options
  const { allowed } = await mayAsk(source, institution, queryId, atMs)
  const query = allowed ? await source.findQuery(institution, queryId, version) : null
  if (query === null) return null
  return { id: queryId, version: query.version, content: parseQueryContent(parseJson(bytesToUtf8(query.content))) }
}
