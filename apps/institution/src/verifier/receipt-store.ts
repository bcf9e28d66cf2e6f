import type { JsonObject } from '@hufu/credentials'
import type { Json } from '@hufu/primitives'
import type { Queries, SqlValue, Vault } from '@hufu/service'
import type { AnswerReceipt } from './answer-receipt.ts'
import type { PresentationPurpose } from './presentation-desk.ts'

const dayMs = 86_400_000

/** A receipt as lists show it: nothing about a person. */
export interface ReceiptSummary {
  readonly id: string
  readonly presentationId: string
  readonly queryId: string
  readonly queryVersion: number
  readonly purpose: PresentationPurpose['kind']
  readonly verdict: AnswerReceipt['verdict']
  /** Of a refused answer: the rule that failed, and its code. */
  readonly failedRule: string | undefined
  readonly code: string | undefined
  readonly formats: readonly string[]
  readonly atMs: number
  /** Until when what was presented is kept; undefined once it is gone, or where it never was kept. */
  readonly contentUntilMs: number | undefined
}

/** What is kept of an accepted answer as long as the query's retention says. */
export interface ReceiptContent {
  /** As the wallet sent it: it can be verified again. */
  readonly presentation: JsonObject
  readonly nonce: string
  readonly transactionData: Json
  readonly claims: JsonObject
}

interface Row {
  readonly id: string
  readonly presentation_id: string
  readonly query_id: string
  readonly query_version: number
  readonly purpose_kind: PresentationPurpose['kind']
  readonly verdict: AnswerReceipt['verdict']
  readonly failed_rule: string | null
  readonly code: string | null
  readonly formats: string
  readonly at_ms: number
  readonly content_until_ms: number | null
}

const columns = 'id, presentation_id, query_id, query_version, purpose_kind, verdict, failed_rule, code, formats, at_ms, content_until_ms'

/** Receipts with what was presented, sealed. */
export class ReceiptStore {
  readonly #vault: Vault

  constructor(vault: Vault) {
    this.#vault = vault
  }

  /**
   * Seals a receipt, so that {@link add} only has to write it.
   *
   * @param options.content - of an accepted answer; dropped at once where the query keeps nothing
   * @param options.retentionDays - as registered; 0: not kept at all
   */
  async seal(options: {
    readonly id: string
    readonly presentationId: string
    readonly purpose: PresentationPurpose['kind']
    readonly receipt: AnswerReceipt
    readonly failure?: { readonly rule: string; readonly code: string } | undefined
    readonly formats: readonly string[]
    readonly content?: ReceiptContent | undefined
    readonly retentionDays: number
  }): Promise<SealedReceipt> {
    const { id, receipt, content, retentionDays } = options
    const kept = content !== undefined && retentionDays > 0
    return {
      ...options,
      receipt: await this.#vault.seal(receipt as unknown as Json, `receipt ${id}`),
      content: kept ? await this.#vault.seal(content as unknown as Json, `receipt content ${id}`) : null,
      contentUntilMs: kept ? receipt.verifiedAtMs + retentionDays * dayMs : null,
      query: receipt.query,
      verdict: receipt.verdict,
      atMs: receipt.verifiedAtMs,
    }
  }

  async add(queries: Queries, sealed: SealedReceipt): Promise<void> {
    const { id, presentationId, purpose, query, verdict, failure, formats, receipt, content, contentUntilMs, atMs } = sealed
    await queries.query(
      `insert into receipts (id, presentation_id, query_id, query_version, purpose_kind, verdict, failed_rule, code, formats, receipt, content,
         content_until_ms, at_ms)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        id,
        presentationId,
        query.id,
        query.version,
        purpose,
        verdict,
        failure?.rule ?? null,
        failure?.code ?? null,
        formats.join(' '),
        receipt,
        content,
        contentUntilMs,
        atMs,
      ],
    )
  }

  /** The newest first, at most `limit`. */
  async list(
    queries: Queries,
    {
      beforeMs,
      queryId,
      verdict,
      limit,
    }: { readonly beforeMs?: number; readonly queryId?: string; readonly verdict?: string; readonly limit: number },
  ): Promise<readonly ReceiptSummary[]> {
    const values: SqlValue[] = [limit]
    const conditions = [
      ['at_ms < ', beforeMs],
      ['query_id = ', queryId],
      ['verdict = ', verdict],
    ].flatMap(([condition, value]) => (value === undefined ? [] : [`${condition}$${values.push(value)}`]))
    const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
    const rows = await queries.query<Row>(`select ${columns} from receipts ${where} order by at_ms desc limit $1`, values)
    return rows.map(summaryOf)
  }

  /** @returns undefined if there is none */
  async find(
    queries: Queries,
    id: string,
    { withContent }: { readonly withContent: boolean },
  ): Promise<
    { readonly summary: ReceiptSummary; readonly receipt: AnswerReceipt; readonly content: ReceiptContent | undefined } | undefined
  > {
    const [row] = await queries.query<Row & { receipt: Uint8Array; content: Uint8Array | null }>(
      `select ${columns}, receipt, content from receipts where id = $1`,
      [id],
    )
    if (row === undefined) return undefined
    const receipt = (await this.#vault.open(row.receipt, `receipt ${id}`)) as unknown as AnswerReceipt
    const content =
      withContent && row.content !== null
        ? ((await this.#vault.open(row.content, `receipt content ${id}`)) as unknown as ReceiptContent)
        : undefined
    return { summary: summaryOf(row), receipt, content }
  }

  /** Deletes what was presented, once its time is over; the receipts themselves stay. @returns how many */
  async deleteContent(queries: Queries, nowMs: number): Promise<number> {
    const rows = await queries.query(
      'update receipts set content = null, content_until_ms = null where content is not null and content_until_ms <= $1 returning id',
      [nowMs],
    )
    return rows.length
  }
}

/** A receipt ready to be written. */
export interface SealedReceipt {
  readonly id: string
  readonly presentationId: string
  readonly purpose: PresentationPurpose['kind']
  readonly query: AnswerReceipt['query']
  readonly verdict: AnswerReceipt['verdict']
  readonly failure?: { readonly rule: string; readonly code: string } | undefined
  readonly formats: readonly string[]
  readonly receipt: Uint8Array
  readonly content: Uint8Array | null
  readonly contentUntilMs: number | null
  readonly atMs: number
}

function summaryOf(row: Row): ReceiptSummary {
  return {
    id: row.id,
    presentationId: row.presentation_id,
    queryId: row.query_id,
    queryVersion: row.query_version,
    purpose: row.purpose_kind,
    verdict: row.verdict,
    failedRule: row.failed_rule ?? undefined,
    code: row.code ?? undefined,
    formats: row.formats === '' ? [] : row.formats.split(' '),
    atMs: row.at_ms,
    contentUntilMs: row.content_until_ms ?? undefined,
  }
}
