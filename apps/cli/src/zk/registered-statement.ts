import { accountOfDid, parseDid } from '@hufu/did'
import type { Json } from '@hufu/primitives'
import { type AttributeLayout, isZkCredentialQuery, parseZkCredentialQuery, type Statement } from '@hufu/proofs'
import { findRegisteredQuery, ledgerTrustSource, type QueryContent } from '@hufu/trust'
import { CliError } from '../errors.ts'
import type { Session } from '../session.ts'
import { layoutOfType } from './credential-type.ts'

/** What a verifier has registered to ask, as the ledger has it now. */
export interface RegisteredStatement {
  readonly statement: Statement
  readonly layout: AttributeLayout
  readonly content: QueryContent
}

/**
 * The statement of a registered query that its verifier may ask now: a wallet answers nothing else.
 *
 * @throws CliError `ERR_CLI_USAGE`: the verifier may not ask it, or it is not answered by a zero-knowledge proof; ProofError `ERR_PROOF_STATEMENT`
 */
export async function registeredStatement(session: Session, verifier: string, queryId: string): Promise<RegisteredStatement> {
  const source = ledgerTrustSource(session.client, session.network)
  const query = await findRegisteredQuery(source, accountOfDid(parseDid(verifier)), queryId, { atMs: Date.now() })
  if (query === null) throw new CliError('ERR_CLI_USAGE', `the verifier may not ask the query ${queryId}; a wallet refuses it`)
  const { content } = query
  const credentials: unknown = content.dcql.credentials
  const entry = (Array.isArray(credentials) ? (credentials as readonly Json[]) : []).find(isZkCredentialQuery)
  if (entry === undefined) throw new CliError('ERR_CLI_USAGE', `the query ${queryId} asks for no zero-knowledge proof`)
  const { statement } = parseZkCredentialQuery(entry)
  return { statement, content, layout: (await layoutOfType(session, statement.credentialType)).layout }
}
