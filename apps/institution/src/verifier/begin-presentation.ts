import { randomUUID } from 'node:crypto'
import type { JsonObject } from '@hufu/credentials'
import {
  clientIdOfDid,
  type DcqlQuery,
  encodeTransactionData,
  generateResponseKey,
  parseDcqlQuery,
  parseTransactionData,
  presentationLink,
} from '@hufu/exchange'
import { errorCode, type Json } from '@hufu/primitives'
import { crashPoint } from '../parts/crash-point.ts'
import { VerifierError } from './errors.ts'
import type { BeginOptions, BegunPresentation } from './presentation-desk.ts'
import { addPresentation } from './presentation-store.ts'
import { hashOfSecret, newSecret } from './secret.ts'
import { lifetimeMs, requireQuery, type VerifierContext } from './verifier-context.ts'

/**
 * Begins a presentation: an own nonce, an own key for the response, and a request that waits to be fetched.
 *
 * @param options.browserHash - of the cookie that the browser which begins was given
 * @throws VerifierError `ERR_VERIFIER_QUERY`: may not be asked now; `ERR_VERIFIER_REQUEST`: transaction data that cannot be bound to this query's answer
 */
export async function beginPresentation(
  context: VerifierContext,
  options: BeginOptions & { readonly browserHash?: string | undefined },
): Promise<BegunPresentation> {
  const { institution, metrics } = context
  const { database, vault, audit, clock, self, publicUrl, config } = institution
  const { queryId, purpose, returnTo, browserHash } = options
  const query = await requireQuery(context, queryId)
  const dcql = requireSupported(query.content.dcql)
  const transactionData = bindableData(options.transactionData, dcql)
  const id = randomUUID()
  const token = newSecret()
  const responseKey = await generateResponseKey()
  const sealedKey = await vault.seal({ ...responseKey } as unknown as Json, `response key ${id}`)
  const expiresAtMs = clock.nowMs() + lifetimeMs
  await database.transaction(async queries => {
    await addPresentation(queries, {
      id,
      queryId,
      queryVersion: query.version,
      purpose,
      nonce: newSecret(),
      stateElsewhere: newSecret(),
      stateHere: returnTo === undefined ? undefined : newSecret(),
      responseKey: sealedKey,
      transactionData: transactionData === undefined ? undefined : JSON.stringify(transactionData),
      returnTo,
      tokenHash: hashOfSecret(token),
      browserHash,
      expiresAtMs,
    })
    await audit.append(queries, {
      actor: 'server',
      action: 'presentation begun',
      subject: `presentation ${id}`,
      detail: { query: queryId, version: query.version, purpose: purpose.kind },
    })
    crashPoint('verifier begin before commit')
  })
  crashPoint('verifier begun')
  metrics.begun.inc({ query: queryId, purpose: purpose.kind })

  const clientId = clientIdOfDid(self.did)
  const link = (requestUri: string) =>
    presentationLink({
      clientId,
      requestUri,
      ...(config.walletUrl === undefined ? {} : { walletUrl: config.walletUrl }),
    })
  const requestUri = `${publicUrl}/vp/requests/${id}`
  return {
    id,
    requestUri,
    walletUrl: returnTo === undefined ? undefined : link(`${requestUri}?device=this`),
    qr: link(requestUri),
    expiresAtMs,
    token,
  }
}

/** Refuses what the ledger has and this server cannot verify, before anybody is asked for it. */
function requireSupported(json: JsonObject): DcqlQuery {
  let query: DcqlQuery
  try {
    query = parseDcqlQuery(json)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new VerifierError('ERR_VERIFIER_QUERY', 'the registered query asks what this server does not support', { cause })
  }
  if (query.credentials.some(({ multiple, holderBinding }) => multiple || !holderBinding))
    throw new VerifierError('ERR_VERIFIER_QUERY', 'the registered query asks for several credentials at once, or for one without proof')
  return query
}

/** Each entry with the credentials that agree to it: all of them, where it names none. */
function bindableData(entries: BeginOptions['transactionData'], query: DcqlQuery): readonly JsonObject[] | undefined {
  if (entries === undefined || entries.length === 0) return undefined
  const all = query.credentials.map(({ id }) => id)
  const named = entries.map(entry => ({ credential_ids: all, ...entry }))
  try {
    parseTransactionData(encodeTransactionData(named), query)
    return named
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new VerifierError('ERR_VERIFIER_REQUEST', 'transactionData: expected entries with type, and credential_ids of the query', {
      cause,
    })
  }
}
